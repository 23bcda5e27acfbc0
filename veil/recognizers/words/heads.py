"""What a name is about: its head. In `phone_model`, `email_count` and `age_of_account` the personal word is not the head.

English, Germanic, Finnic, Baltic names and those of Hungarian and Turkish carry the head last; Romance, Slavic and Greek names
carry it first. Three lists of words tell what is harmless, in each language:

- `[harmless]`: things (`product`, `model`). Harmless as the head; before a weak phrase too (`product_name`), not before a strong
  one (`store_manager_email`).
- `[measures]`: figures and marks (`count`, `average`, `verified`). Harmless wherever they stand.
- `[leads]`: harmless as the first word (`is`, `number of`); before what is a number itself, `num` counts nothing (`num_iban`).

Some things have an age or a title as people do (`OWNED`): there a thing counts on both sides. A head that is a person's part
(`[people]`: `manager`, `owner`) is never harmless because of a thing before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from veil.recognizers.words.files import sections
from veil.recognizers.words.letters import words_in
from veil.recognizers.words.lexicon import COMPOUNDING, LONGEST_PHRASE, Match

HEAD_FIRST: Final = frozenset({"fr", "es", "it", "pt", "ro", "ca", "pl", "cs", "sk", "hr", "sl", "bg", "ru", "uk", "el"})
OWNED: Final = frozenset({"AGE", "TITLE", "SUFFIX", "LOCATION", "DATE_TIME"})
NUMBERED: Final = frozenset({
    "PHONE_NUMBER", "IBAN_CODE", "CREDIT_CARD", "ACCOUNT_NUMBER", "US_SSN", "NATIONAL_ID", "TAX_ID", "VAT_ID", "PASSPORT",
    "DRIVING_LICENSE", "MEDICAL_LICENSE", "HEALTH_INSURANCE_ID", "MEDICAL_RECORD_ID", "LICENSE_PLATE", "VIN", "HOUSE_NUMBER",
})
_NUMBERS: Final = frozenset({"num", "n", "nb", "nr", "no", "nbr"})
_SHORTEST_COMPOUND_HEAD: Final = 4


@dataclass(frozen=True)
class _Hit:
    """A harmless phrase in a name: which words it takes, of which list and languages it is."""

    word: str
    start: int
    end: int
    kind: str
    languages: frozenset[str]


def harmless_word(words: tuple[str, ...], found: list[Match]) -> str | None:
    """Return the word that makes a name harmless although it holds a personal one, or None.

    Parameters
    ----------
    words : the name, as `words_of` splits it.
    found : what `matches` found in it; empty if nothing.
    """
    strong = [match for match in found if not match.phrase.weak and match.entity not in OWNED]
    hits = [hit for hit in _hits(words) if not any(_takes(match, hit) for match in found)]
    telling = [hit.word for hit in hits if _tells(hit, words, strong)]
    return telling[-1] if telling else None


def _takes(match: Match, hit: _Hit) -> bool:
    """A phrase that is longer, or as long and strong, has the word for itself: `currency code`, `credit score`."""
    if not (match.start < hit.end and hit.start < match.end):
        return False
    longer = match.end - match.start - (hit.end - hit.start)
    return longer > 0 or (longer == 0 and not match.phrase.weak)


def _tells(hit: _Hit, words: tuple[str, ...], strong: list[Match]) -> bool:
    if hit.kind == "leads":
        names_a_number = hit.word in _NUMBERS and any(match.entity in NUMBERED for match in strong)
        return hit.start == 0 and len(words) > hit.end and not names_a_number
    if hit.kind == "measures":
        return True
    if not strong:
        return not _head_is_a_person(words, hit)
    after = hit.start >= max(match.end for match in strong)
    before = hit.end <= min(match.start for match in strong)
    return (after and bool(hit.languages - HEAD_FIRST)) or (before and bool(hit.languages & HEAD_FIRST))


def _head_is_a_person(words: tuple[str, ...], hit: _Hit) -> bool:
    last = next((word for word in reversed(words) if not word.isdigit()), "")
    is_first = hit.start > 0 and bool(_people(words[0]) & hit.languages & HEAD_FIRST)
    return is_first or (bool(_people(last)) and hit.end < len(words))


def _people(word: str) -> frozenset[str]:
    """Return the languages in which a word is a person's part."""
    return frozenset(language for language in sections().get("people", {}) if word in _parts(language))


@lru_cache(maxsize=64)
def _parts(language: str) -> frozenset[str]:
    return frozenset("".join(words_in(entry.text)) for entry in sections()["people"].get(language, ()))


def _hits(words: tuple[str, ...]) -> Iterator[_Hit]:
    longest: list[_Hit] = []
    for start in range(len(words)):
        for end in range(min(len(words), start + LONGEST_PHRASE), start, -1):
            entries = _index().get("".join(words[start:end]))
            if entries and not any(hit.start <= start and end <= hit.end for hit in longest):
                longest += [_Hit(" ".join(words[start:end]), start, end, kind, entries[kind]) for kind in sorted(entries)]
    yield from longest
    taken = {place for hit in longest for place in range(hit.start, hit.end)}
    yield from (hit for place, word in enumerate(words) if place not in taken for hit in _compound(word, place))


def _compound(word: str, place: int) -> Iterator[_Hit]:
    """`Kundenanzahl` is an `anzahl`, `telefonnummertyp` a `typ`."""
    for cut in range(3, len(word) - _SHORTEST_COMPOUND_HEAD + 1):
        for kind, languages in sorted(_index().get(word[cut:], {}).items()):
            if languages & COMPOUNDING and kind != "leads":
                yield _Hit(word[cut:], place, place + 1, kind, languages & COMPOUNDING)
                return


@lru_cache(maxsize=1)
def _index() -> Mapping[str, Mapping[str, frozenset[str]]]:
    index: dict[str, dict[str, frozenset[str]]] = {}
    for kind in ("harmless", "measures", "leads"):
        for language, entries in sections().get(kind, {}).items():
            for entry in entries:
                kinds = index.setdefault("".join(words_in(entry.text)), {})
                kinds[kind] = kinds.get(kind, frozenset()) | {language}
    return index
