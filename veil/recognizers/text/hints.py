"""Words that no model and no list knows, where only a person, a place or an organization can stand.

`Frau Zyxwer`, `Contact: Zyxa Qwertov`, `lives in Zyxburg`, `her contract with Zyxtel`: the words before say what an unknown word
with a capital is. Anything else that is said of it counts more. German writes nouns with capitals, so there only the clearest
words are hints. Every repetition is bounded: hostile texts come here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Final

from veil.model import Span
from veil.recognizers.text.letters import folded
from veil.recognizers.text.ordinary import is_ordinary
from veil.recognizers.text.titles import TITLED
from veil.recognizers.words.dictionaries import calendar_words

SCORE: Final = 0.45
_CAPITAL: Final = r"[^\W\d_a-zß-ÿ](?:[^\W\d_]|['\u2019-](?=[^\W\d_])){1,30}"
_LINK: Final = r"(?:van der|van den|van de|van|von|de la|de los|de|den|der|del|della|di|da|dos|du|la|le|ter|zu|sur|am)"
_INITIAL: Final = r"[^\W\d_a-zß-ÿ]\.?"
_FULL: Final = rf"{_CAPITAL}(?: {_INITIAL}){{0,2}}(?: {_LINK})?(?: {_CAPITAL}){{1,2}}"
_NAME: Final = rf"{_CAPITAL}(?:(?: {_LINK}|-| )? ?{_CAPITAL}){{0,3}}"
_BRAND: Final = r"[^\W\d_a-zß-ÿ][\w&'\u2019-]{1,30}(?:(?: &| and| of| de| van)? [^\W\d_a-zß-ÿ][\w&'\u2019-]{0,30}){0,3}"
_END: Final = r"(?![\w@]|['\u2019-]\w{3}|\.\w|/|\()"

_PERSONS = re.compile(
    rf"(?:\b(?i:name|patient(?:in)?|contact|customer|client|ansprechpartner(?:in)?|nom|nombre|naam|nome|cliente|klant|signed|"
    rf"attn|attention|inhaber(?:in)?|titulaire|titular|intestatario|recipient|sender|applicant|guardian|tenant|employee|driver)"
    rf"(?::| is)? ?"
    rf"|\bc/o |\bz\. ?Hd\. |\bt\.a\.v\. |\b(?i:dear|sehr geehrte[r]?|chère?|estimad[oa]|gentile|beste|geachte) )({_FULL}){_END}"
)
_INITIALED = re.compile(rf"(?<![\w.'\u2019-])({_CAPITAL} {_INITIAL} (?:{_LINK} )?{_CAPITAL}){_END}")
_NAMES_OF: Final = {"LOCATION": _NAME, "ORGANIZATION": rf"(?:the )?{_BRAND}"}


def find(text: str, language: str) -> Iterator[Span]:
    """Yield the spans of unknown words that the words before them, in the language of the text, say something about."""
    for match in TITLED.finditer(text):
        yield Span(*match.span(1), "PERSON", SCORE)
    for expression in (_PERSONS, _INITIALED):
        yield from _told(expression, text, "PERSON")
    for entity, expression in _announced().get(language, ()):
        yield from _told(expression, text, entity)


def _told(expression: re.Pattern[str], text: str, entity: str) -> Iterator[Span]:
    for match in expression.finditer(text):
        start, end = match.span(1)
        words = [folded(word.strip(".,'\u2019")) for word in text[start:end].split()]
        if not is_plain(words[0]) and not all(is_plain(word) for word in words):
            yield Span(start, end, entity, SCORE)


@lru_cache(maxsize=1)
def _announced() -> Mapping[str, Sequence[tuple[str, re.Pattern[str]]]]:
    """Return what announces a place or an organization, by language."""
    lines: dict[tuple[str, str], list[str]] = {}
    for line in files("veil.recognizers.text").joinpath("hints.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            entity, language = line.strip("[]").split()
            section = lines.setdefault((language, entity), [])
        elif line and not line.startswith("#"):
            section.append(line.removesuffix("~") if line.endswith("~") else line + " ")
    found: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for (language, entity), words in lines.items():
        expression = re.compile(rf"\b(?:{'|'.join(words)})({_NAMES_OF[entity]}){_END}")
        found.setdefault(language, []).append((entity, expression))
    return found


def is_plain(word: str) -> bool:
    """Return whether a folded word is a common one, a month, a weekday or a letter: no unknown name starts with it."""
    return len(word) < 2 or is_ordinary(word) or word in calendar_words()
