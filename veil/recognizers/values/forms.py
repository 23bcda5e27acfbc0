"""Presidio's pattern recognizers, used as patterns: their expressions, their checksums, none of the engine around them.

The engine costs 4 ms a cell, nearly all of it outside of the patterns. Two parts are ours instead: the e-mail validation,
because Presidio's asks tldextract, which asks the network for a list of suffixes; and the expression for URLs, because
Presidio's tries 1,300 suffixes at every place (1,000 times `www.` took 3 seconds).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from veil.recognizers.values.coins import IN_TEXT, is_wallet

LONGEST: Final = 400
"""Longer values are not tried for a full match: no identifier is that long, and backtracking must stay bounded."""


@dataclass(frozen=True)
class Form:
    """The written form of an entity: a cheap gate, expressions, and a checksum or other test of what they match.

    `reach` limits the search to so many characters before and after the gate, so that the time stays linear in the length
    of a text. `shrinks`: trailing words that spoil the checksum are dropped. `unless`: what stands before it makes it another
    thing, such as `version` before `1.2.3.4`.
    """

    entity: str
    gate: re.Pattern[str]
    expressions: tuple[re.Pattern[str], ...]
    holds: Callable[[str], bool] = field(repr=False)
    reach: tuple[int, int] | None = None
    shrinks: bool = False
    unless: re.Pattern[str] | None = None

    def is_whole(self, value: str) -> bool:
        """Return whether the whole value has the form."""
        if len(value) > LONGEST or not self.gate.search(value):
            return False
        return any(expression.fullmatch(value) for expression in self.expressions) and self.holds(value)

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of each place where the text has the form."""
        for low, high in self._windows(text):
            for expression in self.expressions:
                for match in expression.finditer(text, low, high):
                    end = self._valid_end(text, match.start(), match.end())
                    if end and not (self.unless and self.unless.search(text, max(0, match.start() - 24), match.start())):
                        yield match.start(), end

    def _windows(self, text: str) -> Iterator[tuple[int, int]]:
        if self.reach is None:
            if self.gate.search(text):
                yield 0, len(text)
            return
        before, after = self.reach
        reached = 0
        for match in self.gate.finditer(text):
            if match.start() >= reached:
                reached = min(len(text), match.end() + after)
                yield max(0, match.start() - before), reached

    def _valid_end(self, text: str, start: int, end: int) -> int | None:
        if self.holds(text[start:end]):
            return end
        while self.shrinks and end - start > 15:
            end = max(text.rfind(" ", start, end), text.rfind("-", start, end))
            if end > start and self.holds(text[start:end]):
                return end
        return None


@lru_cache(maxsize=1)
def forms() -> tuple[Form, ...]:
    """Return the forms, read from Presidio once per process (its import takes seconds)."""
    from presidio_analyzer import predefined_recognizers as presidio

    ibans, cards, ssns = presidio.IbanRecognizer(), presidio.CreditCardRecognizer(), presidio.UsSsnRecognizer()
    addresses, macs = presidio.IpRecognizer(), presidio.MacAddressRecognizer()
    return (
        Form("EMAIL_ADDRESS", re.compile("@"), _expressions(presidio.EmailRecognizer()), _is_email, reach=(66, 256)),
        Form("IBAN_CODE", re.compile(r"\b[A-Za-z]{2}\d{2}[ -]?[A-Za-z0-9]"), (_IBAN,),
             lambda value: ibans.validate_result(value) is not False, reach=(1, 50), shrinks=True),
        Form("CREDIT_CARD", re.compile(r"\d{3}[ -]?\d"), tuple(map(_no_decimal, (*_expressions(cards), _CARD))),
             lambda value: _is_card(value) and cards.validate_result(value)),
        Form("US_SSN", re.compile(r"\d{3}[- .]\d{2}[- .]\d{4}"), (re.compile(r"\b\d{3}([- .])\d{2}\1\d{4}\b"),),
             lambda value: not ssns.invalidate_result(value)),
        Form("IP_ADDRESS", re.compile(r"\d\.\d{1,3}\.\d|[0-9A-Fa-f:]:[0-9A-Fa-f:]*:"), _expressions(addresses, least=0.5),
             lambda value: len(value) > 4 and not addresses.invalidate_result(value), unless=_RELEASE),
        Form("MAC_ADDRESS", re.compile(r"[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]|[0-9A-Fa-f]{4}\."), _expressions(macs),
             lambda value: not macs.invalidate_result(value)),
        Form("URL", re.compile(r"://|www\.|[a-z\d]\.[a-z]{2}", re.IGNORECASE), (_URL,), bool),
        Form("CRYPTO", re.compile(r"\b(?:0x|[a-z]{2,6}1|[1348DLMTXr])[A-Za-z0-9]{24,}"), (IN_TEXT,), is_wallet),
    )


def form(entity: str) -> Form:
    """Return the form of that entity; `KeyError` if there is none."""
    return {each.entity: each for each in forms()}[entity]


_RELEASE = re.compile(r"(?:\b(?:version|release|build|firmware|update|patch|ver|v)\.?[ :=]{0,2}|\bv)$", re.IGNORECASE)
def are_releases(values: Sequence[str]) -> bool:
    """Return whether dotted quads are versions of something: they start under 10, and no number of any is 64 or more.

    Of three internet addresses that start so, all numbers are that small once in 260,000 times.
    """
    quads = [value.split(".") for value in values if _QUAD.fullmatch(value)]
    return len(quads) >= 3 and all(int(quad[0]) < 10 and max(map(int, quad)) < 64 for quad in quads)


_QUAD = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_IBAN = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}\b")
_URL = re.compile(
    r"(?:\b(?:https?|ftp)://|\bwww\.)[^\s<>\"]{2,2000}(?<![.,;:!?)])"
    r"|(?<![@\w.-])(?:[a-z\d][a-z\d-]{0,62}\.){1,4}"
    r"(?:(?:com|org|net|edu|gov|info|biz|eu|io|app|dev|de|fr|nl|uk|es|pt|pl|ch|se|dk|fi|cz|hu|ro|ie|us|ca|au|br)"
    r"(?:/[^\s<>\"]{0,2000}(?<![.,;:!?)])|(?![\w@-]|\.\w))|[a-z]{2,12}/[^\s<>\"]{1,2000}(?<![.,;:!?)]))",
    re.IGNORECASE,
)
_CARD = re.compile(r"\b[2-6]\d{3}(?:[ -]?\d{2,6}){2,4}\b")
_ISSUERS = re.compile(r"4|5[0-8]|2[2-7]|3[0-9]|6|2131|1800")


def _expressions(recognizer: Any, least: float = 0.0) -> tuple[re.Pattern[str], ...]:
    flags = int(recognizer.global_regex_flags)
    return tuple(re.compile(pattern.regex, flags) for pattern in recognizer.patterns if pattern.score >= least)


def _no_decimal(expression: re.Pattern[str]) -> re.Pattern[str]:
    """Return the expression for digits that are neither the places of a decimal nor in front of its mark."""
    return re.compile(rf"(?<!\d[.,])(?:{expression.pattern})(?![.,]\d)", expression.flags)


def _is_email(value: str) -> bool:
    local, _, domain = value.rpartition("@")
    labels = domain.split(".")
    return bool(local) and len(labels) >= 2 and len(labels[-1]) >= 2 and not labels[-1].isdigit()


def _is_card(value: str) -> bool:
    digits = re.sub(r"[ -]", "", value)
    return 12 <= len(digits) <= 19 and digits.isdigit() and len(set(digits)) > 1 and bool(_ISSUERS.match(digits))
