"""Exact copies, nearest share, membership, k and the statistics under them, against hand-computed values."""

import numpy as np
import pandas as pd
import pytest

from veil.checks import CheckInput, k_results, smallest_class, unique_share
from veil.checks.copies import ExactCopies, excess_share
from veil.checks.distance import embed, nearest
from veil.checks.intervals import clopper_pearson, hanley_mcneil, jackknife, random_groups
from veil.checks.k import SmallestClass
from veil.checks.membership import MembershipAuc, auc, found_at, rate_interval, untied
from veil.checks.neighbors import NearestShare, balanced_share
from veil.checks.view import shared_views
from veil.errors import UnknownColumn
from veil.model import Column


def table(**columns):
    return pd.DataFrame({name: pd.Series(list(cells), dtype=object) for name, cells in columns.items()})


def numbers(values):
    return table(n=[str(value) for value in values])


NUMBER = (Column("n", "integer"),)


def people(train, holdout, synthetic, **other):
    return CheckInput("t", NUMBER, (), numbers(train), numbers(holdout), numbers(synthetic), **other)


@pytest.mark.parametrize(
    ("hits", "trials", "expected"),
    [
        (0, 10, (0.0, 0.3085)),
        (10, 10, (0.6915, 1.0)),
        (5, 10, (0.1871, 0.8129)),
        (0, 0, (0.0, 1.0)),
    ],
)
def test_clopper_pearson_is_the_tables(hits, trials, expected):
    assert clopper_pearson(hits, trials) == pytest.approx(expected, abs=1e-4)


def test_hanley_mcneil_by_hand():
    # A = .8, 50 of each: Q1 = .8/1.2, Q2 = 1.28/1.8; SE^2 = (.16 + 49 (.02667) + 49 (.07111)) / 2500
    error = np.sqrt((0.16 + 49 * (0.8 / 1.2 - 0.64) + 49 * (1.28 / 1.8 - 0.64)) / 2500)
    assert hanley_mcneil(0.8, 50, 50) == pytest.approx((0.8 - 1.96 * error, 0.8 + 1.96 * error), abs=1e-4)
    assert hanley_mcneil(1.0, 50, 50) == (1.0, 1.0)


def test_jackknife_of_a_mean_is_its_t_interval():
    values = np.random.default_rng(1).random(10)
    replicates = np.array([values.mean(), *(np.delete(values, at).mean() for at in range(10))])
    half = 2.2622 * values.std(ddof=1) / np.sqrt(10)
    assert jackknife(replicates) == pytest.approx((values.mean() - half, values.mean() + half), abs=1e-4)


def test_random_groups_have_equal_sizes():
    assert sorted(np.bincount(random_groups(25, np.random.default_rng(0)))) == [2] * 5 + [3] * 5


# ------------------------------------------------------------------------------------------------------- exact copies


@pytest.mark.parametrize(
    ("synthetic", "value"),
    [
        (range(100), 1.0),  # a copy of train
        ([*range(50), *range(1000, 1050)], 0.5),  # half of it copied, half new
        ([*range(50), *range(100, 150)], 0.0),  # as many of train as of an equally large holdout
        (range(1000, 1100), 0.0),  # all new
        (range(100, 200), -1.0),  # a copy of the holdout
    ],
)
def test_excess_of_copies(synthetic, value):
    (result,) = ExactCopies().measure(people(range(100), range(100, 200), synthetic))
    assert result.value == pytest.approx(value)
    assert result.low <= result.value <= result.high
    assert result.better == "lower"


def test_a_smaller_holdout_is_scaled_up():
    # 80 rows of train and 20 of a holdout a quarter as large: exactly chance
    (result,) = ExactCopies().measure(people(range(400), range(400, 500), [*range(80), *range(400, 420)]))
    assert result.value == pytest.approx(0)
    assert result.low < 0 < result.high


def test_rows_that_both_sides_have_prove_nothing():
    (result,) = ExactCopies().measure(people([1] * 50 + [2], [1] * 50 + [3], [1] * 100))
    assert result.value == 0


def test_a_row_that_many_of_train_share_is_weaker_evidence_than_one_of_a_single_person():
    # train is four times the holdout: one record is of train with probability 4/5, two of one side are with 16/17
    made = [*range(10), *range(1000, 1990)]
    (single,) = ExactCopies().measure(people(range(80), range(200, 220), made))
    (shared,) = ExactCopies().measure(people([*range(40), *range(40)], range(200, 220), made))
    assert single.value == shared.value == pytest.approx(0.01)
    assert shared.low < single.low < 0.01


