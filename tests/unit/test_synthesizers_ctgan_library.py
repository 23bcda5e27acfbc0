"""The ctgan package as it is, behind the interface of all synthesizers."""

from __future__ import annotations

import pytest

from tests.unit.test_synthesizers_ctgan import COLUMNS, _quiet, _table
from veil.columns import to_numbers
from veil.errors import SynthesisFailed
from veil.synthesizers.conditions import OneOf
from veil.synthesizers.ctgan import Ctgan
from veil.synthesizers.gan.library_model import read_library

LIBRARY = Ctgan(engine="library", epochs=1)


@pytest.fixture(scope="module")
def model():
    return LIBRARY.fit(_table(), COLUMNS, seed=3, progress=_quiet)


def test_rows_are_of_the_original_levels_and_within_range(model):
    synthetic = model.sample(1000, seed=4)
    assert list(synthetic) == [column.name for column in COLUMNS]
    for name in ("country", "member", "note", "nothing"):
        assert set(synthetic[name]) <= set(_table()[name])
    incomes, original = (to_numbers(table["income"].dropna(), COLUMNS[2]) for table in (synthetic, _table()))
    assert original.min() <= incomes.min() <= incomes.max() <= original.max()
    assert abs(synthetic["country"].eq("BE").mean() - 0.6) < 0.2


def test_a_saved_model_samples_the_same_bytes(model, tmp_path):
    model.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.json", "weights.safetensors"]
    loaded = read_library(tmp_path)
    assert loaded is not None
    assert loaded.sample(50, seed=9).equals(model.sample(50, seed=9))


def test_its_license_is_told_beside_its_parameters(model):
    assert "Business Source License" in model.parameters["note"]


def test_conditions_are_met_by_drawing_again(model):
    assert set(model.sample(50, seed=5, where={"member": OneOf(("yes",))})["member"]) == {"yes"}


def test_epochs_have_their_losses(model):
    assert [set(epoch.losses) for epoch in model.history] == [{"generator", "discriminator"}]


def test_numbers_alone_can_be_learnt():
    sampled = LIBRARY.fit(_table()[["born"]], COLUMNS[3:4], seed=1, progress=_quiet).sample(20, seed=1)
    assert sampled.shape == (20, 1)


def test_a_budget_that_the_package_cannot_keep_is_refused():
    with pytest.raises(SynthesisFailed, match="leave out max_seconds"):
        Ctgan(engine="library", max_seconds=5.0).fit(_table(), COLUMNS, seed=1, progress=_quiet)
