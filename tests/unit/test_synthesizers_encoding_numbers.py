"""Numbers and dates that a synthesizer draws are written where the rows' own can lie."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.columns import to_numbers
from veil.model import Column
from veil.rng import generator
from veil.synthesizers.encoding import EncodedColumn, LevelColumn, NumberColumn, TableEncoder
from veil.synthesizers.encodings.cycles import Cycle
from veil.synthesizers.encodings.lattice import Lattice
from veil.synthesizers.spans import Quantiles

N = 5_000


def random(seed: int = 1) -> np.random.Generator:
    return generator(seed, "lattice tests")


def days(n: int, years: int = 10) -> pd.DatetimeIndex:
    return pd.Timestamp("2012-01-01") + pd.to_timedelta(random().integers(0, years * 365, n), unit="D")


def drawn(cells, column: Column, n: int = N, **how) -> tuple[TableEncoder, pd.Series]:
    """Return an encoder, and cells whose numbers are drawn from the quantile function alone, as synthesizers draw them."""
    table = pd.DataFrame({column.name: pd.Series(list(cells), dtype=object)})
    encoder = TableEncoder.fit(table, (column,), **how)
    (encoded,) = encoder.encode(table)
    rng = random(2)
    codes = rng.choice(encoded.codes, n)
    numbers = None
    if encoded.numbers is not None:
        numbers = Quantiles.fit(encoded.numbers[encoded.codes == encoded.n_codes - 1]).at(rng.random(n))
    return encoder, encoder.decode([EncodedColumn(column.name, encoded.n_codes, codes, numbers)], random(3))[column.name]


INTEGER, PRICE, DATE = Column("x", "integer"), Column("x", "decimal", "0.00"), Column("x", "date", "%Y-%m-%d")
MOMENT = Column("x", "datetime", "%Y-%m-%d %H:%M:%S")


def amounts(n: int = N) -> np.ndarray:
    return random().lognormal(4, 1.5, n)


def worked(n: int = N) -> pd.DatetimeIndex:
    """Return seconds between 9 and 17 o'clock on Mondays to Fridays of ten years."""
    moments = days(2 * n)
    moments = moments[moments.dayofweek < 5][:n]
    return moments + pd.to_timedelta(9 * 3_600 + random().integers(0, 8 * 3_600, n), unit="s")