def test_one_copied_row_repeated_is_one_observation():
    (once,) = ExactCopies().measure(people(range(100), range(100, 200), [7] * 50))
    (many,) = ExactCopies().measure(people(range(100), range(100, 200), range(50)))
    assert once.value == many.value == pytest.approx(1.0)
    assert once.low < 0 < many.low


def test_no_match_still_has_an_upper_limit():
    assert excess_share(np.array([]), np.array([]), np.array([]), 100) == (0.0, (0.0, pytest.approx(0.0362, abs=1e-4)))


def test_without_a_holdout_copies_are_not_measured():
    assert ExactCopies().measure(people(range(10), [], range(10)))[0].status == "not_run"


# ------------------------------------------------------------------------------------------------ distance and neighbors


def test_distance_adds_one_per_level_and_rank_for_numbers():
    columns = (Column("c", "category"), Column("n", "integer"))
    real = table(c=["a", "a", "b", None], n=["0", "10", "20", None])
    views = shared_views(columns, real, real)
    points, _ = embed(views, 1, 0)
    squared = ((points[:, None] - points[None]) ** 2).sum(axis=2)
    assert squared[0, 1] == pytest.approx((1 / 3) ** 2, abs=1e-6)  # one rank of three
    assert squared[0, 2] == pytest.approx(1 + (2 / 3) ** 2, abs=1e-6)
    assert squared[1, 3] == pytest.approx(2, abs=1e-6)  # null differs from 10, the middle, by 1 and from level a by 1
    assert 2 <= squared[0, 3] <= 2.25


def test_rare_levels_differ_by_one_on_average_and_equal_only_themselves():
    columns = (Column("c", "category"),)
    real = table(c=[f"v{at}" for at in range(200)])
    points, again = embed(shared_views(columns, real, real), 1, 0)
    squared = ((points[:, None] - again[None]) ** 2).sum(axis=2)
    assert np.allclose(np.diag(squared), 0)
    apart = squared[~np.eye(200, dtype=bool)]
    assert apart.min() > 0.1
    assert apart.mean() == pytest.approx(1, abs=0.05)


def test_nearest_is_the_slow_version():
    rng = np.random.default_rng(0)
    queries, reference = rng.random((70, 6)).astype(np.float32), rng.random((90, 6)).astype(np.float32)
    slow = np.linalg.norm(queries[:, None] - reference[None], axis=2)
    distance, found = nearest(queries, reference)
    assert (found == slow.argmin(axis=1)).all()
    assert np.allclose(distance, slow.min(axis=1), atol=1e-6)


def test_a_row_is_not_its_own_neighbor():
    points = np.array([[0.0], [1.0], [3.0]], dtype=np.float32)
    distance, found = nearest(points, points, own=np.arange(3))
    assert found.tolist() == [1, 0, 1]
    assert distance.tolist() == [1, 1, 2]
    assert nearest(points, points)[0].tolist() == [0, 0, 0]


def test_chunks_do_not_change_the_nearest(monkeypatch):
    rng = np.random.default_rng(0)
    points = rng.random((50, 3)).astype(np.float32)
    whole = nearest(points[:20], points[20:], own=None)
    monkeypatch.setattr("veil.checks.distance.CHUNK_CELLS", 7)
    parts = nearest(points[:20], points[20:], own=None)
    assert (whole[1] == parts[1]).all()


def test_balanced_share_undoes_the_sizes():
    is_train = np.array([True] * 400 + [False] * 100)
    even = np.ones(500, dtype=np.int64)
    value, (low, high) = balanced_share(even, is_train)
    assert value == pytest.approx(0.5)
    assert low < 0.5 < high
    twice = np.where(is_train, 2, 1)
    assert balanced_share(twice, is_train)[0] == pytest.approx(2 / 3)


def test_hits_that_gather_on_few_rows_widen_the_interval():
    is_train = np.array([True, False] * 500)
    spread, gathered = np.ones(1000, dtype=np.int64), np.zeros(1000, dtype=np.int64)
    gathered[:10] = 100
    widths = [high - low for _, (low, high) in (balanced_share(hits, is_train) for hits in (spread, gathered))]
    assert widths[1] > 5 * widths[0]


def test_a_copy_is_near_and_no_hit_on_the_holdout_is_no_division_by_zero():
    value, (low, high) = balanced_share(np.array([1] * 100 + [0] * 100), np.array([True] * 100 + [False] * 100))
    assert value > 0.99
    assert 0.9 < low < high < 1


# ---------------------------------------------------------------------------------------------------------- membership


