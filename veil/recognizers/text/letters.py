"""Characters of many texts at once: folded to plain lower case place by place, and which are letters, digits or capitals."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]

_TABLED: Final = 0x20000
_LIKE: Final = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "\u0131": "i", "ð": "d", "\u2019": "'", "\u2018": "'", "\u00b4": "'"}
"""Letters that Unicode does not take apart but people type without their stroke; and apostrophes."""


class _Fold(dict[int, str]):
    """Maps each character to one lower-case character without accent, so that places in the text stay the same."""

    def __missing__(self, code: int) -> str:
        base = unicodedata.normalize("NFKD", chr(code))[:1].lower()
        self[code] = _LIKE.get(base, base) if len(base) == 1 else chr(code)
        return self[code]


_FOLD = _Fold()


def folded(text: str) -> str:
    """Return the text in lower case without accents, of the same length."""
    return text.lower() if text.isascii() else text.translate(_FOLD)


def codes_of(text: str) -> Codes:
    """Return the code of each character; lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def are_alphanumeric(codes: Codes) -> Flags:
    """Return which characters are letters or digits."""
    return _flags(codes, _alphanumeric())


def are_capital(codes: Codes) -> Flags:
    """Return which characters are capitals."""
    return _flags(codes, _capital())


def _flags(codes: Codes, table: Flags) -> Flags:
    flags: Flags = table[np.minimum(codes, _TABLED - 1)]
    return flags


@lru_cache(maxsize=1)
def _alphanumeric() -> Flags:
    return _table(str.isalnum)


@lru_cache(maxsize=1)
def _capital() -> Flags:
    return _table(str.isupper)


def _table(holds: Callable[[str], bool]) -> Flags:
    table: Any = np.fromiter((holds(chr(code)) for code in range(_TABLED)), dtype=np.bool_, count=_TABLED)
    return np.asarray(table, dtype=np.bool_)
