"""What is asked as shares: each demand parts the rows into categories with a share each, and demands cross each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers.conditions import Condition, OneOf, bounds, met
from veil.synthesizers.control.asked import Balance, Control, Criteria, Parity

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Truth = npt.NDArray[np.bool_]
    Codes = npt.NDArray[np.int64]
    Columns = Mapping[str, Column]
    Conditions = Mapping[str, Condition]

MAX_LEVELS = 100
MAX_STRATA = 2_000
MIN_TOLD = 10


@dataclass(frozen=True)
class Category:
    """Rows that meet all conditions of `where` and none of `avoid`; `beyond` is the place of the extremes that they get."""

    share: float
    where: Conditions = field(default_factory=dict, repr=False)
    avoid: tuple[Conditions, ...] = field(default=(), repr=False)
    beyond: tuple[int, ...] = ()

    def holds(self, frame: pd.DataFrame, columns: Columns) -> Truth:
        """Return which rows are in the category."""
        rows = met(frame, tuple(columns.values()), self.where)
        for conditions in self.avoid:
            rows &= ~met(frame, tuple(columns.values()), conditions)
        return rows


@dataclass(frozen=True)
class Factor:
    """One demand: categories of which each row is in exactly one; `names` are the columns that it is about."""

    names: tuple[str, ...]
    categories: tuple[Category, ...]

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of each category; they add up to 1."""
        return tuple(category.share for category in self.categories)

    def codes(self, frame: pd.DataFrame, columns: Columns) -> Codes:
        """Return the category of each row."""
        held = np.array([category.holds(frame, columns) for category in self.categories])
        return np.asarray(np.argmax(held, axis=0), dtype=np.int64)


def conditions_of(criteria: Criteria, columns: Columns) -> dict[str, Condition]:
    """Return criteria as conditions on cells."""
    return {criterion.column: criterion.condition(_column(criterion.column, columns)) for criterion in criteria}


def share_of(criteria: Criteria, frame: pd.DataFrame, columns: Columns) -> float:
    """Return the share of the rows that meet all criteria; 0 of an empty table."""
    rows = met(frame, tuple(columns.values()), conditions_of(criteria, columns))
    return float(rows.mean()) if len(rows) else 0.0


def factors(control: Control, columns: Columns, reference: pd.DataFrame, pilot: pd.DataFrame) -> list[Factor]:
    """Return the demands on shares, without extremes.

    Parameters
    ----------
    reference : what the stand-in is compared with: training rows, or rows of the model where these must not be looked at.
    pilot : rows of the model as they come.

    Raises
    ------
    SynthesisFailed : shares that add up to more than 1, or a demand that nothing in `reference` supports.
    """
    found = list(_quotas(control, columns, reference))
    across = {parity.across: parity for parity in control.parity}
    for balance in control.balance:
        if balance.column not in across:
            found.append(_rest_added((balance.column,), _balanced(balance, columns, reference), f"`{balance.column}`"))
    balances = {balance.column: balance for balance in control.balance}
    found += [_equal(parity, columns, reference, pilot, balances.get(parity.across)) for parity in control.parity]
    return found


def _quotas(control: Control, columns: Columns, reference: pd.DataFrame) -> Iterator[Factor]:
    asked: list[tuple[Criteria, float]] = [(quota.where, quota.share) for quota in control.quotas]
    for each in control.oversample:
        share = share_of(each.where, reference, columns)
        told = " and ".join(f"`{criterion.column}`" for criterion in each.where)
        if not share or each.factor * share >= 1:
            enough = share * len(reference) >= MIN_TOLD
            most = f"the factor must be below {1 / share:.4g}" if enough else "fewer than 10 rows meet it; ask by a quota"
            raise SynthesisFailed(f"oversampling rows by {told} {each.factor:g} times: {most}")
        asked.append((each.where, each.factor * share))
    groups: dict[tuple[str, ...], list[Category]] = {}
    for where, share in asked:
        names = tuple(sorted(criterion.column for criterion in where))
        groups.setdefault(names, []).append(Category(share, conditions_of(where, columns)))
    for names, categories in groups.items():
        yield _rest_added(names, categories, " and ".join(f"`{name}`" for name in names))


def _rest_added(names: tuple[str, ...], categories: Sequence[Category], told: str) -> Factor:
    asked = sum(category.share for category in categories)
    if asked > 1 + 1e-9:
        raise SynthesisFailed(f"the shares asked by {told} add up to {asked:.4g}; they are parts of all rows, so at most 1")
    rest = Category(max(1 - asked, 0.0), avoid=tuple(category.where for category in categories))
    return Factor(names, (*categories, rest))


