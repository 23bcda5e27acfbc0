"""Frozen vectors: an upgrade that would change a released pseudonym fails here.

A change on purpose is in the changelog and rewrites the files by `python -m tests.unit.test_transforms_vectors`; a change of
fakes raises `PACK_VERSION` too.
"""

import json
from pathlib import Path

import pandas as pd
import pytest

from veil.model import Column
from veil.transforms import TRANSFORMS, Context
from veil.transforms.fakes.kinds import KINDS, STYLES, SUBJECT_KINDS, UNIQUE_KINDS
from veil.transforms.fakes.packs import LOCALES, PACK_VERSION, load
from veil.transforms.keys import Key

FOLDER = Path(__file__).with_name("vectors")
KEY = Key("main", "2026-11", bytes(range(32)))
VALUES = ["Anna Smith", "ANNA SMITH", "Łukasz Żak", "José Núñez", "00123", "123", "a@b.example", "😀", "\ud83d"]
DATES = ["1966-04-08", "2020-02-29", "1999-12-31", "2026-11-22"]
PHONES = ["+32470123456", "+4915112345678", "+14155552671"]
CARDS = ["4111111111111111", "378282246310005", "0000000000000"]
MODES = {"value": 2, "subject": 3, "related": 3, "date": 4, "phone": 3, "card": 3, "all": 9}


def applied(transform: str, parameters: dict, mode: str) -> list:
    dated = mode == "date" or transform == "date_shift"
    values = {"phone": PHONES, "card": CARDS}.get(mode, DATES if dated else VALUES)[: MODES[mode]]
    related = {
        "sex": ["F", "M", "?"] * 3,
        "country": ["BE", "Deutschland", "Narnia"] * 3,
        "birth": ["1966-04-08", "", "2001-02-28"] * 3,
        "street": ["High Street 1"] * 9,
        "town": ["Leeds", "York", ""] * 3,
        "name": VALUES[::-1],
    }
    known = {"related": {name: pd.Series(cells[: len(values)], dtype=object) for name, cells in related.items()}}
    if mode in ("subject", "related") or transform == "date_shift":
        known["subject"] = pd.Series([str(place) for place in range(len(values))], dtype=object)
    column = Column("c", "date", "%Y-%m-%d") if dated else Column("c")
    context = Context(column, key=KEY, keyspace="person", subject_keyspace="customers",
                      canonical="phone" if mode == "phone" else "text", **known)  # fmt: skip
    cells = pd.Series(values, dtype=object)
    return list(TRANSFORMS[transform].model_validate(parameters).apply(cells, context))


def cases() -> dict[str, list[tuple[dict, str]]]:
    return {
        "hash": [({}, "all"), ({"length": 64}, "all")],
        "token": [({}, "all"), ({"prefix": "C", "length": 30}, "all")],
        "date_shift": [(given, "date") for given in ({}, {"days": [-30, 30]}, {"weeks_only": True})],
        "fake": fakes(),
    }


def fakes() -> list[tuple[dict, str]]:
    of_value = [
        ({"of": of, "locale": locale, "by": "value"}, "value") for of in KINDS if of != "date_of_birth" for locale in LOCALES
    ]
    sexed = ("first_name", "last_name", "title", "national_id", "email")
    related = [({"of": of, "locale": locale, "sex_from": "sex"}, "related") for of in sexed for locale in LOCALES]
    born = [({"of": "national_id", "locale": locale, "sex_from": "sex", "birth_from": "birth"}, "related") for locale in LOCALES]
    styled = [({"of": of, "style": style, "locale": locale}, "value") for of, styles in STYLES.items() for style in styles[1:]
              for locale in LOCALES if style != "fictional" or of != "phone" or load(locale).fictional_phones]  # fmt: skip
    whole = [
        ({"of": of, "locale": "en_GB", "from": ["street", "town"]}, "related") for of in ("street", "city", "postcode", "address")
    ]
    travelling = [({"of": of, "locale": "fr_FR", "locale_from": "country"}, "subject") for of in KINDS if of != "date_of_birth"]
    plain = [({"of": of}, "all") for of in KINDS if of != "date_of_birth"]
    of_subject = [({"of": of, "locale": "nl_BE"}, "subject") for of in KINDS if of in SUBJECT_KINDS and of != "date_of_birth"]
    unique = [({"of": of, "unique": True, "by": "value"}, "value") for of in sorted(UNIQUE_KINDS - {"phone", "card"})]
    permuted = [({"of": "phone", "unique": True}, "phone"), ({"of": "card", "unique": True}, "card")]
    dates = [({"of": "date_of_birth", "band": band}, "date") for band in (1, 5, 10)]
    mails = [({"of": "email", "from": "name"}, "subject"), ({"of": "email", "from": ["name", "name"], "by": "value"}, "subject")]
    return [*plain, *of_value, *related, *born, *styled, *whole, *travelling, *of_subject, *unique, *permuted, *dates, *mails]


def frozen(transform: str) -> dict:
    vectors = [
        {"parameters": given, "mode": mode, "expected": applied(transform, given, mode)} for given, mode in cases()[transform]
    ]
    return {"pack_version": PACK_VERSION, "vectors": vectors} if transform == "fake" else {"vectors": vectors}


def stored(transform: str) -> dict:
    file = FOLDER / f"{transform}.json"
    return json.loads(file.read_text("utf-8")) if file.exists() else {"vectors": []}


@pytest.mark.parametrize("transform", cases())
def test_the_files_cover_every_case(transform):
    assert [(one["parameters"], one["mode"]) for one in stored(transform)["vectors"]] == cases()[transform]


def test_there_are_enough_of_fakes_of_this_pack_version():
    assert stored("fake")["pack_version"] == PACK_VERSION
    assert sum(len(one["expected"]) for one in stored("fake")["vectors"]) >= 1_200


@pytest.mark.parametrize("transform", cases())
def test_pseudonyms_are_what_they_were(transform):
    changed = [
        (one["parameters"], one["mode"])
        for one in stored(transform)["vectors"]
        if applied(transform, one["parameters"], one["mode"]) != one["expected"]
    ]
    assert not changed


def written(transform: str) -> str:
    whole = frozen(transform)
    lines = ",\n".join(json.dumps(one) for one in whole.pop("vectors"))
    head = json.dumps(whole)[1:-1]
    return f'{{{head}{", " if head else ""}"vectors": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    for each in cases():
        (FOLDER / f"{each}.json").write_text(written(each), "utf-8")
