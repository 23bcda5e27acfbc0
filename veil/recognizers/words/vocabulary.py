"""Vocabularies: what people write in a cell about religion, politics, health, gender and the like, in at least ten languages.

One file per entity in `vocabularies/`, typed from general knowledge. A vocabulary says what *kind* of thing a value is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Final

from veil.recognizers.words.dictionaries import folded

VOCABULARIES: Final = (
    "RELIGION", "POLITICS", "UNION_MEMBERSHIP", "ETHNICITY", "SEXUAL_ORIENTATION", "HEALTH", "GENETIC", "BIOMETRIC",
    "CRIMINAL_RECORD", "NATIONALITY", "MARITAL_STATUS", "GENDER", "EDUCATION", "OCCUPATION", "TITLE", "SUFFIX",
)
PHRASED: Final = frozenset({"HEALTH", "CRIMINAL_RECORD", "POLITICS", "UNION_MEMBERSHIP", "BIOMETRIC", "GENETIC", "OCCUPATION"})
"""Entities whose values hold a phrase among other words: `acute bronchitis (left)`, `senior software engineer`."""

_LONGEST: Final = 6
_SHORTEST: Final = 4
_MOST_WORDS: Final = 12
_SCREEN: Final = 24
_CODES: Final = {
    "HEALTH": (
        re.compile(r"[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}"),  # ICD-10 with its dot; without, any code looks like one
        re.compile(r"(?:ICD-?\d{1,2}(?:-CM)?[: ]{1,2})[A-Z]?\d{2,3}(?:\.\d{1,4})?"),
        re.compile(r"[ABCDGHJLMNPRSV](?:0[1-9]|1\d|20)[A-Z]{2}(?:\d\d)?"),  # ATC, chemical group or substance
        re.compile(r"(?:A|B|AB|O|0) ?(?:\+|-|\u2212|(?:RH ?)?(?:POS|NEG)(?:ITIVE?|ATIVE?)?|RHD? ?[+-])"),  # blood group
    ),
    "GENETIC": (
        re.compile(r"RS\d{3,10}"),  # dbSNP
        re.compile(r"[CGP]\.\(?[A-Z0-9_*+>-]{3,24}\)?(?:DEL|INS|DUP|FS)?[A-Z0-9*]{0,8}"),  # HGVS
        re.compile(r"(?:HLA-)?[A-D][A-Z0-9]{0,4}\*\d\d:\d\d(?::\d\d)?"),  # HLA allele
        re.compile(r"[ACGT]{12,}"),
        re.compile(r"4[5-9],X[XY]{0,3}(?:,[+-]\d{1,2})?"),  # karyotype
    ),
}
_WORDS = re.compile(r"[\w'+/]+")
_POINTS = re.compile(r"[.\u2019]")
_GENOTYPE = re.compile(r"[ACGT]([/|]?)[ACGT]")


@lru_cache(maxsize=32)
def vocabulary(entity: str) -> frozenset[str]:
    """Return the phrases of an entity as they are compared: lower case, no accents, dots or hyphens; empty if there are none."""
    if entity not in VOCABULARIES:
        return frozenset()
    return frozenset(_plain(phrase.strip().removeprefix("=")) for _, phrases in _lines(entity) for phrase in phrases) - {""}


@lru_cache(maxsize=32)
def _inside(entity: str) -> frozenset[str]:
    """Return the phrases that count inside of a longer value too: not those marked `=`, and none under four letters."""
    known = (phrase.strip() for _, phrases in _lines(entity) for phrase in phrases if not phrase.strip().startswith("="))
    return frozenset(plain for plain in map(_plain, known) if len(plain) >= _SHORTEST)


@lru_cache(maxsize=32)
def languages(entity: str) -> tuple[str, ...]:
    """Return the languages that a vocabulary is in, sorted."""
    return tuple(sorted({language for language, _ in _lines(entity)} - {"other"}))


def _lines(entity: str) -> Iterator[tuple[str, list[str]]]:
    text = files("veil.recognizers.words").joinpath("vocabularies", f"{entity}.txt").read_text("utf-8")
    for line in text.splitlines():
        language, colon, phrases = line.partition(":")
        if colon and not line.startswith("#"):
            yield language.strip(), phrases.split(",")


def _plain(phrase: str) -> str:
    return " ".join(_POINTS.sub(" ", folded(phrase)).split())


@lru_cache(maxsize=1)
def _whole() -> Mapping[str, tuple[str, ...]]:
    """Return the entities that a whole value speaks of, by its phrase."""
    return _indexed(vocabulary)


@lru_cache(maxsize=1)
def _within() -> Mapping[str, tuple[str, ...]]:
    """Return the entities that a value which holds a phrase among others speaks of."""
    return _indexed(lambda entity: _inside(entity) if entity in PHRASED else frozenset())


def _indexed(phrases: Callable[[str], frozenset[str]]) -> Mapping[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for entity in VOCABULARIES:
        for phrase in phrases(entity):
            index[phrase] = (*index.get(phrase, ()), entity)
    return index


def _spoken_of(plain: str) -> set[str]:
    """Return the entities that a value speaks of: as a phrase of the vocabulary, or, of `PHRASED` ones, by a phrase in it."""
    words = _WORDS.findall(plain)
    found = {*_whole().get(plain, ()), *_whole().get(" ".join(words), ())}
    if " or " in plain:
        found.update(_whole().get(plain.split(" or ")[0], ()))
    if len(words) <= _MOST_WORDS:
        found.update(entity for phrase in _phrases(words) for entity in _within().get(phrase, ()))
    return found


def _phrases(words: Sequence[str]) -> Iterator[str]:
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + _LONGEST) + 1):
            yield " ".join(words[start:end])


def vocabulary_shares(values: Sequence[str]) -> dict[str, float]:
    """Return the share of values that speak of each entity, where it is not 0. Give it distinct values.

    Of many values, some of the first 24 must speak of an entity.
    """
    screened = [_spoken_of(_plain(value)) for value in values[:_SCREEN]]
    asked = {entity for spoken in screened for entity in spoken}
    if not asked:
        return {}
    counts = Counter(entity for spoken in screened for entity in spoken)
    counts.update(entity for value in values[_SCREEN:] for entity in _spoken_of(_plain(value)) & asked)
    return {entity: counts[entity] / len(values) for entity in VOCABULARIES if counts[entity]}


def coded_share(values: Sequence[str], entity: str) -> float:
    """Return the share of values that are codes of the entity: ICD-10 with dot, ATC, blood groups; rs numbers, HGVS, genotypes.

    Genotypes (`AG`, `C/T`) count only where all values are some, at least three different ones: any two letters look like one.
    """
    if not values:
        return 0.0
    if entity == "GENETIC" and len(set(values)) >= 3 and all(_GENOTYPE.fullmatch(value.strip()) for value in values):
        return 1.0
    patterns = _CODES.get(entity, ())
    return sum(any(pattern.fullmatch(value.strip().upper()) for pattern in patterns) for value in values) / len(values)