KEPT = {
    "multiples of 100": (INTEGER, [str(int(each) * 100) for each in amounts()], r"0|\d+00"),
    "multiples of 1,000, some negative": (INTEGER, [str(int(each - 100) * 1_000) for each in amounts()], r"0|-?\d+000"),
    "prices that end in .99": (PRICE, [f"{int(each)}.99" for each in amounts()], r"\d+\.99"),
    "refunds too": (PRICE, [f"{'-' * (place % 3 == 0)}{int(each)}.99" for place, each in enumerate(amounts())], r"-?\d+\.99"),
    "400 prices": (PRICE, [f"{int(each)}.99" for each in amounts(400)], r"\d+\.99"),
    "one typing error": (PRICE, [*(f"{int(each)}.99" for each in amounts()), "17.23"], r"\d+\.99"),
    "three endings": (PRICE, [f"{int(each)}.{(99, 95, 49)[place % 3]}" for place, each in enumerate(amounts())],
                      r"\d+\.(99|95|49)"),
    "halves": (Column("x", "decimal", "0.0"), [f"{int(each) / 2:.1f}" for each in amounts()], r"\d+\.[05]"),
    "decimal comma": (Column("x", "decimal", "0,00"), [f"{int(each)},50" for each in amounts()], r"\d+,50"),
    "first of the month": (DATE, [f"{each:%Y-%m}-01" for each in days(N)], r"\d{4}-\d\d-01"),
    "new year's day of 50 years": (DATE, [f"{1950 + year}-01-01" for year in random().integers(0, 50, N)], r"\d{4}-01-01"),
    "last of the month": (DATE, (days(N) + pd.offsets.MonthEnd(0)).strftime("%Y-%m-%d"), r"\d{4}-\d\d-(28|29|30|31)"),
    "first of the month at midnight": (MOMENT, [f"{each:%Y-%m}-01 00:00:00" for each in days(N)], r"\d{4}-\d\d-01 00:00:00"),
    "only midnight": (MOMENT, days(N).strftime("%Y-%m-%d 00:00:00"), r"\S+ 00:00:00"),
    "whole minutes": (MOMENT, worked().strftime("%Y-%m-%d %H:%M:00"), r"\S+ \d\d:\d\d:00"),
    "quarters of an hour": (MOMENT, worked().floor("15min").strftime("%Y-%m-%d %H:%M:%S"), r"\S+ \d\d:(00|15|30|45):00"),
    "hours of work": (MOMENT, worked().strftime("%Y-%m-%d %H:%M:%S"), r"\S+ (09|1[0-6]):\d\d:\d\d"),
    "microseconds": (Column("x", "datetime", "%Y-%m-%d %H:%M:%S.%f"),
                     (worked() + pd.to_timedelta(random().integers(0, 10**6, N), unit="us")).strftime("%Y-%m-%d %H:%M:%S.%f"),
                     r"\S+ (09|1[0-6]):\d\d:\d\d\.\d{6}"),
    "milliseconds": (Column("x", "datetime", "%Y-%m-%dT%H:%M:%S.%fZ"),
                     (days(N) + pd.to_timedelta(random().integers(0, 10**6, N), unit="ms")).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                     r"\S+T00:\d\d:\d\d\.\d{3}000Z"),
    "twelve-hour clock": (Column("x", "datetime", "%d/%m/%Y %I:%M %p"), worked().strftime("%d/%m/%Y %I:%M %p"),
                          r"\S+ (09|10|11|12|01|02|03|04):\d\d [AP]M"),
}  # fmt: skip


@pytest.mark.parametrize(("column", "cells", "pattern"), KEPT.values(), ids=KEPT)
def test_numbers_have_the_endings_that_the_rows_have(column, cells, pattern):
    encoder, made = drawn(cells, column)
    assert isinstance(encoder.columns[0], NumberColumn)
    assert made.str.fullmatch(pattern).all()
    assert made.nunique() >= 20


@pytest.mark.parametrize(("column", "cells", "pattern"), KEPT.values(), ids=KEPT)
def test_numbers_stay_in_the_learnt_range_and_are_spread_as_the_rows_are(column, cells, pattern):
    original, made = (to_numbers(pd.Series(list(each), dtype=object), column) for each in (cells, drawn(cells, column)[1]))
    assert original.min() <= made.min()
    assert made.max() <= original.max()
    tenths = np.quantile(original, np.linspace(0.1, 0.9, 9))
    shares = [np.searchsorted(np.sort(values), tenths, "right") / len(values) for values in (original, made)]
    assert np.abs(shares[0] - shares[1]).max() < 0.06


def test_weekends_stay_free_and_weekdays_even():
    _, made = drawn(worked().strftime("%Y-%m-%d %H:%M:%S"), MOMENT)
    shares = np.bincount(pd.to_datetime(made).dt.dayofweek, minlength=7) / N
    assert shares[5:].sum() == 0
    assert np.abs(shares[:5] - 0.2).max() < 0.03


def test_weekdays_of_dates_are_as_frequent_as_among_the_rows():
    dates = days(8_000, 30)
    dates = dates[(dates.dayofweek < 5) | (random().random(8_000) < 0.2)]
    _, made = drawn(dates.strftime("%Y-%m-%d"), DATE)
    shares = [np.bincount(each, minlength=7) / len(each) for each in (dates.dayofweek, pd.to_datetime(made).dt.dayofweek)]
    assert np.abs(shares[0] - shares[1]).max() < 0.03


