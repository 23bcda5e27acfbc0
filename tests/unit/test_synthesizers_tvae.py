"""TVAE, trained for real on small tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.unit.test_synthesizers_ctgan import COLUMNS, _quiet, _table
from veil.columns import to_numbers
from veil.errors import SynthesisFailed
from veil.model import Column, Epoch
from veil.synthesizers import EnoughLearnt, load_model
from veil.synthesizers.conditions import OneOf
from veil.synthesizers.tvae import Tvae


@pytest.fixture(scope="module")
def model():
    return Tvae(epochs=5).fit(_table(), COLUMNS, seed=3, progress=_quiet)


def test_rows_columns_and_levels_are_right(model):
    synthetic = model.sample(2000, seed=4)
    assert list(synthetic) == [column.name for column in COLUMNS]
    for name in ("country", "member", "note", "nothing"):
        assert set(synthetic[name]) == set(_table()[name])
    incomes = to_numbers(synthetic["income"].dropna(), COLUMNS[2])
    original = to_numbers(_table()["income"].dropna(), COLUMNS[2])
    assert original.min() <= incomes.min() <= incomes.max() <= original.max()


def test_marginals_are_right_after_few_epochs(model):
    synthetic = model.sample(3000, seed=4)
    for name in ("country", "member", "note"):
        shares = [table[name].value_counts(normalize=True, dropna=False) for table in (_table(), synthetic)]
        assert shares[0].sub(shares[1], fill_value=0).abs().sum() / 2 < 0.06


def test_dependent_columns_stay_dependent():
    table = _table(1500)[["country", "income"]].assign(twin=lambda frame: frame["country"].str.lower())
    columns = (COLUMNS[0], COLUMNS[2], Column("twin", "category"))
    sampled = Tvae(steps=600).fit(table, columns, seed=1, progress=_quiet).sample(2000, seed=1)
    assert (sampled["country"].str.lower() == sampled["twin"]).mean() > 0.8


def test_same_seed_same_bytes_saved_or_not(model, tmp_path):
    again = Tvae(epochs=5).fit(_table(), COLUMNS, seed=3, progress=_quiet)
    assert again.sample(300, seed=4).equals(model.sample(300, seed=4))
    model.save(tmp_path)
    assert load_model(tmp_path).sample(300, seed=4).equals(model.sample(300, seed=4))


def test_every_row_meets_its_conditions(model):
    where = {"country": OneOf(("NL",)), "member": OneOf(("yes",))}
    drawn = model.sample(200, seed=5, where=where)
    assert len(drawn) == 200
    assert set(drawn["country"]) == {"NL"}
    assert set(drawn["member"]) == {"yes"}


def test_epochs_are_told_and_may_be_ended():
    def enough(epoch: Epoch, n_epochs: int) -> None:
        if epoch.epoch == 2:
            raise EnoughLearnt

    history = Tvae(epochs=9).fit(_table(), COLUMNS, seed=1, progress=enough).history
    assert [epoch.epoch for epoch in history] == [1, 2]
    assert set(history[0].losses) == {"reconstruction", "divergence", "score"}


@pytest.mark.parametrize(("changed", "n_rows", "said"), [
    ({}, 99, "tvae needs at least 100 rows"), ({"max_seconds": 0.0}, 200, "too short for one epoch"),
    ({"learning_rate": 1e30, "epochs": 30}, 200, "diverged"),
])  # fmt: skip
def test_what_cannot_be_learnt_is_refused(changed, n_rows, said):
    with pytest.raises(SynthesisFailed, match=said):
        Tvae(**{"epochs": 3, **changed}).fit(_table(n_rows), COLUMNS, seed=1, progress=_quiet)


def test_constants_and_single_columns_can_be_learnt():
    table = pd.DataFrame({"a": ["x"] * 100, "b": np.arange(100).astype(str)}, dtype=object)
    sampled = Tvae(epochs=1).fit(table, (Column("a"), Column("b", "integer")), seed=1, progress=_quiet).sample(5, seed=1)
    assert set(sampled["a"]) == {"x"}
