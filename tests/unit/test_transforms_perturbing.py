"""noise, pram, swap and microaggregate: what they promise of a column, and what they refuse."""

import hashlib
import random
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from pydantic import ValidationError

from tests.unit.whole_columns import KEY, NULLS, transformed
from veil.errors import TransformFailed
from veil.transforms import TRANSFORMS
from veil.transforms.draws import drawn, units
from veil.transforms.keys import Key, SubjectKey
from veil.transforms.private_noise import below, discrete_laplace, happens_with_exp, randomized_response

OTHER = Key("main", "2026-12", KEY.secret)
AMOUNTS = [f"{number / 100:.2f}" for number in random.Random(3).sample(range(1_000_000), 400)]


def noisy(values, *, kind="decimal", form="0.00", **given):
    engine = {name: given.pop(name) for name in ("subjects", "cuts", "order", "key") if name in given}
    return transformed("noise", values, kind=kind, form=form, parameters=given, **engine)


@pytest.mark.parametrize("distribution", [None, "uniform", "normal", "laplace"])
def test_noise_moves_by_what_was_asked_for_and_keeps_the_format(distribution):
    after = noisy([*AMOUNTS, *NULLS], amount=5, distribution=distribution)
    moves = np.array([float(Decimal(new) - Decimal(old)) for old, new in zip(AMOUNTS, after, strict=False)])
    assert after[len(AMOUNTS) :] == NULLS
    assert all(len(cell.partition(".")[2]) == 2 for cell in after[: len(AMOUNTS)])
    assert distribution in ("normal", "laplace") or np.abs(moves).max() <= 5.005
    spread = {"normal": 5.0, "laplace": 5 * 2**0.5}.get(distribution, 5 / 3**0.5)
    assert 0.85 * spread < moves.std() < 1.15 * spread
    assert abs(moves.mean()) < 4 * spread / len(moves) ** 0.5


def test_noise_by_ratio_is_in_proportion_and_leaves_zero():
    after = [Decimal(cell) for cell in noisy([*AMOUNTS, "0.00"], ratio=0.1)]
    assert all(abs(new - Decimal(old)) <= Decimal(old) / 10 + Decimal("0.005") for old, new in zip(AMOUNTS, after, strict=False))
    assert sum(new != Decimal(old) for old, new in zip(AMOUNTS, after, strict=False)) > 390
    assert after[-1] == 0


def test_noise_is_the_same_again_whatever_the_batches_and_other_with_another_key():
    first = noisy(AMOUNTS, amount=5)
    assert noisy(AMOUNTS, amount=5, cuts=(1, 100, 399)) == first
    assert noisy(AMOUNTS, amount=5, order=list(range(len(AMOUNTS)))[::-1]) == first
    assert sum(new == old for new, old in zip(noisy(AMOUNTS, amount=5, key=OTHER), first, strict=True)) < 20


def test_noise_is_drawn_per_subject_and_value_or_else_per_row():
    by_row = noisy(["100"] * 50, kind="integer", form=None, amount=40)
    assert len(set(by_row)) > 20
    by_subject = noisy(["100", "100", "7", "100"], kind="integer", form=None, amount=40, subjects=["a", "a", "a", "b"])
    assert by_subject[0] == by_subject[1]
    assert int(by_subject[2]) - 7 != int(by_subject[0]) - 100
    assert by_subject[3] != by_subject[0]


class OwnKeys:
    """Keys of data subjects, one by one."""

    def __init__(self, salt):
        self.salt = salt

    def covers(self, keyspace):
        return keyspace == "people"

    def keys_of(self, key, keyspace, subjects):
        return [SubjectKey(b"", hashlib.sha256(self.salt + subject.encode()).digest()) for subject in subjects]

    def find(self, key, handles):
        return [None for _ in handles]


def test_noise_of_a_subject_comes_from_the_key_that_can_be_forgotten():
    given = {"kind": "integer", "form": None, "amount": 1000, "subjects": ["a", "b"] * 5}
    first, same, forgotten = (
        noisy(["100"] * 10, **given, key=Key("main", "1", b"k" * 32, OwnKeys(salt))) for salt in (b"1", b"1", b"2")
    )
    assert first == same
    assert not set(first) & set(forgotten)


def test_noise_holds_its_bounds_without_piling_up_on_them():
    before = ["0"] * 500 + ["3"] * 500
    after = list(map(int, noisy(before, kind="integer", form=None, amount=20, min=0, max=30)))
    assert min(after) >= 0
    assert max(after) <= 30
    assert Counter(after)[0] < 60


