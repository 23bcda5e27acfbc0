"""k_anonymize: equal to a slow and obvious version on 300 random tables, and its output recounted."""

import dataclasses
import random
from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

import pandas as pd
import pytest
from pydantic import ValidationError

from tests.unit.anonymity_oracle import STEPS, TREE, Demand, best, meets, mondrian
from veil.errors import TransformFailed
from veil.model import Column
from veil.transforms import TRANSFORMS, Context, Whole
from veil.transforms.anonymity.lattice import Lattice

TYPES = {"number": "integer", "text": "text", "tree": "category", "date": "date", "plain": "category"}
OWN = {
    "number": {"widths": [5, 10, 40]},
    "text": {"prefixes": [2, 1]},
    "tree": {"levels": [[value, *above] for value, above in TREE.items()]},
    "date": {"periods": ["month", "year", "decade"]},
    "plain": {},
}
CELLS = {
    "number": lambda rng: str(rng.randint(-10, 60)),
    "text": lambda rng: "".join(rng.choice("AB*") for _ in range(rng.randint(1, 3))),
    "tree": lambda rng: rng.choice(list(TREE)),
    "date": lambda rng: f"{rng.choice([1989, 1990, 1991])}-{rng.randint(1, 3):02d}-{rng.randint(1, 3):02d}",
    "plain": lambda rng: rng.choice("xyz"),
}


def anonymized(table, kinds, demands, *, order=None, cuts=(0,)):
    """Run all columns of a table through `fit` and `apply`, partition by partition, as the engine does."""
    frame = pd.DataFrame(table, dtype=object)
    frame = frame if order is None else frame.iloc[order].reset_index(drop=True)
    shared, fitted = {}, {}
    for name, kind in kinds.items():
        column = Column(name, TYPES[kind], "%Y-%m-%d" if kind == "date" else None)
        context = Context(column, null_values=frozenset({"NA"}))
        method = TRANSFORMS["k_anonymize"].model_validate({**demands, **OWN[kind]})
        whole = Whole(lambda name=name: frame[name].value_counts(), lambda names: frame[list(names)], shared)
        fitted[name] = (method, dataclasses.replace(context, fitted=method.fit(whole, context)))
    borders = [*cuts, len(frame)]
    parts = [
        pd.concat([each[0].apply(frame[name].iloc[start:end], each[1]) for name, each in sorted(fitted.items())], axis=1)
        for start, end in pairwise(borders)
    ]
    return pd.concat(parts)


def rows_of(frame):
    return [[None if cell is None else str(cell) for cell in row] for row in frame.to_numpy(dtype=object).tolist()]


def random_case(seed):
    rng = random.Random(seed)
    n = rng.randint(6, 40)
    chosen = rng.sample(sorted(STEPS), rng.choice([1, 2, 2, 3]))
    kinds = {f"{kind}_{place}": kind for place, kind in enumerate(chosen)}
    nulls = rng.choice([0, 0, 0.1])
    table = {
        name: [rng.choice([None, "", "NA"]) if rng.random() < nulls else CELLS[kind](rng) for _ in range(n)]
        for name, kind in kinds.items()
    }
    numeric = rng.random() < 0.5
    sensitive = [rng.choice(["1", "2", "30", "4"] if numeric else ["flu", "flu", "cold", "ache", None]) for _ in range(n)]
    cap = Fraction(rng.choice(["0", "0.1", "0.25", "0.5"]))
    ways = [
        {},
        {"l": 2},
        {"l": 3},
        {"l": 1.8, "diversity": "entropy"},
        {"l": 2, "diversity": "recursive", "c": Fraction(2)},
        {"t": Fraction("0.3"), "ordered": numeric},
        {"l": 2, "t": Fraction("0.4"), "ordered": False},
    ]
    may_hide = rng.random() < 0.7
    return table, kinds, sensitive, Demand(k=rng.choice([2, 2, 3, 4]), max_suppressed=cap, may_hide=may_hide, **rng.choice(ways))


def as_parameters(demand, *, cap=True):
    given = {"k": demand.k, "l": demand.l, "diversity": demand.diversity, "t": demand.t and float(demand.t)}
    given |= {"c": float(demand.c)} if demand.diversity == "recursive" else {}
    given |= {"distance": "ordered" if demand.ordered else "equal"} if demand.t is not None else {}
    capped = {"max_suppressed": float(demand.max_suppressed), "may_hide": demand.may_hide}
    given |= capped if cap else {"method": "mondrian"}
    given |= {"sensitive": "ill"} if demand.l is not None or demand.t is not None else {}
    return {name: value for name, value in given.items() if value is not None}


