"""Laws of the checks: scores stay in their range, and worse data never gets a better score."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.checks import CheckInput, Structure, smallest_class, unique_share
from veil.checks.association import CorrelationDifference
from veil.checks.chance import own_value_survivors
from veil.checks.copies import ExactCopies
from veil.checks.fidelity import Fidelity
from veil.checks.marginals import tv_complement
from veil.checks.membership import auc
from veil.checks.neighbors import balanced_share
from veil.checks.residual import ResidualScan
from veil.checks.validity import Validity
from veil.model import CheckResult, Column

COLUMNS = (Column("n", "integer"), Column("m", "decimal", "0.0"), Column("c", "category"))
CELLS = st.one_of(st.none(), st.text(max_size=12))
WORDS = st.text(alphabet="abcdefgh0123456789 .-é", min_size=0, max_size=16)
FEW = settings(max_examples=25, deadline=None)
SEEDS = st.integers(0, 10_000)


def rows(n: int, rng: np.random.Generator) -> pd.DataFrame:
    n_ = rng.integers(0, 50, n)
    return pd.DataFrame(
        {
            "n": [None if value < 3 else str(value) for value in n_],
            "m": [f"{value:.1f}" for value in n_ / 5 + rng.normal(size=n)],
            "c": [f"c{value // 12}" for value in n_],
        },
        dtype=object,
    )


def inputs(seed: int, n: int = 120) -> CheckInput:
    rng = np.random.default_rng(seed)
    return CheckInput("t", COLUMNS, (), rows(n, rng), rows(n, rng), rows(n, rng), seed=seed)


def replaced(tables: CheckInput, synthetic: pd.DataFrame) -> CheckInput:
    return CheckInput("t", COLUMNS, (), tables.train, tables.holdout, synthetic, seed=tables.seed)


def only(results: tuple[CheckResult, ...]) -> CheckResult:
    return results[0]


@FEW
@given(SEEDS, st.integers(0, 120), st.integers(0, 120))
def test_more_copied_rows_never_lower_exact_copies(seed, one, other):
    tables = inputs(seed)
    fewer, more = sorted((one, other))

    def value(copied: int) -> float:
        new = pd.DataFrame({"n": [f"9{at}" for at in range(120 - copied)], "m": "0.0", "c": "new"}, dtype=object)
        made = pd.concat([tables.train[:copied], new], ignore_index=True)
        return only(ExactCopies().measure(replaced(tables, made))).value or 0.0

    assert value(fewer) <= value(more) + 1e-12


@FEW
@given(SEEDS, st.integers(0, 120), st.integers(0, 120))
def test_more_invalid_cells_never_raise_validity(seed, one, other):
    tables = inputs(seed)
    fewer, more = sorted((one, other))

    def value(broken: int) -> float:
        made = tables.train.copy()
        made.loc[: broken - 1, "c"] = "unknown level"
        return only(Validity().measure(replaced(tables, made))).value or 0.0

    assert value(0) == 1.0
    assert value(more) <= value(fewer)
    assert value(more) == 1 - more / 360 or abs(value(more) - (1 - more / 360)) < 1e-12


@FEW
@given(SEEDS)
def test_real_rows_are_always_valid(seed):
    tables = inputs(seed)
    assert only(Validity().measure(replaced(tables, pd.concat([tables.holdout, tables.train], ignore_index=True)))).value == 1.0


@FEW
@given(SEEDS, st.integers(0, 400))
def test_structure_is_one_only_at_the_number_of_rows_asked_for(seed, asked):
    tables = inputs(seed, 20)
    value = only(Structure(n_rows=asked).measure(tables)).value or 0.0
    assert 0 <= value <= 1
    assert (value == 1) == (asked == 20)


@FEW
@given(SEEDS, st.floats(0, 1), st.floats(0, 1))
def test_more_rows_of_a_foreign_level_never_raise_fidelity(seed, one, other):
    tables = inputs(seed)
    less, more = sorted((int(120 * one), int(120 * other)))

    def values(broken: int) -> list[float]:
        made = tables.train.copy()
        made.loc[: broken - 1, "c"] = "foreign"
        return [result.value or 0.0 for result in Fidelity().measure(replaced(tables, made))]

    assert all(worse <= better + 1e-12 for worse, better in zip(values(more), values(less), strict=True))


@FEW
@given(SEEDS)
def test_fidelity_and_association_stay_in_range_and_hold_their_interval(seed):
    tables = inputs(seed)
    scrambled = tables.synthetic.apply(lambda column: np.random.default_rng(seed).permutation(column.to_numpy()))
    for made in (tables.synthetic, scrambled, tables.train):
        for result in (*Fidelity().measure(replaced(tables, made)), *CorrelationDifference().measure(replaced(tables, made))):
            assert 0 <= result.low <= result.value + 1e-12
            assert result.value - 1e-12 <= result.high <= 1


@FEW
@given(SEEDS)
def test_row_order_changes_no_value(seed):
    tables = inputs(seed)
    shuffled = replaced(tables, tables.synthetic.sample(frac=1, random_state=seed).reset_index(drop=True))
    for check in (Validity(), Fidelity(), CorrelationDifference(), ExactCopies()):
        pairs = zip(check.measure(tables), check.measure(shuffled), strict=True)
        assert all(abs((one.value or 0) - (other.value or 0)) < 1e-9 for one, other in pairs)


COUNTS = st.lists(st.integers(0, 50), min_size=4, max_size=4).map(lambda counts: np.array(counts, dtype=float))


@given(COUNTS, COUNTS)
def test_total_variation_is_symmetric_in_range_and_one_for_equals(one, other):
    assert 0 <= tv_complement(one, other) <= 1
    assert abs(tv_complement(one, other) - tv_complement(other, one)) < 1e-12
    assert tv_complement(one, one) == 1


SCORES = st.lists(st.integers(-5, 5), min_size=1, max_size=20).map(lambda scores: np.array(scores, dtype=float))


@given(SCORES, SCORES, st.integers(0, 5))
def test_auc_is_the_slow_one_and_higher_member_scores_never_lower_it(members, others, more):
    slow = np.mean([(m > o) + (m == o) / 2 for m in members for o in others])
    assert abs(auc(members, others) - slow) < 1e-12
    assert auc(members + more, others) >= auc(members, others)
    assert abs(auc(members, others) + auc(others, members) - 1) < 1e-12


@given(st.lists(st.integers(0, 9), min_size=4, max_size=30), st.integers(1, 20))
def test_more_hits_on_train_never_lower_the_nearest_share(hits, more):
    counts, is_train = np.array(hits), np.arange(len(hits)) % 2 == 0
    value, (low, high) = balanced_share(counts, is_train)
    assert 0 <= low <= value <= high <= 1
    assert balanced_share(counts + more * is_train, is_train)[0] >= value


TABLES = st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["1", "", None])), min_size=1, max_size=30)


@given(TABLES)
def test_k_and_unique_share_are_the_slow_ones_and_more_columns_never_raise_k(cells):
    table = pd.DataFrame(cells, columns=["x", "y"], dtype=object)
    sizes = [cells.count(cell) for cell in cells]
    assert smallest_class(table, ["x", "y"]) == min(sizes)
    assert abs(unique_share(table, ["x", "y"]) - sum(size == 1 for size in sizes) / len(sizes)) < 1e-12
    assert smallest_class(table, ["x", "y"]) <= smallest_class(table, ["x"])
    assert unique_share(table, ["x", "y"]) >= unique_share(table, ["x"])


@given(WORDS, WORDS, WORDS)
def test_an_identifier_between_other_words_is_found_exactly_if_it_is_long_enough(value, before, after):
    characters = sum(char.isalnum() for char in value)
    scan = ResidualScan.build({"E": [value]})
    assert scan.scan([value])["E"] == int(characters >= 3)
    inside = scan.scan([f"{before}; {value} ;{after}"])["E"]
    assert inside == 1 if characters >= 4 else inside <= 1
    assert scan.scan([f"x{value}x", f"{value}"])["E"] <= 2


@given(st.lists(WORDS, max_size=6), st.lists(WORDS, max_size=12, unique=True))
def test_more_identifiers_never_find_less(values, cells):
    found = ResidualScan.build({"E": values[:3]}).scan(cells)["E"]
    assert found <= ResidualScan.build({"E": values}).scan(cells)["E"] <= len(cells)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=20))
def test_survivors_are_at_most_the_rows_and_all_of_them_for_kept_words(pairs):
    own, output = (pd.Series([pair[at] for pair in pairs], dtype=object) for at in (0, 1))
    assert 0 <= own_value_survivors(own, output) <= len(pairs)
    assert own_value_survivors(own, own) == sum(cell is not None and any(char.isalnum() for char in cell) for cell in own)
