"""Vocabularies: what people write in a cell about religion, politics, health, gender and the like, in at least ten languages.

One file per entity in `vocabularies/`, typed from general knowledge. A vocabulary says what *kind* of thing a value is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
    return " ".join(re.sub(r"[.\u2019]", " ", folded(phrase)).split())


def speaks_of(value: str, entity: str) -> bool:
    """Return whether a value is a phrase of the vocabulary, or, of `PHRASED` entities, holds one of four letters or more."""
    return _speaks(_plain(value), entity)


def _speaks(plain: str, entity: str) -> bool:
    known = vocabulary(entity)
    if plain in known:
        return True
    words = re.findall(r"[\w'+/]+", plain)
    if " ".join(words) in known or (" or " in plain and plain.split(" or ")[0] in known):
        return True
    return entity in PHRASED and len(words) <= _MOST_WORDS and not _inside(entity).isdisjoint(_phrases(words))


def _phrases(words: Sequence[str]) -> Iterator[str]:
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + _LONGEST) + 1):
            yield " ".join(words[start:end])


def vocabulary_share(values: Sequence[str], entity: str) -> float:
    """Return the share of values that speak of the entity; 0 if there are none. Give it distinct values."""
    return _share([_plain(value) for value in values], entity)


def vocabulary_shares(values: Sequence[str]) -> dict[str, float]:
    """Return `vocabulary_share` of each entity whose share is not 0. Of many values, some of the first 24 must speak of it."""
    plain = [_plain(value) for value in values]
    shares = ((entity, _share(plain, entity)) for entity in VOCABULARIES if _share(plain[:_SCREEN], entity))
    return {entity: share for entity, share in shares if share}


def _share(plain: Sequence[str], entity: str) -> float:
    return sum(_speaks(value, entity) for value in plain) / len(plain) if plain else 0.0


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
