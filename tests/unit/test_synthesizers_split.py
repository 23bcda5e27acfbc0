"""The holdout split: by data subject, and refused where it would mean nothing."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.errors import SynthesisFailed
from veil.rng import generator
from veil.synthesizers import holdout_split


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
