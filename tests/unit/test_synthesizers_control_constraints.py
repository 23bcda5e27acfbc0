"""Constraints are met by every row, learnt where that can be, checked against the original, and contradictions are named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from veil.errors import SynthesisFailed, UnknownColumn
from veil.model import Column
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.control import (
    Balance,
    Constraint,
    Control,
    Criterion,
    Determines,
    Extremes,
    OneFilled,
    Order,
    Oversample,
    Parity,
    Quota,
    Steered,
    Total,
    Unique,
    Within,
    contradictions,
    prepare,
    steered,
)
from veil.synthesizers.control.gaps import Gaps, Lookup, Sum
from veil.synthesizers.marginal import Marginal

N = 2_000
STATES = {"Ghent": "Flanders", "Bruges": "Flanders", "Namur": "Wallonia", "Mons": "Wallonia"}
COLUMNS = (
    Column("city", "category"), Column("state", "category"), Column("net", "decimal", "0.00"), Column("tax", "decimal", "0.00"),
    Column("gross", "decimal", "0.00"), Column("low", "integer"), Column("high", "integer"), Column("signup", "date", "%d/%m/%Y"),
    Column("first", "date", "%Y-%m-%d"), Column("seen", "datetime", "%Y-%m-%d %H:%M:%S"), Column("mail", "category"),
    Column("phone", "category"), Column("zone", "integer"), Column("tier", "category"),
)  # fmt: skip
NAMES = {column.name: column for column in COLUMNS}


def orders(n: int = N, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    city = rng.choice(list(STATES), n, p=[0.4, 0.3, 0.2, 0.1])
    net = np.round(rng.lognormal(4, 1, n), 2)
    tax = np.round(net * rng.choice([0.06, 0.21], n), 2)
    low = rng.integers(0, 50, n)
    signup = pd.Timestamp("2015-01-01") + pd.to_timedelta(rng.integers(0, 2_000, n), unit="D")
    first = signup + pd.to_timedelta(rng.integers(0, 300, n), unit="D")
    seen = first + pd.to_timedelta(rng.integers(1, 10**6, n), unit="s")
    has_mail, zone = rng.random(n) < 0.5, rng.integers(0, 500, n)
    frame = pd.DataFrame({
        "city": city, "state": [STATES[each] for each in city], "net": _money(net), "tax": _money(tax),
        "gross": _money(net + tax), "low": low.astype(str), "high": (low + rng.integers(1, 50, n)).astype(str),
        "signup": signup.strftime("%d/%m/%Y"), "first": first.strftime("%Y-%m-%d"), "seen": seen.strftime("%Y-%m-%d %H:%M:%S"),
        "mail": np.where(has_mail, "yes", None), "phone": np.where(has_mail, None, "yes"), "zone": zone.astype(str),
        "tier": np.where(zone < 250, "a", "b"),
    }, dtype=object)  # fmt: skip
    frame.loc[rng.random(n) < 0.1, ["first", "seen"]] = None
    frame.loc[rng.random(n) < 0.05, ["net", "gross"]] = None
    return frame


def quota(share: float, column: str, *cells: str) -> Quota:
    return Quota((Criterion(column, cells),), share)


def bounded(share: float, column: str, **bounds: int) -> Quota:
    return Quota((Criterion(column, **bounds),), share)


def listed(column: str, *cells: str) -> Within:
    return Within(Criterion(column, cells))


def within(column: str, **bounds: int | str) -> Within:
    return Within(Criterion(column, **bounds))


def _money(numbers: np.ndarray) -> list[str]:
    return [f"{number:.2f}" for number in numbers]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return orders()


def run(table: pd.DataFrame, *constraints: Constraint, n_rows: int = 500, **more) -> Steered:
    prepared = prepare(Control(constraints=constraints, **more), table, COLUMNS)
    model = Marginal().fit(prepared.frame, prepared.learnable, seed=1, progress=lambda epoch, n: None)
    return steered(prepared, model, n_rows, seed=2)


HOLDING = [
    Order(("low", "high"), strict=True), Order(("signup", "first")), Order(("signup", "first", "seen")),
    Total("gross", ("net", "tax")), Unique(("signup", "net")), OneFilled(("mail", "phone")),
    listed("city", "Ghent", "Bruges", "Namur", "Mons"),
    within("low", at_least=0), within("signup", at_most="2025-01-01"), Determines(("city",), ("state",)),
    Determines(("zone",), ("tier",)), Determines(("city", "tier"), ("state",)),
]  # fmt: skip


@pytest.mark.parametrize("constraint", HOLDING, ids=[constraint.told() for constraint in HOLDING])
def test_every_row_meets_it_although_the_model_knows_no_two_columns_together(table, constraint):
    assert constraint.holds(table, NAMES).all()
    result = run(table, constraint)
    assert len(result.frame) == 500
    assert constraint.holds(result.frame, NAMES).all()
    assert list(result.frame.columns) == list(NAMES)
    assert (result.facts.facts[0].original, result.facts.facts[0].steered) == (1.0, 1.0)


def test_all_of_them_are_met_together_and_with_shares(table):
    held = (HOLDING[0], *HOLDING[2:10])
    result = run(table, *held, quotas=(quota(0.75, "state", "Wallonia"),), balance=(Balance("tier"),))
    assert all(constraint.holds(result.frame, NAMES).all() for constraint in held)
    assert (result.frame.state == "Wallonia").sum() == 375
    assert set(result.frame.tier.value_counts()) == {250}


def test_totals_are_written_as_the_column_writes_them_and_are_null_with_their_parts(table):
    rows = run(table, Total("gross", ("net", "tax"))).frame
    there = rows[rows.net.notna()]
    cents = (there.net.astype(float) + there.tax.astype(float)).map("{:.2f}".format)
    assert (cents == there.gross).all()
    assert rows[rows.net.isna()].gross.isna().all()
    assert rows.net.isna().any()


def test_what_is_put_back_stays_within_what_was_observed(table):
    rows = run(table, Total("gross", ("net", "tax")), Order(("low", "high"), strict=True), n_rows=2_000).frame
    for name in ("gross", "high"):
        assert rows[name].dropna().astype(float).max() <= table[name].dropna().astype(float).max()


LEARNT = [
    (Order(("signup", "first", "seen")), None, {}, ()),
    (Order(("signup", "first")), Gaps, {"first": ("integer", None)}, ()),
    (Order(("low", "high"), strict=True), Gaps, {"high": ("integer", None)}, ()),
    (Total("gross", ("net", "tax")), Sum, {}, ("gross",)),
    (Determines(("city",), ("state",)), Lookup, {}, ("state",)),
    (Determines(("zone",), ("tier",)), None, {}, ()),
    (Unique(("signup", "net")), None, {}, ()),
]


@pytest.mark.parametrize(("constraint", "step", "types", "gone"), LEARNT, ids=[each[0].told() for each in LEARNT])
def test_what_can_be_is_learnt_instead_of_hoped_for(table, constraint, step, types, gone):
    prepared = prepare(Control(constraints=(constraint,)), table, COLUMNS)
    assert [type(each) for each in prepared.reshapings] == ([step] if step else [])
    assert tuple(name for name in NAMES if name not in prepared.frame.columns) == gone
    assert {column.name: (column.type, column.format) for column in prepared.learnable if column.name in types} == types
    assert tuple(column.name for column in prepared.learnable) == tuple(prepared.frame.columns)


@pytest.mark.parametrize("constraint", [Order(("signup", "first")), Order(("low", "high")), Total("gross", ("net", "tax")),
                                        Determines(("city",), ("state",)), Order(("tax", "net"))],
                         ids=lambda constraint: constraint.told())  # fmt: skip
def test_learning_it_and_putting_it_back_gives_the_rows_that_were(table, constraint):
    columns = (*COLUMNS[:2], Column("net", "decimal", "0.00"), Column("tax", "decimal", "0.##"), *COLUMNS[4:])
    rows = table if constraint.columns[0] != "tax" else table[table.net.notna()].reset_index(drop=True)
    if constraint.columns[0] == "tax":
        rows = rows.assign(tax=[f"{float(each):.2f}".rstrip("0").rstrip(".") for each in rows.tax])
        columns = (*columns[:2], columns[2], columns[3], *columns[4:])
    prepared = prepare(Control(constraints=(constraint,)), rows, columns if constraint.columns[0] == "tax" else COLUMNS)
    back, inside = prepared.reshapings[0].restored(prepared.frame)
    assert inside.all()
    assert back[list(rows.columns)].equals(rows)


def test_gaps_are_not_learnt_where_the_later_is_known_without_the_earlier(table):
    rows = table.copy()
    rows.loc[:20, "signup"] = None
    rows.loc[:20, "first"] = "2019-01-01"
    prepared = prepare(Control(constraints=(Order(("signup", "first")),)), rows, COLUMNS)
    assert not prepared.reshapings
    result = run(rows, Order(("signup", "first")))
    assert Order(("signup", "first")).holds(result.frame, NAMES).all()


def test_a_column_is_taken_out_once(table):
    others = Determines(("state",), ("city",), repair=True), Determines(("city", "tier"), ("state",))
    prepared = prepare(Control(constraints=(Determines(("city",), ("state",)), *others)), table, COLUMNS)
    assert [step.derived for step in prepared.reshapings] == [("state",)]


def test_a_column_that_a_method_focuses_on_is_learnt_as_it_is(table):
    held = (Determines(("city",), ("state",)), Order(("low", "high")))
    prepared = prepare(Control(constraints=held), table, COLUMNS, untouched=("state", None))
    assert [step.derived for step in prepared.reshapings] == [("high",)]
    model = Marginal().fit(prepared.frame, prepared.learnable, seed=1, progress=lambda epoch, n: None)
    assert held[0].holds(steered(prepared, model, 200, seed=1).frame, NAMES).all()


def test_a_column_that_extremes_are_asked_of_is_learnt_as_it_is(table):
    result = run(table, Order(("low", "high")), extremes=(Extremes("high", 0.02),))
    beyond = result.frame.high.astype(int) > table.high.astype(int).max()
    assert beyond.sum() == 10
    assert Order(("low", "high")).holds(result.frame, NAMES).all()


def test_what_is_computed_from_an_extreme_follows_it_and_is_marked(table):
    result = run(table, Total("gross", ("net", "tax")), extremes=(Extremes("net", 0.02),), mark="extreme")
    assert Total("gross", ("net", "tax")).holds(result.frame, NAMES).all()
    high = result.frame.gross.dropna().astype(float) > table.gross.dropna().astype(float).max()
    assert set(result.frame.loc[high[high].index, "extreme"]) <= {"yes"}
    assert result.extreme.sum() == 10


NOT_HOLDING = [Order(("high", "low")), Total("gross", ("tax", "low")), Unique(("city",)), OneFilled(("mail", "city")),
               listed("city", "Ghent"), Determines(("state",), ("city",)), within("low", at_most=3)]  # fmt: skip


@pytest.mark.parametrize("constraint", NOT_HOLDING, ids=[constraint.told() for constraint in NOT_HOLDING])
def test_what_the_original_does_not_hold_is_refused_with_the_count(table, constraint):
    failing = int((~constraint.holds(table, NAMES)).sum())
    with pytest.raises(SynthesisFailed) as caught:
        prepare(Control(constraints=(constraint,)), table, COLUMNS)
    assert f"does not hold in {failing} of {N} original rows" in str(caught.value)
    assert constraint.told() in str(caught.value)
    assert "repair: true" in str(caught.value)


def test_a_small_count_is_not_told(table):
    rows = table.copy()
    rows.loc[:3, "state"] = "Brussels"
    with pytest.raises(SynthesisFailed, match="does not hold in fewer than 10 of"):
        prepare(Control(constraints=(Determines(("city",), ("state",)),)), rows, COLUMNS)


REPAIRED = [Order(("high", "low"), repair=True), Total("gross", ("tax", "low"), repair=True),
            Determines(("state",), ("city",), repair=True), OneFilled(("mail", "phone"), repair=True),
            Within(Criterion("low", at_most=30), repair=True)]  # fmt: skip


@pytest.mark.parametrize("constraint", REPAIRED, ids=[constraint.told() for constraint in REPAIRED])
def test_on_request_the_stand_in_meets_what_the_original_does_not(table, constraint):
    result = run(table, constraint)
    assert constraint.holds(result.frame, NAMES).all()


def test_rows_are_unique_across_groups_and_too_few_combinations_are_told(table):
    result = run(table, Unique(("low", "signup"), repair=True), quotas=(quota(0.5, "city", "Mons"),))
    assert not result.frame.duplicated(["low", "signup"]).any()
    with pytest.raises(SynthesisFailed, match=r"unique `city`; 50 are asked"):
        run(table, Unique(("city",), repair=True), n_rows=50)


def test_constraints_are_met_by_another_method_too(table):
    held = (Order(("low", "high"), strict=True), Determines(("city",), ("state",)), OneFilled(("mail", "phone")))
    prepared = prepare(Control(constraints=held), table, COLUMNS)
    model = Circuit(epochs=3, states=8).fit(prepared.frame, prepared.learnable, seed=1, progress=lambda epoch, n: None)
    rows = steered(prepared, model, 300, seed=1).frame
    assert all(constraint.holds(rows, NAMES).all() for constraint in held)


JUDGED = [
    (Order(("a", "b")), [("1", "2"), ("2", "2"), ("3", "2"), (None, "2"), ("3", None), ("", "2")], [1, 1, 0, 1, 1, 1]),
    (Order(("a", "b"), True), [("1", "2"), ("2", "2"), ("10", "9")], [1, 0, 0]),
    (Total("a", ("b",)), [("1", "1"), ("1", "2"), (None, "2"), ("1", None)], [1, 0, 1, 1]),
    (Unique(("a", "b")), [("1", "2"), ("1", "2"), ("1", "3"), (None, "2"), (None, "2")], [1, 0, 1, 1, 1]),
    (OneFilled(("a", "b")), [("1", None), ("1", ""), ("1", "1"), (None, None), (None, "1")], [1, 1, 0, 0, 1]),
    (listed("a", "1"), [("1", "1"), ("2", "1"), (None, "1")], [1, 0, 1]),
    (within("a", at_least=2, at_most=3), [("1", "1"), ("2", "1"), ("3", "1"), ("4", "1")], [0, 1, 1, 0]),
    (Determines(("a",), ("b",)), [("1", "x"), ("1", "y"), ("1", "x"), (None, "z"), (None, None)], [1, 0, 1, 1, 0]),
]


@pytest.mark.parametrize(("constraint", "rows", "met"), JUDGED, ids=[each[0].told() for each in JUDGED])
def test_each_row_is_judged_and_nulls_are_not_held_against_it(constraint, rows, met):
    frame = pd.DataFrame(rows, columns=["a", "b"], dtype=object)
    columns = {"a": Column("a", "integer"), "b": Column("b", "integer")}
    assert constraint.holds(frame, columns).tolist() == [bool(each) for each in met]


CONTRADICTING = [
    (Control(constraints=(Order(("a", "b"), True), Order(("b", "a"), True))), ("constraints", 1), "contradicts `a` <= `b`"),
    (Control(constraints=(Order(("a", "b")), Order(("b", "c")), Order(("c", "a"), True))), ("constraints", 2), "`b` <= `c`"),
    (Control(constraints=(Total("a", ("a", "b")),)), ("constraints", 0), "`a` is the total of itself"),
    (Control(constraints=(Total("a", ("b", "c")), Total("b", ("a", "d")))), ("constraints", 0), "`b` is itself a sum of `a`"),
    (Control(constraints=(Total("a", ("b",)), Total("a", ("c",)))), ("constraints", 0), "is the total of two sums"),
    (Control(constraints=(Order(("a", "a")),)), ("constraints", 0), "`a` is named twice"),
    (Control(constraints=(Order(("a",)),)), ("constraints", 0), "one column alone"),
    (Control(constraints=(OneFilled(("a",)),)), ("constraints", 0), "one column alone"),
    (Control(constraints=(Determines(("a",), ("a",)),)), ("constraints", 0), "named twice"),
    (Control(constraints=(within("a", at_least=3, at_most=2),)), ("constraints", 0), "ends before it begins"),
    (Control(constraints=(Within(Criterion("a")),)), ("constraints", 0), "neither a list nor bounds"),
    (Control(constraints=(Order(("a", "b")), within("a", at_least=9), within("b", at_most=3))),
     ("constraints", 0), "the range of `a` lies above that of `b`"),
    (Control(constraints=(listed("a", "x"),), quotas=(quota(0.5, "a", "y"),)),
     ("quotas", 0, "where"), "rules out"),
    (Control(quotas=(quota(0.6, "a", "x"), quota(0.6, "a", "y"))), ("quotas", 1), "more than 1"),
    (Control(quotas=(quota(0.2, "a", "x", "y"), quota(0.2, "a", "y"))), ("quotas", 1), "at once"),
    (Control(quotas=(bounded(0.2, "a", at_most=5), bounded(0.2, "a", at_least=5))), ("quotas", 1), "at once"),
    (Control(quotas=(Quota((Criterion("a", ("x",)), Criterion("a", ("y",))), 0.2),)), ("quotas", 0), "two criteria on"),
    (Control(quotas=(quota(0.2, "a", "x"),), balance=(Balance("a"),)), ("balance", 0), "asked for by a share too"),
    (Control(balance=(Balance("a"), Balance("a"))), ("balance", 1), "balanced twice"),
    (Control(balance=(Balance("a", {"x": 0.9, "y": 0.9}),)), ("balance", 0, "shares"), "more than 1"),
    (Control(parity=(Parity(Criterion("a", ("x",)), "a"),)), ("parity", 0), "both outcome and group"),
    (Control(parity=(Parity(Criterion("a", ("x",)), "b"), Parity(Criterion("c", ("x",)), "b"))), ("parity", 1), "another parity"),
    (Control(parity=(Parity(Criterion("a", ("x",)), "b"),), oversample=(Oversample((Criterion("a", ("x",)),), 2),)),
     ("parity", 0), "asked for by a share too"),
    (Control(extremes=(Extremes("a", 0.1), Extremes("a", 0.2))), ("extremes", 1), "asked twice"),
    (Control(extremes=(Extremes("a", 0.6), Extremes("b", 0.6))), ("extremes",), "more than 1"),
    (Control(extremes=(Extremes("a", 0.1),), constraints=(within("a", at_most=9),)), ("extremes", 0), "beyond its range"),
    (Control(extremes=(Extremes("a", 0.1),), constraints=(listed("a", "9"),)), ("extremes", 0), "limited to a list"),
    (Control(extremes=(Extremes("a", 0.1),), constraints=(Total("a", ("b",)),)), ("extremes", 0), "computed as a total"),
    (Control(mark="m"), ("mark",), "none are asked"),
    (Control(exclude={"a": "drop"}, balance=(Balance("a"),)), ("balance", 0, "column"), "`a` is excluded"),
]  # fmt: skip


@pytest.mark.parametrize(("control", "place", "words"), CONTRADICTING, ids=[each[-1] for each in CONTRADICTING])
def test_contradictions_are_found_without_any_data(control, place, words):
    found = list(contradictions(control))
    assert any(where == place and words in message and repair for where, message, repair in found), found


SOUND = [
    Control(constraints=(Order(("a", "b", "c")), Order(("a", "c")), Total("d", ("e", "f")), Total("e", ("g", "h")))),
    Control(quotas=(bounded(0.2, "a", at_most=4), bounded(0.2, "a", at_least=5))),
    Control(quotas=(quota(0.9, "a", "x"), quota(0.9, "b", "x"))),
    Control(constraints=(Determines(("a",), ("b",)), Determines(("b",), ("a",)))),
    Control(extremes=(Extremes("a", 0.1, "upper", 5), Extremes("a", 0.1, "lower")), constraints=(within("a", at_most=9),)),
]


@pytest.mark.parametrize("control", SOUND)
def test_what_goes_together_is_not_called_a_contradiction(control):
    assert not list(contradictions(control))


@pytest.mark.parametrize(("constraint", "words"), [
    (Order(("low", "signup")), "compares columns of type date, integer"), (Order(("city", "state")), "of type category"),
    (Total("gross", ("net", "city")), "adds `city`, which is of type category"), (within("city", at_least=1), "list its cells"),
])  # fmt: skip
def test_columns_of_the_wrong_type_are_refused(table, constraint, words):
    with pytest.raises(SynthesisFailed, match=words):
        prepare(Control(constraints=(constraint,)), table, COLUMNS)


def test_an_unknown_column_is_refused(table):
    with pytest.raises((SynthesisFailed, UnknownColumn), match="`nett` is asked for and is not learnt"):
        prepare(Control(constraints=(Total("gross", ("nett", "tax")),)), table, COLUMNS)
