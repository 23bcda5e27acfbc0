"""Fidelity and association against values computed by hand or by scipy."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from veil.checks import CheckInput
from veil.checks.association import CorrelationDifference, association, correlation_ratio, correlations, cramers_v, is_constant
from veil.checks.fidelity import Fidelity, contingency_similarity
from veil.checks.intervals import random_groups
from veil.checks.marginals import column_score, compare_column, ks_complement, tv_complement
from veil.checks.view import bin_numbers, level_codes, row_codes, shared_views
from veil.model import Column

RNG = np.random.default_rng(5)


def table(**columns):
    return pd.DataFrame({name: pd.Series(list(cells), dtype=object) for name, cells in columns.items()})


def groups(n):
    return random_groups(n, np.random.default_rng(0))


def test_bins_are_those_of_the_first_table_and_open_at_the_ends():
    first, second = np.array([0.0, 10.0, np.nan]), np.array([-5.0, 0.5, 1.0, 9.5, 99.0, np.nan])
    codes, n_levels = bin_numbers([first, second])
    assert n_levels == 11
    assert codes[1].tolist() == [0, 0, 1, 9, 9, 10]
    assert codes[0].tolist() == [0, 9, 10]


def test_bins_of_a_column_without_numbers_hold_only_nulls():
    codes, _ = bin_numbers([np.array([np.nan]), np.array([np.nan, np.nan])])
    assert [code.tolist() for code in codes] == [[10], [10, 10]]


def test_levels_have_one_code_in_all_tables_and_null_is_the_last():
    codes, n_levels = level_codes([pd.Series(["b", None, "a"], dtype=object), pd.Series(["", "a"], dtype=object)])
    assert n_levels == 4
    assert [code.tolist() for code in codes] == [[0, 3, 1], [2, 1]]


def test_row_codes_are_equal_exactly_for_equal_rows():
    columns = (Column("a"), Column("b"))
    left, right = table(a=["x", "x", None], b=["1", None, "1"]), table(a=["x", None, "x1"], b=[None, "1", ""])
    codes = row_codes(columns, left, right)
    assert [code in codes[0] for code in codes[1]] == [True, True, False]
    assert len(set(codes[0])) == 3


def test_ks_complement_by_hand():
    # distribution functions at 1, 2, 3, 4: (.25, .5, .75, 1) and (0, 0, .5, 1): largest distance .5
    first, second = np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.0, 3.0, 4.0, 4.0])
    assert ks_complement(first, second, (groups(4), groups(4)))[0] == pytest.approx(0.5)


def test_ks_complement_is_scipys():
    first, second = RNG.normal(size=500), RNG.normal(0.3, 1.2, size=300)
    expected = 1 - stats.ks_2samp(first, second).statistic
    with_nulls = np.concatenate([first, [np.nan] * 50])
    assert ks_complement(with_nulls, second, (groups(550), groups(300)))[0] == pytest.approx(expected)


def test_ks_complement_without_a_number_on_one_side_is_zero_and_on_both_one():
    nothing, something = np.array([np.nan] * 20), np.arange(20.0)
    assert ks_complement(nothing, something, (groups(20), groups(20)))[0] == 0
    assert ks_complement(nothing, nothing, (groups(20), groups(20)))[0] == 1


def test_tv_complement_by_hand():
    # shares (.5, .5, 0) and (.25, .25, .5): distance (.25 + .25 + .5) / 2 = .5
    assert tv_complement(np.array([2.0, 2.0, 0.0]), np.array([1.0, 1.0, 2.0])) == pytest.approx(0.5)
    assert tv_complement(np.array([2.0]), np.array([0.0])) == 0
    assert tv_complement(np.array([0.0]), np.array([0.0])) == 1


def test_replicates_leave_a_group_out_of_both_tables():
    columns = (Column("c", "category"),)
    one, other = table(c=list("aabbc") * 20), table(c=list("abbbc") * 20)
    first, second = shared_views(columns, one, other)
    parts = groups(100), groups(100)
    slow = [
        1
        - np.abs(
            one["c"][parts[0] != g]
            .value_counts(normalize=True)
            .sub(other["c"][parts[1] != g].value_counts(normalize=True), fill_value=0)
        ).sum()
        / 2
        for g in range(10)
    ]
    assert column_score("c", first, second, parts)[1:] == pytest.approx(slow)


def test_contingency_similarity_by_hand():
    columns = (Column("a", "category"), Column("b", "category"))
    # cells (x,1) (x,2) (y,1) (y,2): .5 0 0 .5 against .25 .25 .25 .25: distance .5
    first, second = shared_views(
        columns, table(a=list("xxyy") * 5, b=list("1122") * 5), table(a=list("xxyy") * 5, b=list("1212") * 5)
    )
    assert contingency_similarity("a", "b", first, second, (groups(20), groups(20)))[0] == pytest.approx(0.5)


def bench_table(n, rng, *, independent=False):
    x = rng.normal(size=n)
    y = x + 0.3 * rng.normal(size=n)
    color = np.where(x + rng.normal(size=n) > 0, "red", "blue")
    size = np.where(y > 0.5, "big", "small")
    made = table(x=[f"{v:.3f}" for v in x], y=[f"{v:.3f}" for v in y], color=color, size=size)
    return made.apply(lambda column: rng.permutation(column.to_numpy())) if independent else made


BENCH_COLUMNS = (
    Column("x", "decimal", "0.000"),
    Column("y", "decimal", "0.000"),
    Column("color", "category"),
    Column("size", "category"),
)


def bench(independent=False, n=1000):
    rng = np.random.default_rng(3)
    parts = [bench_table(n, rng) for _ in range(2)]
    return CheckInput("t", BENCH_COLUMNS, (), *parts, bench_table(n, rng, independent=independent))


def test_scores_equal_a_slow_obvious_version():
    inputs = bench()
    train, synthetic = inputs.train, inputs.synthetic
    results = {result.check: result for result in Fidelity().measure(inputs)}
    numbers = {name: (train[name].astype(float), synthetic[name].astype(float)) for name in "xy"}
    shapes = [1 - stats.ks_2samp(*numbers[name]).statistic for name in "xy"]
    shapes += [
        1 - (train[c].value_counts(normalize=True) - synthetic[c].value_counts(normalize=True)).abs().sum() / 2
        for c in ("color", "size")
    ]
    pairs = [1 - abs(numbers["x"][0].corr(numbers["y"][0]) - numbers["x"][1].corr(numbers["y"][1])) / 2]
    binned = [frame.copy() for frame in (train, synthetic)]
    for name in "xy":
        edges = np.histogram_bin_edges(numbers[name][0])
        edges[0], edges[-1] = -np.inf, np.inf
        for at in (0, 1):
            binned[at][name] = np.digitize(numbers[name][at], edges)
    for pair in itertools.combinations(train.columns, 2):
        if pair != ("x", "y"):
            joint = [frame.groupby(list(pair)).size() / len(frame) for frame in binned]
            pairs.append(1 - joint[0].sub(joint[1], fill_value=0).abs().sum() / 2)
    assert results["shapes"].value == pytest.approx(np.mean(shapes))
    assert results["pairs"].value == pytest.approx(np.mean(pairs))
    assert results["fidelity"].value == pytest.approx((np.mean(shapes) + np.mean(pairs)) / 2)


def test_a_fresh_sample_reaches_the_holdouts_figure_and_independent_columns_do_not():
    fresh, independent = ({r.check: r for r in Fidelity().measure(bench(mixed))} for mixed in (False, True))
    reference = float(fresh["pairs"].detail.rsplit(" ", 1)[1])
    assert fresh["pairs"].low <= reference <= fresh["pairs"].high
    assert independent["pairs"].high < fresh["pairs"].low - 0.1
    assert independent["shapes"].low > 0.9  # marginals cannot see a destroyed joint


def test_an_identical_table_scores_one():
    inputs = bench()
    same = CheckInput("t", BENCH_COLUMNS, (), inputs.train, inputs.holdout, inputs.train)
    assert [result.value for result in Fidelity().measure(same)] == [1.0, 1.0, 1.0]
    assert CorrelationDifference().measure(same)[0].value == pytest.approx(0, abs=1e-12)


def test_losing_a_numeric_column_never_raises_the_score():
    inputs = bench()
    lost = inputs.synthetic.assign(y="0.000")
    whole, less = (
        Fidelity().measure(CheckInput("t", BENCH_COLUMNS, (), inputs.train, inputs.holdout, part))
        for part in (inputs.synthetic, lost)
    )
    assert all(worse.value < better.value for worse, better in zip(less, whole, strict=True))


def test_one_column_has_no_pairs_and_few_rows_no_fidelity():
    inputs = bench()
    one = CheckInput("t", BENCH_COLUMNS[:1], (), inputs.train, inputs.holdout, inputs.synthetic)
    shapes, pairs, fidelity = Fidelity().measure(one)
    assert (pairs.status, pairs.value) == ("not_run", None)
    assert fidelity.value == shapes.value
    assert CorrelationDifference().measure(one)[0].status == "not_run"
    short = CheckInput("t", BENCH_COLUMNS, (), inputs.train, inputs.holdout, inputs.synthetic[:19])
    assert {result.status for result in Fidelity().measure(short)} == {"not_run"}


def test_pearson_is_numpys_and_uses_the_rows_where_both_are_known():
    x, y = RNG.normal(size=200), RNG.normal(size=200)
    y[:50] = np.nan
    (view,) = shared_views(
        (Column("x", "decimal", "0.##########"), Column("y", "decimal", "0.##########")),
        table(x=[str(v) for v in x], y=[None if np.isnan(v) else str(v) for v in y]),
    )
    matrices = correlations(view, groups(200))
    assert matrices[0, 0, 1] == pytest.approx(np.corrcoef(x[50:], y[50:])[0, 1])
    kept = (groups(200) != 3) & ~np.isnan(y)
    assert matrices[4, 0, 1] == pytest.approx(np.corrcoef(x[kept], y[kept])[0, 1])


def test_seconds_since_1970_keep_their_digits():
    seconds = 1.6e9 + np.arange(100.0)
    (view,) = shared_views(
        (Column("x", "integer"), Column("y", "integer")), table(x=[f"{v:.0f}" for v in seconds], y=[f"{-v:.0f}" for v in seconds])
    )
    assert correlations(view, groups(100))[0, 0, 1] == pytest.approx(-1)


def test_cramers_v_is_bergsmas():
    left, right = RNG.integers(0, 3, 400), RNG.integers(0, 4, 400)
    right = np.where(RNG.random(400) < 0.4, left, right)
    counts = pd.crosstab(left, right).to_numpy()
    phi2 = stats.chi2_contingency(counts, correction=False)[0] / 400
    r, c = counts.shape
    corrected = max(0, phi2 - (r - 1) * (c - 1) / 399)
    expected = np.sqrt(corrected / (min(r - (r - 1) ** 2 / 399, c - (c - 1) ** 2 / 399) - 1))
    assert cramers_v(left, right, groups(400))[0] == pytest.approx(expected)


@pytest.mark.parametrize(("right", "value"), [("same", 1.0), ("independent", 0.0), ("constant", 0.0), ("all different", 0.0)])
def test_cramers_v_at_its_ends(right, value):
    left = np.repeat([0, 1], 50)
    rights = {
        "same": left,
        "independent": np.tile([0, 1], 50),
        "constant": np.zeros(100, dtype=np.int64),
        "all different": np.arange(100),
    }
    assert cramers_v(left, rights[right], groups(100))[0] == pytest.approx(value, abs=1e-9)


def test_correlation_ratio_is_epsilon():
    codes = RNG.integers(0, 4, 300)
    numbers = codes + RNG.normal(size=300)
    within = sum(((numbers[codes == level] - numbers[codes == level].mean()) ** 2).sum() for level in range(4))
    total = ((numbers - numbers.mean()) ** 2).sum()
    expected = np.sqrt(1 - within / total * 299 / 296)
    assert correlation_ratio(numbers, codes, 5, groups(300))[0] == pytest.approx(expected)


@pytest.mark.parametrize("codes", [np.arange(100), np.zeros(100, dtype=np.int64)])
def test_many_levels_or_one_explain_nothing(codes):
    assert correlation_ratio(RNG.normal(size=100), codes, 101, groups(100))[0] == 0


def test_association_is_symmetric_in_the_unit_interval_with_ones_on_the_diagonal():
    matrix = association(shared_views(BENCH_COLUMNS, bench().train)[0], groups(1000))
    assert matrix.shape == (11, 4, 4)
    assert np.allclose(matrix, matrix.transpose(0, 2, 1))
    assert ((matrix >= 0) & (matrix <= 1)).all()
    assert np.allclose(matrix[:, range(4), range(4)], 1)
    assert (matrix[0][np.triu_indices(4, 1)] > 0.2).all()


def test_independent_columns_show_in_the_correlation_difference():
    fresh, independent = (CorrelationDifference().measure(bench(mixed))[0] for mixed in (False, True))
    assert fresh.high < 0.06
    assert independent.low > 0.4
    assert independent.better == "lower"


def test_constant_columns_do_not_dilute_the_difference():
    inputs = bench(independent=True)
    wide = [part.assign(zero="0", none=None) for part in (inputs.train, inputs.holdout, inputs.synthetic)]
    columns = (*BENCH_COLUMNS, Column("zero", "integer"), Column("none", "category"))
    value = CorrelationDifference().measure(inputs)[0].value
    assert CorrelationDifference().measure(CheckInput("t", columns, (), *wide))[0].value == pytest.approx(value)
    assert is_constant(shared_views(columns, wide[0])[0], "none")


def test_bars_hold_no_label_and_none_for_fewer_than_ten_rows():
    columns = (Column("c", "category"), Column("n", "integer"))
    one = table(c=["a"] * 80 + ["b"] * 11 + list("cdefghijk"), n=[str(v) for v in range(100)])
    first, second = shared_views(columns, one, one[::-1].reset_index(drop=True))
    bars = compare_column("t", "c", first, second, 1.0)
    assert bars.original == bars.synthetic == (0.8, 0.11, 0.0)  # nine rows of rare levels together are not drawn
    assert (bars.kind, compare_column("t", "n", first, second, 1.0).kind) == ("categorical", "numeric")
    assert set(compare_column("t", "n", first, second, 1.0).original) == {0.0}  # twenty bins of five rows


def test_numeric_bars_put_what_is_outside_in_the_end_bins():
    columns = (Column("n", "integer"),)
    original, synthetic = (table(n=[str(v) for v in values]) for values in (range(1000), [-5000] * 500 + [5000] * 500))
    bars = compare_column("t", "n", *shared_views(columns, original, synthetic), 0.0)
    assert (bars.synthetic[0], bars.synthetic[-1], len(bars.synthetic)) == (0.5, 0.5, 20)
    assert sum(bars.original) == pytest.approx(1)
