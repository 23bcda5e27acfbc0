"""Hostile cells through every transform: nothing crashes, types are kept, nothing that must go stays, and errors hold no cell."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from veil.errors import VeilError
from veil.model import Column, Span
from veil.transforms import TRANSFORMS, Context, Transform, Whole
from veil.transforms.keys import Key

CANARY = "Kanarie77314"
KEY = Key("main", "2026-11", b"k" * 32)
HOSTILE = [
    f"{CANARY}\x00\x01\x1b[31m\x7f",
    f"\u202e{CANARY}\u202c\u2066",
    f"={CANARY}|' /C calc'!A0",
    f"@SUM({CANARY})",
    f"+{CANARY}",
    f"-{CANARY}\t\r\n",
    CANARY + "x" * 1_000_000,
    f"{CANARY}\ud83d",
    f"\udc00{CANARY}",
    f"{CANARY}😀👩‍👩‍👧‍👦🇧🇪",
    f"{CANARY}\ufeff\u200b\u00ad",
    f"{CANARY}\ufdd0row 1",
    f"' OR 1=1; DROP TABLE {CANARY}; --",
    f"{{{{7*7}}}}${{{CANARY}}}%s%n",
    f"../../{CANARY}\\..\\",
    f'{{"a": "{CANARY}", "b": [{{"c": "{CANARY}"}}]}}',
    "[" * 5_000 + f'"{CANARY}"' + "]" * 5_000,
    f"a\u0301\u0323\u0327{CANARY}" + "\u0300" * 200,
    "٣٫١٤" + CANARY,
    f"9{CANARY}e999",
    f"1/0/0000 {CANARY}",
    f"999999999999999999999999999999{CANARY}",
]
PARAMETERS: dict[str, list[dict]] = {
    "age_band": [{"as_of": "2026-01-01"}],
    "band": [{"width": 10}],
    "constant": [{"value": "x"}],
    "date_part": [{"part": "year"}],
    "date_shift": [{}],
    "drop": [{}],
    "encrypt": [{}, {"mode": "random"}],
    "fake": [{"of": of} for of in ("person_name", "email", "phone", "street", "iban", "card", "company", "city", "url")],
    "fpe": [{}, {"of": "alphanumeric"}, {"of": "phone"}, {"of": "iban"}],
    "geo_grid": [{"km": 5}],
    "hash": [{}, {"algorithm": "blake2b"}],
    "hierarchy": [{"levels": {"a": ["b"]}}, {"levels": {"a": ["b"]}, "unknown": "hide"}],
    "ip_prefix": [{}, {"mode": "keyed"}],
    "k_anonymize": [{"k": 2, "max_suppressed": 0.5}],
    "keep": [{"reason": "a test keeps it"}],
    "mask": [{}],
    "microaggregate": [{"size": 3}],
    "noise": [{"amount": 5}],
    "null": [{}],
    "postcode_prefix": [{}],
    "pram": [{"retain": 0.8}],
    "redact_json": [{}],
    "redact_text": [{}, {"replace": "mask"}, {"replace": "fake"}],
    "regex": [{"pattern": "x", "replace": "y"}, {"pattern": "(.)", "unmatched": "mask"}],
    "round": [{"places": 1}],
    "swap": [{"window": 10}],
    "token": [{}],
    "top_bottom": [{"top": 10}],
    "truncate": [{"first": 3}, {"step": 10}],
}
MUST_GO = {"pseudonymize", "encrypt", "fake", "suppress"}
LEFT_BY_PURPOSE = {"regex"}
"""A regex replaces what it matches and leaves the rest: what stays is the policy's."""

CASES = [(name, parameters) for name, many in PARAMETERS.items() for parameters in many]


def attempted(name: str, parameters: dict, cells: pd.Series) -> tuple[pd.Series | None, str]:
    """Return what becomes of the cells, or None and the words with which they are refused."""
    try:
        return applied(name, parameters, cells), ""
    except VeilError as error:
        return None, str(error)


def applied(name: str, parameters: dict, cells: pd.Series) -> pd.Series:
    method: Transform = TRANSFORMS[name].model_validate(parameters)
    context = Context(
        Column("c"),
        key=KEY,
        keyspace="column:c",
        subject=pd.Series([str(row) for row in range(len(cells))], index=cells.index, dtype=object),
        subject_keyspace="people",
        find_spans=lambda texts: [[Span(0, len(text), "PERSON", 1.0)] for text in texts],
    )
    if method.needs_whole:
        counts = cells.dropna().value_counts().sort_index()
        frame = pd.DataFrame({"c": cells.to_numpy()}, dtype=object)
        whole = Whole(lambda: counts, lambda names: frame[list(names)])
        fitted = method.fit(whole, Context(Column("c"), key=KEY, keyspace="column:c"))
        context = replace(context, fitted=fitted)
    return method.apply(cells, context)


def test_every_transform_is_tried():
    assert set(PARAMETERS) == set(TRANSFORMS)


@pytest.mark.parametrize(("name", "parameters"), CASES, ids=[f"{name}-{place}" for place, (name, _) in enumerate(CASES)])
@pytest.mark.parametrize("cell", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_cell_is_transformed_or_refused_without_being_told(name, parameters, cell):
    cells = pd.Series([cell, None, cell, ""], name="c", dtype=object)
    output, refusal = attempted(name, parameters, cells)
    if output is None:
        assert CANARY not in refusal
        return
    assert list(output.index) == [0, 1, 2, 3]
    assert all(each is None or isinstance(each, str) for each in output)
    if TRANSFORMS[name].properties.effect in MUST_GO and name not in LEFT_BY_PURPOSE:
        assert not any(CANARY in (each or "") for each in output)


@pytest.mark.parametrize(("name", "parameters"), [case for case in CASES if case[0] not in ("redact_json", "k_anonymize")])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cells=st.lists(st.one_of(st.none(), st.text(max_size=12)), min_size=1, max_size=6))
def test_any_cells_are_transformed_or_refused_and_never_changed_in_place(name, parameters, cells):
    before = pd.Series(cells, dtype=object)
    given_cells = before.copy()
    output, _ = attempted(name, parameters, given_cells)
    assert given_cells.equals(before)
    if output is not None:
        assert len(output) == len(before)
        assert all(each is None or isinstance(each, str) for each in output)