def assert_recounted(written, sensitive, demand):
    classes = defaultdict(list)
    for row, cells in enumerate(written):
        classes[tuple(cells)].append(row)
    assert all(meets(rows, sensitive, demand) for rows in classes.values())


@pytest.mark.parametrize("block", range(10))
def test_the_lattice_finds_what_trying_everything_finds(block):
    for seed in range(block * 30, block * 30 + 30):
        table, kinds, sensitive, demand = random_case(seed)
        expected = best(table, kinds, sensitive, demand)
        full = {**table, "ill": sensitive}
        if expected is None:
            with pytest.raises(TransformFailed, match="cannot be made"):
                anonymized(full, kinds, as_parameters(demand))
        else:
            written = rows_of(anonymized(full, kinds, as_parameters(demand)))
            assert written == expected, seed
            assert_recounted(written, sensitive, demand)


@pytest.mark.parametrize("block", range(10))
def test_mondrian_cuts_as_a_plain_recursion_does(block):
    for seed in range(1000 + block * 30, 1030 + block * 30):
        table, kinds, sensitive, demand = random_case(seed)
        parts = mondrian(table, kinds, sensitive, demand)
        full = {**table, "ill": sensitive}
        if parts is None:
            with pytest.raises(TransformFailed, match="cannot be made"):
                anonymized(full, kinds, as_parameters(demand, cap=False))
            continue
        written = rows_of(anonymized(full, kinds, as_parameters(demand, cap=False)))
        assert_recounted(written, sensitive, demand)
        assert all(len({tuple(written[row]) for row in part}) == 1 for part in parts)
        for name, place in zip(sorted(kinds), range(len(kinds)), strict=True):
            whole = [len({table[name][row] for row in part}) == 1 for part in parts]
            assert all(written[min(part)][place] == table[name][min(part)] for part, one in zip(parts, whole, strict=True) if one)


def test_random_tables_ask_for_everything():
    cases = [random_case(seed) for seed in range(300)]
    feasible = [best(table, kinds, sensitive, demand) for table, kinds, sensitive, demand in cases]
    assert 20 < sum(found is None for found in feasible) < 150
    found = [written for written in feasible if written is not None]
    assert sum(["*"] * len(rows[0]) in rows and len(set(map(tuple, rows))) > 1 for rows in found) > 20
    assert {demand.diversity for *_, demand in cases} == {"distinct", "entropy", "recursive"}


