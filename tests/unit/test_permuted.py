"""Numbers that are encrypted in place: others' by chance, their own never."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from tasks import store
from tasks.classify import Classification
from tasks.residual import Sources, permuted_columns, residual_results
from veil.model import Finding, Plan, Step

NUMBERS = [f"0470 {number:02d} 34 56" for number in range(60)]


def result(tmp_path, output, transform="fpe"):
    frames = {"raw": NUMBERS, "out": output}
    tables = {
        name: store.write_table("people", [pd.DataFrame({"mobile": cells}, dtype=object)], tmp_path / name, stage="transform")
        for name, cells in frames.items()
    }
    finding = Finding("people", "mobile", "PHONE_NUMBER", "direct", "pattern", 1.0, 1.0, 60, "a test")
    classified = Classification(tables["raw"], (finding,), (), ())
    step = Step("mobile", "direct", "PHONE_NUMBER", transform, {}, "encrypt", "", "columns.mobile")
    plan = Plan("people", "", "", None, (), (step,))
    results = residual_results(Sources.of([classified], [plan]), [classified], [plan], [tables["out"]], 1)
    return {each.check: each for each in results}


def test_another_persons_number_is_no_leak_where_numbers_are_encrypted_in_place(tmp_path):
    found = result(tmp_path, [*NUMBERS[1:], NUMBERS[0]])
    assert found["residual_identifiers"].value == 0
    assert found["own_permuted"].value == 0
    assert permuted_columns(Plan("t", "", "", None, (), (Step("a", "other", None, "token", {}, "", "", ""),))) == frozenset()


@pytest.mark.parametrize("own", ["0470 00 34 56", "0470003456", "+32 470 00 34 56"])
def test_ones_own_number_is_a_leak_however_it_is_written(tmp_path, own):
    assert result(tmp_path, [own, *NUMBERS[2:], NUMBERS[1]])["own_permuted"].value == 1


def test_another_persons_number_in_any_other_column_is_a_leak(tmp_path):
    assert result(tmp_path, [*NUMBERS[1:], NUMBERS[0]], transform="token")["residual_identifiers"].value > 0


def test_nulls_are_nobodys_number(tmp_path):
    table = result(tmp_path, [None] * 30 + NUMBERS[:30])
    assert table["own_permuted"].value == 0
    assert dataclasses.replace(table["own_permuted"]).n == 60
