"""Dictionaries: given names, family names, cities, regions, countries and jobs, as `freeze` wrote them into `lists/`.

They say what *kind* a value is and are never used for a fake. A word in two lists, a month or a common word is *ambiguous*
(`Paris`, `May`, `Austin`): a column of such words is told only by those among its values that are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final

from veil.recognizers.words.letters import folded
from veil.recognizers.words.lexicon import word_set

__all__ = ["ambiguous", "calendar_words", "folded", "is_full_name", "is_listed", "lists", "share_in"]

_LISTS: Final[Mapping[str, str]] = {
    "FIRST_NAME": "given", "LAST_NAME": "family", "CITY": "cities", "REGION": "regions", "COUNTRY": "countries",
    "OCCUPATION": "jobs",
}
_NAMES: Final = frozenset({"FIRST_NAME", "LAST_NAME"})
_LONGEST_NAME: Final = 3


@lru_cache(maxsize=1)
def lists() -> Mapping[str, frozenset[str]]:
    """Return the folded entries of each list, by entity. Read once per process, under 0.1 s."""
    return {entity: _frozen(file) for entity, file in _LISTS.items()}


@lru_cache(maxsize=1)
def calendar_words() -> frozenset[str]:
    """Return months and weekdays in 26 languages, folded: they are no names."""
    return _frozen("calendar")


def is_listed(value: str, entity: str) -> bool:
    """Return whether a value is in the list of an entity; PERSON: whether it reads as a full name.

    Parameters
    ----------
    value : in any spelling; it is folded here.
    entity : a key of `lists()`, or PERSON. Of several given or family names in one value (`Anna Maria`), each must be listed.

    Raises
    ------
    KeyError : an entity that has no list.
    """
    text = folded(value)
    if entity == "PERSON":
        return is_full_name(value)
    if text in lists()[entity]:
        return True
    words = [word for word in text.split() if word not in word_set("particles")]
    return entity in _NAMES and 1 < len(words) <= _LONGEST_NAME and all(word in lists()[entity] for word in words)


def ambiguous(word: str, entity: str = "") -> bool:
    """Return whether a word is in several lists, or is a month, a weekday or a common word too.

    Parameters
    ----------
    word : in any spelling; it is folded here.
    entity : what it is taken for, a key of `lists()`; empty for no matter what. `Anna` is a town of 17,000 people too: taken for
        a given name it is clear, taken for a town it is not. Given and family names count as one kind: `Martin` is a name.
    """
    text = folded(word)
    if text in word_set("common") or text in _frozen("common") or text in calendar_words():
        return True
    kinds = {"NAME" if kind in _NAMES else kind for kind, entries in lists().items() if text in entries}
    if "NAME" in kinds and (not entity or entity in _NAMES) and text not in _frozen("large_cities"):
        kinds -= {"CITY"}
    return len(kinds | ({"CITY"} if text in _frozen("large_cities") else set())) > 1


def share_in(values: Iterable[str], entity: str) -> tuple[float, float]:
    """Return the share of values in the list of an entity, and the share that is there and not ambiguous.

    Parameters
    ----------
    values : distinct values of a column, in any spelling.
    entity : a key of `lists()`, or PERSON.

    Returns
    -------
    share, share_unambiguous : in [0, 1], the second never above the first; both 0 for no values. A column of names has
        a second share near the first one; of a column of product or team names only the first is high.
    """
    known = list(values)
    listed = [value for value in known if is_listed(value, entity)]
    if not listed:
        return 0.0, 0.0
    sure = sum(_is_sure(value, entity) for value in listed)
    return len(listed) / len(known), sure / len(known)


def is_full_name(value: str) -> bool:
    """Return whether a value reads as a person's full name. See `fullnames`."""
    from veil.recognizers.words.fullnames import reads_as_full_name

    return reads_as_full_name(value)


def _is_sure(value: str, entity: str) -> bool:
    """A full name is sure where one of its words is; anything else as a whole."""
    if entity != "PERSON":
        return not ambiguous(value, entity)
    names = (word for word in folded(value).replace(",", " ").split() if any(word in lists()[kind] for kind in sorted(_NAMES)))
    return any(not ambiguous(name, "LAST_NAME") for name in names)


@lru_cache(maxsize=16)
def _frozen(file: str) -> frozenset[str]:
    text = files("veil.recognizers.words").joinpath("lists", f"{file}.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
