"""Frozen vectors of the transforms of numbers, dates, places and codes: an upgrade that would change a cell fails here.

A change on purpose is in the changelog, and rewrites the files by `python -m tests.unit.test_transforms_frozen_numbers`.
"""

import json
from pathlib import Path

import pytest

from tests.unit.whole_columns import transformed

FOLDER = Path(__file__).with_name("vectors")

INTEGERS = ["0", "1", "-1", "7", "10", "99", "-100", "12345", "987654321", "-5", "42", "65", "66", "1000000"]
CENTS = ["0.00", "0.05", "0.15", "-0.25", "1.50", "2.55", "19.99", "100.00", "-7.45", "1234.56", "99999.99", "0.01"]
DATES = [
    "1966-04-08",
    "2020-02-29",
    "1999-12-31",
    "2026-11-25",
    "2000-01-01",
    "1900-03-01",
    "2024-12-30",
    "2025-01-01",
    "1970-01-01",
]
TIMES = ["2020-02-29 23:59:59", "2026-11-25 00:00:00", "1999-12-31 12:30:01", "2025-03-30 02:30:00"]
TEXTS = ["Anna Smith", "AB-1234", "00123", "Łukasz", "a", "😀 smile", "\ud83d", "=1+1", "x9y8", "José 12", "‏עברית", "  "]
ADDRESSES = ["203.0.113.77", "203.0.113.78", "203.0.112.1", "10.0.0.1", "255.255.255.255", "0.0.0.0",
             "2001:db8::1", "2001:db8::2", "2001:db8:1::1", "::1", "fe80::abcd"]  # fmt: skip
PLACES = [
    "50.8467, 4.3499",
    "0, 0",
    "-33.8688, 151.2093",
    "78.2232, 15.6267",
    "89.999, -179.999",
    "-0.001, 0.001",
    "(51.5, -0.12)",
]
ZIPS = ["90210", "03601", "10001-1234", "87901", "36901", "99999", "06301"]
JOBS = ["nurse", "doctor", "dev", "ops", "nurse", "dev", "chef"]
TREE = {"levels": {"work": {"health": ["nurse", "doctor"], "tech": ["dev", "ops"]}, "other": {"food": ["chef"]}}}
SEXES = ["f", "m", "f", "x", "f", "m", "f", "f", "m", "f", "x", "f"]
NUMBERS = {"kind": "integer"}
MONEY = {"kind": "decimal", "form": "0.00"}
DAYS = {"kind": "date", "form": "%Y-%m-%d"}
MOMENTS = {"kind": "datetime", "form": "%Y-%m-%d %H:%M:%S"}
PEOPLE = {"subjects": ["a", "b", "a", "c", "b", "a", "d", "e", "f", "a", "b", "c", "d", "e"]}

CASES = {
    "round": [
        *((INTEGERS, given, NUMBERS) for given in ({"places": -1}, {"places": -3}, {"to": 5}, {"digits": 2})),
        *((CENTS, given, MONEY) for given in ({"places": 1}, {"places": 0}, {"to": 0.25}, {"digits": 1})),
    ],
    "truncate": [
        *((DATES, {"to": period}, DAYS) for period in ("year", "quarter", "month", "week")),
        *((TIMES, {"to": period}, MOMENTS) for period in ("month", "day", "hour")),
        *((TEXTS, given, {}) for given in ({"first": 2}, {"first": 4, "short": "keep"})),
        (INTEGERS, {"step": 10}, NUMBERS),
        (CENTS, {"step": 0.5}, MONEY),
    ],
    "regex": [
        (TEXTS, {"pattern": r"\d+", "replace": "#", "unmatched": "keep"}, {}),
        (TEXTS, {"pattern": r"(\pL)(\pL+)", "replace": r"\1·", "unmatched": "mask"}, {}),
    ],
    "hierarchy": [(JOBS, {**TREE, "level": level}, {}) for level in (1, 2)],
    "noise": [
        *((INTEGERS, {"amount": 50, "distribution": way}, NUMBERS) for way in ("uniform", "normal", "laplace")),
        *((CENTS, {"ratio": 0.1, "distribution": way}, MONEY) for way in ("uniform", "normal", "laplace")),
        (INTEGERS, {"amount": 9, "min": -200, "max": 10**9}, {**NUMBERS, **PEOPLE}),
    ],
    "pram": [(SEXES, {"retain": share}, {"kind": "category"}) for share in (0, 0.5, 0.9)],
    "swap": [
        (INTEGERS, {"window": 50}, NUMBERS),
        (TEXTS, {}, {}),
        (SEXES, {"within": ["half"]}, {"others": {"half": [str(row % 2) for row in range(len(SEXES))]}}),
    ],
    "microaggregate": [
        (INTEGERS, {"size": 3}, NUMBERS),
        (INTEGERS, {"size": 4, "by": "median"}, NUMBERS),
        (CENTS, {"size": 3}, MONEY),
        (DATES, {"size": 3}, DAYS),
        (TIMES, {"size": 3}, MOMENTS),
    ],
    "ip_prefix": [(ADDRESSES, given, {}) for given in ({}, {"v4": 16, "v6": 32}, {"mode": "keyed"})],
    "postcode_prefix": [(ZIPS, given, {}) for given in ({"keep": 3, "country": "US"}, {"keep": 2}, {"keep": 1, "min_rows": 2})],
    "geo_grid": [(PLACES, {"km": km}, {}) for km in (1, 10, 250)],
    "top_bottom": [(INTEGERS, {"bottom": -10, "top": 100}, NUMBERS), (CENTS, {"top": 19.5}, MONEY)],
    "band": [(INTEGERS, {"width": 50}, NUMBERS), (CENTS, {"width": 2.5}, MONEY)],
    "age_band": [(DATES[:3] + DATES[4:6], {"as_of": "2026-11-25"}, DAYS)],
    "date_part": [(DATES, {"part": part}, DAYS) for part in ("year", "quarter", "month", "weekday")],
    "k_anonymize": [
        (INTEGERS, {"k": 3, "widths": [10, 100]}, NUMBERS),
        (INTEGERS, {"k": 2, "max_suppressed": 0.4}, NUMBERS),
        (INTEGERS, {"k": 2, "method": "mondrian"}, NUMBERS),
        (DATES, {"k": 2}, DAYS),
        (DATES, {"k": 3, "method": "mondrian"}, DAYS),
        (ZIPS, {"k": 2, "prefixes": [3, 1]}, {}),
        (JOBS, {"k": 2, **TREE}, {}),
    ],
}  # fmt: skip


def applied(name: str, values: list, parameters: dict, how: dict) -> list:
    return transformed(name, values, parameters=parameters, **how)


def frozen(name: str) -> list[dict]:
    return [
        {"parameters": case[1], "cells": dict(enumerate(zip(case[0], applied(name, *case), strict=True)))} for case in CASES[name]
    ]


@pytest.mark.parametrize("name", CASES)
def test_cells_are_what_they_were(name):
    stored = json.loads((FOLDER / f"{name}.json").read_text())
    assert stored == json.loads(json.dumps(frozen(name)))


def test_there_are_vectors_enough():
    assert sum(len(case[0]) for cases in CASES.values() for case in cases) >= 500


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in CASES:
        (FOLDER / f"{each}.json").write_text(json.dumps(frozen(each), indent=1) + "\n")
