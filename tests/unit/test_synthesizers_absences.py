"""Cells are absent together as the rows have them."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.model import Column
from veil.rng import generator
from veil.synthesizers.encoding import EncodedColumn, TableEncoder
from veil.synthesizers.encodings.absences import EMPTY, NULL, PRESENT, Absences, Group

N = 2_000
COLUMNS = (Column("a", "integer"), Column("b", "integer"), Column("c", "integer"), Column("d", "category"))


def table(seed: int = 1) -> pd.DataFrame:
    """Return rows in which a and b are null together, d is empty just where they are there, and c is null by itself."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({name: rng.integers(0, 300, N).astype(str) for name in "abc"}, dtype=object)
    rows["d"] = rng.choice(["x", "y"], N)
    asked = rng.random(N) < 0.6
    rows.loc[~asked, ["a", "b"]] = None
    rows.loc[asked, "d"] = ""
    rows.loc[rng.random(N) < 0.3, "c"] = None
    return rows


def shuffled(rows: pd.DataFrame, encoder: TableEncoder) -> list[EncodedColumn]:
    """Return the encoded columns, each in an order of its own: what goes together is lost."""
    rng = np.random.default_rng(2)
    return [EncodedColumn(each.name, each.n_codes, each.codes[order], None if each.numbers is None else each.numbers[order])
            for each in encoder.encode(rows) for order in [rng.permutation(len(rows))]]  # fmt: skip


def patterns(rows: pd.DataFrame) -> set[tuple[bool, ...]]:
    return set(map(tuple, (rows.isna() | (rows == ""))[["a", "b", "d"]].to_numpy().tolist()))


def test_only_patterns_that_the_rows_have_come_out_of_columns_drawn_apart():
    rows = table()
    encoder = TableEncoder.fit(rows, COLUMNS)
    made = encoder.decode(shuffled(rows, encoder), generator(1))
    assert patterns(made) == patterns(rows) == {(True, True, False), (False, False, True)}
    assert set(made["a"].dropna()) <= set(map(str, range(300)))
    assert set(made["d"]) == {"x", "y", ""}


def test_shares_of_nulls_stay_near_what_was_drawn():
    rows = table()
    encoder = TableEncoder.fit(rows, COLUMNS)
    made = encoder.decode(shuffled(rows, encoder), generator(1))
    assert abs(made["a"].isna().mean() - rows["a"].isna().mean()) < 0.08
    assert made["c"].isna().mean() == rows["c"].isna().mean()


def test_rows_that_occur_are_left_as_they_are():
    rows = table()
    encoder = TableEncoder.fit(rows, COLUMNS)
    assert encoder.decode(encoder.encode(rows), generator(1)).equals(rows)


def test_columns_that_are_absent_by_themselves_make_no_group():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({name: np.where(rng.random(N) < 0.3, None, "x") for name in "abc"}, dtype=object)
    assert Absences.fit(rows, ["a", "b", "c"]).groups == ()
    assert Absences.fit(rows, ["a"]).groups == Absences.fit(rows, []).groups == ()


def test_a_pattern_of_fewer_than_five_rows_is_not_learnt():
    rows = table()
    rows.loc[[0, 1], ["a", "b", "d"]] = [["1", None, "x"], ["1", None, "x"]]
    (group,) = Absences.fit(rows, ["a", "b", "c", "d"]).groups
    assert group.columns == ("a", "b", "d")
    assert set(group.patterns) == {(NULL, NULL, PRESENT), (PRESENT, PRESENT, EMPTY)}


def test_patterns_that_are_all_over_the_place_are_left_alone():
    rng = np.random.default_rng(1)
    trait = rng.standard_normal(300)
    absent = {f"q{place}": trait + rng.standard_normal(300) > 1 for place in range(12)}
    rows = pd.DataFrame({name: np.where(own, None, "x") for name, own in absent.items()}, dtype=object)
    assert Absences.fit(rows, list(rows)).groups == ()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from([PRESENT, NULL, EMPTY])] * 3), min_size=1, max_size=6, unique=True),
       st.lists(st.tuples(*[st.sampled_from([PRESENT, NULL, EMPTY])] * 3), min_size=0, max_size=40))  # fmt: skip
def test_each_row_takes_a_nearest_pattern(known, rows):
    states = np.array(rows, dtype=np.int8).reshape(-1, 3)
    after = Group(("a", "b", "c"), tuple(known)).drawn(states, generator(1))
    for before, now in zip(rows, after.tolist(), strict=True):
        away = [sum(one != other for one, other in zip(before, pattern, strict=True)) for pattern in known]
        assert tuple(now) in [pattern for pattern, own in zip(known, away, strict=True) if own == min(away)]


@pytest.mark.parametrize("n_rows", [0, 1, 50])
def test_a_saved_encoder_draws_the_same(n_rows):
    rows = table()
    encoder = TableEncoder.fit(rows, COLUMNS)
    again = TableEncoder.from_json(json.loads(json.dumps(encoder.to_json())))
    assert again == encoder
    drawn = [EncodedColumn(each.name, each.n_codes, each.codes[:n_rows], None if each.numbers is None else each.numbers[:n_rows])
             for each in shuffled(rows, encoder)]  # fmt: skip
    assert again.decode(drawn, generator(1)).equals(encoder.decode(drawn, generator(1)))
    assert "x" not in repr(encoder.absences)
