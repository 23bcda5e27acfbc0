"""Templates: sentences that differ only in slots. The teacher sees a few of each; the majority decides for all.

A wrong vote is wrong for every row. So votes lean towards hiding; a slot on which members disagree is put before the teacher
sentence by sentence; values whose form can be checked are labelled by their form, and where the members seen do not decide a
form, patterns look at every value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from veil.model import Span
from veil.recognizers.text.letters import folded
from veil.recognizers.text.sentences import ABSORBED, CHECKABLE, CONSTANT, WORDS, Parsed, is_checkable, shape
from veil.recognizers.words.dictionaries import lists
from veil.recognizers.words.lexicon import word_set

Spans = tuple[Span, ...]

MIN_DIGITS: Final = 7
"""Two numbers of fewer digits and the same form, in the same place of the same sentence, are the same kind of thing."""
SCORE: Final = 0.8


@dataclass(frozen=True)
class Slot:
    """What an element is: an entity or nothing, or `in_doubt`. `forms` are votes by form, for checkable ones.

    `is_lower`: the values seen had no capital.
    """

    entity: str | None
    in_doubt: bool = False
    is_lower: bool = True
    kind: int = CONSTANT
    forms: Mapping[str, tuple[int, int, str | None]] = field(default_factory=dict)

    @property
    def is_sure(self) -> bool:
        """Whether every form that was seen is of the same entity, so that the form of a value does not matter."""
        return self.entity is not None and all(hits and entity == self.entity for hits, _, entity in self.forms.values())


class Told(NamedTuple):
    """What a template says of a sentence.

    `is_open`: patterns have to look at it, for a form was not decided. `is_covered`: every value with digits is in a span.
    """

    spans: Spans
    is_open: bool
    is_covered: bool


@dataclass(frozen=True)
class Template:
    """The slots of a template, and whether each is of one span with the next."""

    slots: tuple[Slot, ...]
    joined: tuple[bool, ...]

    @cached_property
    def in_doubt(self) -> bool:
        """Whether the members disagreed on an element, so that each has to be looked at."""
        return any(slot.in_doubt for slot in self.slots)

    def spans(self, sentence: str, parsed: Parsed) -> Told:
        """Return the spans of a member."""
        labels = list(self._labels)
        is_open = False
        for place in self._formed:
            labels[place], undecided = _by_form(self.slots[place], _value(sentence, parsed, place))
            is_open = is_open or undecided
        bare = any(is_checkable(_value(sentence, parsed, place)) for place in self._bare)
        is_covered = not bare and None not in [labels[place] for place in self._checkable]
        return Told(self._joined(labels, parsed), is_open or bare, is_covered)

    @cached_property
    def _labels(self) -> tuple[str | None, ...]:
        return tuple(slot.entity for slot in self.slots)

    @cached_property
    def _checkable(self) -> tuple[int, ...]:
        return tuple(place for place, slot in enumerate(self.slots) if slot.kind == CHECKABLE)

    @cached_property
    def _formed(self) -> tuple[int, ...]:
        return tuple(place for place in self._checkable if not self.slots[place].is_sure)

    @cached_property
    def _bare(self) -> tuple[int, ...]:
        return tuple(place for place in self._plain if self.slots[place].kind == ABSORBED)

    def is_odd(self, sentence: str, parsed: Parsed) -> bool:
        """Return whether a slot that holds nothing personal holds a name in this sentence, by its look or by the lists."""
        return any(_looks_like_name(_value(sentence, parsed, place), self.slots[place]) for place in self._plain)

    @cached_property
    def _plain(self) -> tuple[int, ...]:
        return tuple(place for place, slot in enumerate(self.slots) if slot.kind in (WORDS, ABSORBED) and slot.entity is None)

    def _joined(self, labels: Sequence[str | None], parsed: Parsed) -> Spans:
        spans: list[Span] = []
        for place, label in enumerate(labels):
            if label is None:
                continue
            if place and label == labels[place - 1] and self.joined[place - 1]:
                spans[-1] = Span(spans[-1].start, parsed.ends[place], label, SCORE)
            else:
                spans.append(Span(parsed.starts[place], parsed.ends[place], label, SCORE))
        return tuple(spans)


def _value(sentence: str, parsed: Parsed, place: int) -> str:
    return sentence[parsed.starts[place] : parsed.ends[place]]


def _looks_like_name(value: str, slot: Slot) -> bool:
    if value.islower():
        return False
    words = [word for word in value.split() if word[:1].isupper()]
    return bool(words) and (slot.is_lower or any(_is_listed(folded(word)) for word in words))


def _is_listed(word: str) -> bool:
    return (word in lists()["FIRST_NAME"] or word in lists()["LAST_NAME"]) and word not in word_set("common")


def _by_form(slot: Slot, value: str) -> tuple[str | None, bool]:
    """Return a checkable value's entity, and whether patterns have to look at it."""
    hits, seen, entity = slot.forms.get(shape(value), (0, 0, None))
    if seen >= 2 and hits * 2 >= seen:
        return entity, False
    if seen >= 2 and not hits:
        return None, sum(map(str.isdigit, value)) >= MIN_DIGITS or "@" in value or "/" in value
    return slot.entity, slot.entity is None
