"""Sequential trees: likeness without copying, conditions, and the same bytes for the same seed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.unit.buyers import CITIES, COLUMNS, people
from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers import EnoughLearnt, load_model
from veil.synthesizers.cart import Cart
from veil.synthesizers.circuits.variables import Variables
from veil.synthesizers.conditions import Between, OneOf
from veil.synthesizers.encoding import TableEncoder
from veil.synthesizers.replay import measured_replay, refuse_replay
from veil.synthesizers.trees.conditions import possible_levels
from veil.synthesizers.trees.features import axes, codes_of_levels, natural_places, ranked
from veil.synthesizers.trees.numbers import smoothed_ranges
from veil.synthesizers.trees.order import drawn_order, strongest
from veil.synthesizers.trees.shape import Grown, Shape
from veil.synthesizers.trees.tree import Tree, even


def silent(*_):
    pass


@pytest.fixture(scope="module")
def table():
    return people(to_the_day=True)


@pytest.fixture(scope="module")
def model(table):
    return Cart().fit(table, COLUMNS, seed=7, progress=silent)


@pytest.fixture(scope="module")
def sampled(model):
    return model.sample(6_000, seed=3)


@pytest.mark.parametrize("column", ["city", "region", "buys"])
def test_shares_of_levels_are_those_of_the_training_rows(table, sampled, column):
    assert (sampled[column].value_counts(normalize=True) - table[column].value_counts(normalize=True)).abs().max() < 0.03


def test_columns_that_determine_each_other_are_kept_in_every_row(sampled):
    assert all(CITIES[city] == region for city, region in zip(sampled["city"], sampled["region"], strict=True))


def test_what_two_columns_tell_together_is_learnt(sampled):
    told = (sampled["age"].astype(int) > 50) ^ sampled["city"].isin(["Namur", "Ghent"])
    assert (told == (sampled["buys"] == "yes")).mean() > 0.8


def test_numbers_stay_in_range_and_format_and_nulls_as_often(table, sampled):
    heights, known = sampled["height"].dropna(), table["height"].dropna().astype(float)
    assert heights.str.fullmatch(r"\d+\.\d\d").all()
    assert known.min() <= heights.astype(float).min() <= heights.astype(float).max() <= known.max()
    assert abs(sampled["height"].isna().mean() - 0.1) < 0.02
    assert pd.to_datetime(sampled["born"], format="%Y-%m-%d").notna().all()


def test_dates_follow_the_ages_they_belong_to(sampled):
    years = 2020 - pd.to_datetime(sampled["born"]).dt.year
    assert np.corrcoef(years, sampled["age"].astype(int))[0, 1] > 0.95


def test_no_training_row_is_repeated_more_often_than_by_new_people(table, sampled):
    known = set(map(tuple, table.dropna().to_numpy()))

    def repeated(rows):
        return np.mean([tuple(row) in known for row in rows.dropna().to_numpy()])

    assert repeated(sampled) <= repeated(people(to_the_day=True, seed=2)) + 0.005


@pytest.mark.parametrize("rows", [1, 0])
def test_as_many_rows_as_asked(model, rows):
    drawn = model.sample(rows, seed=1)
    assert drawn.shape == (rows, len(COLUMNS))
    assert list(drawn) == [column.name for column in COLUMNS]


@pytest.mark.parametrize(
    "where",
    [
        {"buys": OneOf(("yes",))},
        {"region": OneOf(("Wallonia",)), "buys": OneOf(("no",))},
        {"age": Between("30", "35")},
        {"born": Between("1990-01-01", None), "city": OneOf(("Mons", "Ghent"))},
        {"height": OneOf((None,))},
        {"age": OneOf(("40",))},
    ],
)
def test_every_row_meets_the_condition(model, where):
    drawn = model.sample(150, seed=5, where=where)
    assert len(drawn) == 150
    for name, condition in where.items():
        if isinstance(condition, OneOf):
            assert all(cell in condition.cells for cell in drawn[name].where(drawn[name].notna(), None))
        else:
            assert drawn[name].ge(condition.low).all()
            assert drawn[name].le(condition.high or "9").all()


def test_the_rest_of_a_row_is_as_among_rows_that_meet_the_condition(table):
    first = Cart(first=("buys", "age")).fit(table, COLUMNS, seed=7, progress=silent)
    assert [first.variables.variables[each.variable].columns for each in first.columns[:2]] == [(3,), (2,)]
    drawn = first.sample(3_000, seed=2, where={"buys": OneOf(("yes",)), "age": Between("60", None)})
    alike = first.sample(20_000, seed=3)
    alike = alike[(alike["buys"] == "yes") & (alike["age"] >= "60")]
    assert (drawn["city"].value_counts(normalize=True) - alike["city"].value_counts(normalize=True)).abs().max() < 0.03


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ({"nobody": OneOf(("x",))}, "`nobody`, which was not learnt"),
        ({"city": OneOf(("Paris",))}, "no learnt row met"),
        ({"city": Between("a", "b")}, "holds no numbers and no dates"),
        ({"age": Between("200", None)}, "no learnt row met"),
        ({"city": OneOf(("Mons",)), "region": OneOf(("Flanders",))}, "contradict each other"),
    ],
)
def test_a_condition_without_support_is_refused(model, where, told):
    with pytest.raises(SynthesisFailed, match=told) as caught:
        model.sample(1, seed=1, where=where)
    assert "Paris" not in str(caught.value)


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(table, model):
    again = Cart().fit(table, COLUMNS, seed=7, progress=silent)
    assert again.sample(500, seed=3).equals(model.sample(500, seed=3))
    assert not model.sample(500, seed=3).equals(model.sample(500, seed=4))


def test_a_saved_model_samples_the_same_rows_and_holds_no_pickle(tmp_path, model):
    model.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.json", "weights.safetensors"]
    read = load_model(tmp_path)
    assert read.sample(400, seed=9).equals(model.sample(400, seed=9))
    assert read.history == model.history


def test_a_damaged_model_is_refused_without_its_cells(tmp_path, model):
    model.save(tmp_path)
    (tmp_path / "weights.safetensors").write_bytes(b"Ghent")
    with pytest.raises(SynthesisFailed, match="cannot be read") as caught:
        load_model(tmp_path)
    assert "Ghent" not in str(caught.value)


def test_progress_is_told_per_column_and_ends_the_search_when_it_asks(table):
    told = []

    def stop(epoch, n_epochs):
        told.append((epoch.epoch, n_epochs))
        raise EnoughLearnt

    model = Cart().fit(table, COLUMNS, seed=7, progress=stop)
    assert told == [(place + 1, 5) for place in range(5)]
    assert len(model.sample(50, seed=1)) == 50


@pytest.mark.parametrize(
    ("rows", "parameters", "told"),
    [(20, {}, "at least 50 rows to learn from and has 20"), (200, {"first": ("nobody",)}, "`nobody` is to be drawn first")],
)
def test_what_cannot_be_learnt_is_refused(rows, parameters, told):
    with pytest.raises(SynthesisFailed, match=told):
        Cart(**parameters).fit(people(to_the_day=True, n=rows), COLUMNS, seed=1, progress=silent)


def test_a_column_of_one_value_and_a_table_of_sixty_rows_are_learnt():
    table = people(to_the_day=True, n=60).assign(region="Flanders")
    drawn = Cart().fit(table, COLUMNS, seed=1, progress=silent).sample(80, seed=1)
    assert set(drawn["region"]) == {"Flanders"}


def test_only_columns_that_tell_most_are_looked_at(table):
    model = Cart(max_predictors=1).fit(table, COLUMNS, seed=7, progress=silent)
    assert all(len({feature.variable for feature in each.features}) <= 1 for each in model.columns)


# ---- the parts


def tree_of(smoothing: float, n: int = 400) -> tuple[Tree, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    features = rng.integers(0, 4, (n, 2)).astype(np.float32)
    target = (features[:, 0] * 2 + (rng.random(n) < 0.2) + 3 * (rng.random(n) < 0.1)).astype(np.int64)
    shape = Grown.fit(features, target, 5).pruned(1.0)
    return Tree.counted(shape, shape.leaves(features), target).smoothed(smoothing), features, target


def likelihood(tree: Tree, features: np.ndarray, target: np.ndarray) -> np.ndarray:
    return tree.steps(features, target).likelihood(tree.stop)


@pytest.mark.parametrize("smoothing", [0.25, 4.0])
def test_the_likelihoods_of_a_rows_levels_sum_to_one(smoothing):
    tree, features, target = tree_of(smoothing)
    sums = sum(likelihood(tree, features, np.full(len(features), level)) for level in range(target.max() + 2))
    assert sums == pytest.approx(np.ones(len(features)))


def test_draws_are_distributed_as_the_likelihood_says():
    tree, features, target = tree_of(1.0)
    drawn = tree.draw(np.repeat(features[:1], 40_000, axis=0), np.random.default_rng(1))
    expected = [likelihood(tree, features[:1], np.array([level]))[0] for level in range(target.max() + 1)]
    assert np.bincount(drawn, minlength=len(expected)) / len(drawn) == pytest.approx(expected, abs=0.002)


def test_a_leaf_is_the_one_that_its_package_finds_and_holds_enough_rows():
    tree, features, target = tree_of(1.0)
    leaves = tree.shape.leaves(features)
    rows = np.bincount(leaves)
    assert rows[rows > 0].min() >= 5
    for leaf in np.unique(leaves):
        entries = slice(tree.first[leaf], tree.last[leaf])
        assert np.array_equal(np.repeat(tree.codes[entries], tree.rows[entries]), np.sort(target[leaves == leaf]))


def test_a_node_counts_the_rows_of_both_its_branches():
    tree, _, _ = tree_of(1.0)
    held = np.append(0, np.cumsum(tree.rows))
    for node in np.flatnonzero(tree.shape.left >= 0):
        both = sum(held[tree.last[child]] - held[tree.first[child]] for child in (tree.shape.left[node], tree.shape.right[node]))
        assert held[tree.last[node]] - held[tree.first[node]] == both


def test_more_smoothing_stops_more_rows_and_a_leaf_stops_all():
    little, much = tree_of(0.25)[0], tree_of(4.0)[0]
    inner = little.shape.is_inner
    assert (much.stop[inner] > little.stop[inner]).all()
    assert (little.stop[~inner] == 1).all()
    assert much.smoothed(0.25).stop == pytest.approx(little.stop)


@pytest.mark.parametrize("smoothing", [0.5, 8.0])
def test_smoothing_leaves_the_whole_column_as_it_is(smoothing):
    tree, features, target = tree_of(smoothing)
    for level in range(target.max() + 1):
        chance = likelihood(tree, features, np.full(len(features), level))
        assert chance.mean() == pytest.approx(np.mean(target == level))


def test_a_tree_without_features_is_the_column_itself():
    target = np.array([0, 0, 0, 2])
    nothing = np.zeros((4, 0), dtype=np.float32)
    shape = Grown.fit(nothing, target, 1).pruned(0.0)
    tree = Tree.counted(shape, np.zeros(4, dtype=np.int64), target).smoothed(1.0)
    assert likelihood(tree, nothing[:3], np.array([0, 1, 2])).tolist() == [0.75, 0, 0.25]
    only = tree.draw_root(20, np.array([False, True, True]), np.random.default_rng(1))
    assert set(only) == {2}


def test_a_split_that_gains_nothing_stays_where_the_next_ones_need_it():
    features = np.array([[a, b] for a in (0, 1) for b in (0, 1)] * 25, dtype=np.float32)
    target = (features[:, 0] != features[:, 1]).astype(np.int64)
    grown = Grown.fit(features, target, 5)
    shape = grown.pruned(10.0)
    leaves = shape.leaves(features)
    assert len(np.unique(leaves)) == 4
    assert all(len(set(target[leaves == leaf])) == 1 for leaf in np.unique(leaves))
    assert len(grown.pruned(100.0).left) == 1


@pytest.mark.parametrize("price", [0.5, 2.0, 8.0, 30.0])
def test_pruning_finds_what_trying_every_subtree_finds(price):
    rng = np.random.default_rng(2)
    features = rng.integers(0, 3, (120, 2)).astype(np.float32)
    target = (features[:, 0] + rng.integers(0, 2, 120)).astype(np.int64)
    grown = Grown.fit(features, target, 20)

    def score(rows):
        counts = np.bincount(target[rows])
        return float((counts[counts > 0] * np.log(counts[counts > 0] / counts.sum())).sum())

    def best(node, rows):
        if grown.shape.left[node] < 0:
            return score(rows)
        left = features[rows, grown.shape.feature[node]] <= grown.shape.threshold[node]
        branches = best(grown.shape.left[node], rows[left]) + best(grown.shape.right[node], rows[~left])
        return max(score(rows), branches - price)

    shape = grown.pruned(price)
    leaves = shape.leaves(features)
    reached = sum(score(np.flatnonzero(leaves == leaf)) for leaf in np.unique(leaves)) - price * shape.is_inner.sum()
    assert reached == pytest.approx(best(0, np.arange(120)))


def test_cutting_keeps_rows_together_and_features_that_are_left_are_numbered_anew():
    shape = Shape(*(np.array(each) for each in ([1, -1, 3, -1, -1], [2, -1, 4, -1, -1], [5, -1, 2, -1, -1], [1.0, 0, 2.0, 0, 0])))
    cut = shape.cut(np.array([True, False, False, False, False]))
    assert (cut.left.tolist(), cut.right.tolist(), cut.feature.tolist()) == ([1, -1, -1], [2, -1, -1], [5, -1, -1])
    assert shape.looking_at(np.array([2, 5])).feature.tolist() == [1, -1, 0, -1, -1]
    assert shape.ends.tolist() == [5, 2, 5, 4, 5]


def test_even_numbers_are_even_in_every_group_and_in_random_order():
    groups = np.repeat([0, 3], [100, 7])
    drawn = even(groups, np.random.default_rng(1))
    for group, size in ((0, 100), (3, 7)):
        own = drawn[groups == group]
        assert np.array_equal(np.sort((own * size).astype(int)), np.arange(size))
        assert not np.array_equal(own, np.sort(own))


def test_levels_that_tell_the_same_lie_side_by_side():
    codes = np.repeat(np.arange(6), 200)
    target = np.where(np.isin(codes, [0, 3, 5]), 1, 0)
    places = axes(codes, 6, target, 2)[:, 0]
    assert np.ptp(places[[0, 3, 5]]) < 1e-6 < abs(places[0] - places[1])
    rare = np.append(codes, 6)
    assert abs(axes(rare, 7, np.append(target, 1), 2)[6, 0]) < abs(axes(rare, 7, np.append(target, 1), 2)[0, 0]) / 5


def variables_of(table: pd.DataFrame) -> tuple[TableEncoder, Variables]:
    encoder = TableEncoder.fit(table, COLUMNS)
    return encoder, Variables.fit(encoder.encode(table))


def test_numbers_keep_their_order_and_null_is_below_all(table):
    encoder, variables = variables_of(table)
    place = variables.place("height")
    places = natural_places(encoder, variables, place)
    null = encoder.columns[place].levels.index(None)
    assert places.argmin() == null
    assert (np.diff(np.delete(places, null)) > 0).all()
    assert ranked(places).max() == len(places) - 1
    assert natural_places(encoder, variables, variables.place("city")) is None


def test_each_level_of_joined_columns_knows_its_own_codes(table):
    _, variables = variables_of(table)
    joined = next(place for place, each in enumerate(variables.variables) if len(each.columns) == 2)
    cities, regions = (codes_of_levels(variables, joined, own) for own in (0, 1))
    assert len(cities) == len(regions) == variables.n_levels[joined]
    assert len(set(cities)) == 4
    assert len(set(regions)) == 2


def test_columns_are_drawn_by_what_is_known_of_them_and_those_put_first_are_first(table):
    _, variables = variables_of(table)
    names = [variables.names[each.columns[0]] for each in variables.variables]
    information = np.zeros((len(names), len(names)))
    for one, other, told in (("age", "born", 3.0), ("age", "buys", 1.0), ("city", "buys", 0.5)):
        a, b = names.index(one), names.index(other)
        information[a, b] = information[b, a] = told
    order = drawn_order(variables, information, ())
    assert [names[place] for place in order] == ["age", "born", "buys", "city", "height"]
    assert [names[place] for place in drawn_order(variables, information, ("height", "region"))][:2] == ["height", "city"]
    assert strongest(information, names.index("buys"), order[:2], 1) == (names.index("age"),)


def test_what_cannot_meet_a_condition_is_known_before_drawing(table):
    encoder, variables = variables_of(table)
    could = possible_levels(encoder, variables, {"age": Between("30", "39"), "region": OneOf(("Wallonia",))})
    shares = sorted(float(mask.mean()) for mask in could.values())
    assert shares[0] < 0.25
    assert shares[1] == 0.5


def test_numbers_inside_a_range_are_drawn_from_knots_of_many_rows_and_stay_in_order(table):
    _, variables = variables_of(people(to_the_day=True, n=4_000))
    place = variables.place("height")
    before, after = (each.ranges[place] for each in (variables, smoothed_ranges(variables)))
    assert max(len(each.values) for each in after.inside) < max(len(each.values) for each in before.inside)
    for one, other in zip(after.inside, after.inside[1:], strict=False):
        assert list(one.values) == sorted(one.values)
        assert one.values[-1] == other.values[0]
    assert after.edges == before.edges
    middles = [[each.at(np.array([0.5]))[0] for each in ranges.inside] for ranges in (before, after)]
    assert middles[1] == pytest.approx(middles[0], abs=1.0)


def test_rare_numbers_are_met_no_more_often_than_those_of_the_holdout():
    rng = np.random.default_rng(8)
    numbers = pd.DataFrame({"weight": np.round(rng.lognormal(11.5, 0.5, 9_000)).astype(int).astype(str)}, dtype=object)
    train, holdout = numbers[:6_000].reset_index(drop=True), numbers[6_000:]
    model = Cart().fit(train, (Column("weight", "integer"),), seed=1, progress=silent)
    refuse_replay(measured_replay(train, holdout, model.sample(30_000, seed=2), ("weight",)))
