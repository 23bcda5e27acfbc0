"""No cell of a delivered CSV is a live formula, unless the policy says so."""

from __future__ import annotations

import csv

import pandas as pd
import pyarrow as pa
import pytest

from tasks.store import write_output, write_table
from tasks.store.formulas import is_live, live_cells
from veil.errors import ReleaseFailed
from veil.model import FileFormat

LIVE = [
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", '"=1', "\uff1d1+1", "\uff0b1+A1",
    "\uff0d1+A1", "\uff20SUM(1)", "+cmd|x", "-2+3+cmd|' /C calc'!A0", "\ufeff=1", "+A1", "-A1", "+32-470", "-", "+", "=", "@",
    "\u00a0=1", "+1*2", "-1/2", "+(1)",
]  # fmt: skip
INERT = [
    None, "", "a", "1", "-1", "+1", "-1.5", "-1,5", "+1.5e-7", "-1 000,50", "-12 %", "+32 470 12 34 56", "+32470123456",
    "+1 (555) 010-0199", "a=1", "a+b", "x@y.example", "'=1", "1-2", "(1)", "2026-11-25", "-.5",
]  # fmt: skip


@pytest.mark.parametrize("cell", LIVE)
def test_a_cell_that_a_spreadsheet_computes_is_live(cell):
    assert is_live(pa.array([cell], pa.string())).to_pylist() == [True]


@pytest.mark.parametrize("cell", INERT)
def test_text_numbers_and_telephone_numbers_are_not(cell):
    assert is_live(pa.array([cell], pa.string())).to_pylist() in ([False], [None])


def table_of(folder, name, cells):
    return write_table("t", [pd.DataFrame({name: cells}, dtype=object)], folder / "table", stage="transform")


def test_escaped_cells_and_names_begin_with_an_apostrophe_and_the_others_are_as_they_were(tmp_path):
    table = table_of(tmp_path, "=name", LIVE + INERT)
    write_output(table, FileFormat("csv"), tmp_path / "out.csv", formulas="escape")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        (name,), *rows = csv.reader(file)
    assert name == "'=name"
    assert rows == [[f"'{cell}"] for cell in LIVE] + [[cell or ""] if cell is not None else [] for cell in INERT]
    assert not any(is_live(pa.array([row[0] for row in rows if row], pa.string())).to_pylist())


def test_kept_formulas_stay_as_they_are(tmp_path):
    write_output(table_of(tmp_path, "x", ["=1+1", "-1"]), FileFormat("csv"), tmp_path / "out.csv", formulas="keep")
    assert (tmp_path / "out.csv").read_text() == "x\n=1+1\n-1\n"


def test_refused_formulas_are_told_by_column_and_count(tmp_path):
    table = table_of(tmp_path, "x", ["=secret()", "-1"] * 12)
    with pytest.raises(ReleaseFailed, match="column `x`: 12 cells that a spreadsheet would compute") as caught:
        write_output(table, FileFormat("csv"), tmp_path / "out.csv", formulas="refuse")
    assert "secret" not in str(caught.value)
    assert not (tmp_path / "out.csv").exists()
    assert live_cells(table) == {"x": 12}


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_formats_that_no_spreadsheet_opens_by_itself_are_left_alone(tmp_path, kind):
    table = table_of(tmp_path, "x", ["=1+1"])
    write_output(table, FileFormat(kind, suffix=f".{kind}"), tmp_path / "out", formulas="escape")
    assert b"'=" not in (tmp_path / "out").read_bytes()