@pytest.mark.parametrize("heaped", [0.3, 0.7])
def test_rounded_amounts_are_as_frequent_as_among_the_rows(heaped):
    exact = random().integers(1_000, 90_000, 20_000)
    cells = np.where(random(4).random(20_000) < heaped, exact // 1_000 * 1_000, exact).astype(str)
    _, made = drawn(cells, INTEGER)
    assert abs(made.str.endswith("000").mean() - pd.Series(cells).str.endswith("000").mean()) < 0.02
    assert made.str[-1].nunique() == 10


def test_the_popular_prices_are_the_rows_prices():
    cells = [f"{each:.2f}" for each in random().choice([4.95, 7.25, 9.99, 12.49, 15.75, 19.99, 24.99, 31.5], N)]
    cells += [f"{each * 1.37 + 40:.2f}" for each in random().integers(0, 30, N)]
    assert set(drawn(cells, PRICE)[1]) <= set(cells)


def test_what_follows_no_pattern_is_left_alone():
    encoder, made = drawn([f"{each:.2f}" for each in amounts()], PRICE)
    lattice = encoder.columns[0].lattice
    assert (lattice.step, lattice.support, lattice.cycles, lattice.day) == (1, (), (), None)
    assert made.str[-1].nunique() == 10


def test_ages_are_not_blurred():
    ages = np.clip(random().normal(40, 15, 20_000), 18, 75).astype(int).astype(str)
    table = pd.DataFrame({"x": ages}, dtype=object)
    encoder = TableEncoder.fit(table, (INTEGER,), spike_share=0.2)
    assert encoder.decode(encoder.encode(table), random())["x"].tolist() == ages.tolist()


HEAVY = {
    "log-normal": lambda rng: rng.lognormal(3, 2, 20_000),
    "Pareto": lambda rng: (rng.pareto(1.2, 20_000) + 1) * 100,
    "a few huge": lambda rng: np.append(rng.gamma(2, 50, 20_000), [1e9, 3e9, 4e9, 5e9, 7e9, 9e9]),
    "both signs": lambda rng: rng.standard_t(2, 20_000) * 1_000,
}


@pytest.mark.parametrize("draw", HEAVY.values(), ids=HEAVY)
def test_heavy_tails_are_kept_and_no_extreme_is_repeated(draw):
    numbers = draw(random())
    cells = [f"{each:.2f}" for each in numbers]
    _, made = drawn(cells, PRICE, 20_000)
    again = made.astype(float).to_numpy()
    for share in (0.01, 0.1, 0.5, 0.9, 0.99, 0.999):
        low, high = np.quantile(numbers, [max(share - 0.01, 0), min(share + 0.01, 1)] if share < 0.99 else
                                [share - (1 - share) * 2, 1 - (1 - share) / 3])  # fmt: skip
        assert low <= np.quantile(again, share) <= high
    extremes = np.sort(np.abs(numbers))[-3:]
    assert not set(np.round(extremes, 2)) & set(np.abs(again))


def test_zeros_and_spikes_are_as_frequent_as_among_the_rows():
    others = [str(each) for each in random().integers(1_000, 9_000, 1_000)]
    _, made = drawn(["0"] * 3_000 + ["500"] * 1_000 + others + [None] * 500 + [""] * 500, INTEGER, 12_000)
    for value, share in (("0", 0.5), ("500", 1 / 6), ("", 1 / 12)):
        assert abs((made == value).mean() - share) < 0.02
    assert abs(made.isna().mean() - 1 / 12) < 0.02


def test_a_spike_of_a_small_table_is_of_five_rows_at_least():
    cells = [str(1_000 + 37 * place) for place in range(280)]
    encoder = TableEncoder.fit(pd.DataFrame({"x": cells}, dtype=object), (INTEGER,), spike_share=0.002)
    assert isinstance(encoder.columns[0], NumberColumn)
    assert encoder.columns[0].levels == ()


@pytest.mark.parametrize(("cells", "left"), [
    (["1"] * 50 + ["2"] * 40 + ["17"], {"1", "2"}),
    (["1"] * 50 + ["2"] * 40 + [None] * 9 + ["-8"], {"1", "2", None}),
])
def test_a_rare_number_takes_the_nearest_level(cells, left):
    encoder, made = drawn(cells, INTEGER, rare="replay")
    assert isinstance(encoder.columns[0], LevelColumn)
    assert set(made) == left
    assert encoder.rare_rows == {"x": 1}
    encoded = encoder.encode(pd.DataFrame({"x": ["16", "-100", "1"]}, dtype=object))[0]
    levels = encoder.columns[0].levels
    assert [levels[code] for code in encoded.codes] == ["2", "1", "1"]


def test_rare_numbers_beside_a_spike_are_learnt_as_numbers_and_never_repeated():
    cells = ["0"] * 900 + [str(each) for each in random().integers(10_000, 99_000, 15)]
    encoder, made = drawn(cells, INTEGER)
    assert isinstance(encoder.columns[0], NumberColumn)
    assert abs((made != "0").mean() - 15 / 915) < 0.01
    assert not set(made) & set(cells) - {"0"}


@pytest.mark.parametrize("name", KEPT)
def test_a_saved_encoder_writes_the_same(name):
    column, cells, _ = KEPT[name]
    encoder, _ = drawn(cells, column)
    again = TableEncoder.from_json(json.loads(json.dumps(encoder.to_json())))
    table = pd.DataFrame({"x": list(cells)}, dtype=object)
    assert again.decode(encoder.encode(table), random()).equals(encoder.decode(encoder.encode(table), random()))


def test_a_lopsided_range_holds_for_both_signs():
    cells = [str(each * 100) for each in random().integers(-3, 90, N)]
    _, made = drawn(cells, INTEGER, spike_share=0.9)
    assert made.astype(int).between(-300, 8_900).all()


def test_numbers_too_large_to_be_exact_come_back_inside_their_range():
    cells = [str(10**17 + 10**15 * place) for place in range(100)]
    encoder, made = drawn(cells, INTEGER)
    assert encoder.columns[0].lattice is None
    assert made.astype(float).between(1e17, 2e17).all()


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(-10**9, 10**9), min_size=21, max_size=80, unique=True), st.integers(1, 500),
       st.lists(st.floats(-2e9, 2e9), min_size=1, max_size=50))  # fmt: skip