def test_auc_counts_ties_half():
    # pairs: 3>2, 3>1, 2=2, 2>1 -> 3.5 of 4
    assert auc(np.array([3.0, 2.0]), np.array([2.0, 1.0])) == pytest.approx(0.875)
    assert auc(np.ones(5), np.ones(7)) == 0.5


def test_members_found_at_one_percent_false_alarms():
    members, others = np.array([989.5, 990.5, 2000.0, -1.0]), np.arange(1000.0)
    assert found_at(*untied(members, others, np.random.default_rng(0)), 0.01) == 2


def test_equal_scores_are_told_apart_at_random():
    rng = np.random.default_rng(0)
    members, others = untied(np.zeros(1000), np.zeros(1000), rng)
    assert found_at(members, others, 0.01) < 40  # about ten
    assert rate_interval(members, others, 0.01, rng)[1] < 0.06


def test_rate_interval_holds_the_rate_and_is_not_inside_the_exact_one():
    rng = np.random.default_rng(0)
    members, others = untied(rng.normal(1, 1, 2000), rng.normal(size=2000), rng)
    found = found_at(members, others, 0.01)
    low, high = rate_interval(members, others, 0.01, rng)
    exact = clopper_pearson(found, 2000)
    assert low <= exact[0] < found / 2000 < exact[1] <= high


def test_the_stronger_attack_counts():
    rng = np.random.default_rng(0)
    area, rate = MembershipAuc().measure(
        people(rng.integers(0, 10**6, 300), rng.integers(0, 10**6, 300), rng.integers(0, 10**6, 300))
    )
    values = [float(part.rsplit(" ", 1)[1]) for part in area.detail.split("; ")[1].split(", ")]
    assert area.value == pytest.approx(max(values), abs=1e-4)
    assert rate.check == "membership_tpr"


@pytest.mark.parametrize("check", [NearestShare(), MembershipAuc()])
def test_fewer_than_fifty_rows_are_not_measured(check):
    results = check.measure(people(range(100), range(49), range(100)))
    assert {(result.status, result.value, result.better) for result in results} == {("not_run", None, "lower")}
    assert results[0].bad_end is None


def test_queries_are_capped_and_the_reference_is_not():
    inputs = people(range(0, 2000, 2), range(1, 400, 2), range(0, 2000, 2))
    (result,) = NearestShare(max_queries=100).measure(inputs)
    assert result.n == 100
    assert result.value > 0.95


# ------------------------------------------------------------------------------------------------------------------- k


QUASI = table(
    sex=["f", "f", "m", "m", None, None], age=["20-29", "20-29", "20-29", "30-39", "20-29", "20-29"], name=list("abcdef")
)


@pytest.mark.parametrize(
    ("quasi", "k", "unique"),
    [
        (["sex"], 2, 0.0),
        (["age"], 1, 1 / 6),
        (["sex", "age"], 1, 2 / 6),
        (["name"], 1, 1.0),
    ],
)
def test_k_and_unique_share_by_hand(quasi, k, unique):
    assert smallest_class(QUASI, quasi) == k
    assert unique_share(QUASI, quasi) == pytest.approx(unique)


def test_null_is_a_value_of_its_own_and_not_the_empty_string():
    assert smallest_class(table(a=["", None, None]), ["a"]) == 1
    assert smallest_class(table(a=[None, None]), ["a"]) == 2


def test_an_empty_table_has_k_zero():
    assert (smallest_class(QUASI[:0], ["sex"]), unique_share(QUASI[:0], ["sex"])) == (0, 0.0)


@pytest.mark.parametrize("quasi", [["nothing"], []])
def test_unknown_or_no_quasi_identifiers_are_refused(quasi):
    with pytest.raises(UnknownColumn):
        smallest_class(QUASI, quasi)
    with pytest.raises(UnknownColumn):
        unique_share(QUASI, quasi)


def test_k_is_of_train_and_holdout_together():
    inputs = CheckInput("t", (Column("sex", "category"),), ("sex",), QUASI[:3], QUASI[3:], QUASI[:0])
    assert [result.value for result in SmallestClass().measure(inputs)] == [2.0, 0.0]
    assert [result.value for result in k_results(QUASI, ["sex"], "t")] == [2.0, 0.0]


def test_k_without_quasi_identifiers_is_not_run():
    inputs = CheckInput("t", (), (), QUASI, QUASI, QUASI)
    assert [(result.check, result.status) for result in SmallestClass().measure(inputs)] == [
        ("k", "not_run"),
        ("unique_share", "not_run"),
    ]


def test_k_of_a_column_that_the_table_lacks_is_refused():
    with pytest.raises(UnknownColumn):
        SmallestClass().measure(CheckInput("t", (), ("sex", "zip"), QUASI, QUASI, QUASI))
