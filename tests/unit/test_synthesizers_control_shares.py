"""How rows are shared out: to the row, whatever demands cross; and numbers beyond what was observed follow the tail."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.columns import to_numbers
from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers.conditions import Between, OneOf
from veil.synthesizers.control.allocation import allocated, largest_remainder
from veil.synthesizers.control.asked import Criterion, Extremes, written
from veil.synthesizers.control.factors import Category, Factor, strata
from veil.synthesizers.control.tails import Tail

shares = st.lists(st.floats(0, 1), min_size=2, max_size=6).filter(lambda each: sum(each) > 0.01).map(
    lambda each: [share / sum(each) for share in each]
)


@given(shares, st.integers(0, 10_000))
def test_whole_rows_add_up_and_each_is_within_one_of_its_share(parts, n_rows):
    counts = largest_remainder(parts, n_rows)
    assert counts.sum() == n_rows
    assert (np.abs(counts - np.array(parts) * n_rows) < 1 + 1e-6).all()


@settings(max_examples=60)
@given(st.lists(shares, min_size=1, max_size=3), st.integers(1, 5_000), st.integers(0, 2**32))
def test_every_demand_is_met_to_the_row_whatever_crosses(demands, n_rows, seed):
    shape = tuple(map(len, demands))
    weights = np.random.default_rng(seed).integers(0, 50, shape).astype(float)
    margins = [largest_remainder(parts, n_rows) for parts in demands]
    counts = allocated(weights, np.ones(shape, dtype=bool), margins)
    assert counts.min() >= 0
    for axis, margin in enumerate(margins):
        assert (counts.sum(axis=tuple(other for other in range(len(shape)) if other != axis)) == margin).all()


def test_what_goes_together_by_itself_still_does():
    weights = np.array([[400.0, 100.0], [100.0, 400.0]])
    counts = allocated(weights, np.ones((2, 2), dtype=bool), [np.array([500, 500]), np.array([300, 700])])
    ratio = counts[0, 0] * counts[1, 1] / (counts[0, 1] * counts[1, 0])
    assert abs(ratio - 16) < 0.5  # raking keeps the odds ratio


def test_groups_that_contradict_themselves_get_no_row():
    possible = np.array([[True, False], [True, True]])
    counts = allocated(np.ones((2, 2)), possible, [np.array([30, 70]), np.array([60, 40])])
    assert counts.tolist() == [[30, 0], [30, 40]]
    with pytest.raises(SynthesisFailed, match="contradict each other"):
        allocated(np.ones((2, 2)), possible, [np.array([70, 30]), np.array([60, 40])])


def test_crossings_join_conditions_and_leave_out_the_impossible():
    columns = {"a": Column("a", "integer"), "b": Column("b", "category")}
    low, high = {"a": Between("1", "5")}, {"a": Between("4", None)}
    ages = Factor(("a",), (Category(0.5, low), Category(0.5, avoid=(low,))))
    others = Factor(("a",), (Category(0.5, high), Category(0.5, {"a": OneOf(("2", "9"))})))
    crossed = strata([ages, others], columns)
    assert crossed[0, 0].where == {"a": Between("4", "5")}
    assert crossed[0, 1].where == {"a": OneOf(("2",))}
    assert crossed[1, 0].avoid == (low,)
    same = Factor(("a",), (Category(0.5, low), Category(0.5, {"a": Between("6", None)})))
    assert (0, 1) not in strata([ages, same], columns)
    assert (1, 0) not in strata([ages, same], columns)


def test_too_many_crossings_are_refused():
    factor = Factor(("b",), tuple(Category(0.02, {"b": OneOf((str(each),))}) for each in range(50)))
    with pytest.raises(SynthesisFailed, match="cross to 125000 groups of rows"):
        strata([factor, dataclasses.replace(factor), factor], {"b": Column("b", "category")})


MONEY = Column("x", "decimal", "0.00")


def cells(numbers: np.ndarray) -> pd.Series:
    return pd.Series([f"{each:.2f}" for each in numbers], dtype=object)


@pytest.mark.parametrize(("name", "shape", "draw"), [
    ("exponential", 0.0, lambda rng: rng.exponential(50, 20_000)), ("pareto", 0.4, lambda rng: 100 * rng.pareto(2.5, 20_000)),
    ("uniform", 0.0, lambda rng: rng.uniform(0, 100, 20_000)), ("lognormal", 0.2, lambda rng: rng.lognormal(4, 1, 20_000)),
])  # fmt: skip
def test_the_shape_of_a_tail_is_found(name, shape, draw):
    tail = Tail.fit(Extremes("x", 0.1), cells(draw(np.random.default_rng(1))), MONEY)
    assert abs(tail.shape - shape) < 0.12
    assert tail.scale > 0


@pytest.mark.parametrize("shape", [0.0, 0.3])
def test_extremes_follow_the_generalized_pareto_beyond_the_end(shape):
    tail = Tail(MONEY, 1, shape, 50.0, 100, 900.0, 1_000.0)
    excesses = to_numbers(pd.Series(tail.cells(20_000, np.random.default_rng(1)), dtype=object), MONEY) - 1_000
    assert excesses.min() > 0
    for share in (0.1, 0.5, 0.9, 0.99):
        wanted = -50 * np.log(1 - share) if shape == 0 else 50 / shape * ((1 - share) ** -shape - 1)
        assert abs(np.quantile(excesses, share) / wanted - 1) < 0.06


@pytest.mark.parametrize("shape", [0.0, 0.5])
@pytest.mark.parametrize("sign", [1, -1])
def test_no_extreme_exceeds_the_bound_and_none_piles_up_there(shape, sign):
    tail = Tail(Column("x", "integer"), sign, shape, 50.0, 100, 900.0, 1_000.0, bound=1_030.0)
    numbers = sign * np.array([int(cell) for cell in tail.cells(5_000, np.random.default_rng(1))])
    assert (numbers.min(), numbers.max()) == (1_001, 1_030)
    assert (numbers == 1_030).mean() < 0.1


def test_the_least_extreme_does_not_tell_the_largest_number():
    numbers = np.random.default_rng(1).exponential(50, 5_000)
    tail = Tail.fit(Extremes("x", 0.1), cells(numbers), MONEY)
    assert tail.end > numbers.max()
    assert tail.end == pytest.approx(round(tail.end, -1))
    assert f"{numbers.max():.2f}" not in repr(tail)


BOUNDS = [
    (3, Column("x", "integer"), "3"), (3, Column("x", "decimal", "0.00"), "3"), (3.25, Column("x", "decimal", "0,00"), "3,25"),
    ("2026-01-31", Column("x", "date", "%d/%m/%Y"), "31/01/2026"), (None, Column("x", "category"), None),
    ("2026-01-31", Column("x", "datetime", "%Y-%m-%d %H:%M"), "2026-01-31 00:00"), (-2, Column("x", "integer"), "-2"),
]  # fmt: skip


@pytest.mark.parametrize(("bound", "column", "cell"), BOUNDS)
def test_bounds_are_written_as_the_column_writes_its_cells(bound, column, cell):
    assert written(bound, column) == cell


def test_a_criterion_is_a_condition_on_cells():
    assert Criterion("x", ("a", None)).condition(Column("x", "category")) == OneOf(("a", None))
    assert Criterion("x", at_least=2, at_most=5).condition(Column("x", "integer")) == Between("2", "5")
    assert "secret" not in repr(Criterion("x", ("secret",)))
