"""Templates: what a column repeats is asked once, and what does not fit is asked for itself."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veil.model import Span
from veil.recognizers.text.levels import Level, levels_of
from veil.recognizers.text.sentences import CHECKABLE, CONSTANT, WORDS, parse, sentences, shape
from veil.recognizers.text.templates import Spans

SYLLABLES = ("ba", "do", "fi", "gu", "ka", "le", "mi", "no", "ra", "su", "ti", "vo")
NAMES = re.compile(r"\b[QZ][a-z]+(?: [QZ][a-z]+)*")
PHONES = re.compile(r"\+32 4\d\d \d\d \d\d \d\d")


class Knowing:
    """A teacher that knows all names and phones of these tests, and counts what it is asked."""

    def __init__(self, miss: float = 0.0) -> None:
        self.asked: list[str] = []
        self.miss = miss

    def spans(self, texts: Sequence[str]) -> list[Spans]:
        self.asked += texts
        return [self._spans(text) for text in texts]

    def _spans(self, text: str) -> Spans:
        if random.Random(text).random() < self.miss:
            return ()
        names = [Span(*match.span(), "PERSON", 0.9) for match in NAMES.finditer(text)]
        phones = [Span(*match.span(), "PHONE_NUMBER", 0.9) for match in PHONES.finditer(text)]
        return tuple(sorted(names + phones))


def names(n: int) -> list[str]:
    """Return invented names; a word is one if it starts with Q or Z."""
    rng = random.Random(n)
    return [" ".join(initial + "".join(rng.choices(SYLLABLES, k=3)) for initial in "QZ") for _ in range(n)]


def learnt(rows: Sequence[str], teacher: Knowing) -> tuple[Level, ...]:
    found: list[Level] = []
    rest = sorted(set(rows))
    for level in levels_of({row: rows.count(row) for row in rest}):
        with_templates, rest = level.learnt(level.groups(rest), teacher.spans, 0)
        found.append(with_templates)
    return tuple(found)


def told(found: Sequence[Level], sentence: str) -> list[tuple[str, str]] | None:
    for level in found:
        parsed = level.parsed(sentence)
        if parsed.key in level.templates:
            spans = level.templates[parsed.key].spans(sentence, parsed).spans
            return [(sentence[span.start : span.end], span.entity) for span in spans]
    return None


@pytest.mark.parametrize(("text", "expected"), [
    ("One here. Two there! Three?", ["One here.", "Two there!", "Three?"]),
    ("Met Prof. Smith and Dr. Jones. Then left.", ["Met Prof. Smith and Dr. Jones.", "Then left."]),
    ("Am 12. Mai war J. Smith da. Gut so.", ["Am 12. Mai war J. Smith da.", "Gut so."]),
    ("Before 2026-03-12. Anna called", ["Before 2026-03-12.", "Anna called"]),
    ("line one\nline two", ["line one", "line two"]), ("", []),
    ("no end", ["no end"]), ("e.g. this. and that", ["e.g. this. and that"]),
])
def test_sentences(text: str, expected: list[str]) -> None:
    assert [sentence for _, sentence in sentences(text)] == expected


@given(st.text(st.sampled_from("aA .!?\n,9Ü"), max_size=60))
def test_sentences_lie_where_they_say_and_lose_no_word(text: str) -> None:
    cut = list(sentences(text))
    assert all(text[low : low + len(sentence)] == sentence for low, sentence in cut)
    assert "".join("".join(sentence for _, sentence in cut).split()) == "".join(text.split())


CONSTANTS = frozenset({"^Call", "call", "on", "about", "the"})


@pytest.mark.parametrize(("sentence", "kinds", "slots"), [
    ("Call Anna Abel on +32 470 12.", [CONSTANT, WORDS, CONSTANT, CHECKABLE], ["Anna Abel", "+32 470 12"]),
    ("call \"Anna's\" about, (the) Abel-Moreau!", [WORDS, WORDS, CONSTANT, CONSTANT, WORDS], ["call", "Anna", "Abel-Moreau"]),
    ("Call J. Abel, Moreau", [CONSTANT, WORDS, WORDS], ["J. Abel", "Moreau"]),
    ("Call (212) 736-5000 on a@b.org;", [CONSTANT, CHECKABLE, CONSTANT, CHECKABLE], ["(212) 736-5000", "a@b.org"]),
    ("Call  't Hooft\tthe ...", [CONSTANT, WORDS, CONSTANT], ["'t Hooft"]),
])
def test_elements(sentence: str, kinds: list[int], slots: list[str]) -> None:
    parsed = parse(sentence, CONSTANTS)
    assert parsed.kinds == kinds
    found = zip(parsed.kinds, parsed.starts, parsed.ends, strict=True)
    assert [sentence[start:end] for kind, start, end in found if kind != CONSTANT] == slots


@given(st.text(st.sampled_from("aA .,'@1(\t-Ü"), max_size=50))
def test_every_letter_and_digit_is_in_an_element(sentence: str) -> None:
    parsed = parse(sentence, CONSTANTS)
    inside = {at for start, end in zip(parsed.starts, parsed.ends, strict=True) for at in range(start, end)}
    assert {at for at, char in enumerate(sentence) if char.isalnum() and char != "s"} <= inside


@pytest.mark.parametrize(("value", "expected"), [
    ("12.03.1980", "00.00.0000"), ("AB-12345", "a-00000"), ("jan@x.org", "@"),
    ("https://x.org/1", "://"), ("a1b2c3d4e5", "mixed 2"),
])
def test_shapes(value: str, expected: str) -> None:
    assert shape(value) == expected


def test_a_template_is_asked_a_few_times_and_labels_all() -> None:
    rows = [f"Spoke with {name} about the invoice today" for name in names(150)] + ["nothing to report here"] * 50
    teacher = Knowing()
    found = learnt(rows, teacher)
    assert len(teacher.asked) <= 12
    assert told(found, "Spoke with Qora Zoreau about the invoice today") == [("Qora Zoreau", "PERSON")]


def test_a_name_that_half_of_the_members_hide_is_hidden_in_all() -> None:
    rows = [f"Spoke with {name} about the invoice today" for name in names(180)]
    found = learnt(rows, Knowing(miss=0.5))
    assert told(found, "Spoke with Qarlo Zzyx about the invoice today") == [("Qarlo Zzyx", "PERSON")]


def test_a_constant_word_may_be_personal_too() -> None:
    rows = [f"Qanna told us that {thing} {at} is broken" for at, thing in enumerate(["lamp", "chair", "table", "door"] * 40)]
    found = learnt(rows, Knowing())
    assert told(found, "Qanna told us that lamp 7 is broken") == [("Qanna", "PERSON")]


def test_a_form_that_was_not_seen_is_left_open() -> None:
    rows = [f"Order number {10_000 + at} was sent today" for at in range(200)]
    [level] = [level for level in learnt(rows, Knowing()) if level.templates]

    def is_open(sentence: str) -> bool:
        parsed = level.parsed(sentence)
        return level.templates[parsed.key].spans(sentence, parsed).is_open

    assert not is_open("Order number 10999 was sent today")
    assert is_open("Order number 4111111111111111 was sent today")
    assert is_open("Order number jan@example.org was sent today")


def test_a_name_in_a_slot_of_things_is_odd() -> None:
    things = [thing + at % 9 * "x" for at, thing in enumerate(["lamp", "chair", "table", "door"] * 50)]
    rows = [f"Complaint about {thing} was closed today" for thing in things]
    [level] = [level for level in learnt(rows, Knowing()) if level.templates]

    def is_odd(sentence: str) -> bool:
        parsed = level.parsed(sentence)
        return level.templates[parsed.key].is_odd(sentence, parsed)

    assert not is_odd("Complaint about chairxx was closed today")
    assert is_odd("Complaint about Zyxwer was closed today")


def test_rows_are_counted_and_not_sentences() -> None:
    rows = ["Qanna Zabel is away until further notice"] * 300 + [f"Spoke with {name} about the invoice" for name in names(60)]
    assert "away" in levels_of({row: rows.count(row) for row in set(rows)})[0].constants


def test_the_order_of_sentences_does_not_matter() -> None:
    rows = [f"Spoke with {name} about the invoice today" for name in names(150)]
    rows += [f"Call {name} on +32 470 12 34 {at + 10}" for at, name in enumerate(names(80))]
    shuffled = random.Random(1).sample(rows, len(rows))
    probe = "Call Qora Zabel on +32 470 99 99 99"
    assert told(learnt(rows, Knowing()), probe) == told(learnt(shuffled, Knowing()), probe) == [
        ("Qora Zabel", "PERSON"), ("+32 470 99 99 99", "PHONE_NUMBER"),
    ]  # fmt: skip


def test_no_word_is_shown() -> None:
    rows = [f"Spoke with {name} about the invoice today" for name in names(150)]
    assert not any(word in repr(learnt(rows, Knowing())) for word in ("Spoke", "invoice"))
