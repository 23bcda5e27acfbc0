"""Schemas: each kind keeps its law, settings hold in their case, totals add up, dates are in order, formulas are a grammar."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from veil.errors import SynthesisFailed
from veil.synthesizers.schemas import Schema, chunks, flaws, table_columns
from veil.synthesizers.schemas.codes import capacity
from veil.synthesizers.schemas.distributions import Numbers
from veil.synthesizers.schemas.formulas import FormulaInvalid, read_formula

N = 20_000


def no_fakes(kind, whom, rows, related):
    raise AssertionError("no fake is in this schema")


def schema_of(columns: Mapping[str, Mapping[str, Any]], rows: int = N, **others: Any) -> Schema:
    tables = {"t": {"rows": rows, "columns": columns}, **others}
    return Schema.model_validate_json(json.dumps({"version": 1, "tables": tables}))


def made(columns: Mapping[str, Mapping[str, Any]], rows: int = N, seed: int = 1, table: str = "t", **others: Any) -> pd.DataFrame:
    schema = schema_of(columns, rows, **others)
    assert not flaws(schema)
    parts = [chunk.frame for chunk in chunks(schema, table, seed, no_fakes)]
    return pd.concat([pd.DataFrame(columns=list(schema.tables[table].columns), dtype=object), *parts], ignore_index=True)


def column(rows: int = N, seed: int = 1, **settings: Any) -> pd.Series:
    return made({"a": settings}, rows, seed)["a"]


DISTRIBUTIONS = [
    ({"distribution": "uniform", "low": -5, "high": 15}, 5.0, 400 / 12),
    ({"distribution": "normal", "mean": 10, "deviation": 3}, 10.0, 9.0),
    ({"distribution": "exponential", "mean": 4}, 4.0, 16.0),
    ({"distribution": "exponential", "mean": 4, "low": 100}, 104.0, 16.0),
    ({"distribution": "poisson", "mean": 6}, 6.0, 6.0),
    ({"distribution": "lognormal", "median": 1, "log_deviation": 0.5}, np.exp(0.125), np.exp(0.25) * (np.exp(0.25) - 1)),
]


@pytest.mark.parametrize(("settings", "mean", "variance"), DISTRIBUTIONS, ids=[str(each[0]) for each in DISTRIBUTIONS])
def test_numbers_have_mean_and_variance_of_their_distribution(settings, mean, variance):
    numbers = column(kind="decimal", places=4, **settings).astype(float)
    assert abs(numbers.mean() - mean) < 5 * np.sqrt(variance / N)
    assert abs(numbers.var() / variance - 1) < 0.12


def test_zipf_ranks_come_by_their_power():
    counts = column(kind="integer", distribution="zipf", exponent=1.5, high=50).astype(int).value_counts()
    assert set(counts.index) <= set(range(1, 51))
    for rank in (2, 4, 8):
        assert abs(counts[rank] / counts[1] - rank**-1.5) < 0.05


@pytest.mark.parametrize(("kind", "settings"), [
    ("integer", {"low": -3, "high": 3}),
    ("integer", {"distribution": "normal", "mean": 0, "deviation": 10, "low": -3, "high": 3}),
    ("decimal", {"distribution": "lognormal", "median": 5, "log_deviation": 2, "low": 1, "high": 9}),
    ("decimal", {"distribution": "exponential", "mean": 50, "low": 1, "high": 9}),
    ("integer", {"distribution": "poisson", "mean": 9, "low": 8, "high": 10}), ("decimal", {"low": 0.01, "high": 0.03}),
])  # fmt: skip
def test_bounds_are_kept_and_nothing_piles_up_at_them(kind, settings):
    numbers = column(kind=kind, **settings).astype(float)
    assert settings["low"] <= numbers.min() <= numbers.max() <= settings["high"]
    assert (numbers == settings["high"]).mean() < 0.5


def test_every_whole_number_of_a_range_is_as_likely():
    counts = column(kind="integer", low=1, high=6).value_counts()
    assert set(counts.index) == set("123456")
    assert counts.min() > N / 6 * 0.9


def test_decimals_are_written_with_all_places_and_the_mark():
    assert column(kind="decimal", low=0, high=9, places=3).str.fullmatch(r"\d\.\d{3}").all()
    assert column(kind="decimal", low=0, high=9, mark=",").str.fullmatch(r"\d,\d\d").all()


def test_bounds_without_mass_are_refused():
    with pytest.raises(SynthesisFailed, match=r"`t\.a`: .* numbers of the `normal` distribution do not fall between"):
        column(kind="decimal", distribution="normal", mean=0, deviation=1, low=50, high=51)
    with pytest.raises(SynthesisFailed, match="do not fall between"):
        column(kind="integer", low=0.2, high=0.8)


def test_weights_are_shares():
    shares = column(kind="category", values={"gold": 1, "silver": 3, "bronze": 6, "never": 0}).value_counts(normalize=True)
    assert "never" not in shares
    assert abs(shares["gold"] - 0.1) < 0.01
    assert abs(shares["bronze"] - 0.6) < 0.02


def test_a_list_of_values_is_even_and_numbers_are_cells():
    assert abs(column(kind="category", values=[1, "x"]).value_counts(normalize=True)["1"] - 0.5) < 0.02


def test_booleans_have_their_share_and_spelling():
    cells = column(kind="boolean", share=0.2, written="non|oui")
    assert abs((cells == "oui").mean() - 0.2) < 0.015
    assert set(cells) == {"non", "oui"}


def test_nulls_come_at_their_share():
    assert abs(column(kind="integer", low=0, high=9, nulls=0.25).isna().mean() - 0.25) < 0.015
    assert column(kind="category", values=["a"], nulls=1).isna().all()


def test_serial_numbers_count_on_across_chunks():
    cells = column(150_000, kind="serial", prefix="C", start=7, width=8)
    assert cells.is_unique
    assert (cells.iloc[0], cells.iloc[-1]) == ("C00000007", "C00150006")


def test_uuids_are_unique_and_of_version_4():
    cells = column(150_000, kind="uuid")
    assert cells.is_unique
    assert cells.str.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}").all()
    assert not set(cells) & set(column(1_000, seed=2, kind="uuid"))


@pytest.mark.parametrize(("pattern", "form"), [("AB-####", r"AB-\d{4}"), ("@@#", r"[A-Z]{2}\d"), ("é#", r"é\d")])
def test_codes_have_the_form_of_their_pattern(pattern, form):
    cells = column(5_000, kind="code", pattern=pattern)
    assert cells.str.fullmatch(form).all()
    assert cells.nunique() > min(capacity(pattern), 2_000) * 0.6


@pytest.mark.parametrize("pattern", ["####", "@@@", "##-##", "#@#@", "########################"])
def test_unique_codes_are_unique_up_to_the_last_one(pattern):
    n_rows = min(capacity(pattern), 30_000)
    cells = column(n_rows, kind="code", pattern=pattern, unique=True)
    assert cells.is_unique
    assert len(cells) == n_rows
    assert list(cells) != sorted(cells)


def luhn_holds(code: str) -> bool:
    digits = [int(char) for char in code if char.isdigit()][::-1]
    return sum(digits[0::2]) % 10 == -sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2]) % 10


def test_check_digits_are_right():
    assert luhn_holds("79927398713")  # the example of ISO/IEC 7812-1
    assert column(2_000, kind="code", pattern="4-###### ##", check="luhn").map(luhn_holds).all()


def test_dates_lie_within_and_are_written_as_they_say():
    cells = column(kind="date", **{"from": "2020-02-28", "to": "2020-03-01", "format": "%d.%m.%Y"})
    assert set(cells) == {"28.02.2020", "29.02.2020", "01.03.2020"}
    times = column(kind="datetime", **{"from": "2020-01-01", "to": "2020-01-01"})
    assert times.min() >= "2020-01-01 00:00:00"
    assert times.max() <= "2020-01-01 23:59:59"
    assert times.str[11:13].nunique() == 24


ORDERED = {
    "born": {"kind": "date", "from": "1940-01-01", "to": "2005-12-31", "format": "%d/%m/%Y", "nulls": 0.1},
    "signup": {"kind": "date", "after": "born", "gap": {"low": 6_570, "high": 20_000}, "to": "2026-01-31"},
    "login": {"kind": "datetime", "after": "signup", "gap": {"low": 5, "high": 50}, "unit": "minutes"},
    "logout": {"kind": "datetime", "after": "login", "gap": {"distribution": "exponential", "mean": 30}, "unit": "seconds"},
    "billed": {"kind": "date", "after": "logout", "gap": {"low": 1, "high": 3}},
}


def test_dates_come_after_each_other_within_their_gaps_and_ends():
    rows = made(ORDERED, 5_000)
    born, signup, login, logout, billed = (pd.to_datetime(rows[name], format=ORDERED[name].get("format")) for name in ORDERED)
    there = born.notna()
    for other in (signup, login, logout, billed):
        assert (other.notna() == there).all()
    days = (signup - born)[there].dt.days
    assert (days.min() >= 6_570, days.max() <= 20_000, signup.max() <= pd.Timestamp("2026-01-31")) == (True, True, True)
    assert (login - signup)[there].dt.total_seconds().between(300, 3_000).all()
    assert ((logout - login)[there] >= pd.Timedelta(0)).all()
    assert (billed - logout.dt.floor("D"))[there].dt.days.between(1, 3).all()


def test_a_gap_that_never_ends_in_time_is_refused():
    with pytest.raises(SynthesisFailed, match=r"`t\.b`: for .* rows nothing lies between"):
        made({"a": {"kind": "date", "from": "2020-01-01", "to": "2020-12-31"},
              "b": {"kind": "date", "after": "a", "gap": {"low": 400, "high": 500}, "to": "2020-12-31"}})  # fmt: skip


def test_dates_end_with_the_last_year_that_is_known():
    with pytest.raises(SynthesisFailed, match="2200 if there is none"):
        made({"a": {"kind": "date", "from": "2200-12-01", "to": "2200-12-31"},
              "b": {"kind": "date", "after": "a", "gap": {"low": 400, "high": 500}}})  # fmt: skip


def test_numbers_that_do_not_add_up_exactly_are_refused():
    with pytest.raises(SynthesisFailed, match=r"`t\.b`: numbers with more than fifteen digits"):
        made({"a": {"kind": "integer", "low": 1, "high": 10**9}, "b": {"kind": "computed", "is": "a * a * a"}})
    with pytest.raises(SynthesisFailed, match="more than fifteen digits"):
        column(kind="decimal", low=0, high=10**12, places=9)


def test_totals_add_up_to_the_last_place():
    rows = made({
        "quantity": {"kind": "integer", "low": 1, "high": 9}, "price": {"kind": "decimal", "low": 1, "high": 99, "nulls": 0.1},
        "discount": {"kind": "decimal", "low": 0, "high": 1, "places": 3},
        "net": {"kind": "computed", "is": "quantity * price"},
        "due": {"kind": "computed", "is": "net - (discount + 1) * 2", "places": 3},
        "twice": {"kind": "computed", "is": "2 * quantity", "places": 0, "mark": ","},
    }, 5_000)  # fmt: skip
    assert (rows.net.isna() == rows.price.isna()).all()
    rows = rows[rows.price.notna()]
    cents = rows.quantity.astype(int) * (rows.price.str.replace(".", "")).astype(int)
    assert (cents == rows.net.str.replace(".", "").astype(int)).all()
    mills = rows.net.str.replace(".", "").astype(int) * 10 - (rows.discount.str.replace(".", "").astype(int) + 1_000) * 2
    assert (mills == rows.due.str.replace(".", "").astype(int)).all()
    assert (rows.twice.astype(int) == 2 * rows.quantity.astype(int)).all()


def test_settings_hold_in_their_case_and_the_columns_own_elsewhere():
    rows = made({
        "segment": {"kind": "category", "values": ["gold", "silver", "none"], "nulls": 0.1},
        "spend": {"kind": "integer", "low": 0, "high": 9, "given": "segment",
                  "cases": {"gold": {"low": 100, "high": 200}, "silver": {"distribution": "poisson", "mean": 50, "low": 20}}},
        "plan": {"kind": "category", "values": ["x"], "given": "segment", "cases": {"gold": {"values": {"y": 3, "z": 1}}}},
        "vip": {"kind": "boolean", "share": 0, "given": "segment", "cases": {"gold": {"share": 1}}},
    })  # fmt: skip
    spend = rows.spend.astype(int)
    gold, silver = rows.segment == "gold", rows.segment == "silver"
    assert spend[gold].between(100, 200).all()
    assert abs(spend[silver].mean() - 50) < 1
    assert spend[~gold & ~silver].between(0, 9).all()
    assert set(rows.plan[gold]) == {"y", "z"}
    assert set(rows.plan[~gold]) == {"x"}
    assert ((rows.vip == "true") == gold).all()


PARENTS = {"customers": {"rows": 3_000, "columns": {
    "id": {"kind": "serial", "prefix": "C"}, "segment": {"kind": "category", "values": ["a", "b"]},
    "since": {"kind": "date", "from": "2020-01-01", "to": "2020-12-31"}}}}  # fmt: skip
ORDERS = {
    "id": {"kind": "uuid"},
    "customer": {"kind": "reference", "to": "customers.id", "each": {"distribution": "poisson", "mean": 2, "high": 9}},
    "at": {"kind": "date", "after": "customers.since", "gap": {"low": 0, "high": 10}},
    "size": {"kind": "integer", "low": 0, "high": 9, "given": "customers.segment", "cases": {"a": {"low": 50, "high": 60}}},
}  # fmt: skip
LINES = {"columns": {"order": {"kind": "reference", "to": "t.id", "each": {"low": 1, "high": 3}}, "n": {"kind": "serial"}}}


def family() -> tuple[Schema, dict[str, pd.DataFrame]]:
    tables = {**PARENTS, "t": {"columns": ORDERS}, "lines": LINES}
    schema = Schema.model_validate_json(json.dumps({"version": 1, "tables": tables}))
    assert not flaws(schema)
    parts = {name: [chunk.frame for chunk in chunks(schema, name, 3, no_fakes)] for name in tables}
    return schema, {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}


def test_every_child_has_its_parent_and_every_parent_as_many_as_was_said():
    _, tables = family()
    customers, orders, lines = tables["customers"], tables["t"], tables["lines"]
    assert orders.customer.isin(customers.id).all()
    assert lines.order.isin(orders.id).all()
    counts = orders.customer.value_counts().reindex(customers.id, fill_value=0)
    assert abs(counts.mean() - 2) < 0.1
    assert abs(counts.var() - 2) < 0.25
    assert counts.max() <= 9
    assert set(lines.order.value_counts().reindex(orders.id)) == {1, 2, 3}
    assert orders.id.is_unique
    assert lines.n.is_unique


def test_children_follow_the_columns_of_their_parent():
    _, tables = family()
    joined = tables["t"].merge(tables["customers"], left_on="customer", right_on="id")
    gaps = (pd.to_datetime(joined["at"]) - pd.to_datetime(joined.since)).dt.days
    assert gaps.between(0, 10).all()
    assert (joined["size"].astype(int).between(50, 60) == (joined.segment == "a")).all()


@pytest.mark.parametrize("key", [{"kind": "serial", "width": 4}, {"kind": "uuid"}])
@pytest.mark.parametrize("skew", [None, 1.5])
def test_a_reference_without_each_draws_a_row_that_is_there(key, skew):
    parents = {"rows": 200, "columns": {"k": key}}
    own = {"r": {"kind": "reference", "to": "p.k", "nulls": 0.2, **({"skew": skew} if skew else {})}}
    rows, there = made(own, p=parents), made(own, table="p", p=parents)
    drawn = rows.r.dropna()
    assert drawn.isin(there.k).all()
    assert abs(rows.r.isna().mean() - 0.2) < 0.02
    assert (drawn.value_counts(normalize=True).max() > 0.2) == (skew is not None)


def test_chunks_are_bounded_and_the_same_whoever_asks_for_them():
    schema, tables = family()
    again = pd.concat([chunk.frame for chunk in chunks(schema, "t", 3, no_fakes)], ignore_index=True)
    assert again.equals(tables["t"])
    sizes = [chunk.n_rows for chunk in chunks(schema_of({"a": {"kind": "serial"}}, 140_000), "t", 1, no_fakes)]
    assert sizes == [65_536, 65_536, 8_928]


def test_another_seed_gives_other_rows_and_a_column_does_not_mind_its_neighbours():
    one = {"kind": "integer", "low": 0, "high": 10**6}
    assert not column(100, seed=2, **one).equals(column(100, seed=1, **one))
    assert made({"a": one, "b": one}, 100)["a"].equals(column(100, seed=1, **one))


def test_no_rows_are_a_table_without_rows():
    assert made({"a": {"kind": "serial"}}, 0).empty


def test_types_and_formats_are_told():
    schema = schema_of({"i": {"kind": "serial"}, "d": {"kind": "decimal", "low": 0, "high": 1, "mark": ","},
                        "n": {"kind": "integer", "low": 0, "high": 1}, "c": {"kind": "computed", "is": "n", "places": 0},
                        "b": {"kind": "boolean"}, "t": {"kind": "date", "from": "2020-01-01", "to": "2020-01-02"}})  # fmt: skip
    told = {each.name: (each.type, each.format) for each in table_columns(schema, "t")}
    assert told == {"i": ("text", None), "d": ("decimal", "0,00"), "n": ("integer", None), "c": ("integer", None),
                    "b": ("boolean", "false|true"), "t": ("date", "%Y-%m-%d")}  # fmt: skip


FORMULAS = [
    ("a + b", 12.0), ("a - b - 1", 7.0), ("a - (b - 1)", 9.0), ("2 * a * b", 40.0), ("a + b * 3", 16.0), ("-a + b", -8.0),
    ("--a", 10.0), ("(a)", 10.0), ("`a b` + 1", 6.0), ("p.q", 7.0), ("1.5 * b", 3.0), ("  a  ", 10.0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), FORMULAS)
def test_formulas_are_computed_as_one_reads_them(text, value):
    numbers = {"a": np.array([10.0]), "b": np.array([2.0]), "a b": np.array([5.0]), "p.q": np.array([7.0])}
    formula = read_formula(text)
    assert formula.value(numbers, 1).tolist() == [value]
    assert set(formula.names) <= set(numbers)


@pytest.mark.parametrize("text", [
    "", "a +", "+ a", "a b", "(a", "a)", "a / b", "a ** b", "a; b", "f(a)", "__import__('os')", "a == b", "1e5", "`a", "a + + b",
    "(" * 50 + "a" + ")" * 50, "-" * 50 + "a", "a+" * 300 + "a", "a\x00",
])  # fmt: skip
def test_what_is_outside_the_grammar_is_refused(text):
    with pytest.raises(FormulaInvalid):
        read_formula(text)


def test_a_formula_says_where_it_went_wrong():
    with pytest.raises(FormulaInvalid, match="character 5 of the formula"):
        read_formula("a + / b")
    with pytest.raises(FormulaInvalid, match=r"character 4 of the formula: a column, a number or `\(` is expected"):
        read_formula("a +")


SETTINGS = [
    ({"distribution": "uniform", "low": 1}, "`uniform` needs `high`"),
    ({"distribution": "uniform", "low": 2, "high": 1}, "`low` is more"),
    ({"distribution": "normal", "mean": 1}, "`normal` needs `deviation`"),
    ({"distribution": "poisson", "mean": -1}, "is above 0"),
    ({"distribution": "poisson", "mean": 1, "deviation": 1}, "`deviation` means nothing for `poisson`"),
    ({"distribution": "zipf", "exponent": 1, "high": 10**9}, "from 1 to"),
    ({"distribution": "normal", "mean": 1e300, "deviation": 1}, "between"),
    ({"distribution": "normal", "mean": 0, "deviation": -1}, "greater than 0"), ({"distribution": "levy"}, "Input should be"),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "words"), SETTINGS, ids=[words for _, words in SETTINGS])
def test_distributions_that_say_too_little_or_too_much_are_refused(settings, words):
    with pytest.raises(ValidationError, match=words):
        Numbers(**settings)