@pytest.mark.parametrize(
    ("values", "kind", "form", "parameters", "told"),
    [
        (["-500"], "integer", None, {"amount": 5, "min": 0}, "too far outside"),
        (["1"], "integer", None, {"amount": 5, "min": 0.5}, "`min: 0.5` cannot be written"),
        (["1"], "text", None, {"amount": 5}, "noise for a text column"),
        (["12345678901234567"], "integer", None, {"amount": 5}, "more than 15 digits"),
        (["secret"], "integer", None, {"amount": 5}, "no plain numbers"),
        (["1"], "integer", None, {"epsilon": 0.001, "min": 0, "max": 2**50}, "does not fit"),
    ],
)
def test_noise_refuses(values, kind, form, parameters, told):
    with pytest.raises(TransformFailed, match=told) as failed:
        noisy(values, kind=kind, form=form, **parameters)
    assert "secret" not in str(failed.value)
    assert failed.value.__cause__ is failed.value.__context__ is None


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("noise", {}),
        ("noise", {"amount": 1, "ratio": 0.1}),
        ("noise", {"amount": 0}),
        ("noise", {"ratio": 1.5}),
        ("noise", {"amount": 1, "min": 5, "max": 5}),
        ("noise", {"epsilon": 1}),
        ("noise", {"epsilon": 1, "min": 0}),
        ("noise", {"epsilon": 1, "min": 0, "max": 9, "distribution": "laplace"}),
        ("noise", {"epsilon": 0, "min": 0, "max": 9}),
        ("noise", {"amount": 1, "distribution": "cauchy"}),
        ("pram", {}),
        ("pram", {"retain": 1}),
        ("pram", {"retain": 0.5, "epsilon": 1}),
        ("pram", {"epsilon": 1}),
        ("pram", {"retain": 0.5, "values": ["a", "b"]}),
        ("pram", {"epsilon": 1, "values": ["a"]}),
        ("pram", {"epsilon": 1, "values": ["a", "a"]}),
        ("swap", {"window": 0}),
        ("swap", {"window": 101}),
        ("swap", {"window": 5, "within": ["a"]}),
        ("microaggregate", {"size": 2}),
        ("microaggregate", {"by": "mode"}),
    ],
)
def test_parameters_that_do_not_hold_are_refused(name, parameters):
    with pytest.raises(ValidationError):
        TRANSFORMS[name].model_validate(parameters)


def test_epsilon_is_declared_neither_keyed_nor_the_same_again():
    for method in (TRANSFORMS["noise"](epsilon=1, min=0, max=9), TRANSFORMS["pram"](epsilon=1, values=("a", "b"))):
        assert not method.declared.keyed
        assert not method.declared.deterministic
        assert not method.needs_whole
    assert TRANSFORMS["noise"](amount=1).declared.keyed
    assert not any(
        TRANSFORMS[name].model_validate(given).by_value for name, given in [("noise", {"amount": 1}), ("pram", {"retain": 0})]
    )


def test_private_noise_differs_from_run_to_run_and_clamps_first():
    private = {"epsilon": 1, "min": 0, "max": 10}
    runs = [noisy(["5"] * 200 + ["1000"] * 200, kind="integer", form=None, key=None, **private) for _ in range(2)]
    assert runs[0] != runs[1]
    assert max(map(int, runs[0])) < 400
    mean = np.mean([int(cell) for run in runs for cell in run[200:]])
    assert abs(mean - 10) < 6 * 10 * 2**0.5 / 400**0.5
    assert noisy(NULLS, kind="integer", form=None, key=None, **private) == NULLS


def test_private_noise_is_as_likely_as_it_must_be():
    scale, n = Fraction(5, 2), 200_000
    counts = Counter(discrete_laplace(n, scale).tolist())
    whole = sum(np.exp(-abs(z) / 2.5) for z in range(-200, 201))
    for z in range(-8, 9):
        share = np.exp(-abs(z) / 2.5) / whole
        assert abs(counts[z] / n - share) < 5 * (share / n) ** 0.5


@pytest.mark.parametrize("scale", [Fraction(0), Fraction(2**49), Fraction(1, 2**21)])
def test_private_noise_refuses_a_scale_that_does_not_fit(scale):
    with pytest.raises(ValueError, match="does not fit"):
        discrete_laplace(1, scale)


