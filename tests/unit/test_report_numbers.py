"""How figures are written, at the boundaries."""

import pytest

from veil.model import CheckResult
from veil.report import numbers, words
from veil.report.numbers import Limit


@pytest.mark.parametrize(
    ("count", "written"), [(0, "0"), (1, "fewer than 10"), (9, "fewer than 10"), (10, "10"), (16519, "16,519"), (0.25, "0.250")]
)
def test_people_are_counted_from_ten(count, written):
    assert numbers.people(count) == written


@pytest.mark.parametrize(
    ("share", "written"),
    [(0.0, "0%"), (0.0004, "under 0.1%"), (0.0006, "0.1%"), (0.5, "50.0%"), (0.9994, "99.9%"), (0.9996, "over 99.9%"),
     (1.0, "100%"), (-0.0001, "0%"), (-0.02, "-2.0%")],
)  # fmt: skip
def test_percent_never_rounds_to_nothing_or_all(share, written):
    assert numbers.percent(share) == written


@pytest.mark.parametrize(("value", "written"), [(1.0, "1.000"), (0.99996, "0.999"), (0.85, "0.850"), (-0.0001, "0.000")])
def test_score_is_perfect_only_if_it_is(value, written):
    assert numbers.score(value) == written


@pytest.mark.parametrize(
    ("text", "limit"),
    [("<= 0.55", Limit("at most", 0.55)), (">= 11", Limit("at least", 11)), ("= 0", Limit("exactly", 0)),
     ("≤ 5 %", Limit("at most", 0.05)), ("0", Limit("exactly", 0)),
     (">= 1 and <= 5", None), ("measured", None), ("", None), (None, None)],
)  # fmt: skip
def test_limits_are_read_as_gates_write_them(text, limit):
    assert numbers.parse_limit(text) == limit


@pytest.mark.parametrize(
    ("text", "unit", "written"),
    [("<= 0.55", "share", "at most 55%"), ("<= 0.55", "score", "at most 0.55"), ("<= 0", "people", "none"),
     (">= 11", "count", "at least 11"), (">= 1 and <= 5", "count", "from 1 to 5"), ("token format", "score", "token format")],
)  # fmt: skip
def test_limits_are_written_in_words(text, unit, written):
    assert numbers.write_limit(text, unit) == written


@pytest.mark.parametrize(
    ("name", "value", "demanded", "written"),
    [
        ("t: k", 4.0, ">= 11", "4"),
        ("t: residual_identifiers", 3.0, "<= 0", "fewer than 10"),
        ("t: rows lost", 1.0, "<= 0", "fewer than 10"),
        ("t: columns undecided", 2.0, "<= 0", "2"),
        ("t: references `columns` changed", 2.0, "<= 0", "fewer than 10"),
        ("t: references `k: k` changed", 2.0, "<= 0", "fewer than 10"),
        ("t: validity", 1.0, ">= 1", "1.000"),
        ("t: fidelity", 1.0, ">= 0.8", "1.000"),
        ("t: fidelity", 0.8125, ">= 0.8", "0.812"),
        ("t: unique_share", 0.001, "<= 0.05", "under 0.005"),
        ("t: rows", 16519.0, ">= 1", "16,519"),
        ("t: fidelity", None, ">= 0.8", ""),
        ("t: fidelity", float("nan"), ">= 0.8", ""),
    ],
)
def test_gate_lines_withhold_small_counts_of_people(name, value, demanded, written):
    assert numbers.observed(name, value, demanded) == written


@pytest.mark.parametrize("check", words.EXPLANATIONS)
@pytest.mark.parametrize("value", [0.0, 0.5, 1.0, 12.0])
def test_every_check_can_be_told_in_whole_sentences(check, value):
    sentence = words.tell(CheckResult(check, "privacy", "t", ("a {b}", "c"), value, value - 0.1, value + 0.1, n=100))
    assert sentence.endswith(".")
    assert sentence[0] == sentence[0].upper()
    assert "{value}" not in sentence
    assert "{interval}" not in sentence


def test_checks_of_the_package_are_explained():
    from veil.checks import MEASURES

    assert set(MEASURES) <= set(words.EXPLANATIONS)


def test_unknown_check_is_named_and_told():
    result = CheckResult("tail_risk", "privacy", "t", (), 0.25, 0.2, 0.3)
    assert words.explain("tail_risk").title == "Tail risk"
    assert words.tell(result) == "Measured 0.250 (95% interval 0.200 to 0.300)."


@pytest.mark.parametrize(
    ("given", "written"),
    [({}, ""), ({"keep_last": 4, "in": "person"}, "in person, keep last 4"), ({"unique": True, "x": None}, "unique yes"),
     ({"days": [-180, 180]}, "days -180 / 180"), ({"a": {"c": 1, "b": False}}, "a {b no, c 1}"), ({"a": {"z", "b"}}, "a b / z")],
)  # fmt: skip
def test_parameters_are_written_in_one_short_line(given, written):
    assert words.parameters(given) == written


def test_long_parameters_are_cut():
    assert len(words.parameters({"text": "word\n" * 100})) <= 72
    assert words.parameters({"text": "word\n" * 100}).endswith("…")
