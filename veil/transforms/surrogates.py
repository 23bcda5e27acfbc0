"""Fakes as indices into the pack, drawn from MACs, many at a time.

Every draw is a pure function of its row: no state, no order, no randomness. Where a fake would repeat what it replaces,
the next entry of the list is taken, until one does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from veil.errors import VeilError
from veil.transforms.keys import letters, mac_words
from veil.transforms.packs import DOMAINS, HOUSE_NUMBERS, Entries, Pack, fold, spaced
from veil.transforms.sexes import UNKNOWN

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.keys import Key, Words

    Indices = npt.NDArray[np.int64]
    Strings = npt.NDArray[Any]

Kind = Literal["city", "company", "email", "first_name", "last_name", "person_name", "phone", "street", "user_name"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PERSON_KINDS: frozenset[Kind] = frozenset({"email", "first_name", "last_name", "person_name", "user_name"})
ADDRESS_KINDS: frozenset[Kind] = frozenset({"email", "user_name"})
SUFFIX_LETTERS, UNIQUE_SUFFIX_LETTERS = 10, 15
PHONE_DIGITS = 12
MAX_STEPS = 10_000


class NoFakeLeft(VeilError):
    """Some values hold every entry of a list, so that no fake can differ from them."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__("no entry of the dictionary pack differs from the value")


@dataclass(frozen=True)
class Draw:
    """What fakes are drawn from, one row per fake.

    Attributes
    ----------
    given, family, rest : (n, 4) words that decide the given name, the family name, and everything else.
    sexes : (n,) 0 female, 1 male, -1 unknown: then the words decide.
    avoid : (n,) folded values that the fake must not equal.
    avoid_given, avoid_family : (n,) texts whose given and family names it must not hold: names as words between spaces, or,
        with `runs_together`, addresses, in which a name is looked for anywhere.
    """

    given: Words
    family: Words
    rest: Words
    sexes: npt.NDArray[np.int8]
    avoid: Strings
    avoid_given: Strings
    avoid_family: Strings
    runs_together: bool = False

    @property
    def form(self) -> str:
        """The form of a pack's entries that is looked for in the texts to avoid."""
        return "slugs" if self.runs_together else "words"


def fakes_of_values(kind: Kind, values: list[str], *, key: Key, keyspace: str, pack: Pack, fictional: bool = False) -> Strings:
    """Return a fake for each value that depends on the value alone: no subject, no sex, no other column."""
    words = mac_words(key, keyspace, values, purpose="fake")
    avoid, runs_together = folds(values), kind in ADDRESS_KINDS
    names = avoid if runs_together else names_in(avoid)
    sexes = np.full(len(values), UNKNOWN, dtype=np.int8)
    return fakes(kind, Draw(words, words, words, sexes, avoid, names, names, runs_together), pack, fictional=fictional)


def folds(values: list[str]) -> Strings:
    """Return the values folded and stripped, as an object array."""
    folded = np.empty(len(values), dtype=object)
    folded[:] = [fold(value).strip() for value in values]
    return folded


def names_in(folded: Strings) -> Strings:
    """Return folded names as words between spaces, as an object array."""
    words = np.empty(len(folded), dtype=object)
    words[:] = [spaced(text) for text in folded]
    return words


def fakes(kind: Kind, draw: Draw, pack: Pack, *, fictional: bool = False, suffix: int = SUFFIX_LETTERS) -> Strings:
    """Return one fake per row of the draw.

    Raises
    ------
    NoFakeLeft : a value that holds every name of the pack.
    """
    if kind in ADDRESS_KINDS:
        return _addresses(kind, draw, pack, suffix)
    if kind == "phone":
        return _fictional_phones(draw, pack.fictional_phones) if fictional else _unreachable_phones(draw)
    if kind == "street":
        return _street_lines(draw, pack)
    if kind in ("city", "company"):
        return _whole(pack.cities if kind == "city" else pack.companies, draw)
    if kind == "first_name":
        return _given(draw, pack, "written")
    if kind == "last_name":
        return _family(draw, pack, "written")
    return np.asarray(_given(draw, pack, "written") + " " + _family(draw, pack, "written"))


def _given(draw: Draw, pack: Pack, form: str) -> Strings:
    sexes = np.where(draw.sexes == UNKNOWN, (draw.given[:, 0] >> np.uint64(63)).astype(np.int8), draw.sexes)
    names = np.empty(len(sexes), dtype=object)
    for sex, entries in enumerate(pack.given):
        rows = np.flatnonzero(sexes == sex)
        start = _below(draw.given[rows, 0] & np.uint64(2**63 - 1), len(entries))
        chosen = _unlike(getattr(entries, draw.form), start, draw.avoid_given[rows])
        names[rows] = getattr(entries, form)[chosen]
    return names