def test_secure_draws_are_even_and_exact():
    assert Counter(below(np.full(60_000, 3, dtype=np.int64)).tolist()).keys() == {0, 1, 2}
    assert max(abs(count - 20_000) for count in Counter(below(np.full(60_000, 3, dtype=np.int64)).tolist()).values()) < 700
    assert happens_with_exp(np.zeros(100, dtype=np.int64), 5).all()
    share = happens_with_exp(np.full(100_000, 2, dtype=np.int64), 4).mean()
    assert abs(share - np.exp(-0.5)) < 0.01


def test_randomized_response_tells_the_truth_as_often_as_epsilon_allows():
    answers = randomized_response(np.full(100_000, 2, dtype=np.int64), 5, 1.5)
    shares = np.bincount(answers, minlength=5) / 100_000
    assert abs(shares[2] - np.exp(1.5) / (np.exp(1.5) + 4)) < 0.01
    assert max(abs(shares[other] - shares[0]) for other in (1, 3, 4)) < 0.01


SEXES = ["f"] * 700 + ["m"] * 250 + ["x"] * 50


def test_pram_keeps_the_shares_and_exchanges_as_many_as_it_says():
    after = transformed("pram", [*SEXES, *NULLS], kind="category", parameters={"retain": 0.6})
    assert after[len(SEXES) :] == NULLS
    counts, changed = Counter(after[:1000]), sum(new != old for old, new in zip(SEXES, after, strict=False))
    assert abs(counts["f"] - 700) < 60
    assert abs(changed - 0.4 * sum(n * (1 - n / 1000) for n in (700, 250, 50))) < 60


