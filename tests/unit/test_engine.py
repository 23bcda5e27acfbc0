"""The engine: the same bytes for any partitions and processes, one rule for nulls, and errors without cells."""

from __future__ import annotations

import dataclasses
import sys

import pandas as pd
import pytest

from tasks import store
from tasks.engine import Job, Runner, piped, transform_table
from tasks.engine.cells import MAX_REMEMBERED, ByValue
from tasks.engine.quarantine import failing_rows
from tasks.settings import Keyring
from tasks.vault import Vault
from veil.errors import StageFailed, TransformFailed
from veil.model import Finding
from veil.plan import make_plan
from veil.policy import load_policy
from veil.transforms.keys import Key

N = 1_200
PEOPLE = pd.DataFrame(
    {
        "id": [f"{number % 400:05d}" for number in range(N)],
        "name": [("Anna Smith", "José Núñez", None, "", "NA")[number % 5] for number in range(N)],
        "born": [f"19{number % 90 + 10}-0{number % 9 + 1}-11" for number in range(N)],
        "income": [str(20_000 + number) for number in range(N)],
        "country": [("BE", "NL", "FR")[number % 3] for number in range(N)],
    },
    dtype=object,
)
COLUMNS = {
    "id": "{do: token}",
    "name": "{do: fake, of: person_name}",
    "born": "{do: date_shift, format: '%Y-%m-%d'}",
    "income": "{do: band, width: 10000}",
    "country": "{do: keep, reason: wanted in reports}",
}
KEYS = Keyring({"main": Key("main", "2026", b"k" * 32)}, {"main": "env"})


@pytest.fixture
def carried(tmp_path):
    """Return what becomes of the people under a policy; `rows` cuts partitions, `processes` or threads share the work."""

    def carry(*, rows=N, processes=1, runner="processes", defaults="", frame=PEOPLE, **columns):
        job = job_of(tmp_path, rows=rows, defaults=defaults, frame=frame, **columns)
        return transform_table(job, lambda *_: {}, Runner(runner, processes))

    return carry


def job_of(folder, *, rows=N, defaults="", frame=PEOPLE, **columns) -> Job:
    lines = "\n".join(f"      {name}: {action}" for name, action in (COLUMNS | columns).items())
    text = f"""
policy: people
version: 1
defaults: {{null_values: [NA]{defaults}}}
keys: {{main: {{from: "env:VEIL_KEY"}}}}
tables:
  people:
    match: {{files: "people.csv"}}
    subject: id
    quasi_identifiers: []
    columns:
{lines}
"""
    path = folder / "people.yaml"
    path.write_text(text, encoding="utf-8")
    policy = load_policy(path)
    raw = store.write_table("people", [frame], folder / "raw" / str(rows), stage="ingest", rows=rows)
    types = {"income": "integer"}
    raw = dataclasses.replace(
        raw, columns=tuple(dataclasses.replace(each, type=types.get(each.name, "text")) for each in raw.columns)
    )
    findings = [Finding("people", column.name, None, "other", "none", 1.0, 0.0, 0, "test") for column in raw.columns]
    plan = make_plan(policy, policy.tables["people"], raw, findings)
    return Job.of(policy, KEYS, raw, plan, str(folder / "transformed"))


def cells(table) -> pd.DataFrame:
    return store.read_table(table)


def test_partitions_and_processes_change_no_byte(carried):
    ways = ((N, 1, "processes"), (7, 1, "threads"), (100, 1, "processes"), (100, 2, "processes"), (64, 3, "processes"),
            (7, 3, "threads"), (100, 2, "threads"))  # fmt: skip
    digests = {carried(rows=rows, processes=workers, runner=runner)[0].sha256 for rows, workers, runner in ways}
    assert len(digests) == 1


def test_workers_count_what_this_process_counts(carried):
    alone = carried(rows=N, processes=1)[1]
    assert [carried(rows=100, processes=2, runner=runner)[1] for runner in ("processes", "threads")] == [alone, alone]


def test_keys_of_data_subjects_are_found_by_workers_too(carried, tmp_path, monkeypatch):
    vault = Vault(tmp_path / "vault" / "subjects.sqlite", frozenset({"column:id"}))
    key = Key("main", "2026", b"k" * 32, vault)
    plain = carried()[0].sha256
    monkeypatch.setattr(sys.modules[__name__], "KEYS", Keyring({"main": key}, {"main": "env"}, vault))
    digests = {carried(rows=rows, processes=processes)[0].sha256 for rows, processes in ((N, 1), (100, 1), (100, 2))}
    assert len(digests) == 1
    assert plain not in digests


def test_kept_columns_are_the_same_and_nulls_are_counted(carried):
    table, counts = carried()
    assert list(cells(table)["country"]) == list(PEOPLE["country"])
    assert [counts[name].changed for name in COLUMNS] == [True, True, True, True, False]
    assert counts["name"].nulls_before == counts["name"].nulls_after == N // 5


