"""Which of the models' and lists' names are believed.

Models taught on news and chat read `IBAN`, `KeyError` or a capitalized verb as a name. A name of several words is believed if the
classifier says so, or the language model and a list; a single word needs two sources, or one and words that announce a name.
Words of code, labels and common words are never names by themselves. Patterns and known values are not judged here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from veil.model import Span
from veil.recognizers.text import titles
from veil.recognizers.text.letters import folded
from veil.recognizers.text.merging import CLASSIFIER, HINTED, KNOWN, LISTED, NER, PATTERN, Ranked
from veil.recognizers.text.ordinary import is_ordinary
from veil.recognizers.words.dictionaries import lists

SURE: Final = 0.8
LONG_PLACE: Final = 5
NAMES: Final = ("PERSON", "LOCATION", "NRP", "ORGANIZATION")
_LABELS: Final = frozenset({
    "iban", "ssn", "bic", "swift", "vat", "url", "pin", "atm", "zip", "dob", "e-mail", "email", "phone", "fax", "tel",
    "card", "account", "name", "address", "user", "id", "ip", "http", "https", "api", "arg", "args", "password", "login",
    "html", "json", "xml", "sql", "csv", "pdf", "value", "type",
})
"""Words that announce a value, and that models read as names."""
_ANNOUNCED = re.compile(
    r"\b(?:hi|hello|dear|hey|name is|named?|called|call me|i'm|i am|this is|said|says|told|asked|tell|ask|with|regards|"
    r"thanks|cheers|"
    r"hallo|liebe[r]?|hei(?:ß|ss)e|grüße|bonjour|cher|chère|appelle|cordialement|hola|llamo|llama|saludos|ciao|caro|cara|"
    r"chiamo|saluti|"
    r"beste|groeten?|heet|starring|and|him|mit|bei|avec|chez|con|met|met)[ ,:!]{1,3}$",
    re.IGNORECASE,
)
_PLACE_BEFORE = re.compile(
    r"(?:\b(?:in|à|nach|near|city|town|where:|quitté|moved (?:here )?(?:from|to)|returned to|travell?ing to|coming to|"
    r"going to|"
    r"mudó de|trasferita da|lives? in) )$",
    re.IGNORECASE,
)
_EN = re.compile(r"\ben $", re.IGNORECASE)
"""`in` in French and Spanish; `and` in Dutch."""
_SPEAKS = re.compile(r",? ?(?:said|says|told|asked|called|lives|wrote|(?:and|und|et|y|e|en|&) [A-ZÀ-Þ])")
_CODE_BEFORE = re.compile(r"[`*_/\\=@#<.\[-]$|[`(]$|\w$")
_CODE_AFTER = re.compile(r"[(=_`<*\]\d]|\.\w|::|-[a-z]")
_INNER = re.compile(r"(?<=\w)( [a-zß-ÿ]{3,20} )(?=\w)")
_CAMEL = re.compile(r"[a-zß-ÿ][A-ZÀ-Þ]")
_CAMEL_NAMES = re.compile(r"(?:Mc|Mac|De|Di|Du|La|Le|Van|Von|Fitz|O['\u2019]|D['\u2019])[A-ZÀ-Þ]")
_PARTICLES: Final = frozenset({
    "van", "von", "de", "der", "den", "di", "da", "dos", "du", "la", "le", "del", "della", "ter", "ten", "zu", "y", "e",
    "bin", "al", "el",
})


@dataclass(frozen=True)
class _Text:
    """A text, and what was said about it by each source."""

    text: str
    said: Sequence[Ranked]
    has_case: bool
    language: str


def believed(said: Iterable[Ranked], text: str, language: str = "en") -> list[Ranked]:
    """Return the spans that are believed, names trimmed to what reads as a name, in the order given."""
    has_case = any(char.isupper() for char in text)
    trimmed = [
        (_trimmed(piece, text, has_case) if span.entity in NAMES and source >= CLASSIFIER else piece, source)
        for span, source in said for piece in (_parts(span, text) if has_case and source in (CLASSIFIER, NER) else (span,))
    ]
    known = [(span, source) for span, source in trimmed if span is not None]
    whole = _Text(text, known, has_case, language)
    return [(_placed(span, source, whole), source) for span, source in known if _is_believed(span, source, whole)]


def _is_believed(span: Span, source: int, whole: _Text) -> bool:
    if span.entity == "NRP" and _is_part_of_name(span, whole):
        return False
    if source in (PATTERN, KNOWN, HINTED) or span.entity not in NAMES:
        return True
    value = whole.text[span.start : span.end]
    words = _words(value)
    if _is_code(value, whole, span) or all(is_ordinary(word) or word in _LABELS for word in words):
        is_free = value[0].isupper() and not set(words) & _LABELS
        return is_free and (_is_announced(span, whole) or _is_sure_name(span, source, words))
    if whole.has_case and value.islower() and span.entity != "NRP" and len(words) < 3 and not _is_listed(words):
        return False
    if span.entity == "ORGANIZATION":
        return _is_organization(value, words)
    if _is_rather_organization(span, words, whole):
        return False
    if span.entity != "PERSON":
        return source != LISTED or _sources(span, whole) >= 2 or len(value) >= LONG_PLACE
    if len(words) > 1:
        return source == CLASSIFIER or _is_listed(words) or (source == NER and _reads_as_name(value, words))
    return _is_single_name(span, words[0] if words else "", whole)


def _is_part_of_name(span: Span, whole: _Text) -> bool:
    """Return whether a word of a people belongs to a longer name: `Rhys French`, `Czech Republic`."""
    return any(
        other.entity in ("PERSON", "LOCATION") and other.start <= span.start and span.end <= other.end
        and other.end - other.start > span.end - span.start + 2 for other, source in whole.said if source >= CLASSIFIER
    )


def _is_organization(value: str, words: Sequence[str]) -> bool:
    """Return whether the language model's organization is believed: two words with capitals of which one is no common word."""
    has_capitals = all(piece[:1].isupper() or piece in ("of", "and", "&", "the", "de") for piece in value.split())
    return len(words) > 1 and has_capitals and any(not is_ordinary(word) for word in words) and not value.isupper()


