"""From cells to levels and numbers and back."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.columns import to_numbers
from veil.errors import SynthesisFailed, UnknownColumn
from veil.model import Column
from veil.rng import generator
from veil.synthesizers.encoding import MAX_LEVELS, LevelColumn, NumberColumn, TableEncoder

RNG = generator(1, "encoding tests")


def _table(**columns) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(list(cells), dtype=object) for name, cells in columns.items()})


def _round_trip(table: pd.DataFrame, *columns: Column) -> pd.DataFrame:
    encoder = TableEncoder.fit(table, columns)
    return encoder.decode(encoder.encode(table), generator(2))


def _cells(n: int, write) -> list[str]:
    return [write(number) for number in range(n)]


LEARNT_AS_NUMBERS = [
    ("integer", None, _cells(100, str)),
    ("integer", None, _cells(100, lambda n: str(-n))),
    ("decimal", "0.00", _cells(100, lambda n: f"{n / 4:.2f}")),
    ("decimal", "0,##", _cells(100, lambda n: f"{n / 4:g}".replace(".", ","))),
    ("date", "%d/%m/%Y", _cells(100, lambda n: f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/{1990 + n % 30}")),
    ("datetime", "%Y-%m-%d %H:%M:%S", _cells(100, lambda n: f"2024-05-{n % 28 + 1:02d} 11:{n % 60:02d}:{n % 60:02d}")),
    ("datetime", "%Y-%m-%dT%H:%MZ", _cells(100, lambda n: f"2024-05-{n % 28 + 1:02d}T11:{n % 60:02d}Z")),
]


@pytest.mark.parametrize(("kind", "pattern", "cells"), LEARNT_AS_NUMBERS)
def test_numbers_and_dates_come_back_as_they_were_written(kind, pattern, cells):
    table, column = _table(x=cells), Column("x", kind, pattern)
    encoder = TableEncoder.fit(table, (column,))
    assert isinstance(encoder.columns[0], NumberColumn)
    assert encoder.decode(encoder.encode(table), RNG)["x"].tolist() == cells


@pytest.mark.parametrize(("kind", "cells"), [
    ("integer", _cells(100, lambda n: str(n % 20))),
    ("boolean", _cells(100, lambda n: "yes" if n % 3 else "no")),
    ("category", _cells(100, lambda n: "abc"[n % 3])),
    ("text", _cells(100, lambda n: " padded " if n % 2 else "ümläut")),
    ("integer", _cells(100, lambda n: f"{n % 15}-{n % 15 + 9}")),
])
def test_few_distinct_values_and_what_is_no_number_are_levels(kind, cells):
    table = _table(x=cells)
    encoder = TableEncoder.fit(table, (Column("x", kind),))
    assert isinstance(encoder.columns[0], LevelColumn)
    if not encoder.columns[0].pool:
        assert encoder.decode(encoder.encode(table), RNG)["x"].tolist() == cells


@pytest.mark.parametrize("kind", ["integer", "category"])
def test_null_and_empty_stay_two_different_things(kind):
    cells = [None, "", "NA", "0", *_cells(96, lambda n: str(n % 40))] if kind == "category" else \
        [None, "", *_cells(98, str)]
    assert _round_trip(_table(x=cells * 6), Column("x", kind))["x"].tolist() == cells * 6


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.sampled_from(["", " ", "a", "A", "0", "nan", "None", "é"])), min_size=1, max_size=60))
def test_levels_without_a_pool_are_exact(cells):
    table = _table(x=cells)
    encoder = TableEncoder.fit(table, (Column("x", "category"),), rare="replay")
    decoded = encoder.decode(encoder.encode(table), RNG)["x"].tolist()
    assert decoded.count(None) == cells.count(None)
    assert decoded.count("") == cells.count("")
    if not encoder.columns[0].pool:
        assert decoded == cells


def test_a_spike_is_a_level_beside_the_numbers():
    table = _table(gain=["0"] * 800 + _cells(200, lambda n: str(1000 + n)))
    column = TableEncoder.fit(table, (Column("gain", "integer"),)).columns[0]
    assert isinstance(column, NumberColumn)
    assert column.levels == ("0",)
    assert (column.low, column.high) == (1000, 1199)


def test_decoded_numbers_never_leave_the_learnt_range_or_format():
    cells = _cells(60, lambda n: f"{n / 7:.2f}")
    encoder = TableEncoder.fit(_table(x=cells), (Column("x", "decimal", "0.00"),))
    encoded = encoder.encode(_table(x=cells))[0]
    wild = type(encoded)("x", encoded.n_codes, encoded.codes, RNG.normal(0, 1e6, 60))
    decoded = encoder.decode([wild], RNG)["x"]
    numbers = to_numbers(decoded, Column("x", "decimal", "0.00"))
    assert decoded.str.fullmatch(r"\d+\.\d\d").all()
    assert numbers.min() >= 0
    assert numbers.max() <= float(cells[-1])


def test_sub_second_times_stay_inside_the_range_when_rounded():
    cells = _cells(40, lambda n: f"2024-05-01 11:00:{n + 10}.600000")
    column = Column("at", "datetime", "%Y-%m-%d %H:%M:%S.%f")
    decoded = to_numbers(_round_trip(_table(at=cells), column)["at"], column)
    original = to_numbers(_table(at=cells)["at"], column)
    assert original.min() <= decoded.min()
    assert decoded.max() <= original.max()


def test_rare_levels_are_pooled_and_replayed_by_their_frequency_where_that_is_asked():
    cells = ["common"] * 90 + ["rare one"] * 4 + ["rare two"] * 2 + [None] * 4
    table = _table(x=cells * 1)
    encoder = TableEncoder.fit(table, (Column("x", "category"),), rare="replay")
    column = encoder.columns[0]
    assert set(column.pool) == {"rare one", "rare two"}
    encoded = encoder.encode(table)[0]
    many = type(encoded)("x", encoded.n_codes, np.full(6000, len(column.levels)))
    drawn = encoder.decode([many], generator(3))["x"].value_counts(normalize=True)
    assert abs(drawn["rare one"] - 2 / 3) < 0.03


def test_a_single_rare_level_needs_no_pool_where_it_is_replayed():
    encoder = TableEncoder.fit(_table(x=["a"] * 50 + ["b"]), (Column("x", "category"),), rare="replay")
    assert encoder.columns[0].levels == ("a", "b")


def test_width_is_capped_whatever_the_cardinality():
    cells = _cells(4000, lambda n: f"level {n % 400}")
    encoder = TableEncoder.fit(_table(x=cells), (Column("x", "category"),))
    assert encoder.columns[0].n_codes == MAX_LEVELS
    decoded = encoder.decode(encoder.encode(_table(x=cells)), RNG)["x"]
    assert set(decoded) <= set(cells)
    assert TableEncoder.fit(_table(x=cells), (Column("x", "category"),), max_levels=10).columns[0].n_codes == 10


@pytest.mark.parametrize("cells", [["same"] * 30, [None] * 30, [""] * 30, ["", None] * 15])
def test_constant_and_empty_columns_come_back(cells):
    assert _round_trip(_table(x=cells), Column("x"))["x"].tolist() == cells


def test_the_json_form_decodes_the_same():
    table = _table(a=_cells(300, str), b=_cells(300, lambda n: f"l{n % 50}" if n > 7 else f"r{n}"), c=[None, "", "x"] * 100)
    encoder = TableEncoder.fit(table, (Column("a", "integer"), Column("b", "category"), Column("c")))
    again = TableEncoder.from_json(json.loads(json.dumps(encoder.to_json())))
    assert again == encoder
    assert again.decode(encoder.encode(table), generator(4)).equals(encoder.decode(encoder.encode(table), generator(4)))


def test_columns_come_back_in_their_order_as_strings_and_none():
    decoded = _round_trip(_table(b=["x", None] * 20, a=_cells(40, str)), Column("a", "integer"), Column("b"))
    assert list(decoded) == ["a", "b"]
    assert {type(cell) for cell in decoded.to_numpy().ravel()} == {str, type(None)}


@pytest.mark.parametrize(("columns", "error", "words"), [
    ((), SynthesisFailed, "0 columns"),
    ((Column("absent"),), UnknownColumn, "`absent`"),
    ((Column("note"),), SynthesisFailed, "column `note`: 100 different values in 100 rows"),
])
def test_what_cannot_be_learnt_is_refused(columns, error, words):
    with pytest.raises(error, match=words):
        TableEncoder.fit(_table(note=_cells(100, lambda n: f"note {n}")), columns)


def test_an_empty_table_is_refused():
    with pytest.raises(SynthesisFailed, match="0 rows"):
        TableEncoder.fit(_table(x=[]), (Column("x"),))


@pytest.mark.parametrize(("kind", "cells"), [("category", ["a", "b"] * 50), ("integer", _cells(100, str))])
def test_an_unseen_cell_is_refused_without_telling_it(kind, cells):
    encoder = TableEncoder.fit(_table(x=cells), (Column("x", kind),))
    with pytest.raises(SynthesisFailed) as refusal:
        encoder.encode(_table(x=["SECRET"]))
    assert "SECRET" not in str(refusal.value)
    assert "fewer than 10" in str(refusal.value)


def test_no_repr_holds_a_cell():
    table = _table(a=["SECRET", "b"] * 20, n=_cells(40, lambda n: str(7070 + n)))
    encoder = TableEncoder.fit(table, (Column("a", "category"), Column("n", "integer")))
    assert "SECRET" not in repr(encoder) + repr(encoder.encode(table))
    assert "7070" not in repr(encoder) + repr(encoder.encode(table))
