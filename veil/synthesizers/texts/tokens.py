"""Texts as tokens: words, marks and placeholders such as `<PERSON>`, each with the white space before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.columns import factorize

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]

BEGIN, END = 0, 1
_TOKEN = re.compile(r"(\s*)(<[A-Z][A-Z0-9_]*>|\w+(?:['\u2019-]\w+)*|[^\w\s])")


def split(text: str) -> list[str]:
    """Return a text's tokens; joined they are the text, but for white space of more than one character and at its ends.

    The first has a space before it too, so that it is the same token as in the middle of a text.
    """
    return [("\n" if "\n" in space else " " if space else "") + token for space, token in _TOKEN.findall(" " + text.strip())]


@dataclass(frozen=True)
class Corpus:
    """Texts laid end to end as numbers of tokens, each between BEGIN and END.

    Attributes
    ----------
    tokens : (n_positions,) number of each token.
    offsets : (n_positions,) place of each token in its text, 0 for BEGIN.
    holders, groups : (n_positions,) whose text it is, and of which group; -1 for no group.
    words : the token of each number; the first two stand for BEGIN and END.
    """

    tokens: Codes = field(repr=False)
    offsets: Codes = field(repr=False)
    holders: Codes = field(repr=False)
    groups: Codes = field(repr=False)
    words: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, texts: Sequence[str], holders: Codes, groups: Codes) -> Corpus:
        """Lay out texts that are not empty; equal ones are split once."""
        codes, distinct = factorize(np.array(texts, dtype=object))
        numbers: dict[str, int] = {}
        rows = [
            np.array([BEGIN, *(numbers.setdefault(token, len(numbers) + 2) for token in split(text)), END], dtype=np.int64)
            for text in distinct
        ]
        lengths = np.array([len(row) for row in rows], dtype=np.int64)[codes]
        return cls(
            np.concatenate([rows[code] for code in codes.tolist()]).astype(np.int64),
            np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths),
            np.repeat(holders, lengths),
            np.repeat(groups, lengths),
            ("", "", *numbers),
        )

    def encode(self, texts: Sequence[str]) -> list[Codes]:
        """Return other texts in this corpus's numbers, -1 for a token that it does not have."""
        numbers = {word: number for number, word in enumerate(self.words) if number > END}
        return [np.array([BEGIN, *(numbers.get(token, -1) for token in split(text)), END], dtype=np.int64) for text in texts]

    def decode(self, tokens: Codes) -> str:
        """Return the text of tokens without BEGIN and END."""
        return "".join(self.words[token] for token in tokens.tolist()).lstrip()
