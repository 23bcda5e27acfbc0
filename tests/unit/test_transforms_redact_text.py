"""redact_text: spans in free text, replaced by presidio-anonymizer."""

import re

import pandas as pd
import pytest
from pydantic import ValidationError

from veil.errors import TransformFailed
from veil.model import Column, Span
from veil.transforms import TRANSFORMS, Context
from veil.transforms.fake import Fake
from veil.transforms.keys import Key
from veil.transforms.redact_text import FAKES_OF_ENTITIES, disjoint

KEY = Key("main", "2026-11", b"0123456789abcdef0123456789abcdef")
PATTERNS = {
    "PERSON": r"Anna|Smith|Zoë",
    "EMAIL_ADDRESS": r"[\w.]+@[\w.]+",
    "PHONE_NUMBER": r"\+\d[\d ]+\d",
    "IBAN_CODE": r"BE\d+",
}


def find(texts):
    return [
        [Span(m.start(), m.end(), entity, 0.9) for entity, pattern in PATTERNS.items() for m in re.finditer(pattern, text)]
        for text in texts
    ]


def apply(values, *, find_spans=find, key=KEY, **parameters) -> list:
    context = Context(Column("note"), key=key, keyspace="person", find_spans=find_spans, null_values=frozenset({"NA"}))
    return list(TRANSFORMS["redact_text"].model_validate(parameters).apply(pd.Series(values, dtype=object), context))


@pytest.mark.parametrize(
    ("text", "label", "mask"),
    [
        ("Call Anna Smith.", "Call <PERSON>.", "Call **********."),
        ("Anna, Smith", "<PERSON>, <PERSON>", "****, *****"),
        ("write anna.x@y.org now", "write <EMAIL_ADDRESS> now", "write ************ now"),
        ("😀Zoë😀 +32 470 1", "😀<PERSON>😀 <PHONE_NUMBER>", "😀***😀 *********"),
        ("Anna", "<PERSON>", "****"),
        ("no one here <PERSON>", "no one here <PERSON>", "no one here <PERSON>"),
    ],
)
def test_spans_are_replaced_and_the_words_around_them_stay(text, label, mask):
    assert apply([text, None, "", "NA"]) == [label, None, "", "NA"]
    assert apply([text], replace="mask") == [mask]


def test_fakes_are_those_of_the_columns():
    [text] = apply(["Anna Smith, a.s@x.org, +32 470, BE123"], replace="fake", locale="nl_BE")
    context = Context(Column("c"), key=KEY, keyspace="person")
    values = {"person_name": "Anna Smith", "email": "a.s@x.org", "phone": "+32 470"}
    expected = [Fake(of=of, locale="nl_BE").apply(pd.Series([value]), context)[0] for of, value in values.items()]
    assert text == ", ".join([*expected, "<IBAN_CODE>"])


def test_the_recognizers_see_distinct_texts_once():
    calls = []

    def watched(texts):
        calls.append(list(texts))
        return find(texts)

    apply(["Anna", "x", "Anna", None, "x", ""], find_spans=watched)
    assert calls == [["Anna", "x"]]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(0, 4, "A"), (2, 8, "B")], [(0, 8, "B")]),
        ([(0, 8, "A"), (2, 4, "B")], [(0, 8, "A")]),
        ([(0, 4, "A"), (0, 4, "B")], [(0, 4, "B")]),
        ([(0, 4, "A"), (4, 6, "B")], [(0, 4, "A"), (4, 6, "B")]),
        ([(0, 4, "A"), (5, 8, "A")], [(0, 8, "A")]),
        ([(0, 4, "A"), (5, 8, "B")], [(0, 4, "A"), (5, 8, "B")]),
        ([(5, 8, "A"), (0, 6, "B"), (7, 12, "C")], [(0, 12, "B")]),
        ([], []),
    ],
)
def test_overlapping_spans_become_one_that_covers_all(spans, expected):
    found = [Span(start, end, entity, 0.5) for start, end, entity in spans]
    assert [(span.start, span.end, span.entity) for span in disjoint(found, "abcd efg hijk")] == expected


def test_of_equal_spans_the_surest_names_the_entity():
    assert disjoint([Span(0, 4, "B", 0.5), Span(0, 4, "A", 0.9)], "abcd")[0].entity == "A"


@pytest.mark.parametrize(("start", "end"), [(0, 99), (-1, 3), (3, 3), (4, 2)])
def test_spans_outside_the_text_are_refused(start, end):
    with pytest.raises(TransformFailed, match="outside the text") as failed:
        apply(["secret"], find_spans=lambda texts: [[Span(start, end, "PERSON", 1.0)] for _ in texts])
    assert "secret" not in str(failed.value)


def test_missing_recognizers_answers_and_keys_are_refused():
    with pytest.raises(TransformFailed, match="needs recognizers"):
        apply(["Anna"], find_spans=None)
    with pytest.raises(TransformFailed, match="every text"):
        apply(["Anna"], find_spans=lambda texts: [])
    with pytest.raises(TransformFailed, match="key"):
        apply(["Anna"], replace="fake", key=None)
    assert apply(["Anna"], key=None) == ["<PERSON>"]


def test_a_failure_of_presidio_is_told_by_its_type_only():
    with pytest.raises(TransformFailed, match=r"presidio-anonymizer stopped with \w+Error$") as failed:
        apply(["secret Anna"], find_spans=lambda texts: [[Span(0.0, 3.0, "PERSON", 1)] for _ in texts])
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None


def test_parameters_are_checked_and_change_what_is_declared():
    with pytest.raises(ValidationError):
        TRANSFORMS["redact_text"].model_validate({"replace": "delete"})
    assert (TRANSFORMS["redact_text"](replace="fake").declared.keyed, TRANSFORMS["redact_text"]().declared.keyed) == (True, False)


def test_every_entity_with_a_fake_has_a_kind_that_exists():
    assert all(Fake(of=kind) for kind in FAKES_OF_ENTITIES.values())
