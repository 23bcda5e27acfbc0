"""Control of a fitted model: exact shares, rare events, extremes, parity, exclusions, and figures of what was asked and met."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from veil.errors import SynthesisFailed, UnknownColumn
from veil.model import Column, to_json
from veil.synthesizers.base import Model
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.control import (
    Balance,
    Control,
    Criterion,
    Extremes,
    Oversample,
    Parity,
    Quota,
    Steered,
    Within,
    prepare,
    steered,
)
from veil.synthesizers.control.facts import Fact
from veil.synthesizers.marginal import Marginal

N = 3_000
COLUMNS = (
    Column("city", "category"), Column("sex", "category"), Column("income", "category"), Column("fraud", "boolean", "no|yes"),
    Column("net", "decimal", "0.00"), Column("age", "integer"), Column("born", "date", "%d/%m/%Y"),
)  # fmt: skip


def people(n: int = N, seed: int = 1) -> pd.DataFrame:
    """Return a table in which men earn more often, and the sex of some is not known."""
    rng = np.random.default_rng(seed)
    sex = rng.choice(["m", "f"], n, p=[0.67, 0.33])
    rich = rng.random(n) < np.where(sex == "m", 0.35, 0.12)
    age = rng.integers(18, 90, n)
    born = pd.Timestamp("2020-01-01") - pd.to_timedelta(age * 365, unit="D")
    frame = pd.DataFrame({
        "city": rng.choice(["Ghent", "Bruges", "Namur", "Mons"], n, p=[0.4, 0.3, 0.2, 0.1]), "sex": sex,
        "income": np.where(rich, ">50K", "<=50K"), "fraud": np.where(rng.random(n) < 0.01, "yes", "no"),
        "net": [f"{each:.2f}" for each in rng.lognormal(4, 1, n)], "age": age.astype(str), "born": born.strftime("%d/%m/%Y"),
    }, dtype=object)  # fmt: skip
    frame.loc[rng.random(n) < 0.1, "sex"] = None
    return frame


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return people()


@pytest.fixture(scope="module")
def marginal(table: pd.DataFrame) -> Model:
    return Marginal().fit(table, COLUMNS, seed=1, progress=lambda epoch, n: None)


@pytest.fixture(scope="module")
def circuit(table: pd.DataFrame) -> Model:
    return Circuit(epochs=6, states=16).fit(table, COLUMNS, seed=1, progress=lambda epoch, n: None)


def cell(column: str, *cells: str | None) -> Criterion:
    return Criterion(column, cells)


def run(control: Control, table: pd.DataFrame, model: Model, n_rows: int = 1_000, seed: int = 3, **ways: bool) -> Steered:
    return steered(prepare(control, table, COLUMNS, **ways), model, n_rows, seed=seed)


def fact(result: Steered, kind: str, words: str = "") -> Fact:
    return next(each for each in result.facts.facts if each.kind == kind and words in each.told)


QUOTAS = [
    ((Quota((cell("income", ">50K"),), 0.3),), {"income": (">50K", 300)}),
    ((Quota((cell("income", ">50K"),), 0.3333),), {"income": (">50K", 333)}),
    ((Quota((cell("income", ">50K"),), 1.0),), {"income": (">50K", 1000)}),
    ((Quota((cell("city", "Ghent"),), 0.1), Quota((cell("city", "Mons"),), 0.7)), {"city": ("Mons", 700)}),
    ((Quota((cell("income", ">50K"),), 0.4), Quota((cell("sex", None),), 0.25)), {"income": (">50K", 400)}),
    ((Quota((cell("income", ">50K"),), 0.4), Quota((cell("city", "Mons"),), 0.5), Quota((cell("fraud", "yes"),), 0.2)),
     {"income": (">50K", 400), "city": ("Mons", 500), "fraud": ("yes", 200)}),
]  # fmt: skip


@pytest.mark.parametrize("method", ["marginal", "circuit"])
@pytest.mark.parametrize(("quotas", "counts"), QUOTAS, ids=[str(list(counts)) + str(len(q)) for q, counts in QUOTAS])
def test_shares_are_met_to_the_row(request, table, method, quotas, counts):
    result = run(Control(quotas=quotas), table, request.getfixturevalue(method))
    assert len(result.frame) == 1_000
    for column, (value, count) in counts.items():
        assert (result.frame[column] == value).sum() == count
    assert list(result.frame.columns) == [column.name for column in COLUMNS]


@pytest.mark.parametrize("method", ["marginal", "circuit"])
def test_a_range_can_have_a_share_and_the_others_avoid_it(request, table, method):
    quota = Quota((Criterion("age", at_least=65), cell("sex", "f")), 0.25)
    rows = run(Control(quotas=(quota,)), table, request.getfixturevalue(method)).frame
    assert ((rows.age.astype(int) >= 65) & (rows.sex == "f")).sum() == 250


def test_bounds_of_dates_are_days_however_the_column_writes_them(table, marginal):
    quota = Quota((Criterion("born", at_least="1980-01-01", at_most="1989-12-31"),), 0.5)
    rows = run(Control(quotas=(quota,)), table, marginal).frame
    assert rows.born.str[-4:].between("1980", "1989").sum() == 500


def test_the_rest_of_the_table_stays_as_the_model_has_it(table, circuit):
    rows = run(Control(quotas=(Quota((cell("income", ">50K"),), 0.6),)), table, circuit, 4_000).frame
    rich = table[table.income == ">50K"]
    assert abs((rich.sex == "m").mean() - (rows[rows.income == ">50K"].sex == "m").mean()) < 0.06
    assert abs((table.city == "Ghent").mean() - (rows.city == "Ghent").mean()) < 0.04


def test_every_cell_of_a_balanced_column_comes_as_often(table, marginal):
    rows = run(Control(balance=(Balance("city"), Balance("sex"))), table, marginal).frame
    assert set(rows.city.value_counts()) == {250}
    counts = rows.sex.value_counts(dropna=False)
    assert counts["m"] - counts["f"] in (-1, 0, 1)
    assert abs(rows.sex.isna().mean() - table.sex.isna().mean()) < 0.001


def test_given_shares_are_kept_and_what_is_left_over_is_for_the_others(table, marginal):
    result = run(Control(balance=(Balance("city", {"Mons": 0.5, "Namur": 0.2}),)), table, marginal)
    counts = result.frame.city.value_counts()
    assert (counts["Mons"], counts["Namur"], counts["Ghent"] + counts["Bruges"]) == (500, 200, 300)
    assert fact(result, "balance").steered == pytest.approx(0)


def test_rare_events_come_as_much_more_often_as_was_asked(table, circuit):
    result = run(Control(oversample=(Oversample((cell("fraud", "yes"),), 20.0),)), table, circuit)
    share = (table.fraud == "yes").mean()
    assert abs((result.frame.fraud == "yes").sum() - 20 * share * 1_000) <= 1
    assert fact(result, "oversample").asked == pytest.approx(20 * share)
    assert fact(result, "oversample").original == pytest.approx(share)


def rate(rows: pd.DataFrame, sex: str) -> float:
    return float((rows[rows.sex == sex].income == ">50K").mean())


@pytest.mark.parametrize("asked", [None, 0.4])
def test_the_outcome_is_as_frequent_in_every_group(table, circuit, asked):
    result = run(Control(parity=(Parity(cell("income", ">50K"), "sex", asked),)), table, circuit, 2_000)
    assert rate(table, "m") - rate(table, "f") > 0.15
    assert abs(rate(result.frame, "m") - rate(result.frame, "f")) < 0.002
    gap, overall = fact(result, "parity", "largest difference"), fact(result, "parity", "over all groups")
    assert gap.original == pytest.approx(rate(table, "m") - rate(table, "f"))
    assert (gap.unsteered or 0) > 0.1
    assert gap.steered == pytest.approx(0, abs=0.002)
    assert overall.steered == pytest.approx(overall.unsteered if asked is None else asked, abs=0.002)
    assert abs((result.frame.sex == "f").mean() - (table.sex == "f").mean()) < 0.03


def test_parity_and_balance_of_its_groups_go_together(table, marginal):
    control = Control(parity=(Parity(cell("income", ">50K"), "sex", 0.5),), balance=(Balance("sex", {"m": 0.5, "f": 0.5}),))
    rows = run(control, table, marginal).frame
    assert rows.sex.value_counts().to_dict() == {"m": 500, "f": 500}
    assert (rate(rows, "m"), rate(rows, "f")) == (0.5, 0.5)


@pytest.mark.parametrize(("side", "column", "bound"), [("upper", "net", None), ("upper", "net", 5000), ("lower", "age", 5),
                                                       ("upper", "born", "2030-12-31")])  # fmt: skip
def test_extremes_lie_beyond_what_was_observed_and_are_marked(table, marginal, side, column, bound):
    asked = Extremes(column, 0.02, side, bound)
    result = run(Control(extremes=(asked,), mark="is_extreme"), table, marginal)
    numbers, seen = (pd.to_datetime(frame[column], format="%d/%m/%Y") if column == "born" else frame[column].astype(float)
                     for frame in (result.frame, table))  # fmt: skip
    beyond = numbers > seen.max() if side == "upper" else numbers < seen.min()
    assert beyond.sum() == 20
    assert (beyond == (result.frame.is_extreme == "yes")).all()
    assert (beyond.to_numpy() == result.extreme).all()
    assert result.columns[-1] == Column("is_extreme", "boolean", "no|yes", nullable=False)
    if bound is not None:
        end = pd.Timestamp(bound) if column == "born" else bound
        assert (numbers <= end).all() if side == "upper" else (numbers >= end).all()
    assert result.facts.n_extreme == 20
    assert fact(result, "extremes").steered == 0.02


def test_rows_with_extremes_are_counted_even_without_a_mark(table, marginal):
    result = run(Control(extremes=(Extremes("net", 0.01),)), table, marginal)
    assert list(result.frame.columns) == [column.name for column in COLUMNS]
    assert result.facts.n_extreme == result.extreme.sum() == 10


def test_extremes_and_shares_are_met_together(table, marginal):
    control = Control(extremes=(Extremes("net", 0.05),), quotas=(Quota((cell("income", ">50K"),), 0.5),))
    result = run(control, table, marginal)
    assert (result.frame.income == ">50K").sum() == 500
    assert result.extreme.sum() == 50


def test_excluded_columns_are_not_learnt_and_are_empty_or_gone(table):
    control = Control(exclude={"city": "empty", "age": "drop"}, quotas=(Quota((cell("income", ">50K"),), 0.5),))
    prepared = prepare(control, table, COLUMNS)
    assert {"city", "age"}.isdisjoint(prepared.frame.columns)
    assert {"city", "age"}.isdisjoint({column.name for column in prepared.learnable})
    model = Marginal().fit(prepared.frame, prepared.learnable, seed=1, progress=lambda epoch, n: None)
    result = steered(prepared, model, 100, seed=1)
    assert list(result.frame.columns) == ["city", "sex", "income", "fraud", "net", "born"]
    assert [column.name for column in result.columns] == list(result.frame.columns)
    assert result.frame.city.isna().all()


def test_nothing_asked_gives_what_the_model_gives(table, circuit):
    result = run(Control(), table, circuit, 500, seed=9)
    assert result.frame.equals(circuit.sample(500, seed=9))
    assert result.facts.n_drawn == 500


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(table, circuit):
    quotas, extremes = (Quota((cell("income", ">50K"),), 0.5),), (Extremes("net", 0.01),)
    control = Control(quotas=quotas, extremes=extremes, balance=(Balance("city"),))
    first, again, other = (run(control, table, circuit, 400, seed=seed).frame for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


def test_groups_are_not_told_by_their_place(table, marginal):
    rows = run(Control(quotas=(Quota((cell("income", ">50K"),), 0.5),)), table, marginal).frame
    halves = [(half.income == ">50K").mean() for half in (rows.iloc[:500], rows.iloc[500:])]
    assert abs(halves[0] - halves[1]) < 0.15


def test_a_private_model_is_steered_without_the_training_rows(table, marginal):
    control = Control(quotas=(Quota((cell("income", ">50K"),), 0.5),), oversample=(Oversample((cell("fraud", "yes"),), 5.0),),
                      extremes=(Extremes("net", 0.01),), constraints=(Within(Criterion("age", at_most=50)),))  # fmt: skip
    prepared = prepare(control, table, COLUMNS, private=True)
    assert prepared.original is None
    blind = dataclasses.replace(prepared, frame=table.iloc[:0])
    result = steered(blind, marginal, 500, seed=1)
    assert (result.frame.income == ">50K").sum() == 250
    assert {each.original for each in result.facts.facts if each.kind != "extremes"} == {None}
    assert (result.frame.age.astype(int) <= 50).all()


def test_facts_hold_figures_and_no_cell(table, marginal):
    control = Control(quotas=(Quota((cell("city", "Mons"),), 0.5),), balance=(Balance("income"),),
                      extremes=(Extremes("net", 0.01),), parity=(Parity(cell("fraud", "yes"), "sex"),))  # fmt: skip
    result = run(control, table, marginal)
    text = to_json(result.facts)
    assert not any(word in text for word in ("Mons", "Ghent", ">50K", table.net.max()))
    assert json.loads(text)["n_rows"] == 1_000
    assert "Mons" not in repr(result) + repr(control)


def test_a_share_that_fewer_than_ten_rows_have_is_not_told(table, marginal):
    rare = people()
    rare["city"] = np.where(np.arange(N) < 7, "Mons", "Ghent")
    model = Marginal().fit(rare, COLUMNS, seed=1, progress=lambda epoch, n: None)
    result = run(Control(quotas=(Quota((cell("city", "Mons"),), 0.5),)), rare, model)
    assert fact(result, "quota").original is None
    assert fact(result, "quota").steered == 0.5


def test_how_many_rows_were_drawn_and_met_the_conditions_at_once_is_told(table, circuit):
    result = run(Control(quotas=(Quota((cell("income", ">50K"),), 0.5),)), table, circuit)
    assert result.facts.hit_rate == 1.0
    assert result.facts.n_rows == 1_000 <= result.facts.n_drawn


REFUSED = [
    (Control(quotas=(Quota((cell("town", "x"),), 0.5),)), "`town` is asked for and is not learnt"),
    (Control(exclude={"town": "empty"}), "`town` is asked for and is not learnt"),
    (Control(exclude=dict.fromkeys([column.name for column in COLUMNS], "drop")), "nothing is left to learn"),
    (Control(quotas=(Quota((Criterion("city", at_least=3),), 0.5),)), "list its cells instead"),
    (Control(quotas=(Quota((Criterion("born", at_least=3),), 0.5),)), "its bounds are days such as 2026-01-31"),
    (Control(quotas=(Quota((Criterion("age", at_least="2020-01-01"),), 0.5),)), "its bounds are numbers"),
    (Control(quotas=(Quota((Criterion("age", at_least=17.5),), 0.5),)), "has a fraction"),
    (Control(quotas=(Quota((cell("city", "Paris"),), 0.5),)), "loosen a constraint"),
    (Control(oversample=(Oversample((cell("sex", "m"),), 2.0),)), "the factor must be below"),
    (Control(oversample=(Oversample((cell("city", "Paris"),), 2.0),)), "fewer than 10 rows meet it; ask by a quota"),
    (Control(balance=(Balance("net"),)), "is for at most 100"),
    (Control(extremes=(Extremes("city", 0.1),)), "holds no numbers and no dates"),
    (Control(extremes=(Extremes("net", 0.1, "upper", 50),)), "not beyond what was observed"),
    (Control(extremes=(Extremes("net", 0.1),), mark="city"), "is a column of the table"),
    (Control(quotas=(Quota((cell("income", ">50K"),), 0.1), Quota((cell("income", ">50K"), cell("sex", "f")), 0.3))),
     "contradict each other: no table has them all"),
]  # fmt: skip


@pytest.mark.parametrize(("control", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_what_cannot_be_is_refused_with_a_way_out_and_without_a_cell(table, marginal, control, words):
    with pytest.raises((SynthesisFailed, UnknownColumn)) as caught:
        run(control, table, marginal, 200)
    assert words in str(caught.value)
    assert "Paris" not in str(caught.value)


def test_too_few_rows_in_a_tail_say_how_many_would_be_enough(marginal):
    small = people(200)
    with pytest.raises(SynthesisFailed, match="about 600 different numbers would be enough"):
        run(Control(extremes=(Extremes("net", 0.1),)), small, marginal)
