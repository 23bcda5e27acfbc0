"""microaggregate with a `group`: several columns averaged over the same small groups of rows, by MDAV."""

import dataclasses
import random
from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from veil.errors import TransformFailed
from veil.model import Column
from veil.transforms import TRANSFORMS, Context, Whole
from veil.transforms.anonymity.mdav import FINEST, MAX_ROWS, mdav


def averaged(table, *, size=3, cuts=(), **given):
    frame, shared, fitted = pd.DataFrame(table, dtype=object), {}, {}
    for name in table:
        context = Context(Column(name, "integer"), null_values=frozenset({"NA"}))
        method = TRANSFORMS["microaggregate"].model_validate({"size": size, "group": "body", **given.get(name, {})})
        whole = Whole(lambda: None, lambda names: frame[list(names)], shared)
        fitted[name] = method, dataclasses.replace(context, fitted=method.fit(whole, context))
    borders = [0, *cuts, len(frame)]
    return {
        name: [
            cell
            for start, end in pairwise(borders)
            for cell in method.apply(frame[name].iloc[start:end], context)
        ]
        for name, (method, context) in fitted.items()
    }


def slowly(points, size):
    """MDAV as the paper tells it, on single rows, with ties to the smaller point."""
    left, groups = sorted(points), []

    def apart(first, second):
        return sum((a - b) ** 2 for a, b in zip(first, second, strict=True))

    def close(center):
        chosen = sorted(left, key=lambda point: (apart(point, center), point))[:size]
        last = apart(chosen[-1], center), chosen[-1]
        chosen = [point for point in left if (apart(point, center), point) <= last]
        groups.append(chosen)
        for point in chosen:
            left.remove(point)

    while len(left) >= 2 * size:
        n = len(left)
        middle = [sum(axis) for axis in zip(*left, strict=True)]
        far = max(left, key=lambda point: (apart([n * part for part in point], middle), [-part for part in point]))
        close(far)
        if n >= 3 * size and len(left) >= size:
            close(max(left, key=lambda point: (apart(point, far), [-part for part in point])))
    if left and (len(left) >= size or not groups):
        groups.append(left)
    elif left:
        groups[-1] += left
    return groups


@pytest.mark.parametrize("seed", range(40))
def test_groups_are_those_of_a_slow_and_obvious_version(seed):
    rng = random.Random(seed)
    size, n = rng.choice([2, 3, 5]), rng.randint(5, 40)
    rows = [(rng.randint(0, FINEST), rng.randint(0, rng.choice([3, FINEST]))) for _ in range(n)]
    points, counts = zip(*sorted(Counter(rows).items()), strict=True)
    groups = mdav(np.array(points), np.array(counts), size)
    found = defaultdict(list)
    for point, count, group in zip(points, counts, groups.tolist(), strict=True):
        found[group] += [point] * count
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, slowly(rows, size)))
    assert min(map(len, found.values())) >= min(size, n)


def people(n=300, seed=1):
    rng = random.Random(seed)
    heights = [rng.randint(150, 200) for _ in range(n)]
    return {"height": list(map(str, heights)), "weight": [str(height - 100 + rng.randint(-15, 15)) for height in heights]}


def test_columns_share_their_groups_and_keep_their_sums():
    table = people()
    after = averaged(table, size=5)
    assert min(Counter(zip(after["height"], after["weight"], strict=True)).values()) >= 5
    for name in table:
        assert abs(sum(map(int, after[name])) - sum(map(int, table[name]))) <= len(table[name]) / 2
    assert np.corrcoef(*(list(map(int, after[name])) for name in after))[0, 1] > 0.8


def test_neither_partitions_nor_the_order_of_rows_change_a_cell():
    table = people(60)
    after = averaged(table)
    assert averaged(table, cuts=(1, 30)) == after
    order = random.Random(2).sample(range(60), 60)
    moved = averaged({name: [cells[row] for row in order] for name, cells in table.items()})
    assert moved == {name: [cells[row] for row in order] for name, cells in after.items()}


def test_nulls_stay_where_both_are_null():
    table = {"a": ["1", None, "2", "3"], "b": ["5", "NA", "6", "7"]}
    assert averaged(table) == {"a": ["2", None, "2", "2"], "b": ["6", "NA", "6", "6"]}
    assert averaged({"a": [None], "b": [""]}) == {"a": [None], "b": [""]}


@pytest.mark.parametrize(
    ("table", "given", "told"),
    [
        ({"a": ["1", None, "3"], "b": ["1", "2", "3"]}, {}, "`b`: fewer than 10 values: rows with a value in one column"),
        ({"a": ["1", "2", "3"], "b": ["1", "2", "3"]}, {"b": {"size": 4}}, "`b`: other columns of its `group`"),
        ({"a": ["1", "2"]}, {}, "fewer than 10 values; drop"),
        ({"a": ["1", "secret", "2"]}, {}, "no plain numbers"),
        ({"a": ["1"] * (MAX_ROWS + 1)}, {}, "at most 65,536"),
    ],
)
def test_what_cannot_be_grouped_is_refused(table, given, told):
    with pytest.raises(TransformFailed, match=told) as failed:
        averaged(table, **given)
    assert "secret" not in str(failed.value)


def test_the_order_of_one_column_is_not_promised():
    method = TRANSFORMS["microaggregate"]
    assert "order" in method(size=3).declared.keeps
    assert "order" not in method(size=3, group="body").declared.keeps
