"""Invented longitudinal tables: visits of patients, transactions of accounts, readings of meters. All of it is made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import from_numbers
from veil.model import Column

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Longitudinal:
    """A table of events: whose each row is, what orders the rows, and the columns to learn."""

    table: pd.DataFrame
    columns: tuple[Column, ...]
    owners: Codes
    order_by: tuple[str, ...]

    def of(self, subjects: Codes) -> Longitudinal:
        """Return the rows of some subjects, numbered anew."""
        rows = np.isin(self.owners, subjects)
        owners = np.searchsorted(np.sort(subjects), self.owners[rows])
        return Longitudinal(self.table[rows].reset_index(drop=True), self.columns, owners, self.order_by)


def visits(n_patients: int, rng: np.random.Generator) -> Longitudinal:
    """Return visits: sicker patients come more often, blood pressure drifts, treatment answers it, a few values are missing."""
    age = rng.integers(18, 92, n_patients)
    sex = rng.random(n_patients) < 0.52
    frailty = (age - 55) / 25 + rng.normal(size=n_patients)
    lengths = np.minimum(1 + rng.negative_binomial(1.6, 1.6 / (1.6 + np.exp(1.1 + 0.45 * frailty))), 60)
    owners = np.repeat(np.arange(n_patients), lengths)
    position = _positions(lengths)
    pace = np.exp(rng.normal(3.6 - 0.3 * frailty, 0.5))
    gaps = np.round(np.exp(np.log(pace[owners]) + _autoregressive(lengths, 0.5, rng) * 0.7))
    gaps = np.where(rng.random(len(owners)) < 0.2, 7 * np.maximum(np.round(gaps / 7), 1), np.maximum(gaps, 0))
    start = rng.integers(17_500, 19_000, n_patients)
    days = start[owners] + _within(np.where(position == 0, 0, gaps), lengths)
    level = 118 + 0.35 * age + 6 * frailty + 7 * rng.normal(size=n_patients)
    pressure = np.round(level[owners] + 9 * _autoregressive(lengths, 0.7, rng))
    pulse = np.round(72 + 0.25 * (pressure - 130) + 8 * _autoregressive(lengths, 0.4, rng))
    ill = np.array(["E11", "I10", "J45", "M54", "F32"])[_of_shares(_leaning(frailty), rng)]
    usual = rng.random(len(owners)) < 0.7
    code = np.where(usual, ill[owners], np.array(["Z00", "J06", "K21", "R51"])[rng.integers(0, 4, len(owners))])
    treated = np.where(pressure > 150, "raised", np.where(pressure < 112, "lowered", "as before"))
    cost = np.round(np.exp(3.6 + 0.5 * (code == ill[owners]) + 0.3 * frailty[owners] + 0.45 * rng.normal(size=len(owners))), 2)
    insurance = rng.choice(["public", "private", "none"], n_patients, p=[0.72, 0.2, 0.08])
    sugar = np.round(5.4 + 1.9 * (ill[owners] == "E11") + 0.9 * _autoregressive(lengths, 0.8, rng), 1)
    cells = {
        "sex": np.where(sex, "f", "m")[owners], "birth_year": (2020 - age)[owners].astype(str), "insurance": insurance[owners],
        "visit_date": from_numbers(days.astype(float), Column("visit_date", "date", "%Y-%m-%d")), "code": code,
        "pressure": pressure.astype(int).astype(str), "pulse": pulse.astype(int).astype(str),
        "sugar": np.where(rng.random(len(owners)) < 0.3, None, _decimals(sugar, 1)), "treatment": treated,
        "cost": _decimals(cost, 2),
    }  # fmt: skip
    columns = (Column("sex", "category"), Column("birth_year", "integer"), Column("insurance", "category"),
               Column("visit_date", "date", "%Y-%m-%d"), Column("code", "category"), Column("pressure", "integer"),
               Column("pulse", "integer"), Column("sugar", "decimal", "0.0"), Column("treatment", "category"),
               Column("cost", "decimal", "0.00"))  # fmt: skip
    return Longitudinal(_table(cells), columns, owners, ("visit_date",))


def transactions(n_accounts: int, rng: np.random.Generator) -> Longitudinal:
    """Return transactions: by day or by evening, spending that lasts, a balance that follows, several at the same time."""
    segment = rng.choice(3, n_accounts, p=[0.6, 0.3, 0.1])
    lengths = 2 + rng.poisson(np.exp(rng.normal(np.array([2.2, 2.8, 3.1])[segment], 0.4)))
    owners, position = np.repeat(np.arange(n_accounts), lengths), _positions(lengths)
    evening = rng.beta(2, 3, n_accounts)
    pace = np.array([4.0, 2.5, 1.5])[segment] * np.exp(0.3 * rng.normal(size=n_accounts))
    gap_days = np.floor(rng.exponential(pace[owners]))
    hour = np.where(
        rng.random(len(owners)) < evening[owners], rng.normal(19.5, 1.5, len(owners)), rng.normal(11, 2.5, len(owners))
    )
    clock = np.round(np.clip(hour, 0.1, 23.8) * 3600)
    opened = rng.integers(17_000, 18_500, n_accounts)
    start = opened + 1 + np.floor(rng.exponential(20, n_accounts))
    days = start[owners] + _within(np.where(position == 0, 0, gap_days), lengths)
    times = days * 86_400 + clock
    order = np.lexsort((times, owners))
    times = times[order]
    kind = np.array(["card", "transfer", "cash", "fee"])
    habit = rng.dirichlet([4, 2, 1.5, 0.5], n_accounts)
    what = kind[_of_shares(habit[owners], rng)]
    scale = np.array([2.8, 3.5, 4.4])[segment] + 0.4 * rng.normal(size=n_accounts)
    amount = np.exp(scale[owners] + 0.9 * (what == "transfer") + 0.6 * _autoregressive(lengths, 0.5, rng))
    amount = np.where(
        what == "cash", np.maximum(np.round(amount / 10), 1) * 10, np.where(what == "fee", 2.5, np.round(amount, 2))
    )
    opened_cells = from_numbers(opened[owners].astype(float), Column("opened", "date", "%d/%m/%Y"))
    cells = {
        "segment": np.array(["basic", "plus", "private"])[segment][owners], "opened": opened_cells,
        "at": from_numbers(times, Column("at", "datetime", "%Y-%m-%d %H:%M:%S")), "kind": what, "amount": _decimals(amount, 2),
        "country": np.where(rng.random(len(owners)) < 0.93, "BE", np.array(["FR", "NL", "DE"])[rng.integers(0, 3, len(owners))]),
        "number": (position + 1).astype(str),
    }  # fmt: skip
    columns = (Column("segment", "category"), Column("opened", "date", "%d/%m/%Y"), Column("at", "datetime", "%Y-%m-%d %H:%M:%S"),
               Column("kind", "category"), Column("amount", "decimal", "0.00"), Column("country", "category"),
               Column("number", "integer"))  # fmt: skip
    return Longitudinal(_table(cells), columns, owners, ("at",))


def readings(n_meters: int, rng: np.random.Generator, n_days: int = 7) -> Longitudinal:
    """Return hourly readings: each meter has a level and an evening peak of its own, and the weather is the same for all."""
    hours = 24 * n_days
    lengths = np.full(n_meters, hours)
    owners, position = np.repeat(np.arange(n_meters), hours), np.tile(np.arange(hours), n_meters)
    kind = rng.choice(3, n_meters, p=[0.7, 0.2, 0.1])
    level = np.exp(np.array([-0.8, 0.9, -0.2])[kind] + 0.35 * rng.normal(size=n_meters))
    day = np.exp(-((position % 24 - np.array([19, 13, 10])[kind][owners]) ** 2) / np.array([14, 40, 200])[kind][owners])
    load = level[owners] * (0.4 + 1.4 * day) * np.exp(0.25 * _autoregressive(lengths, 0.75, rng))
    voltage = 230 - 1.2 * load / load.mean() + 1.5 * _autoregressive(lengths, 0.9, rng)
    warmth = 11 + 6 * np.sin(2 * np.pi * (position % 24 - 9) / 24) + 2.5 * _autoregressive(np.full(1, hours), 0.95, rng)[position]
    times = (19_000 * 86_400 + 3_600.0 * position).astype(np.float64)
    cells = {
        "tariff": np.array(["home", "shop", "farm"])[kind][owners],
        "read_at": from_numbers(times, Column("read_at", "datetime", "%Y-%m-%dT%H:%M")), "kwh": _decimals(load, 3),
        "voltage": _decimals(voltage, 1), "warmth": _decimals(warmth + rng.normal(0, 0.4, len(warmth)), 1),
    }  # fmt: skip
    columns = (Column("tariff", "category"), Column("read_at", "datetime", "%Y-%m-%dT%H:%M"), Column("kwh", "decimal", "0.000"),
               Column("voltage", "decimal", "0.0"), Column("warmth", "decimal", "0.0"))  # fmt: skip
    return Longitudinal(_table(cells), columns, owners, ("read_at",))


LONGITUDINAL: dict[str, Callable[[int, np.random.Generator], Longitudinal]] = {
    "visits": visits, "transactions": transactions, "readings": readings,
}  # fmt: skip


def _table(cells: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(cells, dtype=object)


def _positions(lengths: Codes) -> Codes:
    starts = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum())) - np.repeat(starts, lengths)


def _within(steps: Floats, lengths: Codes) -> Floats:
    """Return running sums that begin anew in each family."""
    total = np.cumsum(steps)
    starts = np.cumsum(lengths) - lengths
    return np.asarray(total - np.repeat((total - steps)[starts], lengths))


def _autoregressive(lengths: Codes, persistence: float, rng: np.random.Generator) -> Floats:
    """Return a series for each family, of variance 1, in which each number keeps a share of the one before."""
    position = _positions(lengths)
    noise = rng.normal(size=len(position))
    series = noise.copy()
    for step in range(1, int(lengths.max())):
        rows = np.flatnonzero(position == step)
        series[rows] = persistence * series[rows - 1] + np.sqrt(1 - persistence**2) * noise[rows]
    return series


def _leaning(frailty: Floats) -> Floats:
    weights = np.exp(np.outer(frailty, [0.8, 0.6, -0.5, 0.0, -0.3]))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _of_shares(shares: Any, rng: np.random.Generator) -> Codes:
    """Return a place drawn in each row of shares."""
    drawn = rng.random(len(shares))[:, None] > np.cumsum(np.asarray(shares), axis=1)
    return np.asarray(np.minimum(drawn.sum(axis=1), np.shape(shares)[1] - 1))


def _decimals(numbers: Floats, places: int) -> Any:
    return np.array([f"{number:.{places}f}" for number in numbers], dtype=object)