def test_types_of_transformed_columns_are_found_anew(carried):
    table, _ = carried(income="{do: constant, value: '7'}")
    assert [(column.name, column.type, column.format) for column in table.columns][2:4] == [
        ("born", "date", "%Y-%m-%d"),
        ("income", "integer", None),
    ]


@pytest.mark.parametrize(
    ("action", "defaults", "expected"),
    [
        ("{do: 'null'}", "", [None, None, None, None, None]),
        ("{do: mask, keep_first: 1, nulls: keep}", "", ["A*** *****", "J*** *****", None, "", "NA"]),
        ("{do: mask, keep_first: 1, nulls: fill, fill: none}", "", ["A*** *****", "J*** *****", "none", "none", "none"]),
    ],
)
def test_one_rule_for_nulls(carried, action, defaults, expected):
    assert list(cells(carried(name=action, defaults=defaults)[0])["name"][:5]) == expected


@pytest.mark.parametrize(("action", "defaults"), [("{do: token, nulls: refuse}", ""), ("{do: token}", ", nulls: refuse")])
@pytest.mark.parametrize("processes", [1, 2])
def test_nulls_are_refused_where_the_policy_says_so(carried, action, defaults, processes):
    with pytest.raises(TransformFailed, match=r"column `name`: there are null or empty cells") as caught:
        carried(name=action, defaults=defaults, rows=100, processes=processes)
    assert "Anna" not in str(caught.value)


def test_rows_that_pass_a_condition_get_the_action_and_the_others_the_other(carried):
    where = "{do: constant, value: gone, where: {column: country, is: [BE, FR]}, otherwise: {do: keep, reason: Dutch rows}}"
    table, _ = carried(income=where, rows=100)
    expected = PEOPLE["income"].where(PEOPLE["country"] == "NL", "gone")
    assert list(cells(table)["income"]) == list(expected)


def test_results_by_subject_stay_with_their_rows_under_a_condition(carried):
    where = "{do: date_shift, format: '%Y-%m-%d', where: {column: country, is: [BE]}, otherwise: {do: 'null'}}"
    shifted = cells(carried()[0])["born"]
    some = cells(carried(born=where, rows=100, processes=2)[0])["born"]
    assert list(some) == [cell if country == "BE" else None for cell, country in zip(shifted, PEOPLE["country"], strict=True)]


@pytest.mark.parametrize("processes", [1, 2])
def test_a_failing_cell_is_told_by_column_and_count(carried, processes):
    frame = PEOPLE.assign(income=[*PEOPLE["income"][:-1], "secret"])
    with pytest.raises(TransformFailed, match="column `income`") as caught:
        carried(frame=frame, rows=100, processes=processes)
    assert "secret" not in str(caught.value)


def test_a_worker_that_ends_is_told(carried, monkeypatch):
    monkeypatch.setattr(piped.sys, "executable", "/bin/true")
    with pytest.raises(StageFailed, match="a worker process ended"):
        carried(rows=100, processes=2)


def test_nothing_but_partitions_is_left_in_the_folder(carried, tmp_path):
    carried(rows=100, processes=2)
    assert {path.suffix for path in (tmp_path / "transformed").iterdir()} == {".parquet"}


def test_a_job_survives_its_pipe_and_shows_no_key(tmp_path):
    job = job_of(tmp_path)
    assert Job.from_json(job.to_json()) == job
    assert (b"k" * 32).hex() not in repr(job)
    assert (b"k" * 32).hex().encode() in job.to_json()


def test_failing_rows_are_found_and_no_others(tmp_path):
    bad = {17, 18, 600, 1_199}
    frame = PEOPLE.assign(income=["much" if row in bad else cell for row, cell in enumerate(PEOPLE["income"])])
    job = job_of(tmp_path, frame=frame, rows=100)
    assert list(failing_rows(job, 4)) == sorted(bad)
    with pytest.raises(TransformFailed, match="in more rows than the 3 of"):
        failing_rows(job, 3)


def test_values_are_worked_on_once_and_forgotten_when_they_are_too_many():
    seen: list[str] = []

    def upper(values, *, distinct):
        assert distinct
        seen.extend(values)
        return values.str.upper()

    remembering = ByValue()
    cut = store_cells(["a", "b", "a", "a", None, None, None])
    assert remembering(cut, upper).to_pylist() == ["A", "B", "A", "A", None, None, None]
    assert remembering(cut, upper).to_pylist() == ["A", "B", "A", "A", None, None, None]
    assert seen == ["a", "b", None]
    many = [str(number) for number in range(MAX_REMEMBERED)] * 3
    assert remembering(store_cells(many), upper).to_pylist() == many


def store_cells(values):
    import pyarrow as pa

    return pa.chunked_array([pa.array(values, pa.string())])
