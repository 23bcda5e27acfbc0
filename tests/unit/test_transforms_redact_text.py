"""redact_text: spans and the subject's own values in free text, and what is written in their place."""

import re

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from veil.errors import TransformFailed
from veil.model import Column, Span
from veil.transforms import TRANSFORMS, Context
from veil.transforms.fake import Fake
from veil.transforms.keys import Key
from veil.transforms.own import Found, Owner, OwnValue, OwnValues
from veil.transforms.redact_text import FAKES_OF_ENTITIES
from veil.transforms.redaction import joined

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


def test_the_parts_of_an_address_become_parts_of_an_address():
    def parts(texts):
        spans = [Span(10, 23, "STREET_ADDRESS", 0.9), Span(25, 30, "POSTCODE", 0.9), Span(31, 37, "LOCATION", 0.9)]
        return [spans for _ in texts]

    source = "wohnt in: Hauptstraße 5, 10115 Berlin."
    [text] = apply([source], find_spans=parts, replace="fake", locale="de_DE")
    found = re.fullmatch(r"wohnt in: (?P<street>[^,]+\d[^,]*), (?P<postcode>\d{5}) (?P<city>[^\W\d][^,<>]*)\.", text)
    assert found is not None
    assert not {"Hauptstraße 5", "10115", "Berlin"} & set(found.groups())


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
    spans = [each.span for each in joined("abcd efg hijk", found, [])]
    assert [(span.start, span.end, span.entity) for span in spans] == expected


def test_of_equal_spans_the_surest_names_the_entity():
    assert joined("abcd", [Span(0, 4, "B", 0.5), Span(0, 4, "A", 0.9)], [])[0].span.entity == "A"


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


def test_parameters_are_checked_and_change_what_is_declared():
    with pytest.raises(ValidationError):
        TRANSFORMS["redact_text"].model_validate({"replace": "delete"})
    assert (TRANSFORMS["redact_text"](replace="fake").declared.keyed, TRANSFORMS["redact_text"]().declared.keyed) == (True, False)


def test_every_entity_with_a_fake_has_a_kind_that_exists():
    assert all(Fake(of=kind) for kind in FAKES_OF_ENTITIES.values())


ANNA = (OwnValue("PERSON", "Anna Smith", "Lena Peeters"), OwnValue("CUSTOMER_ID", "C-10003", "CXDFG"))
BOB = (OwnValue("PERSON", "Bob Ray", "Tom Maes"), OwnValue("CITY", "Gent", None))


def own_values(*rows: int) -> OwnValues:
    return OwnValues((Owner(ANNA), Owner(BOB)), np.array(rows))


def redact(values, own, *, find_spans=find, **parameters) -> list:
    context = Context(Column("note"), key=KEY, keyspace="person", find_spans=find_spans, own=own)
    return list(TRANSFORMS["redact_text"].model_validate(parameters).apply(pd.Series(values, dtype=object), context))


def test_own_values_are_written_as_in_the_columns():
    texts = ["Anna Smith (c10003) met Bob Ray.", "Anna Smith (c10003) met Bob Ray.", "Anna Smith (c10003) met Bob Ray.", None]
    found = redact(texts, own_values(0, 1, -1, 0), using="subject", replace="fake")
    assert found == [
        "Lena Peeters (CXDFG) met Bob Ray.", "Anna Smith (c10003) met Tom Maes.", "Anna Smith (c10003) met Bob Ray.", None,
    ]  # fmt: skip
    labels = redact(texts, own_values(0, 1, -1, 0), using="subject")
    assert labels[:2] == ["<PERSON> (<CUSTOMER_ID>) met Bob Ray.", "Anna Smith (c10003) met <PERSON>."]
    [text] = redact(["Bob, Gent"], own_values(1), using=["subject"], replace="fake")
    assert text.startswith("Tom, ")
    assert "Gent" not in text


def test_a_longer_span_of_the_same_kind_gets_the_own_fake_and_any_other_its_own():
    assert redact(["Dear Anna Smith!"], own_values(0), replace="fake") == ["Dear Lena Peeters!"]
    [text] = redact(["write anna.smith@x.org"], own_values(0), replace="fake")
    assert re.fullmatch(r"write [\w.]+@example\.\w+", text)
    assert "smith" not in text


def test_without_the_subject_texts_are_redacted_once_per_value():
    by_value = TRANSFORMS["redact_text"](using=["patterns"])
    assert (by_value.by_value, TRANSFORMS["redact_text"]().by_value) == (True, False)
    assert redact(["Anna Smith C-10003"], own_values(0), using=["patterns"]) == ["<PERSON> C-10003"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"using": []}, "nothing would be found"),
        ({"using": ["ner"]}, "patterns"),
        ({"using": ["ner", "ner", "patterns"]}, "twice"),
        ({"using": ["magic"]}, "ner"),
        ({"language": "xx"}, "nl"),
        ({"language": ["en", "en"]}, "twice"),
    ],
)
def test_parameters_that_would_find_nothing_are_refused(parameters, message):
    with pytest.raises(ValidationError, match=message):
        TRANSFORMS["redact_text"].model_validate(parameters)


def test_nothing_found_holds_a_cell_in_its_representation():
    assert "Peeters" not in repr([Found(Span(0, 4, "PERSON", 1.0), "Peeters"), Owner(ANNA), own_values(0), ANNA[0]])


def test_owners_are_told_apart_in_any_order():
    texts, own = ["Bob Ray", "Bob Ray", "Anna Smith", "Bob Ray"], own_values(0, 1, 0, 0)
    assert redact(texts, own, using=["subject"]) == ["Bob Ray", "<PERSON>", "<PERSON>", "Bob Ray"]
    assert redact(texts[::-1], own_values(0, 0, 1, 0), using=["subject"]) == ["Bob Ray", "<PERSON>", "<PERSON>", "Bob Ray"]