def test_every_number_lands_on_the_lattice(values, step, wanted):
    numbers = np.array(values, dtype=np.float64) * step
    lattice = Lattice.fit(numbers, np.ones(len(numbers)), INTEGER)
    units = lattice.units(np.array(wanted), random())
    assert (np.abs(units) % lattice.step == lattice.offset).all()
    assert lattice.step % step == 0
    assert lattice.low <= np.abs(units).min()
    assert np.abs(units).max() <= lattice.high
    assert (np.sort(lattice.units(numbers, random())) == np.sort(numbers)).all()


@settings(max_examples=80, deadline=None)
@given(st.sets(st.integers(0, 9), min_size=1, max_size=8), st.booleans(), st.integers(1, 3_600))
def test_a_cycle_moves_by_half_a_period_at_most(residues, drawn_by_share, unit):
    chosen = tuple(sorted(residues))
    cycle = Cycle(unit, 10, chosen, tuple([1 / len(chosen)] * len(chosen)), drawn_by_share)
    numbers = random().integers(-10**6, 10**6, 300)
    moved = cycle.moved(numbers, random())
    assert np.isin((moved // unit) % 10, chosen).all()
    assert (np.abs(moved - numbers) <= 5 * unit).all()
    assert ((moved - numbers) % unit == 0).all()
    assert Cycle.from_json(cycle.to_json()) == cycle


def test_a_cycle_needs_enough_rows_to_be_believed():
    values = np.arange(0, 3_000, 7)[:90]
    assert Cycle.fit(values * 10 + 9, np.ones(90), 1, 10) is None
    assert Cycle.fit(values * 10 + 9, np.full(90, 2.0), 1, 10).residues == (9,)
