"""The network's view of an encoded table."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.rng import generator
from veil.synthesizers.encoding import EncodedColumn
from veil.synthesizers.spans import KNOT_ROWS, MODES, Layout, Quantiles, _knot_edges


def _encoded(n_rows: int = 600) -> tuple[EncodedColumn, ...]:
    rng = generator(1)
    codes = rng.integers(2, size=n_rows)
    return (EncodedColumn("level", 4, rng.permutation(np.arange(n_rows) % 4)),
            EncodedColumn("constant", 1, np.zeros(n_rows, dtype=np.int64)),
            EncodedColumn("number", 2, codes, np.where(codes == 1, rng.gamma(2, 100, n_rows), 0.0)))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30_000))
def test_no_knot_stands_for_fewer_than_five_rows(n_rows):
    edges = _knot_edges(n_rows)
    assert (edges[0], edges[-1]) == (0, n_rows)
    assert np.diff(edges).min() >= min(KNOT_ROWS, n_rows)


@pytest.mark.parametrize("draw", [
    lambda rng: rng.normal(50, 10, 5000),
    lambda rng: rng.lognormal(0, 2, 5000),
    lambda rng: rng.integers(0, 30, 5000).astype(float),
])
def test_even_ranks_give_the_original_distribution_back(draw):
    numbers = draw(generator(2))
    again = Quantiles.fit(numbers).at((np.arange(5000) + 0.5) / 5000)
    if (numbers == np.round(numbers)).all():
        again = np.round(again)
    places = np.unique(numbers)
    shares = [np.searchsorted(np.sort(values), places, "right") / 5000 for values in (numbers, again)]
    assert np.abs(shares[0] - shares[1]).max() < 0.02
    assert numbers.min() <= again.min()
    assert again.max() <= numbers.max()


def test_members_and_ranks_are_the_rows_again():
    columns = _encoded(6000)
    layout = Layout.fit(columns)
    members, scalars = layout.members(columns, generator(3))
    decoded = {column.name: column for column in layout.columns(members, (scalars + 1) / 2)}
    assert set(decoded) == {"level", "constant", "number"}
    assert (decoded["level"].codes == columns[0].codes).all()
    assert (decoded["number"].codes == columns[2].codes).all()
    rows = columns[2].codes == 1
    assert np.corrcoef(decoded["number"].numbers[rows], columns[2].numbers[rows])[0, 1] > 0.995


def test_modes_hold_equally_many_rows_however_tied_the_numbers_are():
    numbers = np.repeat(np.arange(30.0), 20)
    columns = (EncodedColumn("x", 1, np.zeros(600, dtype=np.int64), numbers),)
    layout = Layout.fit(columns)
    members, scalars = layout.members(columns, generator(3))
    assert np.bincount(members[:, 0]).tolist() == [60] * MODES
    assert np.abs(scalars).max() < 1


def test_the_matrix_is_scalars_and_one_hot():
    columns = _encoded()
    layout = Layout.fit(columns)
    members, scalars = layout.members(columns, generator(3))
    matrix = layout.matrix(members, scalars)
    assert matrix.shape == (600, 1 + 4 + 1 + MODES)
    assert matrix.dtype == np.float32
    assert (matrix[:, :1] == scalars).all()
    for place, span in enumerate(layout.spans):
        assert (matrix[:, span.start : span.stop].sum(axis=1) == 1).all()
        assert (matrix[:, span.start : span.stop].argmax(axis=1) == members[:, place]).all()


def test_columns_of_one_level_are_kept_from_the_network():
    columns = (EncodedColumn("same", 1, np.zeros(5, dtype=np.int64)),)
    layout = Layout.fit(columns)
    members, ranks = layout.members(columns, generator(1))
    assert layout.width == 0
    assert layout.columns(members, ranks)[0].codes.tolist() == [0] * 5


def test_the_json_form_is_the_same_layout():
    layout = Layout.fit(_encoded())
    assert Layout.from_json(json.loads(json.dumps(layout.to_json()))) == layout
