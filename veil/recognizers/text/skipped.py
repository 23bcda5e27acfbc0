"""Which texts the slow models need not read, because nothing that they would say of them is believed."""

from __future__ import annotations

import re
from typing import Final

from veil.recognizers.text.letters import folded
from veil.recognizers.text.ordinary import is_ordinary
from veil.recognizers.words.dictionaries import calendar_words, lists

_WORD: Final = re.compile(r"[^\W_]+")
_VALUE: Final = re.compile(r"[\d@]|://|www\.")
_STARTS: Final = ".!?:;\n\"'(*-\u2022\u201c"


def needs_no_model(text: str) -> bool:
    """Return whether a text has no digit, no capital but at the start of a sentence's common word, and no listed given name.

    A name in small letters beside words with capitals is believed only if a list has it (see `believed`). A text without any
    capital may hold names that no list has, so it is read.
    """
    if _VALUE.search(text) or not any(map(str.isupper, text)):
        return False
    return all(_is_harmless(match.group(), text, match.start()) for match in _WORD.finditer(text))


def _is_harmless(word: str, text: str, start: int) -> bool:
    low = folded(word)
    if word[0].isupper():
        is_start = word[1:].islower() and is_ordinary(low) and _starts_sentence(text, start)
        return word == "I" or low in calendar_words() or is_start
    return not (low in lists()["FIRST_NAME"] and not is_ordinary(low)) and word.islower()


def _starts_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 4) : start].rstrip()
    return not before or before[-1] in _STARTS