@pytest.mark.parametrize("method", ["lattice", "mondrian"])
def test_neither_partitions_nor_the_order_of_rows_change_a_cell(method):
    table, kinds, _, _ = random_case(7)
    n = len(next(iter(table.values())))
    demands = {"k": 2, "method": method, **({"max_suppressed": 0.3} if method == "lattice" else {})}
    whole = rows_of(anonymized(table, kinds, demands))
    assert rows_of(anonymized(table, kinds, demands, cuts=(0, 1, n // 2))) == whole
    order = random.Random(1).sample(range(n), n)
    assert rows_of(anonymized(table, kinds, demands, order=order)) == [whole[row] for row in order]


@pytest.mark.parametrize(
    ("cells", "kind", "demands", "expected"),
    [
        (["20", "21", "29", "22"], "number", {"k": 2, "widths": [5, 10]}, ["20-29"] * 4),
        (["20", "21", "60", "61"], "number", {"k": 2, "widths": [5, 10], "max_suppressed": 0.0}, ["20-24"] * 2 + ["60-64"] * 2),
        (["20", "21", "60", "22", "23"], "number", {"k": 2, "max_suppressed": 0.4, "widths": [5]}, ["*"] * 5),
        (["20", "24", "61", "64"], "number", {"k": 2}, ["20-24", "20-24", "60-64", "60-64"]),
        (["AB", "AC", "B", "B"], "text", {"k": 2, "prefixes": [1]}, ["A*", "A*", "B", "B"]),
        (["1990-01-02", "1990-11-03", "1991-01-01", "1991-01-01"], "date", {"k": 2}, ["1990", "1990", "1991", "1991"]),
        (["1990-01-02", "1990-02-03"], "date", {"k": 2, "periods": ["quarter", "decade"]}, ["1990-Q1"] * 2),
        (["x", "x", "y", "y"], "plain", {"k": 2}, ["x", "x", "y", "y"]),
        (["x", "x", "y", "z"], "plain", {"k": 2}, ["*"] * 4),
        ([None, None, "y", "y"], "plain", {"k": 2}, [None, None, "y", "y"]),
        ([None, "", "NA", "y"], "plain", {"k": 2}, ["*"] * 4),
        ([], "plain", {"k": 2}, []),
        (["1", "2", "9", "9"], "number", {"k": 2, "method": "mondrian"}, ["1-2", "1-2", "9", "9"]),
        (["-3", "-2", "9", "9"], "number", {"k": 2, "method": "mondrian"}, ["-3 to -2", "-3 to -2", "9", "9"]),
        ([None, "2", "9", "9"], "number", {"k": 2, "method": "mondrian"}, ["*", "*", "9", "9"]),
        (["1990-01-02", "1990-11-03"], "date", {"k": 2, "method": "mondrian"}, ["1990-01-02 to 1990-11-03"] * 2),
        (["ABC", "ABD", "B", "B"], "text", {"k": 2, "method": "mondrian", "prefixes": [2, 1]}, ["AB*", "AB*", "B", "B"]),
    ],
)  # fmt: skip
def test_one_column(cells, kind, demands, expected):
    own = {**OWN, kind: {name: demands[name] for name in ("widths", "prefixes", "periods") if name in demands}}
    rest = {name: value for name, value in demands.items() if name not in own[kind]}
    before, OWN[kind] = OWN[kind], own[kind]
    try:
        written = rows_of(anonymized({"c": cells}, {"c": kind}, rest))
    finally:
        OWN[kind] = before
    assert written == [[cell] for cell in expected]


def test_a_refusal_says_which_k_or_cap_would_do():
    table = {"c": ["x"] * 8 + ["y"] * 3 + ["z"]}
    with pytest.raises(TransformFailed, match=r"`k: 12` would do"):
        anonymized(table, {"c": "plain"}, {"k": 13})
    with pytest.raises(TransformFailed, match=r"`k: 3` or `max_suppressed: 0.5` would do") as failed:
        anonymized({"c": ["x"] * 7 + ["y"] * 3 + ["z"] * 4}, {"c": "plain"}, {"k": 5, "may_hide": False, "max_suppressed": 0.1})
    assert failed.value.__cause__ is None


def test_the_suppressed_rows_are_a_class_of_at_least_k():
    table = {"c": ["x"] * 10 + ["y"] * 4 + ["z"]}
    written = rows_of(anonymized(table, {"c": "plain"}, {"k": 3, "max_suppressed": 0.4, "may_hide": False}))
    assert written == [["x"]] * 10 + [["*"]] * 5


def test_people_are_counted_by_naming_their_identifier():
    table = {"c": ["x", "x", "x", "y", "y", "y"], "ill": ["anna", "anna", "anna", "ben", "cleo", "ben"]}
    assert rows_of(anonymized(table, {"c": "plain"}, {"k": 2})) == [[cell] for cell in table["c"]]
    written = rows_of(anonymized(table, {"c": "plain"}, {"k": 2, "l": 2, "sensitive": "ill"}))
    assert written == [["*"]] * 6


def test_of_two_ways_that_lose_as_much_the_first_column_stays():
    table = {"b": ["x", "x", "y", "y"], "a": ["p", "q", "p", "q"]}
    written = rows_of(anonymized(table, {"b": "plain", "a": "plain"}, {"k": 2}))
    assert written == [["p", "*"], ["q", "*"], ["p", "*"], ["q", "*"]]


def test_the_search_does_not_try_everything(monkeypatch):
    rng = random.Random(4)
    table = {kind: [CELLS[kind](rng) for _ in range(300)] for kind in ("number", "date", "tree", "text")}
    tried = []
    judged = Lattice.choice
    monkeypatch.setattr(Lattice, "choice", lambda self, node: tried.append(node) or judged(self, node))
    anonymized(table, {kind: kind for kind in table}, {"k": 3, "max_suppressed": 0.1})
    assert len(tried) < 0.4 * 5 * 5 * 4 * 4


def test_columns_with_other_demands_are_refused():
    frame = pd.DataFrame({"a": ["1", "2"], "b": ["1", "2"]}, dtype=object)
    whole = Whole(lambda: None, lambda names: frame[list(names)], {})
    method = TRANSFORMS["k_anonymize"]
    share = method(k=2).fit(whole, Context(Column("a", "category")))
    with pytest.raises(TransformFailed, match="`b`: other columns"):
        method(k=3).fit(whole, Context(Column("b", "category")))
    assert share.solution().labels
    with pytest.raises(TransformFailed, match="after the other columns"):
        method(k=2).fit(whole, Context(Column("b", "category")))
    fresh = Whole(lambda: None, lambda names: frame[list(names)], {})
    with pytest.raises(TransformFailed, match="generalized and `sensitive`"):
        method(k=2, l=2, sensitive="a").fit(fresh, Context(Column("a", "category")))


def test_what_was_fitted_shows_no_cell():
    frame = pd.DataFrame({"a": ["1", "1"]}, dtype=object)
    whole = Whole(lambda: None, lambda names: frame[list(names)], {})
    share = TRANSFORMS["k_anonymize"](k=2).fit(whole, Context(Column("a", "category")))
    assert share.solution().labels
    assert "1" not in repr(share)


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({}, "k"),
        ({"k": 1}, "greater than or equal to 2"),
        ({"k": 2, "l": 2}, "go together"),
        ({"k": 2, "sensitive": "ill"}, "go together"),
        ({"k": 2, "l": 2, "sensitive": "ill", "diversity": "recursive"}, "needs `c`"),
        ({"k": 2, "l": 2, "sensitive": "ill", "c": 2}, "needs `c`"),
        ({"k": 2, "l": 2.5, "sensitive": "ill"}, "whole number"),
        ({"k": 2, "t": 0.2, "sensitive": "ill", "diversity": "entropy"}, "needs `l`"),
        ({"k": 2, "distance": "equal"}, "needs `t`"),
        ({"k": 2, "widths": [5, 12]}, "multiple of the one before"),
        ({"k": 2, "widths": [10, 5]}, "multiple of the one before"),
        ({"k": 2, "widths": [0]}, "above zero"),
        ({"k": 2, "periods": ["year", "month"]}, "must grow"),
        ({"k": 2, "prefixes": [1, 2]}, "must shrink"),
        ({"k": 2, "widths": [5], "prefixes": [2]}, "one of"),
        ({"k": 2, "max_suppressed": 1}, "less than 1"),
        ({"k": 2, "method": "mondrian", "max_suppressed": 0.1}, "suppresses no rows"),
        ({"k": 2, "file": "no such file.csv"}, "cannot be read"),
    ],
)
def test_parameters_that_do_not_hold_are_refused(parameters, told):
    with pytest.raises(ValidationError, match=told):
        TRANSFORMS["k_anonymize"].model_validate(parameters)


@pytest.mark.parametrize(
    ("cells", "kind", "demands", "told"),
    [
        (["1", "secret"], "number", {"k": 2}, "no plain numbers"),
        (["1990-01-01", "secret"], "date", {"k": 2}, "no dates"),
        (["nurse", "secret"], "tree", {"k": 2}, "not in the hierarchy"),
    ],
)
def test_cells_that_cannot_be_generalized_are_refused_by_number(cells, kind, demands, told):
    with pytest.raises(TransformFailed, match=told) as failed:
        anonymized({"c": cells}, {"c": kind}, demands)
    assert "secret" not in str(failed.value)
    assert failed.value.__cause__ is failed.value.__context__ is None


def test_a_lattice_that_cannot_be_searched_is_refused():
    columns = {f"c{place}": [str(value) for value in range(0, 5000, 50)] for place in range(7)}
    before, OWN["number"] = OWN["number"], {}
    try:
        with pytest.raises(TransformFailed, match="ways to generalize"):
            anonymized(columns, dict.fromkeys(columns, "number"), {"k": 2})
    finally:
        OWN["number"] = before


def test_ordered_distance_needs_numbers():
    demands = {"k": 2, "t": 0.2, "sensitive": "ill", "distance": "ordered"}
    with pytest.raises(TransformFailed, match="`ill`: `distance: ordered`"):
        anonymized({"c": ["x", "x"], "ill": ["flu", "cold"]}, {"c": "plain"}, demands)