def _is_rather_organization(span: Span, words: Sequence[str], whole: _Text) -> bool:
    """Return whether the words before announce an organization, and no list knows the name as a person's or a place's."""
    announced = any(
        source == HINTED and other.entity == "ORGANIZATION" and other.start <= span.start and span.end <= other.end
        for other, source in whole.said
    )
    return announced and is_unlisted(words)


def is_unlisted(words: Sequence[str]) -> bool:
    """Return whether folded words start with no listed given name and are no listed place."""
    value = " ".join(words)
    return not words or (
        words[0] not in lists()["FIRST_NAME"] and not any(value in lists()[kind] for kind in ("CITY", "COUNTRY", "REGION"))
    )


def _is_sure_name(span: Span, source: int, words: Sequence[str]) -> bool:
    return source == CLASSIFIER and span.score >= SURE and span.entity == "PERSON" and words[0] in lists()["FIRST_NAME"]


def _reads_as_name(value: str, words: Sequence[str]) -> bool:
    """Return whether every word begins with a capital or is a particle, and none is a common word."""
    pieces = value.split()
    has_capitals = all(
        (piece[:1].isupper() and not piece[1:].isupper()) or piece in _PARTICLES for piece in pieces if len(piece) > 2
    )
    if value.isupper() or any(len(word) > 1 and (is_ordinary(word) or word in _LABELS) for word in words):
        return False
    return 2 <= len(pieces) <= 4 and has_capitals


def _is_single_name(span: Span, word: str, whole: _Text) -> bool:
    value = whole.text[span.start : span.end]
    if value.isupper() and len(value) <= 5 and not whole.text.isupper() and word not in lists()["FIRST_NAME"]:
        return False
    if whole.has_case and value.islower() and word not in lists()["FIRST_NAME"]:
        return False
    if _sources(span, whole) >= 2 or _is_announced(span, whole):
        return True
    is_read_once = not any(source == NER for _, source in whole.said) and whole.language != "en"
    return is_read_once and span.score >= SURE and value[:1].isupper()


def _sources(span: Span, whole: _Text) -> int:
    """Return how many sources speak for a name here: the classifier, the language model by any label of a name, a list."""
    sources = {
        source for other, source in whole.said if other.start < span.end and span.start < other.end and other.entity in NAMES
    }
    words = _words(whole.text[span.start : span.end])
    if any(word in lists()[name] for word in words for name in ("FIRST_NAME", "LAST_NAME")):
        sources.add(LISTED)
    return len(sources & {CLASSIFIER, NER, LISTED})


