"""The private network: what it keeps of a table, its domains, exact conditions, saved models, and what it refuses."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from benchmarks.synthesize.private_audit import Recorded
from tests.unit.private_tables import CITIES, COLUMNS, DOMAIN, fitted, people
from veil.columns import to_numbers
from veil.errors import SynthesisFailed, UnknownColumn, VeilError
from veil.model import Column
from veil.rng import generator
from veil.synthesizers.base import EnoughLearnt
from veil.synthesizers.conditions import Between, OneOf, met
from veil.synthesizers.dp_network import DpNetwork
from veil.synthesizers.private.contributions import counted_rows
from veil.synthesizers.private.learning import decimal_places, equal_bins, projected
from veil.synthesizers.private.model import read_private
from veil.synthesizers.private.network import Network
from veil.synthesizers.private.ranges import Ranges
from veil.synthesizers.private.refining import Histogram, roots

SECRET = "Mallory"


@pytest.fixture(scope="module")
def table():
    return people()


@pytest.fixture(scope="module")
def model(table):
    return fitted(table, epsilon=8.0, states=48, steps=200, target="buys")


@pytest.fixture(scope="module")
def rows(model):
    return model.sample(4_000, seed=3)


def shares(cells: pd.Series) -> pd.Series:
    return cells.fillna("null").value_counts(normalize=True)


def test_sampled_rows_have_the_columns_types_and_formats_of_the_table(table, rows):
    assert list(rows) == list(table)
    assert all(cell is None or isinstance(cell, str) for cell in rows.to_numpy().ravel())
    assert rows["paid"].str.fullmatch(r"-?\d+\.\d\d").all()
    for column in COLUMNS[1:]:
        filled = rows[column.name].dropna()
        if column.type != "boolean":
            assert np.isfinite(to_numbers(filled, column)).all()


@pytest.mark.parametrize(("name", "distance"), [("city", 0.04), ("buys", 0.04)])
def test_levels_are_as_frequent_as_in_the_table(table, rows, name, distance):
    assert shares(rows[name]).sub(shares(table[name]), fill_value=0).abs().sum() / 2 < distance


def test_nulls_empty_cells_and_spikes_are_as_frequent_as_in_the_table(table, rows):
    for column, cell in (("age", None), ("city", ""), ("paid", "0.00")):
        own, made = ((each[column].isna() if cell is None else each[column] == cell).mean() for each in (table, rows))
        assert made == pytest.approx(own, abs=0.04)


def test_columns_depend_on_each_other_as_in_the_table(table, rows):
    for part, share in ((table, 0.9), (rows, 0.75)):
        old = to_numbers(part["age"], COLUMNS[1]) > 50
        known = part["age"].notna() & (part["city"] != "")
        expected = old ^ part["city"].isin(["Namur", "Ghent"])
        assert ((part["buys"] == "yes") == expected)[known].mean() > share
        assert ((part["paid"] == "0.00") == (part["buys"] == "no")).mean() > share


def test_same_seed_samples_same_rows_from_one_model(model, tmp_path):
    model.save(tmp_path)
    loaded = read_private(tmp_path)
    where = {"age": Between("30", "40"), "buys": OneOf(("yes",))}
    for given in (None, where):
        one, other = model.sample(500, seed=5, where=given), loaded.sample(500, seed=5, where=given)
        pd.testing.assert_frame_equal(one, other)
    assert not model.sample(500, seed=6).equals(model.sample(500, seed=5))
    assert loaded.parameters == json.loads(json.dumps(dict(model.parameters)))
    assert {each.name for each in tmp_path.iterdir()} == {"model.json", "weights.safetensors"}


def test_reader_passes_over_models_of_another_kind(tmp_path):
    (tmp_path / "model.json").write_text('{"kind": "circuit", "format": 1}')
    assert read_private(tmp_path) is None


CONDITIONS = {
    "a level": {"city": OneOf(("Mons",))},
    "two levels": {"city": OneOf(("Mons", "Bruges"))},
    "the empty cell": {"city": OneOf(("",))},
    "null": {"age": OneOf((None,))},
    "a number": {"age": OneOf(("41",))},
    "numbers or null": {"age": OneOf(("41", "77", None))},
    "a range": {"age": Between("30", "33")},
    "half a range": {"age": Between(None, "25")},
    "a range of decimals": {"paid": Between("48.50", "50.25")},
    "a range of dates": {"born": Between("01/01/1960", "31/12/1965")},
    "the spike": {"paid": OneOf(("0.00",))},
    "all at once": {"age": Between("30", "60"), "buys": OneOf(("yes",)), "city": OneOf(("Ghent", "Namur"))},
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_every_row_meets_the_conditions(model, name):
    drawn = model.sample(700, seed=2, where=CONDITIONS[name])
    assert len(drawn) == 700
    assert met(drawn, COLUMNS, CONDITIONS[name]).all()


def test_conditions_are_those_of_the_joint_distribution(model):
    """Rows drawn under a condition are like those of many free rows that happen to meet it."""
    where = {"city": OneOf(("Ghent",)), "age": Between("55", "70")}
    free = model.sample(60_000, seed=4)
    kept = free[met(free, COLUMNS, where)]
    drawn = model.sample(len(kept), seed=8, where=where)
    for name in ("buys", "city"):
        assert shares(drawn[name]).sub(shares(kept[name]), fill_value=0).abs().sum() / 2 < 0.03
    assert to_numbers(drawn["age"], COLUMNS[1]).mean() == pytest.approx(to_numbers(kept["age"], COLUMNS[1]).mean(), abs=0.4)


REFUSED_CONDITIONS = [
    {"city": OneOf((SECRET,))}, {"age": OneOf(())}, {"age": Between("300", "400")}, {"shoe": OneOf(("42",))},
    {"city": Between("1", "2")}, {"age": Between("9", "3")},
]  # fmt: skip


@pytest.mark.parametrize("where", REFUSED_CONDITIONS)
def test_condition_without_support_is_refused_by_its_column(model, where):
    with pytest.raises(SynthesisFailed, match=f"`{next(iter(where))}`") as refused:
        model.sample(5, seed=1, where=where)
    assert SECRET not in str(refused.value)


def test_no_rows_are_none_and_fewer_are_refused(model):
    assert model.sample(0, seed=1).shape == (0, 5)
    with pytest.raises(SynthesisFailed):
        model.sample(-1, seed=1)


PARAMETERS = [
    ({"epsilon": 0.0}, "epsilon"), ({"epsilon": -1.0}, "epsilon"), ({"epsilon": float("inf")}, "epsilon"),
    ({"delta": 0.0}, "delta"), ({"delta": 1.0}, "delta"),
    ({"delta": 0.01}, "one over the rows"), ({"states": 0}, "states"), ({"target": "shoe"}, "target"),
    ({"unit": "household"}, "unit"), ({"unit": "subject"}, "whose"), ({"rows_per_subject": 2}, "unit `subject`"),
    ({"unit": "subject", "subjects": [1, 2]}, "whose"), ({"domain": {"shoe": ["42"]}}, "`shoe`"),
    ({"domain": {"city": []}}, "`city`"),
    ({"domain": {"city": ["Mons", "Mons"]}}, "twice"), ({"domain": {"city": {"low": 1, "high": 2}}}, "levels"),
    ({"domain": {"age": {"low": 9, "high": 1}}}, "low"), ({"domain": {"age": {"low": 9}}}, "`age`"),
    ({"domain": {"age": {"low": "young", "high": "old"}}}, "written"),
    ({"domain": {"city": {"levels": ["Mons"], "otter": "x"}}}, "give"),
    ({"domain": {"age": {"low": 0, "high": 99, "outside": "drop"}}}, "clip"), ({"domain": {"city": [1, 2]}}, "text"),
]  # fmt: skip


@pytest.mark.parametrize(("parameters", "told"), PARAMETERS)
def test_bad_parameters_are_refused_by_name(table, parameters, told):
    with pytest.raises(VeilError, match=told):
        fitted(table, **parameters)


OUTSIDE = {
    "level": {"city": list(CITIES[:3])}, "number": {"age": {"low": 30, "high": 99}},
    "date": {"born": {"low": "01/01/1980", "high": "01/01/2010"}},
}  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_cell_outside_the_declared_domain_is_refused_before_any_noise(table, name):
    noise = Recorded()
    with pytest.raises(SynthesisFailed, match="outside its declared domain") as refused:
        fitted(table, domain=OUTSIDE[name], noise=noise)
    assert noise.true == []
    assert "Namur" not in str(refused.value)


def test_text_in_a_column_of_numbers_is_refused_before_any_noise(table):
    noise = Recorded()
    with pytest.raises(SynthesisFailed, match="fewer than 10 cells are not of type integer"):
        fitted(table.assign(age=["old", *table["age"][1:]]), noise=noise)
    assert noise.true == []


def test_other_cells_are_counted_as_the_declared_other(table):
    made = fitted(table, domain={"city": {"levels": ["Ghent", "Mons"], "other": "elsewhere"}}).sample(4_000, seed=1)
    assert set(made["city"]) <= {"Ghent", "Mons", "elsewhere", "", None}
    assert (made["city"] == "elsewhere").mean() == pytest.approx(table["city"].isin(["Bruges", "Namur"]).mean(), abs=0.05)


def test_declared_bounds_hold_and_clip_where_asked(table):
    made = fitted(table, domain={"age": {"low": 30, "high": 60, "outside": "clip"}}).sample(4_000, seed=1)
    ages = to_numbers(made["age"].dropna(), COLUMNS[1])
    assert ages.min() >= 30
    assert ages.max() <= 60
    assert (ages == 30).mean() > 0.1


def test_declared_levels_cost_no_delta(table):
    told = fitted(table, domain=DOMAIN).parameters
    assert told["accounting"]["delta_levels"] == 0.0
    assert told["declared"] == ["buys", "city"]
    assert fitted(table).parameters["accounting"]["delta_levels"] == pytest.approx(0.25e-5)


@pytest.mark.parametrize(("n", "epsilon"), [(0, 1.0), (40, 1.0), (4_000, 0.02)])
def test_budget_too_small_for_the_table_says_what_would_be_enough(n, epsilon):
    with pytest.raises(SynthesisFailed, match=r"need about \d+ rows.*(would be enough|has rows)"):
        fitted(people(max(n, 1)).iloc[:n], epsilon=epsilon)


def test_epsilon_that_would_be_enough_is(table):
    with pytest.raises(SynthesisFailed) as refused:
        fitted(table, epsilon=0.03, domain=DOMAIN, noise=Recorded())
    enough = float(str(refused.value).split("epsilon ")[2].split()[0])
    assert fitted(table, epsilon=enough, domain=DOMAIN, noise=Recorded()).sample(3, seed=1).shape == (3, 5)


def test_column_of_unlike_values_is_refused_by_name():
    table = people(2_000).assign(city=[f"{SECRET} {row}" for row in range(2_000)])
    with pytest.raises(SynthesisFailed, match="`city`") as refused:
        fitted(table)
    assert SECRET not in str(refused.value)


def test_absent_or_no_column_is_refused(table):
    with pytest.raises(UnknownColumn):
        fitted(table, (*COLUMNS, Column("shoe", "category")))
    for columns in ((), (COLUMNS[0], COLUMNS[0])):
        with pytest.raises(SynthesisFailed):
            fitted(table, columns)


@pytest.mark.parametrize("columns", [COLUMNS[:1], COLUMNS[1:2], COLUMNS[:2]])
@pytest.mark.parametrize("target", [None, "city", "age"])
def test_one_or_two_columns_are_enough(table, columns, target):
    target = target if target in {column.name for column in columns} else None
    model = fitted(table, columns, target=target)
    accounting = model.parameters["accounting"]
    assert accounting["spent"] == accounting["rho"]
    assert model.sample(5, seed=1).shape == (5, len(columns))


def test_progress_may_end_the_fitting(table):
    def enough(epoch, n_epochs):
        raise EnoughLearnt

    model = DpNetwork(epsilon=5.0, states=8).fit(table, COLUMNS, seed=1, progress=enough)
    assert len(model.history) == 1
    assert model.network.states.shape == (8,)
    assert model.sample(3, seed=1).shape == (3, 5)


def test_nothing_told_of_a_model_holds_a_cell(model):
    told = json.dumps(dict(model.parameters)) + repr(model) + repr(DpNetwork(domain=DOMAIN, subjects=[SECRET]))
    assert not any(word in told for word in (*CITIES, SECRET))


def test_subject_is_the_unit_where_asked(table):
    subjects = [f"{SECRET} {row // 4}" for row in range(len(table))]
    model = fitted(table, epsilon=20.0, unit="subject", rows_per_subject=3, subjects=subjects)
    assert model.parameters["neighbors"] == "add or remove one data subject, of whom at most 3 records are counted"
    assert {query["sensitivity"] for query in model.parameters["ledger"]} == {3}
    assert model.parameters["rows_about"] == pytest.approx(3_000, abs=300)
    assert "subjects" not in model.parameters


def test_contributions_are_bounded_and_depend_on_nobody_else():
    rng = np.random.default_rng(1)
    subjects = rng.integers(0, 50, 600)
    kept = counted_rows(subjects, 4, seed=2)
    assert np.bincount(subjects[kept]).max() == 4
    assert len(kept) == np.minimum(np.bincount(subjects), 4).sum()
    gone = subjects != 7
    without = counted_rows(subjects[gone], 4, seed=2)
    assert np.flatnonzero(gone)[without].tolist() == [place for place in kept.tolist() if subjects[place] != 7]
    assert kept.tolist() == counted_rows(subjects, 4, seed=2).tolist() != counted_rows(subjects, 4, seed=3).tolist()
    assert counted_rows(subjects, 1_000, seed=1).tolist() == list(range(600))


def test_row_that_is_about_nobody_is_refused():
    with pytest.raises(SynthesisFailed, match="no data subject"):
        counted_rows(np.array(["a", None], dtype=object), 1, seed=1)


def test_network_draws_what_its_probabilities_say():
    network = Network(np.array([0.25, 0.75]), (np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([[0.0, 1.0, 0.0], [0.2, 0.0, 0.8]])))
    first, second = network.sample(40_000, generator(1, "x"), {})
    assert (first == 1).mean() == pytest.approx(0.375, abs=0.01)
    assert np.bincount(second, minlength=3) / 40_000 == pytest.approx([0.15, 0.25, 0.6], abs=0.01)
    first, second = network.sample(40_000, generator(1, "x"), {1: np.array([0.0, 1.0, 0.5])})
    assert set(second.tolist()) == {1, 2}
    assert (second == 1).mean() == pytest.approx(0.25 / (0.25 + 0.3), abs=0.01)
    assert (first[second == 1] == 0).all()


@pytest.mark.parametrize("weights", [[3.0, 1, 0, 2], [-5.0, 2, 8], [0.0, 0, 0], [7.0]])
def test_projection_is_the_nearest_that_sums_to_the_total(weights):
    near = projected(np.array(weights), 4.0)
    assert near.min() >= 0
    assert near.sum() == pytest.approx(4.0)
    rng = np.random.default_rng(1)
    others = rng.dirichlet(np.ones(len(weights)), 300) * 4.0
    assert ((near - weights) ** 2).sum() <= ((others - weights) ** 2).sum(1).min() + 1e-9


def test_bins_are_of_like_weight_and_heavy_cells_stay_alone():
    bins = equal_bins(np.array([1.0, 1, 1, 30, 1, 1, 0, 0, 1, 1]), 4)
    assert (bins == bins[3]).sum() == 1
    assert (np.diff(bins) >= 0).all()


def test_heavy_ranges_are_split_until_a_spike_stands_alone():
    units = np.concatenate([np.full(5_000, 38_700), np.random.default_rng(1).integers(32_768, 65_536, 5_000)])
    lows, highs = roots(Column("x", "integer"), None, 0)
    counts = np.histogram(units, np.append(lows, highs[-1]))[0].astype(float)
    histogram = Histogram(lows, highs, counts, np.full(len(lows), 1.0)).cleaned()
    for _ in range(3):
        children, parents = histogram.split(histogram.heavy(10_000))
        told = np.bincount(children.places(units)[children.places(units) >= 0], minlength=len(parents)).astype(float)
        histogram = histogram.refined(histogram.heavy(10_000), children, parents, told, 1.0)
    spike = int(histogram.weights.argmax())
    assert (histogram.lows[spike], histogram.highs[spike]) == (38_700, 38_701)
    assert (histogram.lows[1:] == histogram.highs[:-1]).all()
    assert histogram.weights.sum() == pytest.approx(10_000, abs=20)


FORMATS = [("decimal", "0.00", 2), ("decimal", None, 6), ("integer", None, 0), ("date", "%Y", 0)]


@pytest.mark.parametrize(("kind", "form", "places"), FORMATS)
def test_units_are_as_fine_as_the_format(kind, form, places):
    assert decimal_places(Column("x", kind, form)) == places


def test_ranges_count_and_draw_like_a_list_of_their_units():
    allowed = Ranges.of_units(np.array([5, 9, 2, 9, 40]))
    listed = np.array([2, 5, 9, 40])
    edges = np.array([-3, 2, 3, 6, 9, 10, 41, 99])
    assert allowed.below(edges).tolist() == [(listed < edge).sum() for edge in edges]
    drawn = allowed.drawn(np.full(4, 0), np.full(4, 50), np.array([0.0, 0.25, 0.5, 0.99]))
    assert drawn.tolist() == listed.tolist()
    assert Ranges.between(0.07, 0.09, 2).below(np.array([7, 8, 9, 10, 11])).tolist() == [0, 1, 2, 3, 3]
