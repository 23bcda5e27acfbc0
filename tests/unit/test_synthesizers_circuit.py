"""The circuit: exact likelihood, exact conditions, dependencies between columns kept, and the same bytes for the same seed."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
import torch

from tests.unit.buyers import CITIES, COLUMNS, people
from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers import load_model
from veil.synthesizers.base import EnoughLearnt
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.circuits.learning import Schedule, _counted, _settled, learn, started
from veil.synthesizers.circuits.mixture import most_telling, parts_of
from veil.synthesizers.circuits.ranges import Ranges
from veil.synthesizers.circuits.states import _drawn, _places, _turns
from veil.synthesizers.circuits.tree import Tree, mutual_information
from veil.synthesizers.circuits.variables import DETERMINED, Variables, entropy, pair_counts
from veil.synthesizers.conditions import OneOf
from veil.synthesizers.encoding import TableEncoder

N = 3_000


@pytest.fixture(scope="module")
def table():
    return people(n=N)


@pytest.fixture(scope="module")
def model(table):
    return fitted(table)


def fitted(table, **parameters):
    return Circuit(**{"states": 24, "epochs": 8, **parameters}).fit(table, COLUMNS, seed=7, progress=lambda *_: None)


@pytest.fixture(scope="module")
def sampled(model):
    return model.sample(6_000, seed=3)


def test_columns_that_determine_each_other_are_kept_in_every_row(sampled):
    assert set(sampled["city"]) == set(CITIES)
    assert all(CITIES[city] == region for city, region in zip(sampled["city"], sampled["region"], strict=True))


@pytest.mark.parametrize("column", ["city", "region", "buys"])
def test_shares_of_levels_are_those_of_the_training_rows(table, sampled, column):
    assert (sampled[column].value_counts(normalize=True) - table[column].value_counts(normalize=True)).abs().max() < 0.03


def test_what_two_columns_tell_together_is_learnt(sampled):
    age = sampled["age"].astype(int)
    told = (age > 50) ^ sampled["city"].isin(["Namur", "Ghent"])
    assert (told == (sampled["buys"] == "yes")).mean() > 0.8


def test_numbers_stay_in_range_and_format_and_nulls_as_often(table, sampled):
    heights = sampled["height"].dropna()
    assert heights.str.fullmatch(r"\d+\.\d\d").all()
    assert table["height"].dropna().astype(float).min() <= heights.astype(float).min()
    assert heights.astype(float).max() <= table["height"].dropna().astype(float).max()
    assert abs(sampled["height"].isna().mean() - 0.1) < 0.02
    assert pd.to_datetime(sampled["born"], format="%Y-%m-%d").notna().all()


def test_no_training_row_is_repeated_more_often_than_by_new_people(table, sampled):
    known = set(map(tuple, table.dropna().to_numpy()))

    def repeated(rows):
        return np.mean([tuple(row) in known for row in rows.dropna().to_numpy()])

    assert repeated(sampled) <= repeated(people(seed=2, n=N)) + 0.005


def test_the_likelihoods_of_all_rows_sum_to_one():
    table = people(n=600)[["city", "buys"]]
    model = Circuit(states=6, epochs=3).fit(table, COLUMNS[:1] + COLUMNS[3:4], seed=1, progress=lambda *_: None)
    every = pd.DataFrame(list(product(CITIES, ["no", "yes"])), columns=["city", "buys"], dtype=object)
    assert np.exp(model.log_likelihood(every).astype(float)).sum() == pytest.approx(1, abs=1e-4)


def test_a_row_that_cannot_be_is_less_likely_than_one_that_was(model, table):
    changed = table[:50].assign(age=table["age"].iloc[::-1][:50].to_numpy())
    assert model.log_likelihood(table[:50]).mean() > model.log_likelihood(changed).mean() + 0.5


def one_of(where):
    return {name: OneOf(tuple(cells)) for name, cells in where.items()}


@pytest.mark.parametrize(
    "where", [{"buys": ["yes"]}, {"city": ["Mons"]}, {"region": ["Wallonia"], "buys": ["no"]}, {"city": ["Mons", "Ghent"]}]
)
def test_every_row_meets_the_condition_and_the_rest_is_as_among_such_rows(model, table, where):
    conditioned = model.sample(3_000, seed=5, where=one_of(where))
    assert all(conditioned[name].isin(cells).all() for name, cells in where.items())
    alike = table[np.all([table[name].isin(cells) for name, cells in where.items()], axis=0)]
    for column in ("city", "buys"):
        assert (conditioned[column].value_counts(normalize=True) - alike[column].value_counts(normalize=True)).abs().max() < 0.08
    assert abs(conditioned["age"].astype(int).mean() - alike["age"].astype(int).mean()) < 3


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(table, model):
    assert fitted(table).sample(500, seed=3).equals(model.sample(500, seed=3))
    assert not model.sample(500, seed=3).equals(model.sample(500, seed=4))


def test_a_saved_model_samples_the_same(model, tmp_path):
    model.save(tmp_path)
    again = load_model(tmp_path)
    assert again.sample(300, seed=9).equals(model.sample(300, seed=9))
    assert [path.suffix for path in sorted(tmp_path.iterdir())] == [".json", ".safetensors"]


@pytest.mark.parametrize("damage", ['{"kind": "circuit"', '{"kind": "circuit", "format": 99}', '{"kind": "other"}'])
def test_a_damaged_model_is_refused_without_a_cell(model, tmp_path, damage):
    model.save(tmp_path)
    (tmp_path / "model.json").write_text(damage)
    with pytest.raises(SynthesisFailed, match="cannot be read"):
        load_model(tmp_path)


def test_history_tells_training_and_validation_and_learning_stops_when_nothing_is_gained(table):
    told = []
    Circuit(states=8, epochs=60).fit(table[:800], COLUMNS, seed=1, progress=lambda epoch, n: told.append((epoch, n)))
    assert [epoch.epoch for epoch, _ in told] == list(range(1, len(told) + 1))
    assert {*told[0][0].losses} == {"train", "validation"}
    assert told[-1][0].losses["train"] < told[0][0].losses["train"]
    assert len(told) < told[0][1]


@pytest.mark.parametrize("epoch", [1, 3])
def test_learning_ends_where_it_is_told_that_it_is_enough_and_gives_what_it_has(table, epoch):
    told = []

    def enough(each, _):
        told.append(each.epoch)
        if each.epoch == epoch:
            raise EnoughLearnt

    model = Circuit(states=8).fit(table, COLUMNS, seed=1, progress=enough)
    assert told == list(range(1, epoch + 1))
    assert len(model.history) == epoch
    assert len(model.mixture.parts) == 2
    assert set(model.sample(200, seed=1)["buys"]) == {"yes", "no"}


def test_one_and_two_threads_around_it_give_the_same_bytes(table):
    made = []
    for n_threads in (1, 2):
        torch.set_num_threads(n_threads)
        try:
            made.append(fitted(table[:800], epochs=3).sample(400, seed=3))
        finally:
            torch.set_num_threads(1)
    assert made[0].equals(made[1])


def test_draws_are_as_many_as_expected_up_to_one_and_in_no_order():
    shares = np.array([[0.2, 0.3, 0.5], [0.7, 0.1, 0.2]])
    table = np.cumsum(shares, axis=1) + np.arange(2)[:, None]
    rows = np.random.default_rng(1).integers(0, 2, 2_000)
    drawn = _drawn(table, rows, _places(rows, 2), 2**0.5 % 1, np.random.default_rng(2))
    for row in (0, 1):
        counts = np.bincount(drawn[rows == row], minlength=3)
        assert np.abs(counts - shares[row] * (rows == row).sum()).max() < 6
    assert abs(np.corrcoef(drawn[:-1] == 2, drawn[1:] == 2)[0, 1]) < 0.9


def test_places_count_the_rows_of_each_state_and_turns_differ():
    assert _places(np.array([1, 0, 1, 1, 0]), 3).tolist() == [0, 0, 1, 2, 1]
    turns = _turns(400)
    assert len(set(np.round(turns, 6))) == len(turns) == 400
    assert turns[:2] == pytest.approx((2**0.5 - 1, 3**0.5 - 1))


def test_a_small_table_is_smoothed_as_its_validation_rows_ask(table):
    rng = np.random.default_rng(1)
    noise = table[:300].apply(lambda column: rng.permutation(column.to_numpy()))
    model = Circuit(states=8, epochs=4).fit(noise, COLUMNS, seed=1, progress=lambda *_: None)
    assert len(model.history) > 4


def test_the_last_step_is_over_all_rows_so_that_each_column_is_as_in_them(model, table):
    levels = model.variables.encode(model.encoder.encode(table))
    schedule = Schedule(epochs=3, settles=True)
    learnt = learn(levels, model.variables.n_levels, 8, schedule, np.random.default_rng(1), lambda _: None)
    drawn = learnt.states.sample(30_000, np.random.default_rng(2))
    for node in range(levels.shape[1]):
        shares = [np.bincount(each[:, node], minlength=model.variables.n_levels[node]) / len(each) for each in (drawn, levels)]
        assert np.abs(shares[0] - shares[1]).max() < 0.01


def test_counts_of_all_rows_are_those_of_its_batches():
    rng = np.random.default_rng(1)
    levels = np.column_stack([rng.integers(0, size, 600) for size in (3, 4, 2)])
    states = started(levels, [3, 4, 2], 5, rng)
    rows = torch.from_numpy(levels)
    whole, parts = _counted(states, rows), _counted(states, rows[:250])
    parts.add(_counted(states, rows[250:]))
    assert torch.allclose(whole.prior, parts.prior, atol=1e-3)
    assert all(torch.allclose(whole.emissions[node], parts.emissions[node], atol=1e-3) for node in range(3))
    assert all(torch.allclose(counts, parts.transitions[node], atol=1e-3) for node, counts in whole.transitions.items())
    assert float(whole.emissions[0].sum()) == pytest.approx(600, abs=0.1)
    assert whole.log_likelihood == pytest.approx(float(states.log_likelihood(levels).sum()), rel=1e-4)


def test_a_step_over_all_rows_makes_them_no_less_likely():
    levels = np.column_stack([np.repeat([0, 1], 300), np.repeat([0, 1, 0], 200)])
    states = started(levels, [2, 2], 4, np.random.default_rng(1))
    settled = _settled(states, levels, 3, 1e-3)
    assert settled.log_likelihood(levels).mean() > states.log_likelihood(levels).mean()
    assert torch.allclose(settled.transitions[settled.tree.order[1]].sum(1), torch.ones(4), atol=1e-5)


def test_too_few_rows_are_refused_with_what_would_be_enough(table):
    with pytest.raises(SynthesisFailed, match="needs at least 100 rows to learn from and has 99"):
        fitted(table[:99])


@pytest.mark.parametrize("columns", [["city"], ["age"], ["region", "city"]])
def test_tables_of_one_variable_can_be_learnt(table, columns):
    chosen = tuple(column for name in columns for column in COLUMNS if column.name == name)
    model = Circuit(states=4, epochs=2).fit(table[columns], chosen, seed=1, progress=lambda *_: None)
    assert list(model.sample(50, seed=1).columns) == columns
    assert len(model.sample(0, seed=1)) == 0


def test_constant_columns_and_columns_of_nulls_stay_so(table):
    odd = table[["city", "age"]].assign(same="x", none=None)
    columns = (COLUMNS[0], COLUMNS[2], Column("same", "category"), Column("none", "text"))
    made = Circuit(states=4, epochs=2).fit(odd, columns, seed=1, progress=lambda *_: None).sample(100, seed=1)
    assert set(made["same"]) == {"x"}
    assert made["none"].isna().all()


def test_rare_combinations_share_a_level_and_come_back_as_they_were():
    table = people(n=500)[["city", "region"]]
    table.loc[:3, ["city", "region"]] = [["Paris", "France"], ["Paris", "France"], ["Rome", "Italy"], ["Rome", "Italy"]]
    columns = TableEncoder.fit(table, COLUMNS[:2], max_levels=1_000).encode(table)
    variables = Variables.fit(columns)
    (only,) = variables.variables
    assert only.columns == (0, 1)
    levels = variables.encode(columns)
    back = variables.decode(levels, np.random.default_rng(1))
    assert [(each.codes == own.codes).all() for each, own in zip(back, columns, strict=True)] == [True, True]


def test_independent_columns_stay_variables_of_their_own(table):
    columns = TableEncoder.fit(table, COLUMNS, max_levels=1_000, spike_share=0.002).encode(table)
    grouped = [each.columns for each in Variables.fit(columns).variables]
    assert (0, 1) in grouped
    assert [place for each in grouped for place in each if len(each) == 1] == [2, 3, 4, 5] or (2, 5) in grouped


def test_ranges_hold_enough_rows_and_no_single_number_is_a_knot():
    numbers = np.random.default_rng(1).lognormal(size=5_000)
    ranges = Ranges.fit(numbers)
    codes = ranges.codes(numbers)
    assert np.bincount(codes).min() >= 20
    assert len(ranges.inside) == 100
    knots = {value for each in ranges.inside for value in each.values}
    assert not knots & set(numbers.tolist())
    drawn = ranges.numbers(codes, np.random.default_rng(2).random(len(codes)))
    assert abs(np.median(drawn) - np.median(numbers)) < 0.02
    assert Ranges.from_json(ranges.to_json()) == ranges


def test_ties_stay_in_one_range():
    ranges = Ranges.fit(np.repeat([1.0, 2.0, 3.0], [500, 10, 490]))
    assert len(set(ranges.codes(np.array([1.0, 2.0, 3.0])).tolist())) == len(ranges.inside)


def test_the_tree_takes_the_strongest_pairs():
    rng = np.random.default_rng(1)
    first = rng.integers(0, 4, 5_000)
    second = np.where(rng.random(5_000) < 0.9, first, rng.integers(0, 4, 5_000))
    third = np.where(rng.random(5_000) < 0.9, second, rng.integers(0, 4, 5_000))
    levels = np.column_stack([third, rng.integers(0, 4, 5_000), first, second])
    tree = Tree.fit(levels, [4, 4, 4, 4])
    edges = {frozenset((node, parent)) for node, parent in enumerate(tree.parents) if parent >= 0}
    assert {frozenset((2, 3)), frozenset((3, 0))} <= edges
    assert tree.order[0] == tree.parents.index(-1)
    information = mutual_information(levels, [4, 4, 4, 4])
    assert information[2, 3] > information[2, 0] > information[2, 1]


def test_pairs_are_counted_alike_by_both_ways():
    rng = np.random.default_rng(1)
    one, other = rng.integers(0, 5, 1_000), rng.integers(0, 7, 1_000)
    dense, sparse = pair_counts(one, other, 7), pair_counts(one, other, 10_000_000)
    assert entropy(dense) == pytest.approx(entropy(sparse))
    assert 0 < DETERMINED < 1


@pytest.mark.parametrize(
    ("rows", "parts"),
    [
        ([2_000, 1_000], [[0], [1]]),
        ([2_000, 100], [[0, 1]]),
        ([2_000, 500, 100], [[0], [1, 2]]),
        ([2_000, 500, 300, 200], [[0], [1], [2, 3]]),
        ([300, 200], [[0, 1]]),
    ],
)
def test_rows_are_parted_by_levels_that_enough_of_them_have(rows, parts):
    levels = np.repeat(np.arange(len(rows)), rows)
    assert [sorted(part.tolist()) for part in parts_of(levels, len(rows))] == parts


def test_the_most_telling_variable_has_few_levels_and_is_told_by_others(table):
    rng = np.random.default_rng(1)
    outcome = rng.integers(0, 2, 2_000)
    noise = rng.integers(0, 2, 2_000)
    told = np.where(rng.random(2_000) < 0.8, outcome, 1 - outcome) + 2 * rng.integers(0, 5, 2_000)
    assert most_telling(np.column_stack([noise, told, outcome]), [2, 10, 2]) == 2
    assert most_telling(told[:, None], [10]) is None


def test_a_focus_that_is_tied_to_another_column_parts_nothing(table):
    assert len(fitted(table, focus="region", epochs=1).mixture.parts) == 1
    assert len(fitted(table, focus="buys", epochs=1).mixture.parts) == 2
