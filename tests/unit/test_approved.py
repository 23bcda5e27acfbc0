"""What was approved of a column corrects the classifier, and a column whose content is of another kind is told apart from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_custom_recognizers import column
from veil.model import Finding
from veil.recognizers.approved import Approved, Comparison, compare, role_of
from veil.recognizers.content import PRESENT, SHAPES, Content, content, shape_of

NOTES = [f"asked about the invoice of last week, number {number}" for number in range(60)]
CODES = [f"T{number:05d}" for number in range(50)]
CARDS = ["4111 1111 1111 1111", "5500 0000 0000 0004"]
FINDING = Finding("people", "c", "FIRST_NAME", "direct", "dictionary", 0.8, 0.9, 60, "in the list of given names")


def finding(entity: str | None, column_name: str = "c") -> Finding:
    return replace(FINDING, entity=entity, role=role_of(entity), column=column_name)


def approved(entity: str | None, **other) -> Approved:
    given = {"was": entity, "role": role_of(entity), "where": "line 9 of the policy", **other}
    return Approved(entity, **given)


def told(found: Finding, values: Sequence[str], was: Approved):
    return compare([found], [content(column(values))], {"c": "text"}, {"c": was})


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("12", "number"), ("-3.5", "number"), ("1,234.50", "number"), ("00123", "number"), ("1e9", "number"),
        ("2024-05-01", "date"), ("01/05/2024", "date"), ("4111 1111 1111 1111", "digits"), ("+32 (0)2 555", "words"),
        ("02/555.12.12", "digits"), ("Ada", "word"), ("Anne-Marie", "word"), ("Ward 7", "words"), ("Ada van den Berg", "words"),
        ("C-00123", "code"), ("ada@example.org", "code"), ("x" * 70, "code"), ("one two three four five", "text"),
        ("东京", "word"), ("日本 語 の 文 章", "text"), ("?", "code"),
    ],
)  # fmt: skip
def test_how_a_value_is_written(value, shape):
    assert shape_of(value) == shape


@given(st.text(max_size=80))
def test_every_text_has_a_shape(value):
    assert shape_of(value) in SHAPES


@given(st.lists(st.text(min_size=1, max_size=12), max_size=40))
def test_a_fingerprint_is_of_its_own_kind_and_coarse(values):
    own = content(column(values))
    assert own.changes(own.fingerprint) == ()
    assert all(share == PRESENT or round(share * 20) == pytest.approx(share * 20) for share in own.fingerprint.values())


def test_a_fingerprint_holds_no_cell_and_no_count():
    fingerprint = content(column([*NOTES, "write to ada@example.org"])).fingerprint
    assert fingerprint == {"text": 1.0, "words": PRESENT, "EMAIL_ADDRESS": PRESENT}


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (NOTES, [*NOTES, f"paid with {CARDS[0]}"], "fewer than 10 of 61 values hold CREDIT_CARD"),
        (NOTES, [*NOTES, "mail ada@example.org"], "hold EMAIL_ADDRESS"),
        (NOTES, [*NOTES, "pay to BE68 5390 0754 7034 please"], "hold IBAN_CODE"),
        (CODES, NOTES, "now mostly `text`, approved as mostly `code`"),
        (CODES, [f"u{number}@example.org" for number in range(50)], "50 of 50 values hold EMAIL_ADDRESS"),
        (["red", "blue", "green"], ["2024-05-01", "2024-06-01"], "now mostly `date`, approved as mostly `word`"),
        ([str(number) for number in range(40)], ["Ada", "Bram", "Chloe"], "now mostly `word`"),
        (NOTES, NOTES[:20], ""),
        (NOTES, [*NOTES, "ok", "call back"], ""),
        (["red", "blue"], ["green", "red", "yellow"], ""),
        ([*NOTES, "mail ada@example.org"], [*NOTES, *(f"mail u{number}@example.org" for number in range(9))], ""),
        (NOTES, [], ""),
        (NOTES, ["", "-", "n/a"], ""),
        ([], NOTES, ""),
    ],
)
def test_content_of_another_kind_is_told(before, now, words):
    changes = content(column(now)).changes(content(column(before)).fingerprint)
    assert bool(changes) is bool(words)
    assert words in "; ".join(changes)
    assert not [value for value in (*CARDS, "example.org") if value in "; ".join(changes)]


def test_an_identifier_that_the_column_is_for_is_never_news():
    now = Content("c", 10, {"code": 1.0}, 10, {"PHONE_NUMBER": 4})
    assert now.changes({"code": 1.0})
    assert not now.changes({"code": 1.0}, expected="PHONE_NUMBER")


@pytest.mark.parametrize(
    ("found", "was", "entity", "recognizer"),
    [
        ("FIRST_NAME", approved("FIRST_NAME"), "FIRST_NAME", "dictionary"),
        ("FIRST_NAME", approved(None, was="FIRST_NAME", reason="wards"), None, "approved"),
        ("FIRST_NAME", approved("CITY", was="FIRST_NAME", reason="towns"), "CITY", "approved"),
        ("CITY", approved("CITY", was="FIRST_NAME", reason="towns"), "CITY", "dictionary"),
        ("PERSON", approved("FIRST_NAME"), "FIRST_NAME", "approved"),
        (None, approved("FIRST_NAME"), "FIRST_NAME", "approved"),
        (None, approved("FREE_TEXT"), "FREE_TEXT", "approved"),
        (None, approved(None), None, "dictionary"),
    ],
)
def test_a_finding_that_the_reviewer_saw_becomes_what_was_approved(found, was, entity, recognizer):
    compared = told(finding(found), ["Ada", "Bram"], was)
    (now,) = compared.findings
    assert not compared.changed
    assert (now.entity, now.role, now.recognizer) == (entity, was.role, recognizer)
    assert now.free_text is (entity == "FREE_TEXT")
    if recognizer == "approved":
        assert "line 9 of the policy" in now.reason
        assert was.reason in now.reason


@pytest.mark.parametrize(
    ("found", "was", "words"),
    [
        ("FIRST_NAME", approved(None), "holds FIRST_NAME"),
        ("FIRST_NAME", approved(None), "if that is wrong, write `was: FIRST_NAME` and why"),
        ("EMAIL_ADDRESS", approved("CUSTOMER_ID"), "approved as CUSTOMER_ID"),
        ("LAST_NAME", approved(None, was="FIRST_NAME", reason="wards"), "approved as none"),
        ("LAST_NAME", approved("CITY", was="FIRST_NAME", reason="towns"), "approved as CITY"),
    ],
)
def test_a_finding_that_nobody_approved_stands_and_is_told(found, was, words):
    compared = told(finding(found), ["Ada", "Bram"], was)
    assert words in compared.changed["c"]
    assert compared.findings == (finding(found),)


def test_a_role_can_be_corrected_alone():
    (now,) = told(finding("CITY"), ["Ghent"], approved("CITY", role="other", reason="five large cities")).findings
    assert (now.entity, now.role, now.recognizer) == ("CITY", "other", "approved")


def test_a_special_category_stays_special_when_approved():
    (now,) = told(finding(None), ["x"], approved("HEALTH")).findings
    assert now.special_category


def test_an_empty_column_changes_nothing():
    assert not told(finding("DATE_TIME"), [], approved(None)).changed


def test_a_correction_does_not_hold_for_other_content():
    was = approved(None, was="FREE_TEXT", reason="codes in words", kinds=content(column(NOTES)).fingerprint)
    compared = told(finding("FREE_TEXT"), [*NOTES, f"card {CARDS[1]}"], was)
    assert "CREDIT_CARD" in compared.changed["c"]
    assert compared.findings[0].entity == "FREE_TEXT"


def test_columns_that_are_new_missing_or_retyped_are_told():
    contents = [content(column(["1"], name)) for name in ("a", "b")]
    was: Mapping[str, Approved] = {"a": approved(None, type="text"), "gone": approved(None)}
    compared = compare([finding(None, "a"), finding(None, "b")], contents, {"a": "integer", "b": "integer"}, was)
    assert compared.retyped == {"a": "integer, approved as text"}
    assert (compared.new, compared.missing, compared.changed) == (("b",), ("gone",), {})


def test_without_approvals_nothing_is_compared():
    compared = compare([finding("CITY")], [content(column(["Ghent"]))], {"c": "text"}, {})
    assert compared == Comparison((finding("CITY"),))