def _family(draw: Draw, pack: Pack, form: str) -> Strings:
    start = _below(draw.family[:, 1], len(pack.family))
    chosen = _unlike(getattr(pack.family, draw.form), start, draw.avoid_family)
    return np.asarray(getattr(pack.family, form)[chosen])


def _addresses(kind: Kind, draw: Draw, pack: Pack, suffix: int) -> Strings:
    ends = np.empty(len(draw.avoid), dtype=object)
    ends[:] = letters(draw.rest[:, 2:], suffix, "bcdfghjklmnpqrstvwxz")
    local = _given(draw, pack, "slugs") + "." + _family(draw, pack, "slugs") + "." + ends
    if kind == "user_name":
        return np.asarray(local)
    domains = np.array(["@" + domain for domain in DOMAINS], dtype=object)
    start = _below(draw.rest[:, 1] >> np.uint64(32), len(DOMAINS))
    chosen = _next_free(start, len(DOMAINS), lambda rows, taken: local[rows] + domains[taken] == draw.avoid[rows])
    return np.asarray(local + domains[chosen])


def _whole(entries: Entries, draw: Draw) -> Strings:
    start = _below(draw.rest[:, 0], len(entries))
    chosen = _next_free(start, len(entries), lambda rows, taken: entries.folded[taken] == draw.avoid[rows])
    return np.asarray(entries.written[chosen])


def _street_lines(draw: Draw, pack: Pack) -> Strings:
    streets = _unlike(pack.streets.folded, _below(draw.rest[:, 0], len(pack.streets)), draw.avoid)
    before, after = pack.street_line.split("{street}")
    numbers = [str(number) for number in range(1, HOUSE_NUMBERS + 1)]
    starts = np.array([before.replace("{number}", number) for number in numbers], dtype=object)
    ends = np.array([after.replace("{number}", number) for number in numbers], dtype=object)
    house = _below(draw.rest[:, 1], HOUSE_NUMBERS)
    return np.asarray(starts[house] + pack.streets.written[streets] + ends[house])


def _unreachable_phones(draw: Draw) -> Strings:
    """Write numbers under +999, a country code that is assigned to nobody."""
    avoid = _digits(draw.avoid)

    def written(numbers: Indices) -> Strings:
        texts = np.empty(len(numbers), dtype=object)
        texts[:] = [f"+999 {number[:4]} {number[4:8]} {number[8:]}" for number in map("{:012d}".format, numbers.tolist())]
        return texts

    start = _below(draw.rest[:, 0], 10**PHONE_DIGITS)
    return written(_next_free(start, 10**PHONE_DIGITS, lambda rows, taken: _digits(written(taken)) == avoid[rows]))


def _fictional_phones(draw: Draw, patterns: tuple[str, ...]) -> Strings:
    """Write numbers that the country's regulator keeps for films."""
    numbers = _filled(patterns)
    digits, avoid = _digits(numbers), _digits(draw.avoid)
    start = _below(draw.rest[:, 0], len(numbers))
    return np.asarray(numbers[_next_free(start, len(numbers), lambda rows, taken: digits[taken] == avoid[rows])])


@lru_cache
def _filled(patterns: tuple[str, ...]) -> Strings:
    """Return every pattern with every number in place of its `#`."""
    places = max(pattern.count("#") for pattern in patterns)
    fields = [re.sub("#", "{}", pattern) for pattern in patterns]
    return np.array([field.format(*f"{number:0{places}d}") for field in fields for number in range(10**places)], dtype=object)


def _digits(texts: Strings) -> Strings:
    digits = np.empty(len(texts), dtype=object)
    digits[:] = ["".join(filter(str.isdecimal, text)) for text in texts]
    return digits


def _below(words: npt.NDArray[np.uint64], size: int) -> Indices:
    return (words % np.uint64(size)).astype(np.int64)


def _unlike(entries: Strings, start: Indices, avoid: Strings) -> Indices:
    def holds(rows: Indices, taken: Indices) -> npt.NDArray[np.bool_]:
        pairs = zip(entries[taken], avoid[rows], strict=True)
        return np.fromiter((name in text for name, text in pairs), np.bool_, len(rows))

    return _next_free(start, len(entries), holds)


def _next_free(start: Indices, size: int, clashes: Callable[[Indices, Indices], npt.NDArray[np.bool_]]) -> Indices:
    chosen = start.copy()
    rows = np.arange(len(start), dtype=np.int64)
    for _ in range(min(size, MAX_STEPS)):
        rows = rows[np.asarray(clashes(rows, chosen[rows]), dtype=np.bool_)]
        if len(rows) == 0:
            return chosen
        chosen[rows] = (chosen[rows] + 1) % size
    raise NoFakeLeft(len(rows))
