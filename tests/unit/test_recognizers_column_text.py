"""Whole text columns: fast where they repeat, as good as the teacher everywhere, the same for any batches."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.test_recognizers_templates import Knowing, names
from veil.model import Span
from veil.recognizers import Models, TextAnalyzer
from veil.recognizers.text.column import TextColumn, with_known
from veil.recognizers.text.known import KnownValues
from veil.recognizers.text.templates import Spans

PATTERNS = TextAnalyzer(models=Models(), names=False)


class Silent:
    def spans(self, texts: Sequence[str]) -> list[Spans]:
        return [() for _ in texts]


def notes(n: int) -> list[str]:
    people = names(n)
    made = []
    for at, name in enumerate(people):
        made.append((
            f"Spoke with {name} about invoice {10_000 + at}. Call back on +32 470 {10 + at % 90} {10 + at // 90} 22.",
            f"Delivery number {at} failed. {name} was not at home.",
            f"Nothing to do for case {at}, closed by the {('red', 'blue', 'white')[at % 3]} team.",
        )[at % 3])  # fmt: skip
    return made


NOTES = notes(900)


def search(teacher: Knowing, known: KnownValues | None = None, texts: Sequence[str] = NOTES) -> TextColumn:
    column = TextColumn(teacher, PATTERNS, known)
    column.learn(texts)
    return column


def told(column: TextColumn, text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.entity) for span in column.spans([text])[0]]


def hidden(spans: Sequence[Spans]) -> int:
    return sum(span.end - span.start for each in spans for span in each)


def test_what_repeats_is_asked_seldom_and_found_as_by_the_teacher() -> None:
    teacher = Knowing()
    column = search(teacher)
    found = column.spans(NOTES)
    assert column.uses_templates
    assert column.n_asked == len(set(teacher.asked)) < len(NOTES) / 8
    assert found == [tuple(dataclasses.replace(span, score=0.8) for span in spans) for spans in Knowing().spans(NOTES)]


def test_a_forgetful_teacher_loses_nothing_by_templates() -> None:
    alone = Knowing(miss=0.3).spans(NOTES)
    assert hidden(search(Knowing(miss=0.3)).spans(NOTES)) >= 0.99 * hidden(alone)


@pytest.mark.parametrize("stray", [
    "Delivery number 4111111111111111 failed.", "Delivery number jan@example.org failed.",
    "Delivery number DE89370400440532013000 failed.",
])
def test_an_identifier_in_a_harmless_slot_is_found_by_its_form(stray: str) -> None:
    assert len(told(search(Knowing()), stray)) == 1


def test_a_sentence_of_no_template_is_asked_for_itself() -> None:
    teacher = Knowing()
    column = search(teacher)
    teacher.asked.clear()
    assert told(column, "An unheard word of Qanna Zabel stands here alone") == [("Qanna Zabel", "PERSON")]
    assert teacher.asked == ["An unheard word of Qanna Zabel stands here alone"]


def test_prose_is_read_by_the_teacher() -> None:
    words = ("so", "it", "went", "by")
    prose = [" ".join(f"{word}{(at * 7 + place) % 991}" for place, word in enumerate(words)) for at in range(400)]
    teacher = Knowing()
    column = search(teacher, texts=prose)
    assert not column.uses_templates
    column.spans(prose)
    assert set(teacher.asked) >= set(prose)


def test_a_small_column_is_read_by_the_teacher() -> None:
    column = search(Knowing(), texts=NOTES[:100])
    column.spans(NOTES[:100])
    assert column.n_asked == 100


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, len(NOTES) - 1), max_size=20, unique=True))
def test_a_text_has_the_same_spans_in_any_batch(chosen: list[int]) -> None:
    column = COLUMN
    assert column.spans([NOTES[place] for place in chosen]) == [ALL[place] for place in chosen]


KNOWN = KnownValues.of({"LAST_NAME": ["Kyxwer"], "CUSTOMER_ID": ["990011"], "FIRST_NAME": ["Karlo"]})
COLUMN = search(Knowing(), KNOWN)
ALL = COLUMN.spans(NOTES)


@pytest.mark.parametrize(("text", "expected"), [
    ("Nothing to do for case 990011, closed by the red team.", [("990011", "CUSTOMER_ID")]),
    ("Nothing to do for case 77, closed by the kyxwer team.", [("kyxwer", "LAST_NAME")]),
    ("something else of Karlo Kyxwer", [("Karlo Kyxwer", "PERSON")]),
    ("something else of Kyxwer, Karlo", [("Kyxwer", "LAST_NAME"), ("Karlo", "FIRST_NAME")]),
])
def test_known_values_are_found_in_every_text(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(COLUMN, text) == expected


def test_known_values_do_not_break_what_holds_them() -> None:
    spans = (Span(0, 14, "STREET_ADDRESS", 0.9),)
    assert with_known("12 Abel Street 4", spans, [Span(3, 7, "LAST_NAME", 0.95)]) == spans


def test_json_is_not_cut_into_sentences() -> None:
    teacher = Knowing()
    column = search(teacher)
    teacher.asked.clear()
    text = '{"note": "Seen. Qanna Zabel was here", "n": 3}'
    assert ("Qanna Zabel", "PERSON") in told(column, text)
    assert teacher.asked == [text]


def test_an_empty_column_and_empty_texts() -> None:
    column = TextColumn(Silent(), Silent())
    column.learn([])
    assert column.spans([]) == []
    assert column.spans(["", " ", "\n"]) == [(), (), ()]
    assert COLUMN.spans(["", "\n"]) == [(), ()]


def test_nothing_is_shown() -> None:
    assert not any(word in repr(COLUMN) for word in ("Spoke", "invoice", "Kyxwer", "990011"))
