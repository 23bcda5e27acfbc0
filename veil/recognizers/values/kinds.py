"""Kinds of numbers: for each, whose it is, how it is written, what its check digits prove, and where the rule is published.

A kind is data: its shape is an expression over the *bare* value (capitals, no spaces, dots, dashes or slashes), its test is
python-stdnum's or our own. The tables are in `numbers_europe`, `numbers_world`, `numbers_things`, `documents`.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

Test = Callable[[str], bool]

DAY: Final = r"(?:0[1-9]|[12]\d|3[01])"
MONTH: Final = r"(?:0[1-9]|1[0-2])"
LONGEST: Final = 64
_SEPARATORS = str.maketrans("", "", " ./-\u00a0\u2013")


@dataclass(frozen=True)
class Kind:
    """A kind of number.

    Parameters
    ----------
    name : country and number, for instance `be.nn`; python-stdnum's where it has one.
    entity : the entity that a value of this kind is, or NOTHING for goods.
    title : what people call it.
    lengths : how many characters the bare value has, shortest and longest.
    shape : an expression that the whole bare value matches, dates included.
    check : the check digits in words, "" where there are none.
    one_in : of so many values of the right shape one passes the check by chance; 1 where there is no check. A kind of 1 is
        believed only where a column's name or a word in the text announces it.
    source : law or standard.
    countries : ISO codes; empty if it belongs to none.
    words : what announces it in a text, folded.
    test : name of a python-stdnum module, or a function; "" if the shape says it all.
    raw : shape and test see the value as it is written, because a separator is part of it.
    plain : found in texts without announcement: of random strings with as many characters fewer than 1 in 1,000 pass.
    written : how it must be written to need no announcement, over the raw value; it holds separators or letters.
    """

    name: str
    entity: str
    title: str
    lengths: tuple[int, int]
    shape: str
    check: str = ""
    one_in: int = 1
    source: str = ""
    countries: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    test: str | Test = field(default="", repr=False)
    raw: bool = False
    plain: bool = False
    written: str = ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The compiled shape."""
        return re.compile(self.shape)

    @cached_property
    def written_pattern(self) -> re.Pattern[str]:
        """The compiled written form."""
        return re.compile(self.written)

    @cached_property
    def tested(self) -> Test:
        """The function that looks at check digits, dates and issuers."""
        if isinstance(self.test, str):
            return stdnum(self.test) if self.test else bool
        return self.test

    def holds(self, value: str, bare: str) -> bool:
        """Return whether a value, also given bare, is a number of this kind."""
        seen = value if self.raw else bare
        low, high = self.lengths
        return low <= len(seen) <= high and bool(self.pattern.fullmatch(seen)) and self.tested(seen)

    def is_written(self, value: str) -> bool:
        """Return whether the value needs no announcement in a text, by the way it is written."""
        return self.plain or (bool(self.written) and bool(self.written_pattern.fullmatch(value)))


def bare_of(value: str) -> str:
    """Return the value in capitals, without the separators that people put between the parts of a number."""
    return value.translate(_SEPARATORS).upper() if len(value) <= LONGEST else value


@lru_cache(maxsize=256)
def stdnum(module: str) -> Test:
    """Return `is_valid` of a python-stdnum module, such as `be.nn`; False where it stumbles, as `cn.ric` on new places."""
    valid: Test = importlib.import_module(f"stdnum.{module}").is_valid

    def is_valid(value: str) -> bool:
        try:
            return valid(value)
        except (KeyError, ValueError, IndexError, TypeError):
            return False

    return is_valid


def weighted(digits: str, weights: tuple[int, ...]) -> int:
    """Return the sum of digits times weights; as many are read as there are weights."""
    return sum(weight * int(digit) for digit, weight in zip(digits, weights, strict=False))


def luhn_sum(digits: str) -> int:
    """Return the Luhn sum modulo 10: 0 where the last digit is the check digit (ISO/IEC 7812-1, annex B)."""
    doubled = sum((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)[int(digit)] for digit in digits[-2::-2])
    return (doubled + sum(int(digit) for digit in digits[::-2])) % 10


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Return all kinds by name, in the order of their tables."""
    from veil.recognizers.values import documents, numbers_europe, numbers_things, numbers_world

    tables = (numbers_europe.KINDS, numbers_world.KINDS, numbers_things.KINDS, documents.KINDS)
    return {kind.name: kind for table in tables for kind in table}


@lru_cache(maxsize=1)
def by_length() -> tuple[tuple[Kind, ...], ...]:
    """Return, for each length of a bare value up to `LONGEST`, the kinds that can have it. Raw kinds are in each."""
    return tuple(
        tuple(kind for kind in kinds().values() if kind.raw or kind.lengths[0] <= length <= kind.lengths[1])
        for length in range(LONGEST + 1)
    )
