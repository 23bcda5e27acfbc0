"""Texts and JSON on their way through the engine: what the columns say of somebody is written there as it is in the columns."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tasks import store
from tasks.carried import Carrier
from tasks.classify import Classification
from tasks.residual import Sources
from tasks.settings import Keyring
from veil.model import ColumnProfile, Finding
from veil.plan import make_plan
from veil.policy import load_policy
from veil.transforms.keys import Key

N = 40
NAMES = [f"Qakaba{chr(97 + at % 20)} Zimido{chr(97 + at // 20)}" for at in range(N)]
PEOPLE = pd.DataFrame(
    {
        "id": [f"P-{10_000 + at}" for at in range(N)],
        "name": NAMES,
        "born": [f"19{60 + at % 30}-04-{at % 28 + 1:02d}" for at in range(N)],
        "note": [
            f"{name.split()[1].upper()}, {name[0]}. called; born {at % 28 + 1} April 19{60 + at % 30}."
            for at, name in enumerate(NAMES)
        ],
        "extra": [json.dumps({"who": name, "n": at, "tags": ["x", f"p{10_000 + at}"]}) for at, name in enumerate(NAMES)],
    },
    dtype=object,
)  # fmt: skip
VISITS = pd.DataFrame(
    {
        "person": [f"P-{10_000 + at // 2}" for at in range(2 * N)],
        "text": [f"Saw {NAMES[at // 2].lower()} again." for at in range(2 * N)],
    },
    dtype=object,
)  # fmt: skip
POLICY = """
policy: people
version: 1
keys: {main: {from: "env:VEIL_KEY"}}
keyspaces: {person: {key: main}}
tables:
  people:
    match: {files: "people.csv"}
    subject: id
    quasi_identifiers: []
    columns:
      id: {do: token, in: person}
      name: {do: fake, of: person_name}
      born: {do: date_shift, format: "%Y-%m-%d"}
      note: {do: redact_text, using: [subject], replace: fake}
      extra:
        do: redact_json
        using: [subject]
        replace: fake
        paths: {"$.n": keep}
  visits:
    match: {files: "visits.csv"}
    subject: person
    quasi_identifiers: []
    columns:
      person: {do: token, in: person}
      text: {do: redact_text, using: [subject], replace: fake}
"""
ENTITIES = {"id": "CUSTOMER_ID", "person": "CUSTOMER_ID", "name": "PERSON", "born": "BIRTH_DATE"}
KEYS = Keyring({"main": Key("main", "2026", b"k" * 32)}, {"main": "env"})


def finding(table: str, column: str) -> Finding:
    entity = ENTITIES.get(column, "FREE_TEXT")
    return Finding(table, column, entity, "direct", "", 1, 1, 1, "", free_text=entity == "FREE_TEXT")


def carried(folder: Path, rows: int = 1_000) -> dict[str, Any]:
    path = folder / "people.yaml"
    path.write_text(POLICY, encoding="utf-8")
    policy, classified, plans = load_policy(path), [], []
    for name, frame in (("people", PEOPLE), ("visits", VISITS)):
        raw = store.write_table(name, [frame], folder / name / str(rows), stage="ingest", rows=rows)
        born = {"born": ("date", "%Y-%m-%d")}
        kinds = [born.get(each.name, ("text", None)) for each in raw.columns]
        typed = [dataclasses.replace(each, type=kind[0], format=kind[1]) for each, kind in zip(raw.columns, kinds, strict=True)]
        raw = store.replace_columns(raw, typed)
        findings = tuple(finding(name, each.name) for each in raw.columns)
        profiles = tuple(ColumnProfile(each.name, "text", None, N, 0, N, 0.5, 5, 5, 1) for each in raw.columns)
        classified.append(Classification(raw, findings, profiles, ()))
        plans.append(make_plan(policy, policy.tables[name], raw, findings, profiles))
    carrier = Carrier(policy, KEYS, Sources.of(classified, plans), folder / str(rows), None, classified, plans)
    return {
        each.table.name: store.read_table(carrier.carry(each, plan).table) for each, plan in zip(classified, plans, strict=True)
    }


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return carried(tmp_path_factory.mktemp("carried"))


def test_notes_hold_what_the_columns_became(done: dict[str, Any]) -> None:
    people = done["people"]
    for name, born, note in zip(people["name"], people["born"], people["note"], strict=True):
        given, family = name.split(" ", 1)
        day = pd.Timestamp(born)
        assert note == f"{family.upper()}, {given[0]}. called; born {day.day} {day:%B} {day.year}."


def test_json_holds_what_the_columns_became(done: dict[str, Any]) -> None:
    people = done["people"]
    for at, (token, name, extra) in enumerate(zip(people["id"], people["name"], people["extra"], strict=True)):
        assert json.loads(extra) == {"who": name, "n": at, "tags": ["x", token]}


def test_texts_of_another_table_hold_the_names_of_this_one(done: dict[str, Any]) -> None:
    fakes = dict(zip(done["people"]["id"], done["people"]["name"], strict=True))
    assert [f"Saw {fakes[person].lower()} again." for person in done["visits"]["person"]] == list(done["visits"]["text"])


def test_partitions_do_not_change_a_text(done: dict[str, Any], tmp_path: Path) -> None:
    other = carried(tmp_path, rows=7)
    for name, frame in done.items():
        pd.testing.assert_frame_equal(frame, other[name])
