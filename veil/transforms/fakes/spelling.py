"""Spellings: what two ways to write a name have in common, one text at a time or a million."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Strings = npt.NDArray[Any]

_UNDECOMPOSED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "\u2019": "'"}
)
_PUNCTUATION = str.maketrans(dict.fromkeys(string.punctuation, " "))
_ASCII_MARKS = str.maketrans(dict.fromkeys(sign for sign in map(chr, range(128)) if not sign.isalnum()))
_BETWEEN = "\x1e"


def fold(text: str) -> str:
    """Return the text without case, accents and compatibility forms: what two spellings of a name have in common."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).translate(_UNDECOMPOSED)


def spaced(folded: str) -> str:
    """Return a folded text as words with a space on both sides of each, so that `ian` is not found in `adriana`."""
    return f" {' '.join(folded.translate(_PUNCTUATION).split())} "


def alphanumeric(folded: str) -> str:
    """Return the letters and digits of a text: what two ways to group a number have in common."""
    if folded.isalnum():
        return folded
    return folded.translate(_ASCII_MARKS) if folded.isascii() else "".join(filter(str.isalnum, folded))


def folds(values: Sequence[str]) -> Strings:
    """Return the values folded and stripped, as an object array; those in ASCII, which most are, in one go."""
    folded = _lower([value if value.isascii() else "" for value in values])
    return as_strings(
        [text.strip() if value.isascii() else fold(value).strip() for text, value in zip(folded, values, strict=True)]
    )


def _lower(values: Sequence[str]) -> list[str]:
    lower = _BETWEEN.join(values).lower().split(_BETWEEN)
    # The separator is in a value, or none is there.
    return lower if len(lower) == len(values) else [value.lower() for value in values]


def as_strings(texts: Sequence[str]) -> Strings:
    """Return texts as an object array, which keeps what follows a NUL."""
    strings = np.empty(len(texts), dtype=object)
    strings[:] = texts
    return strings
