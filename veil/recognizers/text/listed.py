"""Names, cities and countries from the dictionaries, in texts: for what no column holds and the models miss."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from veil.model import Span
from veil.recognizers.text.known import KnownValues, automaton_of
from veil.recognizers.words.dictionaries import lists
from veil.recognizers.words.lexicon import word_set

SCORE: Final = 0.5
MIN_LETTERS: Final = {"COUNTRY": 4, "CITY": 5, "LAST_NAME": 4, "FIRST_NAME": 4}
_SURNAMES = re.compile(
    r"(?: [A-ZÀ-Þ]\.?)?"
    r"(?: (?:(?:van|von|de|der|den|di|da|dos|la|le|ter) ){0,2}[A-ZÀ-Þ](?:[^\W\d_]|['\u2019-](?=[^\W\d_])){1,40}(?![\w@])){1,2}"
)


def find(text: str) -> Iterator[Span]:
    """Yield listed names written with a capital, not at the start of a sentence, given names with the surname that follows."""
    for span in _listed().find(text):
        given = _SURNAMES.match(text, span.end) if span.entity == "FIRST_NAME" else None
        if given:
            yield Span(span.start, given.end(), "PERSON", SCORE)
        elif not _starts_sentence(text, span.start):
            yield Span(span.start, span.end, "LOCATION" if span.entity in ("CITY", "COUNTRY") else "PERSON", SCORE)


def _starts_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 20) : start].rstrip(" \"'(*-")
    return not before or before[-1] in ".!?:;\n"


@lru_cache(maxsize=1)
def _listed() -> KnownValues:
    chosen = {
        value: (entity, True)
        for entity, least in MIN_LETTERS.items()
        for value in sorted(lists()[entity])
        if len(value) >= least and value not in word_set("common")
    }
    return automaton_of(chosen)
