"""The holdout split: by data subject, and refused where it would mean nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.errors import SynthesisFailed
from veil.model import Column
from veil.rng import generator
from veil.synthesizers import coarse_levels, holdout_split


def _subjects(values: list[str | None]) -> pd.Series:
    return pd.Series(values, dtype=object)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=20, max_size=80), st.floats(0.05, 0.95), st.integers(0, 9))
def test_no_subject_is_in_both_parts(family_sizes, share, seed):
    subjects = _subjects([f"s{number}" for number, size in enumerate(family_sizes) for _ in range(size)])
    held_out = holdout_split(subjects, share, generator(seed))
    assert not set(subjects[held_out]) & set(subjects[~held_out])
    assert held_out.any()
    assert not held_out.all()
    assert abs(held_out.sum() - share * len(subjects)) <= max(family_sizes)


def test_a_row_without_subject_is_a_subject_of_its_own():
    held_out = holdout_split(_subjects([None] * 1000), 0.3, generator(1))
    assert held_out.sum() == 300


def test_an_empty_subject_is_one_subject():
    subjects = _subjects([""] * 30 + [f"s{number}" for number in range(100)])
    held_out = holdout_split(subjects, 0.5, generator(1))
    assert held_out[:30].all() or not held_out[:30].any()


def test_same_seed_same_split_and_another_seed_another():
    subjects = _subjects([f"s{number}" for number in range(200)])
    first, again, other = (holdout_split(subjects, 0.2, generator(seed)) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize(("values", "share", "words"), [
    ([f"s{number}" for number in range(19)], 0.2, "20 would be enough"),
    ([], 0.2, "0 data subjects"),
    (["same"] * 100, 0.2, "20 would be enough"),
    (["big"] * 100 + [f"s{number}" for number in range(30)], 0.2, "one data subject holds 100 of 130 rows"),
    ([f"s{number}" for number in range(50)], 0.0, "between 0 and 1"),
    ([f"s{number}" for number in range(50)], 1.0, "between 0 and 1"),
])
def test_a_split_that_would_mean_nothing_is_refused(values, share, words):
    with pytest.raises(SynthesisFailed, match=words):
        holdout_split(_subjects(values), share, generator(1))


def test_the_refusal_names_no_subject():
    with pytest.raises(SynthesisFailed) as refusal:
        holdout_split(_subjects(["SECRET"] * 100 + [f"s{number}" for number in range(30)]), 0.2, generator(1))
    assert "SECRET" not in str(refusal.value)


def test_of_many_draws_the_one_whose_sides_are_alike_is_taken():
    """Thirty subjects with twenty rows each, every one with habits of its own: one draw is off, the best of 64 is not."""
    rng = np.random.default_rng(5)
    subjects = _subjects([f"s{row // 20}" for row in range(600)])
    habits = np.repeat(rng.integers(0, 3, 30), 20)
    cells = pd.Series(np.where(rng.random(600) < 0.9, habits, rng.integers(0, 3, 600)).astype(str), dtype=object)
    levels = coarse_levels(cells, Column("habit", type="category"))

    def distance(held_out):
        shares = [np.bincount(levels[side], minlength=4) / side.sum() for side in (held_out, ~held_out)]
        return np.abs(shares[0] - shares[1]).sum() / 2

    single = [distance(holdout_split(subjects, 0.2, np.random.default_rng(seed))) for seed in range(20)]
    profiles = [(slice(0, 600), levels)]
    best = [holdout_split(subjects, 0.2, np.random.default_rng(seed), profiles=profiles) for seed in range(20)]
    assert max(distance(held_out) for held_out in best) < np.median(single)
    assert not any(set(subjects[held_out]) & set(subjects[~held_out]) for held_out in best)


def test_levels_of_numbers_are_deciles_and_null_is_one():
    column = Column("amount", type="integer")
    levels = coarse_levels(pd.Series([*map(str, range(100)), None, ""], dtype=object), column)
    assert len(set(levels[:100])) == 10
    assert levels[100] == levels[101] == 0
    assert 0 not in levels[:100]
    assert set(coarse_levels(pd.Series([None, None], dtype=object), column)) == {0}
