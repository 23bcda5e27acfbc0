"""How people are addressed: `Dr. Miller`, `Frau Schmidt`, `la señora García`; the title alone is the span.

Every repetition is bounded: these expressions also meet hostile texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from veil.model import Span

SCORE: Final = 0.8
_SHORT: Final = "Mrs?|Ms|Miss|Mx|Dr|Prof|Sir|Dame|Hr|Fr|Mme|Mlle|Dhr|Mevr|Sig|Sigra|Sra?|Dra|Ing|Rev"
_LONG: Final = (
    "M\\.(?= )|Dott(?:\\.|\\.ssa)|Sig\\.ra|Avv\\.|Mlle|"
    "Herrn?|Frau|Monsieur|Madame|Mademoiselle|[Ss]ignora?|[Ss]ignor|[Ss]e[ñn]ora?|Mevrouw|Meneer|Doctor|Docteur|Dottor|Doktor|Professor|"
    "Professeur|Professore?ssa"
)
_TITLE = re.compile(
    rf"(?<![\w.])(?:(?:{_SHORT})\b\.?|(?:{_LONG})\b)(?= {{1,3}}[A-ZÀ-Þ])|\b(?:mr|mrs|ms|dr|prof)\.(?= {{1,3}}[^\W\d_])"
)

_WORD: Final = r"[^\W\d_a-zß-ÿ](?:[^\W\d_]|['\u2019-](?=[^\W\d_])){1,30}"
TITLED = re.compile(
    rf"(?<![\w.])(?:(?:{_SHORT})\b\.?|(?:{_LONG})) {{1,2}}((?:(?:van|von|de|der|den|la|du|di|del) ){{0,2}}{_WORD}"
    rf"(?: [^\W\d_a-zß-ÿ]\.?)?(?: (?:(?:van|von|de|der|den|la|du|di|del) ){{0,2}}{_WORD}){{0,3}})(?![\w@])"
)
"""A title and, as its group, the name behind it."""


def find(text: str) -> Iterator[Span]:
    """Yield titles, in the order of the text."""
    for match in _TITLE.finditer(text):
        yield Span(*match.span(), "TITLE", SCORE)


def ends_before(text: str, start: int) -> bool:
    """Return whether a title stands right before this place."""
    begin = max(0, start - 24)
    return any(not text[match.end() : start].strip() for match in _TITLE.finditer(text, begin) if match.end() <= start)
