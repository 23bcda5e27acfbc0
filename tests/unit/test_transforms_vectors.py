"""Frozen vectors: an upgrade that would change a released pseudonym fails here.

A change on purpose raises `PACK_VERSION`, is in the changelog, and rewrites the file by
`python tests/unit/test_transforms_vectors.py`.
"""

import json
from pathlib import Path

import pandas as pd
import pytest

from veil.model import Column
from veil.transforms import TRANSFORMS, Context
from veil.transforms.keys import Key
from veil.transforms.packs import LOCALES, PACK_VERSION
from veil.transforms.surrogates import KINDS

FILE = Path(__file__).with_name("transforms_vectors.json")
KEY = Key("main", "2026-11", bytes(range(32)))
VALUES = ["Anna Smith", "ANNA SMITH", "Łukasz Żak", "José Núñez", "00123", "123", "a@b.example", "😀", "\ud83d"]
DATES = ["1966-04-08", "2020-02-29", "1999-12-31", "2026-11-22"]


def applied(transform: str, parameters: dict, mode: str) -> list:
    values = DATES if transform == "date_shift" else VALUES
    cells = pd.Series(values, dtype=object)
    known = {"subject": pd.Series([str(place) for place in range(len(values))], dtype=object)} if mode != "value" else {}
    known |= {"related": {"sex": pd.Series((["F", "M", "?"] * 3)[: len(values)], dtype=object)}} if mode == "sex" else {}
    column = Column("c", "date", "%Y-%m-%d") if transform == "date_shift" else Column("c")
    context = Context(column, key=KEY, keyspace="person", subject_keyspace="customers", **known)
    return list(TRANSFORMS[transform].model_validate(parameters).apply(cells, context))


def cases() -> list[tuple[str, dict, str]]:
    plain = [
        ("hash", {}, "value"),
        ("hash", {"length": 64}, "value"),
        ("token", {}, "value"),
        ("token", {"prefix": "C", "length": 30}, "value"),
        ("date_shift", {}, "subject"),
        ("date_shift", {"days": [-30, 30]}, "subject"),
        ("date_shift", {"weeks_only": True}, "subject"),
    ]
    kinds = [("fake", {"of": of}, mode) for of in KINDS for mode in ("value", "subject")]
    locales = [("fake", {"of": "person_name", "locale": locale, "sex_from": "sex"}, "sex") for locale in LOCALES]
    fictional = ("fake", {"of": "phone", "style": "fictional", "locale": "fr_FR"}, "value")
    others = [fictional, ("fake", {"of": "email", "unique": True}, "value")]
    return plain + kinds + locales + others


def frozen() -> dict:
    vectors = [{"transform": case[0], "parameters": case[1], "mode": case[2], "expected": applied(*case)} for case in cases()]
    return {"pack_version": PACK_VERSION, "vectors": vectors}


def test_the_file_covers_every_case_of_this_pack_version():
    stored = json.loads(FILE.read_text())
    assert stored["pack_version"] == PACK_VERSION
    assert [(one["transform"], one["parameters"], one["mode"]) for one in stored["vectors"]] == cases()
    assert sum(len(one["expected"]) for one in stored["vectors"]) >= 200


def stored_vectors() -> list[dict]:
    return json.loads(FILE.read_text())["vectors"] if FILE.exists() else []


@pytest.mark.parametrize("vector", stored_vectors(), ids=lambda one: f"{one['transform']}-{one['mode']}")
def test_pseudonyms_are_what_they_were(vector):
    assert applied(vector["transform"], vector["parameters"], vector["mode"]) == vector["expected"]


if __name__ == "__main__":
    FILE.write_text(json.dumps(frozen(), indent=1) + "\n")
