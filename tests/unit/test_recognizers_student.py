"""The student: reads prose as its teacher does where it can, and gives back what it is not sure of."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.test_recognizers_templates import Knowing, names
from veil.model import Span
from veil.recognizers import Models, TextAnalyzer
from veil.recognizers.text.column import TextColumn
from veil.recognizers.text.prose import FEWEST, Reader, taught, with_patterns
from veil.recognizers.text.student import Student, teach
from veil.recognizers.text.templates import Spans

PATTERNS = TextAnalyzer(models=Models(), names=False)
WORDS = [
    "we", "the", "a", "of", "was", "report", "garden", "invoice", "late", "early", "very",
    "much", "today", "never", "box", "paper", "window", "city", "quite", "small", "large", "sent", "got",
]
LEADS = ("with", "by", "to", "from", "for")


def prose(n: int, seed: int = 1) -> list[str]:
    rng = random.Random(seed)
    people = names(n)

    def text(at: int) -> str:
        words = rng.choices(WORDS, k=rng.randrange(8, 16))
        words.insert(rng.randrange(1, 6), f"{rng.choice(LEADS)} {people[at]}")
        return " ".join(words)

    return list(dict.fromkeys(text(at) for at in range(n)))


TEXTS = prose(FEWEST + 200)
STUDENT = teach(TEXTS[:400], Knowing().spans(TEXTS[:400]), 0)


def hidden(found: Sequence[Spans]) -> set[tuple[int, int]]:
    return {(place, at) for place, spans in enumerate(found) for span in spans for at in range(span.start, span.end)}


def test_a_student_reads_as_its_teacher() -> None:
    found, sure = STUDENT.read(TEXTS[400:])
    wanted = hidden(Knowing().spans(TEXTS[400:]))
    assert len(wanted - hidden(found)) <= 0.02 * len(wanted)
    assert len(hidden(found) - wanted) <= 0.02 * len(wanted)
    assert len(sure) == len(found) == len(TEXTS) - 400


def test_the_same_seed_gives_the_same_student() -> None:
    again = teach(TEXTS[:400], Knowing().spans(TEXTS[:400]), 0)
    assert np.array_equal(again.weights, STUDENT.weights)
    assert again.labels == STUDENT.labels == ("", "PERSON")


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(TEXTS[400:500]), max_size=8))
def test_a_text_is_read_alike_in_any_batch(texts: list[str]) -> None:
    found, sure = STUDENT.read(texts)
    for place, text in enumerate(texts):
        alone, as_sure = STUDENT.read([text])
        assert found[place] == alone[0]
        assert sure[place] == as_sure[0]


@given(st.lists(st.text(max_size=30), max_size=4))
def test_any_text_is_taken(texts: list[str]) -> None:
    found, _ = STUDENT.read(texts)
    assert all(0 <= span.start < span.end <= len(text) for text, spans in zip(texts, found, strict=True) for span in spans)


def test_where_names_are_rare_the_teacher_reads_all() -> None:
    rare = ["we " * (1 + place % 7) + f"sent the box {place} late" for place in range(FEWEST + 10)]
    assert taught(rare, Knowing().spans, PATTERNS.spans, 0) is None


def test_a_student_that_was_shown_no_name_is_sure_of_nothing() -> None:
    found, sure = teach(TEXTS[:20], [()] * 20, 0).read(TEXTS[20:22])
    assert found == [(), ()]
    assert list(sure) == [0.0, 0.0]


def test_many_texts_are_read_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    found, sure = STUDENT.read(TEXTS[400:450])
    monkeypatch.setattr("veil.recognizers.text.student.READ", 7)
    again, as_sure = STUDENT.read(TEXTS[400:450])
    assert found == again
    assert np.array_equal(sure, as_sure)


def test_a_reader_asks_the_teacher_what_the_student_is_not_sure_of() -> None:
    teacher = Knowing()
    reader = Reader(STUDENT, least_sure=float("inf"))
    assert reader.read(TEXTS[:5], teacher.spans, PATTERNS.spans) == Knowing().spans(TEXTS[:5])
    assert teacher.asked == TEXTS[:5]
    sure = Reader(STUDENT, least_sure=-1.0)
    teacher.asked.clear()
    sure.read([*TEXTS[:5], '{"name": "Qora Zabel"}'], teacher.spans, PATTERNS.spans)
    assert teacher.asked == ['{"name": "Qora Zabel"}']


def test_the_teacher_reads_an_unsure_sentence_once_and_not_the_text_around_it() -> None:
    teacher = Knowing()
    first, second = "We sent it to Qora Zabel.", "The box was late."
    reader = Reader(STUDENT, least_sure=float("inf"))
    found = reader.read([f"{first} {second}", f"{second} {first}"], teacher.spans, PATTERNS.spans)
    assert sorted(teacher.asked) == [second, first]
    assert [[span.start for span in spans] for spans in found] == [[14], [14 + len(second) + 1]]


def test_texts_of_several_lines_stay_whole() -> None:
    teacher = Knowing()
    Reader(STUDENT, least_sure=float("inf")).read(["Seen. Sent to:\nQora Zabel"], teacher.spans, PATTERNS.spans)
    assert teacher.asked == ["Seen. Sent to:\nQora Zabel"]


def test_a_student_costs_less_than_its_teacher_and_misses_little() -> None:
    teacher = Knowing()
    column = TextColumn(teacher, PATTERNS)
    column.learn(TEXTS)
    found = column.spans(TEXTS)
    assert column.uses_student
    assert not column.uses_templates
    assert column.n_asked < 0.5 * len(TEXTS)
    wanted = hidden(Knowing().spans(TEXTS))
    assert len(wanted - hidden(found)) <= 0.02 * len(wanted)


class Whimsical:
    """A teacher that nobody can learn from: what it hides has no reason."""

    def spans(self, texts: Sequence[str]) -> list[Spans]:
        starts = [random.Random(text).randrange(max(1, len(text) - 6)) for text in texts]
        return [(Span(start, start + 6, "PERSON", 0.9),) for start in starts]


def test_a_student_that_stays_far_from_its_teacher_is_not_used() -> None:
    assert taught(TEXTS, Whimsical().spans, PATTERNS.spans, 0) is None


def test_few_texts_are_not_worth_a_student() -> None:
    teacher = Knowing()
    assert taught(TEXTS[: FEWEST - 1], teacher.spans, PATTERNS.spans, 0) is None
    assert teacher.asked == []


@pytest.mark.parametrize("text", ["nothing here. Mail jan@example.org now", "late. DE89370400440532013000 was used"])
def test_patterns_always_look_at_digits_and_addresses(text: str) -> None:
    [spans] = with_patterns([text], [()], PATTERNS.spans)
    assert len(spans) == 1


def test_no_text_is_shown() -> None:
    assert "Q" not in repr(Student(("",), np.zeros((1, 1), np.float32)))
    assert repr(STUDENT) == "Student(labels=('', 'PERSON'))"
