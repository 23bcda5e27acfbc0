"""Foreign keys of a synthetic child table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.errors import SynthesisFailed
from veil.rng import generator
from veil.synthesizers import assign_parents


@settings(max_examples=100, deadline=None)
@given(families=st.lists(st.integers(0, 9), min_size=1, max_size=60).filter(any), n_parents=st.integers(1, 80),
       n_children=st.integers(0, 300), seed=st.integers(0, 9))
def test_every_child_has_a_parent(families, n_parents, n_children, seed):
    parents = assign_parents(families, n_parents, n_children, generator(seed))
    assert parents.shape == (n_children,)
    assert ((parents >= 0) & (parents < n_parents)).all()


def test_families_are_as_large_as_the_original_ones():
    families = generator(1).negative_binomial(1, 0.3, size=5000)
    parents = assign_parents(families, 5000, int(families.sum()), generator(2))
    sizes = np.bincount(parents, minlength=5000)
    shares, drawn = (np.bincount(counts, minlength=60)[:60] / 5000 for counts in (families, sizes))
    assert np.abs(shares - drawn).sum() / 2 < 0.02
    assert sizes.max() <= families.max()


def test_parents_without_children_stay_as_frequent():
    families = [0] * 300 + [2] * 700
    sizes = np.bincount(assign_parents(families, 500, 700, generator(1)), minlength=500)
    assert set(sizes) == {0, 2}
    assert abs((sizes == 0).mean() - 0.3) < 0.01


def test_families_scale_where_the_synthetic_tables_have_another_ratio():
    sizes = np.bincount(assign_parents([1, 2, 3] * 100, 300, 1200, generator(1)), minlength=300)
    assert sizes.sum() == 1200
    assert sizes.min() >= 2
    assert sizes.max() <= 6


def test_same_seed_same_parents():
    first, again = (assign_parents([1, 2, 3], 30, 60, generator(7)) for _ in range(2))
    assert (first == again).all()


@pytest.mark.parametrize(("families", "n_parents"), [([1, 2], 0), ([0, 0], 5), ([], 5)])
def test_children_without_a_possible_parent_are_refused(families, n_parents):
    with pytest.raises(SynthesisFailed, match="synthesize parents first"):
        assign_parents(families, n_parents, 10, generator(1))


def test_no_children_need_no_parent():
    assert len(assign_parents([], 0, 0, generator(1))) == 0
