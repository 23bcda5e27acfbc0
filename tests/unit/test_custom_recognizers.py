"""Recognizers of a policy: what they say of columns and of texts, in linear time, and never with a cell in a reason."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from veil.model import ColumnProfile, ColumnSample, LogicalType, Span
from veil.recognizers import classify
from veil.recognizers.base import NOTHING
from veil.recognizers.custom import (
    BadPattern,
    ColumnName,
    Listed,
    Pattern,
    compiled,
    harmless_values,
    with_custom,
    without_harmless,
)

BADGE = Pattern("badge", "EMPLOYEE_ID", "VB-[0-9]{5}")
WARDS = Listed("wards", "ORGANIZATION", ("Ward 7", "Ward 9", "Café Nord"))
STAFF = ColumnName("staff_no", "EMPLOYEE_ID", ("staff_no", "*_staff_number"))
TOWNS = Listed("towns", NOTHING, ("Paris", "Jordan"))
BADGES = [f"VB-{number:05d}" for number in range(10_000, 10_040)]


def column(values: Sequence[str], name: str = "c", kind: LogicalType = "text") -> ColumnSample:
    lengths = [len(value) for value in values] or [0]
    profile = ColumnProfile(
        column=name, type=kind, format=None, n_rows=len(values), n_null=0, n_distinct=len(values), unique_share=1.0,
        mean_length=sum(lengths) / len(lengths), max_length=max(lengths), mean_words=1.0,
    )  # fmt: skip
    return ColumnSample(profile, (), tuple(values))


def found(text: str, recognizer: Pattern | Listed) -> list[str]:
    return [text[span.start : span.end] for span in recognizer.find(text)]


def test_a_pattern_is_evidence_for_its_entity_and_the_reason_names_the_recognizer():
    (evidence,) = BADGE.inspect(column(BADGES))
    assert (evidence.entity, evidence.recognizer) == ("EMPLOYEE_ID", "custom")
    assert evidence.reason == "100 % of 40 distinct values match the policy's recognizer `badge`"
    assert evidence.score > 0.9


@pytest.mark.parametrize(
    ("values", "entity"),
    [
        (BADGES, "EMPLOYEE_ID"),
        ([*BADGES[:30], *(f"x{number}" for number in range(20))], "EMPLOYEE_ID"),
        ([*BADGES[:5], *(f"word number {number}" for number in range(40))], "FREE_TEXT"),
        ([f"asked by {badge} today" for badge in BADGES], "FREE_TEXT"),
        ([f"word number {number}" for number in range(40)], None),
        (["", "-", "n/a"], None),
        ([], None),
    ],
)
def test_the_share_of_matching_values_decides(values, entity):
    told = [evidence.entity for evidence in BADGE.inspect(column(values))]
    assert told == ([entity] if entity else [])


def test_numbers_are_never_made_free_text():
    assert not Pattern("n", "EMPLOYEE_ID", "99[0-9]{6}").inspect(column(["1", "2", "3", "99123456"], kind="integer"))


@pytest.mark.parametrize(
    ("values", "entity"), [(["ward 7", "WARD 9", "Cafe Nord"], "ORGANIZATION"), (["Ward 1", "Ward 2", "ward 7"], None)]
)
def test_a_deny_list_counts_values_whatever_their_case_and_accents(values, entity):
    assert [evidence.entity for evidence in WARDS.inspect(column(values))] == ([entity] if entity else [])


@pytest.mark.parametrize(
    ("name", "is_named"),
    [("staff_no", True), ("STAFF_NO", True), ("old_staff_number", True), ("staff_number", False), ("staff_no_2", False)],
)
def test_a_column_name_is_enough(name, is_named):
    assert bool(STAFF.inspect(column(["17", "18"], name, "integer"))) is is_named


def test_no_reason_holds_a_cell():
    for recognizer, values in ((BADGE, BADGES), (WARDS, WARDS.values), (STAFF, BADGES), (TOWNS, TOWNS.values)):
        reasons = " ".join(evidence.reason for evidence in recognizer.inspect(column(values, "staff_no")))
        assert reasons
        assert not [value for value in values if value in reasons]


def test_a_recognizer_does_not_show_its_values_or_its_pattern():
    assert "Ward 7" not in repr(WARDS)
    assert "VB" not in repr(BADGE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("badge VB-12345.", ["VB-12345"]),
        ("VB-12345,VB-54321", ["VB-12345", "VB-54321"]),
        ("VB-123456", []),
        ("xVB-12345", []),
        ("éVB-12345é", []),
        ("«VB-12345»", ["VB-12345"]),
        ("", []),
    ],
)
def test_a_pattern_finds_pieces_with_the_edges_of_words(text, expected):
    assert found(text, BADGE) == expected


def test_of_two_matches_at_one_place_the_longest_is_taken():
    assert found("ask AB1 today", Pattern("p", "EMPLOYEE_ID", "AB|AB1")) == ["AB1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Moved from WARD 7 to ward 9.", ["WARD 7", "ward 9"]),
        ("ward 77", []),
        ("the café nord, Cafe Nord", ["café nord", "Cafe Nord"]),
        ("forward 7", []),
    ],
)
def test_a_deny_list_is_found_in_texts(text, expected):
    assert found(text, WARDS) == expected


@pytest.mark.parametrize("pattern", ["(?=a)b", "(?<!a)b", r"(a)\1", "a**", "[", "x{2000}", "(a"])
def test_what_is_not_linear_is_no_pattern(pattern):
    with pytest.raises(BadPattern):
        compiled(pattern)


@pytest.mark.parametrize("pattern", ["(Q+)+Z", "(Q|Q)*Z", "Q.*Q.*Q.*Z"])
def test_hostile_texts_cost_linear_time(pattern):
    recognizer = Pattern("hostile", "EMPLOYEE_ID", pattern)
    start = time.process_time()
    assert not found("Q" * 200_000, recognizer)
    assert not recognizer.is_whole("Q" * 10_000)
    assert time.process_time() - start < 2.0


def test_custom_evidence_takes_part_in_classification():
    codes = [f"VB-{number}" for number in range(10_000, 10_040)]
    finding = classify([column(codes, "c1")], models=None, custom=(BADGE,))[0]
    assert (finding.entity, finding.role) == ("EMPLOYEE_ID", "direct")
    assert "`badge`" in finding.reason
    assert finding.confidence > 0.9


def test_a_named_column_is_found_whatever_its_cells():
    finding = classify([column(["a1", "b2", "c3"], "ops_staff_number")], models=None, custom=(STAFF,))[0]
    assert finding.entity == "EMPLOYEE_ID"


def test_harmless_values_are_no_evidence():
    towns = column(["Paris", "JORDAN", "Ghent"])
    assert without_harmless(towns, (TOWNS, BADGE)).values == ("Ghent",)
    assert without_harmless(towns, (BADGE,)) is towns
    (evidence,) = TOWNS.inspect(towns)
    assert evidence.entity == NOTHING
    assert harmless_values((TOWNS, WARDS)) == {"paris", "jordan"}


def _names(texts: Sequence[str]) -> list[tuple[Span, ...]]:
    """Stands for any search: whatever is written with a capital is a person."""
    found = []
    for text in texts:
        words, at = [], 0
        for word in text.split(" "):
            if word[:1].isupper():
                words.append(Span(at, at + len(word), "PERSON", 0.5))
            at += len(word) + 1
        found.append(tuple(words))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ask VB-12345 or Ada", [("VB-12345", "EMPLOYEE_ID"), ("Ada", "PERSON")]),
        ("from Ward 9 to Paris", [("Ward 9", "ORGANIZATION")]),
        ("only Ada", [("Ada", "PERSON")]),
        ("nothing here", []),
        ("", []),
    ],
)
def test_texts_are_searched_with_the_policys_recognizers_first(text, expected):
    (spans,) = with_custom(_names, (BADGE, WARDS, TOWNS, STAFF))([text])
    assert [(text[span.start : span.end], span.entity) for span in spans] == expected


def test_what_a_wider_span_covers_stays_covered():
    text = "call VB-12345-Ada now"
    search = with_custom(lambda texts: [(Span(5, 17, "PERSON", 0.5),) for _ in texts], (BADGE,))
    covered = {place for span in search([text])[0] for place in range(span.start, span.end)}
    assert set(range(5, 13)) | set(range(14, 17)) <= covered


def test_without_recognizers_the_search_is_the_same():
    assert with_custom(_names, ()) is _names
    assert with_custom(_names, (STAFF,)) is _names
