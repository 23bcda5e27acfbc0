"""What was asked of a stand-in, how much of it the original and an unsteered model have, and what came out. Numbers only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from veil.model import Column
from veil.synthesizers.control.asked import Balance, Control, Criteria, Parity
from veil.synthesizers.control.constraints import Constraint
from veil.synthesizers.control.factors import levels_of, overall_rate, share_of

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Columns = Mapping[str, Column]
    Tables = Mapping[str, pd.DataFrame | None]

Kind = Literal["quota", "oversample", "balance", "parity", "extremes", "constraint", "excluded"]
MIN_TOLD = 10


@dataclass(frozen=True)
class Fact:
    """One demand in figures, each a share in [0, 1].

    Attributes
    ----------
    asked : what was demanded.
    original : the training rows' figure; None where they must not be looked at, or where fewer than 10 rows are behind it.
    unsteered, steered : that of rows as the model gives them, and that of the stand-in.
    told : in words: columns, and what the policy itself wrote.
    """

    kind: Kind
    columns: tuple[str, ...]
    told: str
    asked: float | None
    original: float | None
    unsteered: float | None
    steered: float | None


@dataclass(frozen=True)
class Facts:
    """All demands in figures.

    Attributes
    ----------
    n_drawn : rows that were drawn for the `n_rows` that are there.
    hit_rate : of rows drawn under conditions, the share that met them as it came.
    n_extreme : rows that hold a number beyond what was observed.
    """

    facts: tuple[Fact, ...] = ()
    n_rows: int = 0
    n_drawn: int = 0
    hit_rate: float | None = None
    n_extreme: int = 0


def told(criteria: Criteria) -> str:
    """Return criteria in words; what they ask of cells is counted and not repeated."""
    parts = []
    for each in criteria:
        least = "" if each.at_least is None else f" at least {each.at_least}"
        most = "" if each.at_most is None else f" at most {each.at_most}"
        parts.append(f"`{each.column}`" + (least + most if each.is_range else f" one of {len(each.cells)}"))
    return " and ".join(parts)


def measured_facts(control: Control, columns: Columns, tables: Tables) -> Iterator[Fact]:
    """Measure every demand.

    Parameters
    ----------
    tables : `original` (None where it must not be looked at), `unsteered` and `steered`.
    """
    for quota in control.quotas:
        yield _shares("quota", quota.where, quota.share, columns, tables)
    for each in control.oversample:
        fact = _shares("oversample", each.where, 0.0, columns, tables)
        base = fact.unsteered if fact.original is None else fact.original
        yield Fact(**{**vars(fact), "asked": None if base is None else each.factor * base})
    for balance in control.balance:
        yield _balance(balance, tables)
    for parity in control.parity:
        yield from _parity(parity, columns, tables)
    for constraint in control.constraints:
        yield _constraint(constraint, columns, tables)
    for name, leaves in control.exclude.items():
        yield Fact("excluded", (name,), f"`{name}` is not learnt: {leaves}", None, None, None, None)


def _shares(kind: Kind, where: Criteria, asked: float, columns: Columns, tables: Tables) -> Fact:
    shares = {name: None if frame is None else share_of(where, frame, columns) for name, frame in tables.items()}
    original = tables["original"]
    if original is not None and 0 < len(original) * (shares["original"] or 0.0) < MIN_TOLD:
        shares["original"] = None
    names = tuple(criterion.column for criterion in where)
    return Fact(kind, names, told(where), asked, shares["original"], shares["unsteered"], shares["steered"])


def _balance(balance: Balance, tables: Tables) -> Fact:
    """Tell how far shares are from even, or from the given ones: the total variation distance."""
    steered = tables["steered"]
    assert steered is not None
    wanted = dict(balance.shares or {})
    if not wanted:
        levels = levels_of(balance.column, _first(tables))[0]
        wanted = dict.fromkeys(levels, 1 / len(levels))
    distances = {name: None if frame is None else _distance(frame[balance.column], wanted) for name, frame in tables.items()}
    told = f"distance of the {len(wanted)} shares of `{balance.column}` from those asked"
    return Fact("balance", (balance.column,), told, 0.0, distances["original"], distances["unsteered"], distances["steered"])


def _first(tables: Tables) -> pd.DataFrame:
    frame = tables["unsteered"] if tables["original"] is None else tables["original"]
    assert frame is not None
    return frame


def _distance(cells: pd.Series[str], wanted: Mapping[str, float]) -> float | None:
    of_these = cells[cells.isin(list(wanted))]
    if not len(of_these):
        return None
    total = sum(wanted.values())
    counted = of_these.value_counts()
    return float(sum(abs(counted.get(cell, 0) / len(of_these) - share / total) for cell, share in wanted.items()) / 2)


def _parity(parity: Parity, columns: Columns, tables: Tables) -> Iterator[Fact]:
    names = (parity.outcome.column, parity.across)
    outcome = told((parity.outcome,))
    found = {name: None if frame is None else rates(parity, frame, columns) for name, frame in tables.items()}
    gaps = {name: None if each is None or not len(each) else float(each.max() - each.min()) for name, each in found.items()}
    ratios = {name: None if each is None or not each.max(initial=0) else float(each.min() / each.max())
              for name, each in found.items()}  # fmt: skip
    overall = {name: None if frame is None else overall_rate(parity, frame, columns) for name, frame in tables.items()}
    asked_rate = overall["unsteered"] if parity.rate is None else parity.rate
    for words, asked, figures in (
        (f"largest difference of the rate of {outcome} between groups of `{parity.across}`", 0.0, gaps),
        (f"smallest by largest rate of {outcome} across `{parity.across}`", 1.0, ratios),
        (f"rate of {outcome} over all groups of `{parity.across}`", asked_rate, overall),
    ):
        yield Fact("parity", names, words, asked, figures["original"], figures["unsteered"], figures["steered"])


def rates(parity: Parity, frame: pd.DataFrame, columns: Columns) -> npt.NDArray[np.float64]:
    """Return the rate of the outcome in each group of at least 10 rows."""
    from veil.synthesizers.conditions import met

    column = columns[parity.outcome.column]
    hit = met(frame, (column,), {column.name: parity.outcome.condition(column)})
    groups = frame[parity.across].where(frame[parity.across] != "", None)
    counted = frame.assign(**{"\0hit": hit}).groupby(groups.to_numpy(dtype=object), sort=True)["\0hit"].agg(["mean", "size"])
    return np.asarray(counted["mean"][counted["size"] >= MIN_TOLD], dtype=np.float64)


def _constraint(constraint: Constraint, columns: Columns, tables: Tables) -> Fact:
    shares: dict[str, float | None] = {}
    for name, frame in tables.items():
        held = None if frame is None or not len(frame) else constraint.holds(frame, columns)
        shares[name] = None if held is None else float(held.mean())
        if name == "original" and held is not None and 0 < int((~held).sum()) < MIN_TOLD:
            shares[name] = None
    figures = (shares["original"], shares["unsteered"], shares["steered"])
    return Fact("constraint", constraint.columns, constraint.told(), 1.0, *figures)
