"""Demands that contradict each other or themselves, found without any data: before training, and by lint."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from veil.synthesizers.control.asked import Bound, Control, Criteria, Criterion
from veil.synthesizers.control.constraints import Constraint, Determines, OneFilled, Order, Total, Unique, Within

if TYPE_CHECKING:
    Place = tuple[str | int, ...]
    Found = Iterator[tuple[Place, str, str]]


def contradictions(control: Control) -> Found:
    """Yield what cannot be met together: the place in the control, what is wrong, and a way out."""
    yield from _shares(control)
    yield from _parities(control)
    yield from _extremes(control)
    yield from _excluded(control)
    for place, constraint in enumerate(control.constraints):
        yield from ((("constraints", place), message, repair) for message, repair in _itself(constraint))
    yield from _orders(control)
    yield from _ranges(control)
    yield from _computed(control)


def named_columns(control: Control) -> Iterator[tuple[Place, str]]:
    """Yield every column that is named, and where."""
    for place, quota in enumerate(control.quotas):
        yield from ((("quotas", place, "where"), each.column) for each in quota.where)
    for place, rare in enumerate(control.oversample):
        yield from ((("oversample", place, "where"), each.column) for each in rare.where)
    for place, balance in enumerate(control.balance):
        yield ("balance", place, "column"), balance.column
    for place, parity in enumerate(control.parity):
        yield ("parity", place, "outcome"), parity.outcome.column
        yield ("parity", place, "across"), parity.across
    for place, extremes in enumerate(control.extremes):
        yield ("extremes", place, "column"), extremes.column
    for place, constraint in enumerate(control.constraints):
        yield from ((("constraints", place), name) for name in dict.fromkeys(constraint.columns))


def _shares(control: Control) -> Found:
    groups = _by_columns(control)
    for names, asked in groups.items():
        told = " and ".join(f"`{name}`" for name in names)
        if len(set(names)) < len(names):
            yield asked[0][0], f"two criteria on {told} in one demand", "write one criterion for each column"
        if sum(share for *_, share in asked) > 1 + 1e-9:
            yield asked[-1][0], f"the shares by {told} add up to more than 1", "shares are parts of all rows: make them smaller"
        for (_, first, _), (place, second, _) in combinations(asked, 2):
            if not _disjoint(first, second):
                message = f"a row can meet this demand on {told} and an earlier one at once"
                yield place, message, "make their cells or ranges disjoint"
    yield from _balances(control, {name for names in groups for name in names})


def _by_columns(control: Control) -> dict[tuple[str, ...], list[tuple[Place, Criteria, float]]]:
    asked: list[tuple[Place, Criteria, float]] = []
    asked += [(("quotas", place), quota.where, quota.share) for place, quota in enumerate(control.quotas)]
    asked += [(("oversample", place), each.where, 0.0) for place, each in enumerate(control.oversample)]
    groups: dict[tuple[str, ...], list[tuple[Place, Criteria, float]]] = {}
    for demand in asked:
        groups.setdefault(_names(demand[1]), []).append(demand)
    return groups


def _balances(control: Control, asked: set[str]) -> Found:
    for place, balance in enumerate(control.balance):
        if balance.column in asked:
            message = f"`{balance.column}` is balanced, and asked for by a share too"
            yield ("balance", place), message, "give all its shares under `balance`"
        if balance.column in [other.column for other in control.balance[:place]]:
            yield ("balance", place), f"`{balance.column}` is balanced twice", "keep one of the two"
        if sum((balance.shares or {}).values()) > 1 + 1e-9:
            message = f"the shares of `{balance.column}` add up to more than 1"
            yield ("balance", place, "shares"), message, "shares are parts of all rows: make them smaller"


def _names(where: Criteria) -> tuple[str, ...]:
    return tuple(sorted(criterion.column for criterion in where))


def _disjoint(one: Criteria, other: Criteria) -> bool:
    others = {criterion.column: criterion for criterion in other}
    return any(_apart(criterion, others[criterion.column]) for criterion in one)


def _apart(one: Criterion, other: Criterion) -> bool:
    """Return whether no cell meets both; a cell and a range are not compared, since cells may be written in any way."""
    if not one.is_range and not other.is_range:
        return not set(one.cells) & set(other.cells)
    if not (one.is_range and other.is_range):
        return {None} in (set(one.cells), set(other.cells))
    return _before(one.at_most, other.at_least) or _before(other.at_most, one.at_least)


def _before(one: Bound | None, other: Bound | None) -> bool:
    if one is None or other is None or isinstance(one, str) != isinstance(other, str):
        return False
    return one < other  # type: ignore[operator]


def _parities(control: Control) -> Found:
    shared = {name for quota in control.quotas for name in _names(quota.where)}
    shared |= {name for each in control.oversample for name in _names(each.where)}
    for place, parity in enumerate(control.parity):
        own = {parity.across, parity.outcome.column}
        if len(own) == 1:
            yield ("parity", place), f"`{parity.across}` is both outcome and group", "name two columns"
        balanced = {balance.column for balance in control.balance} & {parity.outcome.column}
        for name in sorted(own & shared | balanced):
            repair = "say `rate` in the parity, and the groups' shares under `balance`"
            yield ("parity", place), f"`{name}` is asked for by a share too", repair
        earlier = {name for other in control.parity[:place] for name in (other.across, other.outcome.column)}
        for name in sorted(own & earlier):
            yield ("parity", place), f"`{name}` is in another parity too", "ask for one, or merge the groups into one column"


def _extremes(control: Control) -> Found:
    seen: set[tuple[str, str]] = set()
    for place, asked in enumerate(control.extremes):
        if (asked.column, asked.side) in seen:
            yield ("extremes", place), f"the {asked.side} extremes of `{asked.column}` are asked twice", "keep one of the two"
        seen.add((asked.column, asked.side))
        for constraint in control.constraints:
            limit = constraint.criterion if isinstance(constraint, Within) and asked.column in constraint.columns else None
            if limit is not None and not limit.is_range:
                message = f"extremes of `{asked.column}`, whose cells are limited to a list"
                yield ("extremes", place), message, "take the list out, or the extremes"
            end = None if limit is None else limit.at_most if asked.side == "upper" else limit.at_least
            if end is not None and (asked.bound is None or _exceeds(asked.bound, end, asked.side)):
                yield ("extremes", place), f"extremes of `{asked.column}` go beyond its range", f"say `bound: {end}`"
    if sum(asked.share for asked in control.extremes) > 1 + 1e-9:
        yield ("extremes",), "the shares of extremes add up to more than 1", "make them smaller"
    if control.mark is not None and not control.extremes:
        yield ("mark",), "marks extremes, and none are asked", "take it out"


def _exceeds(bound: Bound, end: Bound, side: str) -> bool:
    return _before(end, bound) if side == "upper" else _before(bound, end)


def _excluded(control: Control) -> Found:
    for place, name in named_columns(control):
        if name in control.exclude:
            yield place, f"`{name}` is excluded, so nothing can be asked of it", "take it out of `exclude`, or out of here"


def _itself(constraint: Constraint) -> Iterator[tuple[str, str]]:
    names = constraint.columns
    if len(set(names)) < len(names):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        what = "the total of itself" if isinstance(constraint, Total) and twice == constraint.total else "named twice"
        yield f"{constraint.told()}: `{twice}` is {what}", "name different columns"
    if isinstance(constraint, (Order, OneFilled)) and len(names) < 2:
        yield f"{constraint.told()}: one column alone", "name two or more"
    if isinstance(constraint, (Unique, Determines)) and not names:
        yield "no column", "name one or more"
    if isinstance(constraint, Within):
        own = constraint.criterion
        if own.is_range and own.at_least is None and own.at_most is None:
            yield f"`{own.column}` has neither a list nor bounds", "say `one_of`, `at_least` or `at_most`"
        if _before(own.at_most, own.at_least):
            yield f"the range of `{own.column}` ends before it begins", "exchange its bounds"


def _orders(control: Control) -> Found:
    """Yield orders that go round in a circle: no row of different numbers meets them."""
    after: dict[str, dict[str, bool]] = {}
    for place, constraint in enumerate(control.constraints):
        if not isinstance(constraint, Order) or len(set(constraint.names)) < len(constraint.names):
            continue
        for one, other in pairwise(constraint.names):
            way = _way(after, other, one)
            if way is not None:
                told = " <= ".join(f"`{name}`" for name in [*way, other])
                message = f"{constraint.told()} contradicts {told}, which the others say"
                yield ("constraints", place), message, "take one of them out"
            after.setdefault(one, {})[other] = constraint.strict


def _way(after: dict[str, dict[str, bool]], start: str, end: str) -> list[str] | None:
    """Return the columns on a way from one column to a later one, None if there is none."""
    paths = [[start]]
    seen = {start}
    while paths:
        path = paths.pop()
        if path[-1] == end:
            return path
        for name in after.get(path[-1], {}):
            if name not in seen:
                seen.add(name)
                paths.append([*path, name])
    return None


def _ranges(control: Control) -> Found:
    """Yield ranges that no row in the order meets, and demands on cells outside a column's list or range."""
    limits = {each.criterion.column: each.criterion for each in control.constraints if isinstance(each, Within)}
    for place, constraint in enumerate(control.constraints):
        for one, other in combinations(constraint.columns if isinstance(constraint, Order) else (), 2):
            if one in limits and other in limits and _before(limits[other].at_most, limits[one].at_least):
                message = f"{constraint.told()}, but the range of `{one}` lies above that of `{other}`"
                yield ("constraints", place), message, "widen one of the ranges"
    for place, quota in enumerate(control.quotas):
        for criterion in quota.where:
            if criterion.column in limits and _apart(criterion, limits[criterion.column]):
                message = f"asks for what a constraint on `{criterion.column}` rules out"
                yield ("quotas", place, "where"), message, "ask for what the constraint allows"


def _computed(control: Control) -> Found:
    """Yield totals that are computed twice or in a circle, and extremes of what is computed."""
    totals = {each.total: each for each in control.constraints if isinstance(each, Total)}
    parts = {name: dict.fromkeys(each.parts, False) for name, each in totals.items()}
    for place, constraint in enumerate(control.constraints):
        if not isinstance(constraint, Total):
            continue
        if totals[constraint.total] is not constraint:
            yield ("constraints", place), f"`{constraint.total}` is the total of two sums", "keep one of them"
        for part in constraint.parts:
            way = _way(parts, part, constraint.total) if part != constraint.total else None
            if way is not None:
                message = f"{constraint.told()}, but `{part}` is itself a sum of `{constraint.total}`"
                yield ("constraints", place), message, "take one of the sums out"
    for place, asked in enumerate(control.extremes):
        if asked.column in totals:
            message = f"extremes of `{asked.column}`, which is computed as a total"
            yield ("extremes", place), message, "ask for extremes of one of its parts"
