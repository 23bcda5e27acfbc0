"""Values that hardly a row holds, and columns with more values than anything could learn."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.errors import SynthesisFailed
from veil.model import Column
from veil.rng import generator
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.encoding import RARE_ROWS, EncodedColumn, LevelColumn, TableEncoder, rows_to_learn
from veil.synthesizers.encodings.levels import MARKER

CATEGORY = Column("x", "category")
COMMON = ["Ghent"] * 60 + ["Bruges"] * 30
RARE = ["Aalst"] * 4 + ["Bree"] * 2 + ["Ciney"]


def table(cells) -> pd.DataFrame:
    return pd.DataFrame({"x": pd.Series(list(cells), dtype=object)})


def written(encoder: TableEncoder, n: int = 6_000) -> pd.Series:
    """Return what the last level of the only column is written as."""
    column = encoder.columns[0]
    pool = EncodedColumn("x", column.n_codes, np.full(n, column.n_codes - 1))
    return encoder.decode([pool], generator(1))["x"]


@pytest.mark.parametrize(("rare", "cells"), [
    ("merge", {"Ghent": 2 / 3, "Bruges": 1 / 3}),
    ("marker", {MARKER: 1.0}),
    ("replay", {"Aalst": 4 / 7, "Bree": 2 / 7, "Ciney": 1 / 7}),
])
def test_rare_values_are_written_as_asked(rare, cells):
    encoder = TableEncoder.fit(table([*COMMON, *RARE, None, ""]), (CATEGORY,), rare=rare)
    shares = written(encoder).value_counts(normalize=True)
    assert set(shares.index) == set(cells)
    assert all(abs(shares[cell] - share) < 0.03 for cell, share in cells.items())
    assert encoder.rare_rows == {"x": 7}


@pytest.mark.parametrize("rare", ["merge", "marker"])
def test_neither_model_nor_stand_in_holds_a_rare_value_unless_it_is_replayed(rare):
    encoder = TableEncoder.fit(table([*COMMON, *RARE]), (CATEGORY,), rare=rare)
    saved, made = json.dumps(encoder.to_json()), encoder.decode(encoder.encode(table([*COMMON, *RARE])), generator(1))
    assert not any(name in saved for name in RARE)
    assert not set(made["x"]) & set(RARE)
    assert made["x"].tolist()[: len(COMMON)] == COMMON


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([None, "", "a", "b", "c", "d", "e", "f"]), min_size=5, max_size=80))
def test_no_value_of_fewer_than_five_rows_is_ever_written(cells):
    rows = table([*cells, *["frequent"] * RARE_ROWS])
    encoder = TableEncoder.fit(rows, (CATEGORY,))
    made = encoder.decode(encoder.encode(rows), generator(1))["x"]
    counts = rows["x"].value_counts()
    assert all(counts[value] >= RARE_ROWS for value in made[made.notna() & (made != "")])
    assert (made.isna() == rows["x"].isna()).all()
    assert ((made == "") == (rows["x"] == "")).all()
    again = TableEncoder.from_json(json.loads(json.dumps(encoder.to_json())))
    assert again == encoder


def test_a_column_of_rare_values_alone_is_refused_with_a_way_out():
    cells = [f"secret {place // 4}" for place in range(200)]
    with pytest.raises(SynthesisFailed, match=r"`x`: fewer than 5 rows hold each .* generalize .* `rare: replay`") as caught:
        TableEncoder.fit(table(cells), (CATEGORY,))
    assert "secret" not in str(caught.value)
    assert len(set(written(TableEncoder.fit(table(cells), (CATEGORY,), rare="replay")))) == 50


def test_an_unknown_treatment_is_refused():
    with pytest.raises(SynthesisFailed, match="merge, marker, replay"):
        TableEncoder.fit(table(COMMON), (CATEGORY,), rare="drop")


def test_a_rare_answer_of_a_yes_or_no_column_stays():
    rows = table(["no"] * 300 + ["yes"] * 3)
    encoder = TableEncoder.fit(rows, (Column("x", "boolean", "no|yes"),))
    assert encoder.decode(encoder.encode(rows), generator(1)).equals(rows)


def test_a_value_that_was_not_there_is_rare_where_rare_values_are_pooled():
    encoder = TableEncoder.fit(table([*COMMON, *RARE]), (CATEGORY,))
    unseen, rare = encoder.encode(table(["Dinant", "Ciney"]))[0].codes
    assert unseen == rare == encoder.columns[0].n_codes - 1
    with pytest.raises(SynthesisFailed, match="fewer than 10 rows hold values that the fitted table did not"):
        TableEncoder.fit(table([*COMMON, *RARE]), (CATEGORY,), rare="replay").encode(table(["Dinant"]))


def test_a_hundred_thousand_levels_cost_no_more_codes_than_are_learnt():
    rng = np.random.default_rng(1)
    names = np.array([f"item {place}" for place in range(100_000)], dtype=object)
    rows = table(names[np.concatenate([np.repeat(np.arange(100_000), 5), rng.integers(0, 400, 100_000)])])
    encoder = TableEncoder.fit(rows, (CATEGORY,), max_levels=1_000)
    column = encoder.columns[0]
    assert isinstance(column, LevelColumn)
    assert (column.n_codes, len(column.pool)) == (1_000, 99_001)
    encoded = encoder.encode(rows)[0]
    assert encoded.codes.nbytes == 8 * len(rows)
    made = encoder.decode([encoded], generator(1))["x"]
    assert made.nunique() > 95_000
    assert (made[encoded.codes < 999] == rows["x"][encoded.codes < 999]).all()


def test_a_circuit_learns_a_column_of_many_levels_beside_others():
    rng = np.random.default_rng(1)
    code = rng.integers(0, 3_000, 30_000)
    rows = pd.DataFrame({"code": [f"c{each}" for each in code], "even": np.where(code % 2, "odd", "even")}, dtype=object)
    columns = (Column("code", "category"), Column("even", "category"))
    model = Circuit(states=8, epochs=2, max_levels=200).fit(rows, columns, seed=1, progress=lambda *_: None)
    made = model.sample(5_000, seed=1)
    assert made["code"].nunique() > 1_500
    assert abs((made["even"] == "even").mean() - 0.5) < 0.05


def test_nulls_come_together_as_they_do_among_the_rows():
    rng = np.random.default_rng(1)
    asked = rng.random(4_000) < 0.7
    rows = pd.DataFrame({name: rng.integers(0, 100, 4_000).astype(str) for name in ("a", "b", "c")}, dtype=object)
    rows.loc[~asked, ["a", "b"]] = None
    rows.loc[rng.random(4_000) < 0.2, "c"] = None
    columns = tuple(Column(name, "integer") for name in rows)
    made = Circuit(states=32).fit(rows, columns, seed=1, progress=lambda *_: None).sample(10_000, seed=1)
    both, either = (made["a"].isna() & made["b"].isna()).mean(), (made["a"].isna() | made["b"].isna()).mean()
    assert abs(both - 0.3) < 0.03
    assert either == both  # independent nulls would give 0.5 and 0.09
    assert abs((made["a"].isna() & made["c"].isna()).mean() - 0.06) < 0.02


ODD = {
    "constant": ("category", ["same"] * 400),
    "constant number": ("integer", ["7"] * 400),
    "one value and nulls": ("category", ["here", None, None, None] * 100),
    "one number and nulls": ("integer", ["12", None] * 200),
    "one date and nulls": ("date", ["2024-02-29", None] * 200),
    "nothing": ("text", [None] * 400),
    "null and empty": ("text", [None, ""] * 200),
    "yes and no": ("boolean", ["yes", "no"] * 200),
}


def test_odd_columns_of_a_table_of_400_rows_stay_what_they_are():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({name: pd.Series(rng.permutation(np.array(cells, dtype=object))) for name, (_, cells) in ODD.items()})
    rows["income"] = [f"{each:.2f}" for each in rng.lognormal(10, 1, 400)]
    formats = {"date": "%Y-%m-%d", "boolean": "no|yes"}
    columns = (*(Column(name, kind, formats.get(kind)) for name, (kind, _) in ODD.items()), Column("income", "decimal", "0.00"))
    made = Circuit().fit(rows, columns, seed=1, progress=lambda *_: None).sample(400, seed=1)
    for name, (_, cells) in ODD.items():
        assert set(made[name]) == set(cells), name
        assert abs(made[name].isna().mean() - rows[name].isna().mean()) < 0.1
    assert not set(made["income"]) & set(rows["income"])


@pytest.mark.parametrize(("n_rows", "most", "learnt"), [(10, 10, None), (10, 20, None), (1_000, 50, 50)])
def test_a_larger_table_is_learnt_from_a_sample(n_rows, most, learnt):
    rows = rows_to_learn(n_rows, most, generator(1))
    if learnt is None:
        assert rows is None
    else:
        assert len(set(rows.tolist())) == learnt
        assert (np.diff(rows) > 0).all()
        assert (rows == rows_to_learn(n_rows, most, generator(1))).all()


def test_a_circuit_of_a_larger_table_says_how_many_rows_it_learnt():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"a": rng.choice(["x", "y"], 2_000), "b": rng.integers(0, 500, 2_000).astype(str)}, dtype=object)
    columns = (Column("a", "category"), Column("b", "integer"))
    model = Circuit(states=4, epochs=2, max_rows=500).fit(rows, columns, seed=1, progress=lambda *_: None)
    assert (model.parameters["table_rows"], model.parameters["learnt_rows"]) == (2_000, 500)
    assert len(model.sample(3_000, seed=1)) == 3_000
    whole = Circuit(states=4, epochs=2).fit(rows, columns, seed=1, progress=lambda *_: None)
    assert (whole.parameters["table_rows"], whole.parameters["learnt_rows"]) == (2_000, 2_000)


@pytest.mark.parametrize(("n_rows", "epochs"), [(400, 20), (60_000, 20), (120_000, 10), (200_000, 6), (10_000_000, 4)])
def test_more_rows_need_fewer_passes(n_rows, epochs):
    assert Circuit(epochs=20)._epochs(n_rows) == epochs


def test_many_rows_are_drawn_part_by_part_and_alike(monkeypatch):
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"a": rng.choice(["x", "y", None], 2_000), "b": rng.integers(0, 500, 2_000).astype(str)}, dtype=object)
    columns = (Column("a", "category"), Column("b", "integer"))
    model = Circuit(states=4, epochs=2).fit(rows, columns, seed=1, progress=lambda *_: None)
    monkeypatch.setattr("veil.synthesizers.circuits.model.PART_ROWS", 300)
    made = model.sample(1_000, seed=1)
    assert made.equals(model.sample(1_000, seed=1))
    assert made[:300].equals(model.sample(300, seed=1))
    assert not made[:300].equals(made[300:600].reset_index(drop=True))
    assert abs(made["a"].isna().mean() - rows["a"].isna().mean()) < 0.06
