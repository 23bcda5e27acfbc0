"""Organizations that only the words around give away: `the X office`, `X is a … bank`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from veil.model import Span

SCORE: Final = 0.75
_WORD: Final = r"[A-ZÀ-Þ][\w&'\u2019-]{0,30}"
_NAME: Final = rf"{_WORD}(?:(?:,? (?:and|&|of) | |, ){_WORD}){{0,4}}"
_OWNED: Final = (
    "office|offices|website|web site|homepage|headquarters|employees?|staff|CEO|CFO|CTO|app|branch|store|shares|stocks?|"
    "resignation|subsidiary|executives?|spokes(?:man|woman|person)|board|warehouse|factory|customer service|songwriter|"
    "engineers?|manager|logo|products?|"
    "account manager|account number|shareholders?|orchestra|team|project"
)
_EXPRESSIONS: Final = tuple(re.compile(expression) for expression in (
    rf"\b(?:[Tt]he|[Hh]er|[Hh]is|[Tt]heir|[Oo]ur|[Mm]y|an?|former|ex-) ({_NAME}) (?:{_OWNED})\b",
    rf"(?:^|(?<=[.!?\n] ))({_NAME}) (?:{_OWNED}|"
    rf"is the brainchild|was founded|invested|announced|acquired|merged|manufactures|sells)\b",
    rf"(?:^|(?<=[.!?\n] ))({_NAME}) is (?:an?|the) (?:[\w-]{{1,20}} ){{0,4}}"
    rf"(?:bank|company|corporation|firm|start-?up|manufacturer|retailer|insurer|"
    rf"conglomerate|multinational|organi[sz]ation|agency|nonprofit|non-profit|charity|airline|newspaper)\b",
    rf"\b(?:CEO|CFO|CTO|founder|president|chairman|director|employee|customer|website|headquarters|managers?|staff) "
    rf"(?:of|at) (?:the )?({_NAME})",
))


def find(text: str) -> Iterator[Span]:
    """Yield organizations, in no order; they may overlap."""
    for expression in _EXPRESSIONS:
        for match in expression.finditer(text):
            if not match.group(1).isupper() or " " in match.group(1):
                yield Span(*match.span(1), "ORGANIZATION", SCORE)