def _balanced(balance: Balance, columns: Columns, reference: pd.DataFrame) -> list[Category]:
    _column(balance.column, columns)
    if balance.shares is not None:
        return [Category(share, {balance.column: OneOf((cell,))}) for cell, share in balance.shares.items()]
    levels, filled = levels_of(balance.column, reference)
    return [Category(filled / len(levels), {balance.column: OneOf((level,))}) for level in levels]


def levels_of(name: str, reference: pd.DataFrame) -> tuple[list[str], float]:
    """Return the cells of a column that are neither null nor empty, sorted, and the share of the rows that hold one."""
    cells = reference[name]
    filled = cells[cells.notna() & (cells != "")]
    levels = sorted(filled.unique())
    if not 1 < len(levels) <= MAX_LEVELS:
        many = f"is for at most {MAX_LEVELS}; band or group it first, or give `shares`"
        what = "needs at least two" if len(levels) < 2 else many
        raise SynthesisFailed(f"column `{name}` has {len(levels)} different values, and balancing them {what}")
    return levels, len(filled) / len(cells)


def _equal(parity: Parity, columns: Columns, reference: pd.DataFrame, pilot: pd.DataFrame, balance: Balance | None) -> Factor:
    outcome = conditions_of((parity.outcome,), columns)
    if balance is None:
        levels, _ = levels_of(parity.across, reference)
        shares = {level: float((pilot[parity.across] == level).mean()) for level in levels}
    else:
        shares = {str(category.where[balance.column].cells[0]): category.share  # type: ignore[union-attr]
                  for category in _balanced(balance, columns, reference)}  # fmt: skip
    rate = overall_rate(parity, pilot, columns) if parity.rate is None else parity.rate
    categories = []
    for level, share in shares.items():
        group = {parity.across: OneOf((level,))}
        categories += [Category(share * rate, {**group, **outcome}), Category(share * (1 - rate), group, (outcome,))]
    rest = Category(max(1 - sum(shares.values()), 0.0), avoid=tuple({parity.across: OneOf((level,))} for level in shares))
    return Factor(tuple(sorted((parity.across, parity.outcome.column))), (*categories, rest))


def overall_rate(parity: Parity, frame: pd.DataFrame, columns: Columns) -> float:
    """Return the rate of the outcome among the rows that have a group."""
    grouped = frame[frame[parity.across].notna() & (frame[parity.across] != "")]
    return share_of((parity.outcome,), grouped, columns)


def strata(demands: Sequence[Factor], columns: Columns) -> dict[tuple[int, ...], Category]:
    """Return the crossings of all categories, by their place in each demand, without those that contradict themselves."""
    n_strata = int(np.prod([len(demand.categories) for demand in demands], dtype=np.int64))
    if n_strata > MAX_STRATA:
        raise SynthesisFailed(f"the demands on shares cross to {n_strata} groups of rows, more than {MAX_STRATA}; ask for fewer")
    crossed = {}
    for places in product(*(range(len(demand.categories)) for demand in demands)):
        both = _crossed([demand.categories[place] for demand, place in zip(demands, places, strict=True)], columns)
        if both is not None:
            crossed[places] = both
    return crossed


def _crossed(categories: Sequence[Category], columns: Columns) -> Category | None:
    where: dict[str, Condition] = {}
    for category in categories:
        for name, condition in category.where.items():
            both = _intersection(columns[name], where[name], condition) if name in where else condition
            if both is None:
                return None
            where[name] = both
    avoid = tuple(conditions for category in categories for conditions in category.avoid)
    if any(all(where.get(name) == condition for name, condition in conditions.items()) for conditions in avoid):
        return None
    return Category(0.0, where, avoid, tuple(place for category in categories for place in category.beyond))


def _intersection(column: Column, one: Condition, other: Condition) -> Condition | None:
    import pandas as pd

    if isinstance(other, OneOf):
        one, other = other, one
    if isinstance(one, OneOf):
        cells = pd.DataFrame({column.name: list(one.cells)}, dtype=object)
        kept = met(cells, (column,), {column.name: other})
        return OneOf(tuple(cell for cell, keep in zip(one.cells, kept, strict=True) if keep)) if kept.any() else None
    assert not isinstance(other, OneOf)
    (low, high), (other_low, other_high) = bounds(column, one), bounds(column, other)
    if max(low, other_low) > min(high, other_high):
        return None
    return type(one)(one.low if low >= other_low else other.low, one.high if high <= other_high else other.high)


def _column(name: str, columns: Columns) -> Column:
    if name not in columns:
        raise SynthesisFailed(f"a share is asked by `{name}`, which is not learnt in this table; name one of the learnt columns")
    return columns[name]
