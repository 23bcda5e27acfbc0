"""The parts of sequences: families, histories, time axes, forecasts, chances, and which columns tell of others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.errors import SynthesisFailed
from veil.model import Column
from veil.rng import generator
from veil.synthesizers.relations.numbers import Numbers, scaled
from veil.synthesizers.sequences.axis import CLOCK, DAY, GAP, SOON, Axis, order_numbers
from veil.synthesizers.sequences.chances import Chances
from veil.synthesizers.sequences.families import Families
from veil.synthesizers.sequences.forecast import Forecast
from veil.synthesizers.sequences.history import NONE, History
from veil.synthesizers.sequences.leftover import coded
from veil.synthesizers.sequences.offsets import Offsets
from veil.synthesizers.sequences.opening import Opening
from veil.synthesizers.sequences.telling import coarse, telling

DATE = Column("day", "date", "%Y-%m-%d")
STAMP = Column("at", "datetime", "%Y-%m-%d %H:%M:%S")

owners = st.lists(st.integers(0, 6), min_size=1, max_size=60).map(lambda each: np.array(each, dtype=np.int64))


@settings(max_examples=60, deadline=None)
@given(owners=owners, seed=st.integers(0, 9))
def test_every_row_is_in_the_family_of_its_owner_once_and_in_order(owners, seed):
    keys = np.random.default_rng(seed).integers(0, 4, len(owners)).astype(float)
    families = Families.of(owners, [keys])
    assert sorted(families.rows) == list(range(len(owners)))
    assert (owners[families.rows] == np.repeat(families.names, families.lengths)).all()
    same = np.diff(owners[families.rows]) == 0
    assert (np.diff(keys[families.rows])[same] >= 0).all()
    assert (np.diff(families.lengths) <= 0).all()


@settings(max_examples=60, deadline=None)
@given(owners=owners)
def test_rows_at_a_position_are_those_of_the_families_that_go_so_far(owners):
    families = Families.of(owners)
    for position in range(int(families.lengths.max()) + 1):
        at = families.at(position)
        assert len(at) == families.n_active(position) == int((families.lengths > position).sum())
        assert (families.positions[at] == position).all()


def test_families_are_drawn_whole_and_not_beyond_the_rows_allowed():
    families = Families.of(np.repeat(np.arange(50), 4))
    kept = families.only(families.drawn(30, generator(1)))
    assert len(kept.rows) == 28
    assert set(kept.lengths) == {4}
    assert len(families.drawn(10_000, generator(1))) == 50


def test_a_history_remembers_and_never_changes_what_it_told():
    history = History.start(2, 1, 1, None)
    last, _ = history.levels(2)
    history.add(np.array([[1.0], [np.nan]]), np.array([[3], [-1]]))
    history.add(np.array([[3.0]]), np.array([[3]]))
    assert last.tolist() == [[NONE], [NONE]]
    assert history.numbers(2)[0].tolist() == [3.0, 1.0, 0.0, 3.0, 2.0], "three lags, a fresh one, the mean"
    assert history.numbers(2)[1].tolist() == [0.0] * 5
    last, usual = history.levels(2)
    assert last.tolist() == [[3], [NONE]]
    assert usual.tolist() == [[3], [NONE]]


def test_a_missing_number_repeats_the_last_one_but_is_not_fresh():
    history = History.start(1, 1, 0, None)
    history.add(np.array([[2.0]]), np.zeros((1, 0), dtype=int))
    history.add(np.array([[np.nan]]), np.zeros((1, 0), dtype=int))
    assert history.numbers(1)[0].tolist() == [2.0, 2.0, 0.0, 0.0, 2.0]


def test_a_history_with_a_period_tells_the_number_of_a_period_ago():
    history = History.start(1, 1, 0, 3)
    for number in (1.0, 2.0, 3.0, 4.0):
        history.add(np.array([[number]]), np.zeros((1, 0), dtype=int))
    assert history.numbers(1)[0][-1] == 2.0


def axis_of(times, owners, column):
    families = Families.of(owners, [times])
    return Axis.fit(times[families.rows], families, column), families


def test_gaps_of_dates_come_back_as_the_dates():
    rng = np.random.default_rng(0)
    owners = np.repeat(np.arange(40), 6)
    times = np.cumsum(rng.integers(0, 30, (40, 6)), axis=1).ravel() + 18_000.0
    axis, families = axis_of(times, owners, DATE)
    ordered = times[families.rows]
    cells = axis.gap_cells(ordered, families)
    later = np.flatnonzero(families.positions > 0)
    again = axis.after(ordered[later - 1], {GAP: cells[GAP].to_numpy()[later].astype(float)})
    assert np.abs(again - ordered[later]).max() <= (1 if axis.of_room else 0)


def test_irregular_time_stamps_come_back_by_day_and_hour():
    rng = np.random.default_rng(0)
    owners = np.repeat(np.arange(40), 6)
    times = (np.cumsum(rng.integers(0, 3 * DAY, (40, 6)), axis=1).ravel() + 18_000 * DAY).astype(float)
    axis, families = axis_of(times, owners, STAMP)
    assert axis.in_days
    ordered, later = times[families.rows], np.flatnonzero(families.positions > 0)
    cells = axis.gap_cells(ordered, families).iloc[later]
    numbers = {name: cells[name].astype(float).to_numpy() for name in (GAP, CLOCK, SOON)}
    assert (axis.after(ordered[later - 1], numbers) == ordered[later]).all()


@pytest.mark.parametrize(("step", "period"), [(3_600, 24), (900, 96), (7_000, None)])
def test_a_regular_series_has_the_period_of_a_day(step, period):
    times = np.tile(np.arange(400.0) * step, 3)
    axis, _ = axis_of(times, np.repeat(np.arange(3), 400), STAMP)
    assert axis.regular == step
    assert axis.period == period


def test_no_time_is_after_the_horizon_and_the_order_stays():
    families = Families.of(np.repeat(np.arange(2), 3))
    axis = Axis(DATE, in_days=False, regular=None, period=None, horizon=10.0)
    within = axis.within(np.array([1.0, 5.0, 21.0, 1.0, 2.0, 3.0]), families)
    assert within.tolist() == pytest.approx([1.0, 2.8, 10.0, 1.0, 2.0, 3.0])


def test_an_order_column_with_a_cell_that_is_no_date_is_refused():
    table = pd.DataFrame({"day": ["2020-01-01", "soon"]}, dtype=object)
    with pytest.raises(SynthesisFailed, match="fewer than 10 cells are null or not written"):
        order_numbers(table, DATE)


def test_first_events_never_come_before_the_date_they_follow():
    families = pd.DataFrame({"signup": ["2020-01-01", "2020-02-01", "2020-03-01"] * 20}, dtype=object)
    signup = Column("signup", "date", "%Y-%m-%d")
    first = np.tile([18_262.0, 18_300.0, 18_330.0], 20)
    opening = Opening.fit(first, families, [signup], DATE, 19_000.0)
    assert opening.anchor == signup
    assert (np.abs(opening.times(opening.cells(first, families), families) - first) <= 1).all()
    early = opening.cells(first - 300, families)
    assert (opening.times(early, families) >= np.tile([18_262, 18_293, 18_322], 20)).all()


def test_dates_on_one_side_of_a_rows_time_stay_there():
    shipped, mixed = Column("shipped", "date", "%d/%m/%Y"), Column("mixed", "date", "%d/%m/%Y")
    table = pd.DataFrame(
        {"shipped": ["03/01/2020", None, "09/01/2020"], "mixed": ["01/01/2019", "05/05/2021", "01/01/2019"]}, dtype=object
    )
    times = np.array([18_262.0, 18_263.0, 18_264.0])
    offsets = Offsets.fit(table, [shipped, mixed], times, DATE)
    assert offsets.columns == (shipped,)
    written = offsets.written(table, times)
    assert written["shipped"].tolist() == ["2", None, "6"]
    pd.testing.assert_frame_equal(offsets.read(written, times), table)


def test_what_is_left_over_a_forecast_gives_the_scores_again():
    rng = np.random.default_rng(0)
    features = np.column_stack([np.ones(3_000), rng.normal(size=(3_000, 2))])
    one = features[:, 1] + 0.5 * rng.normal(size=3_000)
    scores = np.column_stack([one, 0.8 * one + 0.1 * rng.normal(size=3_000)])
    scores[::7, 0] = np.nan
    positions = np.arange(3_000) % 5
    forecast = Forecast.fit(features, scores, positions, np.array([0, 2]))
    expected = forecast.expected(features, positions)
    left = forecast.left(scores, expected, positions)
    known = np.isfinite(left).all(axis=1)
    assert abs(np.corrcoef(left[known].T)[0, 1]) < 0.05
    assert np.nanstd(left, axis=0) == pytest.approx([1, 1], abs=0.05)
    np.testing.assert_allclose(forecast.scores(left, expected, positions), scores, atol=1e-9)


def test_chances_follow_what_is_known_and_add_up_to_the_shares():
    rng = np.random.default_rng(0)
    feature = rng.normal(size=6_000)
    codes = (rng.random(6_000) < 1 / (1 + np.exp(-2 * feature))).astype(np.int64)
    chances = Chances.fit(np.column_stack([np.ones(6_000), feature]), codes, 2, 0)
    drawn = chances.draw(np.column_stack([np.ones(6_000), feature]), 0, generator(1))
    assert abs(drawn.mean() - codes.mean()) < 0.02
    high = feature > 1
    assert abs(drawn[high].mean() - codes[high].mean()) < 0.04


def test_many_codes_share_a_class_and_are_drawn_by_their_shares():
    codes = np.random.default_rng(0).geometric(0.03, 20_000).clip(1, 120) - 1
    chances = Chances.fit(np.ones((20_000, 1)), codes, 120, 0)
    drawn = chances.draw(np.ones((20_000, 1)), 0, generator(1))
    shares = [np.bincount(each, minlength=120) / 20_000 for each in (codes, drawn)]
    assert np.abs(shares[0] - shares[1]).sum() / 2 < 0.03


def test_only_columns_that_tell_something_of_their_own_are_told():
    rng = np.random.default_rng(0)
    cause, other = rng.integers(0, 5, 5_000), rng.integers(0, 4, 5_000)
    known = {"cause": cause, "the same again": cause.copy(), "other": other, "nothing": rng.integers(0, 6, 5_000)}
    target = (cause + (other == 0) + (rng.random(5_000) < 0.3)) % 5
    assert set(telling(known, {"target": target})) == {"cause", "other"}


def test_many_codes_become_few_in_order():
    codes = coarse(np.arange(1_000), 10)
    assert (np.diff(codes) >= 0).all()
    assert len(np.unique(codes)) == 10


def test_a_code_that_was_not_seen_counts_as_the_nearest():
    table = coded({"a": np.array([0, 4, 9])}, {"a": np.array([1, 5])})
    assert table["a"].tolist() == ["1", "5", "5"]


@settings(max_examples=60, deadline=None)
@given(
    children=st.lists(st.integers(0, 9), min_size=1, max_size=40).filter(any), n_rows=st.integers(0, 200), seed=st.integers(0, 5)
)
def test_numbers_of_children_add_up_and_none_stays_none(children, n_rows, seed):
    sizes = scaled(np.array(children), n_rows, generator(seed))
    assert sizes.sum() == n_rows
    assert (sizes >= 0).all()
    if n_rows <= sum(children):
        assert (sizes <= np.array(children)).all()


def test_numbers_of_children_follow_a_column_also_in_the_tail():
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 2, 8_000)
    children = np.where(kind == 1, rng.negative_binomial(1, 0.05, 8_000), rng.poisson(0.4, 8_000))
    numbers = Numbers.fit({"kind": kind}, children, generator(1))
    drawn = numbers.sample({"kind": kind}, 8_000, generator(2))
    for each in (0, 1):
        assert abs(drawn[kind == each].mean() - children[kind == each].mean()) < 0.06 * children[kind == each].mean() + 0.02
    assert drawn.max() <= children.max()