def test_pram_is_the_same_again_whatever_the_batches():
    given = {"kind": "category", "parameters": {"retain": 0.2}}
    first = transformed("pram", SEXES, **given)
    assert transformed("pram", SEXES, **given, cuts=(3, 500)) == first
    assert transformed("pram", SEXES, **given, order=list(range(1000))[::-1]) == first
    assert transformed("pram", SEXES, **given, key=OTHER) != first
    subjects = [str(row // 2) for row in range(1000)]
    by_subject = transformed("pram", SEXES, **given, subjects=subjects)
    assert all(by_subject[row] == by_subject[row + 1] for row in range(0, 1000, 2))


def test_pram_that_retains_nothing_tells_nothing_of_the_cell():
    after = transformed("pram", SEXES, kind="category", parameters={"retain": 0})
    assert abs(after[:700].count("f") / 700 - after[700:].count("f") / 300) < 0.12


def test_pram_with_epsilon_answers_with_declared_values_only():
    given = {"epsilon": 1, "values": ["f", "m", "x", "?"]}
    after = transformed("pram", [*SEXES, *NULLS], kind="category", parameters=given, key=None)
    assert set(after[:1000]) == {"f", "m", "x", "?"}
    assert after[1000:] == NULLS
    with pytest.raises(TransformFailed, match="fewer than 10 values: not among"):
        transformed("pram", ["secret"], kind="category", parameters=given, key=None)


def test_pram_is_for_categories():
    with pytest.raises(TransformFailed, match="more than 1000 distinct values"):
        transformed("pram", list(map(str, range(1001))), parameters={"retain": 0.5})


def test_swap_keeps_the_column_and_no_row_its_own_cell():
    values = [f"v{row}" for row in range(200)]
    after = transformed("swap", [*values, *NULLS])
    assert sorted(after[:200]) == sorted(values)
    assert after[200:] == NULLS
    assert not [1 for old, new in zip(values, after, strict=False) if old == new]


def test_swap_is_the_same_again_whatever_the_batches():
    values = [f"v{row}" for row in range(100)]
    first = transformed("swap", values)
    assert transformed("swap", values, cuts=(7, 50)) == first
    assert transformed("swap", values, order=list(range(100))[::-1]) == first
    assert transformed("swap", values, key=OTHER) != first


def test_swap_stays_within_its_window_of_ranks():
    values = [str(number) for number in random.Random(5).sample(range(100_000), 300)]
    after = transformed("swap", [*values, "", None], kind="integer", parameters={"window": 4})
    rank = {value: place for place, value in enumerate(sorted(values, key=int))}
    moves = [abs(rank[old] - rank[new]) for old, new in zip(values, after, strict=False)]
    assert min(moves) >= 1
    assert max(moves) <= 12
    assert sorted(after[:300]) == sorted(values)


def test_swap_stays_within_its_stratum():
    strata = [None if row % 7 == 0 else f"s{row % 3}" for row in range(210)]
    values = [f"{stratum} {row}" for row, stratum in enumerate(strata)]
    after = transformed("swap", values, parameters={"within": ["region"]}, others={"region": strata})
    assert all(new.split()[0] == str(stratum) for new, stratum in zip(after, strata, strict=True))
    assert not [1 for old, new in zip(values, after, strict=True) if old == new]


@pytest.mark.parametrize(
    ("values", "kind", "parameters", "others", "told"),
    [
        (["a"], "text", {}, {}, "fewer than 10 values: alone"),
        (["a", "b", "c"], "text", {"within": ["r"]}, {"r": ["x", "x", "y"]}, "fewer than 10 values: alone"),
        (["1"] * 20, "integer", {"window": 5}, {}, "`window: 10` would do"),
        (["a"] * 20, "text", {"window": 50}, {}, "only numbers have ranks"),
        (["1", "secret"] * 5, "integer", {"window": 50}, {}, "cannot be read as integer"),
    ],
)
def test_swap_refuses(values, kind, parameters, others, told):
    with pytest.raises(TransformFailed, match=told) as failed:
        transformed("swap", values, kind=kind, parameters=parameters, others=others)
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize(
    ("values", "kind", "form", "parameters", "expected"),
    [
        (["1", "2", "3", "10", "11", "12"], "integer", None, {"size": 3}, ["2", "2", "2", "11", "11", "11"]),
        (["1", "2", "4", "10"], "integer", None, {"size": 3}, ["4", "4", "4", "4"]),
        (["1", "1", "1", "1", "5", "6", "7"], "integer", None, {"size": 3}, ["1", "1", "1", "1", "6", "6", "6"]),
        (["1", "2", "2", "2", "2", "9", "9", "9"], "integer", None, {"size": 3}, ["2"] * 5 + ["9"] * 3),
        (["1", "2", "3", "100"], "integer", None, {"size": 3, "by": "median"}, ["2"] * 4),
        (["0.10", "0.20", "0.20"], "decimal", "0.00", {"size": 3}, ["0.17"] * 3),
        (["0,1", "0,2", "0,2"], "decimal", "0,0", {"size": 3}, ["0,2"] * 3),
        (["1", "2", "2"], "integer", None, {"size": 3}, ["2"] * 3),
        (["-1", "-2", "-2"], "integer", None, {"size": 3}, ["-2"] * 3),
        (["2020-01-01", "2020-01-02", "2020-01-31"], "date", "%Y-%m-%d", {"size": 3}, ["2020-01-11"] * 3),
        (
            ["01.01.2020 00:00", "01.01.2020 00:01", "01.01.2020 00:05"],
            "datetime",
            "%d.%m.%Y %H:%M",
            {"size": 3},
            ["01.01.2020 00:02"] * 3,
        ),
        ([], "integer", None, {"size": 3}, []),
    ],
)
def test_microaggregate_writes_the_mean_of_the_nearest(values, kind, form, parameters, expected):
    assert transformed("microaggregate", [*values, *NULLS], kind=kind, form=form, parameters=parameters) == [*expected, *NULLS]


def test_microaggregate_leaves_no_group_under_its_size():
    rng = random.Random(1)
    values = [str(rng.randint(0, 60)) for _ in range(500)]
    after = transformed("microaggregate", values, kind="integer", parameters={"size": 7})
    assert min(Counter(after).values()) >= 7
    assert abs(sum(map(int, after)) - sum(map(int, values))) <= len(values) / 2


@pytest.mark.parametrize(
    ("values", "kind", "told"),
    [
        (["1", "2"], "integer", "fewer than 10 values; drop"),
        (["a"] * 9, "category", "has no mean"),
        (["1", "secret", "3"], "integer", "no plain"),
    ],
)
def test_microaggregate_refuses(values, kind, told):
    with pytest.raises(TransformFailed, match=told) as failed:
        transformed("microaggregate", values, kind=kind, parameters={"size": 3})
    assert "secret" not in str(failed.value)


def test_draws_lie_where_they_should():
    words = np.array([0, 2**63, 2**64 - 1], dtype=np.uint64)
    assert units(words).tolist() == [0.0, 0.5, 1 - 2**-53]
    for distribution in ("uniform", "normal", "laplace"):
        low, middle, high = drawn(words, distribution)
        assert low < -0.99
        assert abs(middle) < 1e-9
        assert high > 0.99
