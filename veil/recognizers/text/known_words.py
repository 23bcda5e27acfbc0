"""Which known values are searched as words, in which spellings, and which of them need a capital."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from typing import Final

from veil.recognizers.base import PLACEHOLDERS
from veil.recognizers.entities import ENTITIES
from veil.recognizers.text.letters import folded
from veil.recognizers.words.lexicon import word_set

NAMES: Final = frozenset({"PERSON", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME"})
ALSO_SEARCHED: Final = frozenset({"CITY", "POSTCODE", "BIRTH_DATE", "LOCATION"})
MIN_LETTERS: Final = 3
MIN_DIGITS: Final = 5
MIN_USER: Final = 5
_WORD: Final = re.compile(r"[^\W_]+")
_JOINED: Final = re.compile(r"[^\W_][\w.+@'-]*[^\W_]|[^\W_]")
_PARTS: Final = re.compile(r"[\s,;()/\"-]+")
_GERMAN: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "æ": "ae", "ø": "oe", "œ": "oe"})
_LONE: Final = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"})
_ROLES: Final = frozenset({
    "accounting", "accounts", "admin", "billing", "careers", "client", "clients", "compta", "contact", "customer",
    "customers", "enquiries", "facturation", "hello", "help", "hr", "info", "inquiries", "jobs", "kontakt", "legal", "mail",
    "marketing", "news", "newsletter", "no-reply", "noreply", "office", "order", "orders", "postmaster", "press", "privacy",
    "reception", "root", "sales", "secretary", "security", "service", "services", "shop", "support", "team", "test", "user",
    "verwaltung", "webmaster",
})
"""User parts of e-mail addresses that stand for an office and nobody."""
_TITLES: Final = frozenset({
    "dhr", "don", "dott", "dr", "frau", "herr", "ing", "jr", "mag", "mevr", "miss", "mlle", "mme", "mr", "mrs", "ms", "prof",
    "sig", "sir", "sr", "sra",
})


def searchable(entity: str, values: Iterable[str], words: Collection[str] | None) -> Iterator[tuple[str, bool]]:
    """Yield what is searched for an entity's values, folded, and whether it needs a capital.

    Parameters
    ----------
    words : the folded words of the texts; what holds any other word cannot be found and is left out. None: all are kept.
    """
    if entity not in ENTITIES or entity == "FREE_TEXT" or (ENTITIES[entity].role != "direct" and entity not in ALSO_SEARCHED):
        return
    parts: set[str] = set()
    unsure = word_set("common") | word_set("particles")
    for value in values:
        stripped = value.strip()
        if entity in NAMES:
            pieces = stripped.split()
            if words is not None and len(pieces) > 1 and _are_plain(pieces, unsure):
                parts.update(pieces)
                continue
            parts.update(_PARTS.split(stripped))
        plain = folded(stripped)
        if entity == "EMAIL_ADDRESS":
            yield from _user(plain, words)
        if words is None or _is_wanted(stripped, plain, words):
            yield from _spellings(stripped, plain, entity in NAMES)
    for part in sorted(parts):
        yield from _part(part.strip(".,'"), words)


def words_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the folded words of texts, single and joined by dots, dashes and the like: what a known value can be found in."""
    found: set[str] = set()
    for text in texts:
        found.update(_JOINED.findall(folded(text)))
    found.update(word for joined in tuple(found) for word in _WORD.findall(joined))
    return frozenset(found)


def _all_in(plain: str, words: Collection[str]) -> bool:
    """Return whether a value may be found in texts of these words: a single one has to be there, of a longer one each part."""
    if plain in words:
        return True
    return " " in plain and all(part in words or all(word in words for word in _WORD.findall(part)) for part in plain.split())


def _is_wanted(value: str, plain: str, words: Collection[str]) -> bool:
    """Return whether a value may be in the texts as a whole; one with accents may be there without its folded words."""
    if not value.isascii() and " " not in plain:
        return True
    return _all_in(plain, words)


def _are_plain(pieces: Sequence[str], unsure: Set[str]) -> bool:
    """Return whether a full name is found by its parts anyway, in any order."""
    return all(map(str.isalpha, pieces)) and min(map(len, pieces)) >= MIN_LETTERS and unsure.isdisjoint(map(str.lower, pieces))


def _spellings(value: str, plain: str, is_name: bool) -> Iterator[tuple[str, bool]]:
    """Yield the value as it is folded, and as people type it who lack the letter or the accent."""
    common = plain in word_set("common")
    if not _is_telling(plain):
        return
    yield plain, common
    if not value.isascii():
        low = unicodedata.normalize("NFC", value).lower()
        for other in (folded(low.translate(_GERMAN)), folded(low.translate(_LONE)), unicodedata.normalize("NFD", low)):
            if other != plain:
                yield other, common
    if is_name and "'" in plain and len(plain) > 4:
        yield plain.replace("'", ""), common


def _part(part: str, words: Collection[str] | None) -> Iterator[tuple[str, bool]]:
    """Yield a single name out of a longer one; a very short one needs a capital."""
    plain = folded(part)
    if len(plain) < 2 or plain in word_set("particles") or plain in _TITLES or not plain[0].isalpha():
        return
    if words is not None and plain not in words and part.isascii() and "'" not in plain:
        return
    if len(plain) == 2:
        yield plain, True
    else:
        yield from _spellings(part, plain, True)


def _user(address: str, words: Collection[str] | None) -> Iterator[tuple[str, bool]]:
    user = address.split("@", 1)[0]
    if words is not None and user not in words:
        return
    n_letters = sum(map(str.isalpha, user))
    if len(user) >= MIN_USER and n_letters >= MIN_LETTERS and user not in _ROLES:
        yield user, user in word_set("common")


def _is_telling(value: str) -> bool:
    n_digits = sum(map(str.isdigit, value))
    n_letters = sum(map(str.isalpha, value))
    is_word = value not in PLACEHOLDERS and value not in word_set("particles")
    return is_word and (n_letters >= MIN_LETTERS or n_digits >= MIN_DIGITS)