def _is_announced(span: Span, whole: _Text) -> bool:
    before = whole.text[max(0, span.start - 24) : span.start]
    if _ANNOUNCED.search(before) or _SPEAKS.match(whole.text, span.end):
        return True
    return titles.ends_before(whole.text, span.start)


def _is_code(value: str, whole: _Text, span: Span) -> bool:
    if any(char in "_()=<>{}[]*`" or char.isdigit() for char in value):
        return True
    if _CAMEL.search(value) and not _CAMEL_NAMES.search(value):
        return True
    before, after = whole.text[max(0, span.start - 1) : span.start], whole.text[span.end : span.end + 2]
    return bool(_CODE_BEFORE.search(before)) or bool(_CODE_AFTER.match(after))


def _placed(span: Span, source: int, whole: _Text) -> Span:
    """Return a name that the classifier took for the wrong kind, as what the words around and the lists say it is."""
    if source < CLASSIFIER or span.entity not in ("PERSON", "LOCATION"):
        return span
    words = _words(whole.text[span.start : span.end])
    entity = "LOCATION" if _is_place(span, words, whole) else "PERSON" if _is_person(span, words, whole) else span.entity
    return Span(span.start, span.end, entity, span.score)


def _is_place(span: Span, words: Sequence[str], whole: _Text) -> bool:
    value = " ".join(words)
    said = {other.entity for other, source in whole.said if source == NER and other.start < span.end and span.start < other.end}
    if "PERSON" in said and whole.language == "en":
        return False
    if value in lists()["COUNTRY"] and value not in lists()["FIRST_NAME"]:
        return True
    if value in lists()["CITY"] and not any(value in lists()[kind] for kind in ("FIRST_NAME", "LAST_NAME")):
        return True
    return _is_after_place_word(span, whole)


def _is_after_place_word(span: Span, whole: _Text) -> bool:
    before = whole.text[max(0, span.start - 24) : span.start]
    return bool(_PLACE_BEFORE.search(before)) or (whole.language in ("fr", "es") and bool(_EN.search(before)))


def _is_person(span: Span, words: Sequence[str], whole: _Text) -> bool:
    value = " ".join(words)
    if not words or any(value in lists()[kind] for kind in ("CITY", "COUNTRY", "REGION")):
        return False
    if _is_after_place_word(span, whole) or words[0] not in lists()["FIRST_NAME"]:
        return False
    return len(words) == 1 or words[-1] in lists()["LAST_NAME"]


def _is_listed(words: Sequence[str]) -> bool:
    """Return whether the words hold a listed given name, or two listed family names."""
    core = [word for word in words if word not in _PARTICLES]
    return any(word in lists()["FIRST_NAME"] and not is_ordinary(word) for word in core[:2])


def _parts(span: Span, text: str) -> tuple[Span, ...]:
    """Return a person's name as the names before and behind words in small letters: `Garcia and Samantha` are two."""
    if span.entity != "PERSON":
        return (span,)
    breaks = [match.span(1) for match in _INNER.finditer(text, span.start, span.end) if match.group(1).strip() not in _PARTICLES]
    bounds = [span.start, *(place for pair in breaks for place in pair), span.end]
    return tuple(Span(low, high, span.entity, span.score) for low, high in zip(bounds[::2], bounds[1::2], strict=True))


def _trimmed(span: Span, text: str, has_case: bool) -> Span | None:
    """Return the span without words at its ends that are written small; None if nothing is left."""
    start, end = span.start, span.end
    pieces = [match.span() for match in re.finditer(r"\S+", text[start:end])]
    is_small = [_is_small(text[start + low : start + high], has_case) for low, high in pieces]
    if not pieces or all(is_small):
        return span if not pieces or len(pieces) == 1 else None
    first, last = is_small.index(False), len(is_small) - 1 - is_small[::-1].index(False)
    return Span(start + pieces[first][0], start + pieces[last][1], span.entity, span.score)


def _is_small(word: str, has_case: bool) -> bool:
    plain = word.strip(".,'\u2019\"()").lower()
    return word[:1].islower() and plain not in _PARTICLES and (has_case or is_ordinary(folded(plain)))


def _words(value: str) -> list[str]:
    return [word for word in (folded(piece.strip(".,'\u2019\"()")) for piece in re.split(r"[\s-]+", value)) if word]
