"""A slow and obvious version of `k_anonymize`, in plain Python: all nodes of the lattice, all classes counted in dictionaries.

It shares no code with what it judges: cells are generalized, counted and compared here by other means.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction

TREE = {
    "nurse": ("health", "work"),
    "doctor": ("health", "work"),
    "dev": ("tech", "work"),
    "ops": ("tech", "work"),
    "none": ("idle", "idle"),
}


@dataclass(frozen=True)
class Demand:
    k: int
    l: float | None = None  # noqa: E741
    diversity: str = "distinct"
    c: Fraction = Fraction(1)
    t: Fraction | None = None
    ordered: bool = False
    max_suppressed: Fraction = Fraction(0)
    may_hide: bool = True


def banded(cell, width):
    low = int(cell) // width * width
    return f"{low}-{low + width - 1}" if low >= 0 else f"{low} to {low + width - 1}"


STEPS = {
    "number": [lambda cell, width=width: banded(cell, width) for width in (5, 10, 40)],
    "text": [lambda cell, length=length: cell if len(cell) <= length else cell[:length] + "*" for length in (2, 1)],
    "tree": [lambda cell: TREE[cell][0], lambda cell: TREE[cell][1]],
    "date": [lambda cell: cell[:7], lambda cell: cell[:4], lambda cell: f"{cell[:3]}0-{cell[:3]}9"],
    "plain": [],
}
ORDER = {
    "number": lambda cell: (int(cell), cell),
    "tree": lambda cell: (TREE[cell][::-1], cell),
}
NULLS = (None, "", "NA")


def in_order(kind, cells):
    """Return the distinct cells in the order that ties are decided by."""
    found = set(cells)
    return [null for null in NULLS if null in found] + sorted(found - set(NULLS), key=ORDER.get(kind, lambda cell: cell))


def labelled(kind, cell, step):
    if step == 0:
        return cell
    if step == len(STEPS[kind]) + 1:
        return "*"
    return cell if cell in NULLS else STEPS[kind][step - 1](cell)


def meets(rows, sensitive, demand):
    """Return whether rows, as one class, meet the demand; `sensitive` is the column of the whole table."""
    if len(rows) < demand.k:
        return False
    counts = Counter(sensitive[row] for row in rows)
    return diverse(counts, demand) and (demand.t is None or distance(counts, Counter(sensitive), demand.ordered) <= demand.t)


def diverse(counts, demand):
    if demand.l is None:
        return True
    n, sizes = sum(counts.values()), sorted(counts.values(), reverse=True)
    if demand.diversity == "distinct":
        return len(counts) >= demand.l
    if demand.diversity == "entropy":
        return -sum(size / n * math.log(size / n) for size in sizes) >= math.log(demand.l) - 1e-9
    return sizes[0] < demand.c * sum(sizes[int(demand.l) - 1 :])


def distance(here, table, ordered):
    n_here, n_table = sum(here.values()), sum(table.values())
    differences = [
        Fraction(here[value], n_here) - Fraction(table[value], n_table)
        for value in sorted(table, key=lambda cell: (cell is not None, float(cell) if ordered and cell is not None else 0, cell))
    ]
    if not ordered:
        return sum(map(abs, differences)) / 2
    return sum(map(abs, itertools.accumulate(differences))) / max(len(differences) - 1, 1)


def best(table, kinds, sensitive, demand):
    """Return the best generalization of a table as rows of cells, or None if the demand cannot be met.

    Parameters
    ----------
    table : column name to cells. kinds : column name to one of `STEPS`.
    """
    names = sorted(table)
    choices = []
    for node in itertools.product(*(range(len(STEPS[kinds[name]]) + 1 + demand.may_hide) for name in names)):
        found = at_node(table, kinds, names, node, sensitive, demand)
        if found is not None:
            choices.append((found[0], sum(node), node, found[1]))
    return min(choices)[3] if choices else None


def at_node(table, kinds, names, node, sensitive, demand):
    n = len(sensitive)
    places = {name: {cell: place for place, cell in enumerate(in_order(kinds[name], table[name]))} for name in names}
    groups = {name: defaultdict(list) for name in names}
    for name, step in zip(names, node, strict=True):
        for cell in places[name]:
            groups[name][labelled(kinds[name], cell, step)].append(cell)
    cells = [[labelled(kinds[name], table[name][row], step) for name, step in zip(names, node, strict=True)] for row in range(n)]
    classes = defaultdict(list)
    for row in range(n):
        classes[tuple(cells[row])].append(row)
    hidden = [row for rows in classes.values() if not meets(rows, sensitive, demand) for row in rows]
    first = {name: {label: min(places[name][cell] for cell in cells) for label, cells in groups[name].items()} for name in names}
    passing = [
        (len(rows), tuple(first[name][label] for name, label in zip(names, key, strict=True)), rows)
        for key, rows in classes.items()
        if meets(rows, sensitive, demand)
    ]
    for _, _, rows in sorted(passing):
        if not hidden or len(hidden) > demand.max_suppressed * n or meets(hidden, sensitive, demand):
            break
        hidden += rows
    if hidden and (len(hidden) > demand.max_suppressed * n or not meets(hidden, sensitive, demand)):
        return None
    lost = Fraction(0)
    for place, name in enumerate(names):
        if len(places[name]) > 1:
            others = [
                len(places[name]) - 1 if row in set(hidden) else len(groups[name][cells[row][place]]) - 1 for row in range(n)
            ]
            lost += Fraction(sum(others), len(places[name]) - 1)
    return lost, [["*"] * len(names) if row in set(hidden) else cells[row] for row in range(n)]


def mondrian(table, kinds, sensitive, demand):
    """Return the parts of a strict Mondrian as sets of rows, or None if the whole table does not meet the demand."""
    names = sorted(table)
    places = {name: {cell: place for place, cell in enumerate(in_order(kinds[name], table[name]))} for name in names}
    codes = [[places[name][table[name][row]] for name in names] for row in range(len(sensitive))]
    widths = [max(len(places[name]) - 1, 1) for name in names]

    def cut(rows):
        spans = []
        for column, width in enumerate(widths):
            seen = [codes[row][column] for row in rows]
            if max(seen) > min(seen):
                spans.append((-Fraction(max(seen) - min(seen), width), column))
        for _, column in sorted(spans):
            levels = sorted({codes[row][column] for row in rows})[:-1]
            sides = [([r for r in rows if codes[r][column] <= at], [r for r in rows if codes[r][column] > at]) for at in levels]
            low, high = max(sides, key=lambda side: (min(map(len, side)), -len(side[0])))
            if meets(low, sensitive, demand) and meets(high, sensitive, demand):
                return cut(low) + cut(high)
        return [frozenset(rows)]

    rows = list(range(len(sensitive)))
    return cut(rows) if meets(rows, sensitive, demand) else None
