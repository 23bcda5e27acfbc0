"""What the columns hold about somebody, gathered from all tables of a drop, and replaced in the texts about them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tasks import store
from tasks.classify import Classification
from tasks.engine.job import Job
from tasks.engine.partition import Columns
from tasks.engine.work import Work
from tasks.own_values import Owners
from veil.columns import infer
from veil.model import Column, ColumnProfile, Finding, Plan, Step, Table
from veil.plan import ColumnKeyspace
from veil.transforms.own import OwnValues

PEOPLE: dict[str, list[str | None]] = {
    "id": ["P-10001", "P-10002", "P-10003"], "name": ["Anna Smith", "Bob Ray", "Cleo Dee"],
    "born": ["1966-04-08", "1970-01-31", "NA"], "city": ["Gent", "Brugge", "unknown"], "note": ["x", "y", "z"],
}  # fmt: skip
NOTES: dict[str, list[str | None]] = {"person": ["P-10002", None, "P-10001", "P-10001"], "text": ["a", "b", "c", "d"]}
STEPS = {
    "id": ("CUSTOMER_ID", "token", {}, "pseudonymize"),
    "name": ("PERSON", "fake", {"of": "person_name"}, "fake"),
    "born": ("BIRTH_DATE", "date_shift", {}, "perturb"),
    "city": ("CITY", "drop", {}, "suppress"),
    "note": ("FREE_TEXT", "redact_text", {}, "suppress"),
    "person": ("CUSTOMER_ID", "token", {}, "pseudonymize"),
    "text": ("FREE_TEXT", "redact_text", {}, "suppress"),
}


def table(folder: Path, name: str, cells: dict[str, list[str | None]], rows: int = 100) -> Table:
    types = {key: infer([cell for cell in column if cell and cell != "NA"], 9) for key, column in cells.items()}
    columns = [Column(key, *types[key]) for key in cells]
    arrow = pa.table({key: pa.array(column, pa.string()) for key, column in cells.items()})
    return store.write_table(name, [arrow], folder / name, stage="ingest", rows=rows, columns=columns)


def job(raw: Table, subject: str | None) -> Job:
    steps = []
    for column in raw.columns:
        entity, transform, parameters, effect = STEPS[column.name]
        steps.append(Step(column.name, "direct", entity, transform, parameters, effect, "", ""))
    keyspaces = {step.column: ColumnKeyspace("person" if step.transform == "token" else step.column, "main") for step in steps}
    keys = {"main": ("1", "00" * 32)}
    return Job(raw, Plan(raw.name, "", "", subject, (), tuple(steps)), keyspaces, keys, ("NA",), "")


def classified(raw: Table, unique: float) -> Classification:
    names = [column.name for column in raw.columns]
    findings = tuple(
        Finding(raw.name, name, STEPS[name][0], "direct", "", 1, 1, 1, "", free_text=name in ("note", "text")) for name in names
    )
    profiles = tuple(ColumnProfile(column.name, "text", None, 3, 0, 3, unique, 5, 5, 1) for column in raw.columns)
    return Classification(raw, findings, profiles, ())


def values(folder: Path, number: int = 0, rows: int = 100) -> tuple[OwnValues, dict[str, Any]]:
    tables = [(table(folder, "people", PEOPLE, rows), "id", 1.0), (table(folder, "notes", NOTES, rows), "person", 0.3)]
    jobs = [job(raw, subject) for raw, subject, _ in tables]
    owners = Owners.of(jobs, [classified(raw, unique) for raw, _, unique in tables])
    partition = Work(jobs[number]).partition(0)
    done = Columns(jobs[number])(partition, [name for name in jobs[number].actions if name not in jobs[number].late])
    return owners.values(partition, done), {name: cells.to_pylist() for name, cells in done.items()}


def told(own: OwnValues, row: int, text: str) -> list[tuple[str, str, str | None]]:
    [found] = own.find([text], [int(own.rows[row])])
    return [(text[each.span.start : each.span.end], each.span.entity, each.new) for each in found]


def test_a_row_knows_its_own_cells_and_what_became_of_them(tmp_path: Path) -> None:
    own, done = values(tmp_path)
    assert told(own, 0, "Anna Smith, p10001, from Gent") == [
        ("Anna Smith", "PERSON", done["name"][0]), ("p10001", "CUSTOMER_ID", done["id"][0]), ("Gent", "CITY", None),
    ]  # fmt: skip
    assert told(own, 0, "Bob Ray, P-10002, from Brugge") == []
    year, month, day = done["born"][0].split("-")
    assert told(own, 0, "geb. 8.4.1966") == [("8.4.1966", "BIRTH_DATE", f"{int(day)}.{int(month)}.{year}")]


def test_a_text_in_another_table_knows_its_subject(tmp_path: Path) -> None:
    own, _ = values(tmp_path, 1)
    _, done = values(tmp_path / "again")
    given, family = done["name"][1].split()
    assert told(own, 0, "Bob R. called") == [("Bob R.", "PERSON", f"{given} {family[0]}.")]
    assert told(own, 2, "Anna Smith") == told(own, 3, "Anna Smith") == [("Anna Smith", "PERSON", done["name"][0])]
    assert own.rows[1] == -1
    assert told(own, 2, "Bob Ray of Brugge") == []


def test_what_stands_for_nothing_is_not_looked_for(tmp_path: Path) -> None:
    own, _ = values(tmp_path)
    assert told(own, 2, "unknown NA x Cleo") == [("Cleo", "PERSON", told(own, 2, "Cleo")[0][2])]


@pytest.mark.parametrize("number", [0, 1])
def test_partitions_do_not_change_it(tmp_path: Path, number: int) -> None:
    texts = ["Anna Smith born 8 April 1966", "Bob P-10002"]
    one, other = values(tmp_path / "one", number)[0], values(tmp_path / "other", number, rows=1)[0]
    for text in texts:
        assert told(one, 0, text) == told(other, 0, text)


def test_nothing_of_it_is_in_a_representation(tmp_path: Path) -> None:
    own, _ = values(tmp_path)
    assert not any(word in repr([own, *own.owners]) for word in ("Anna", "10001", "Gent"))
