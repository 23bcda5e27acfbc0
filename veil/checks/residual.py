"""The residual-identifier scan: does any output cell still hold an identifier of the source?

Source values and cells are compared in one normal form: compatibility characters resolved, accents dropped, casefolded,
and everything that is no letter or digit taken out. So `1 (11) 500 555-0162` is found as `+1 11 500.5550162`, and
`12, Main St.` as `12 main st`; parts that identify alone and what cells hold in another encoding count too
(`veil/checks/residual_forms.py`).
How strictly a match must stand alone depends on the length of the normal form:

- 7 characters or more: it begins and ends where a word does, or where letters meet digits.
- 4 to 6: it is bounded by characters that are neither letter nor digit, with the same number of gaps inside as in the source,
  so that customer number 11000 is found in `no. 11000` and not in `110001`, `A11000` or `1,1000`.
- 3: it is the whole cell. Shorter values are not looked for: every table holds them.

A number of fewer than 7 digits is somebody's customer number by chance, be it an amount, a post code or a house number. For
columns where such numbers occur anyway, `find(..., numbers=True)` leaves these identifiers out, and
`veil.checks.chance.own_value_chance` answers: do people's own numbers stand on their own rows more often than by chance?

Memory does not grow with the identifiers: they are kept in a filter of fixed size that lets through what it does not hold once in
many thousand times, and what it lets through is put against the identifiers themselves, which are read a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from veil.checks.residual_forms import decoded, parts_of, phone_digits
from veil.checks.residual_windows import (
    DIGIT,
    LONG,
    LONGEST,
    N_PREFIXES,
    WHOLE_CELL,
    Haystack,
    arrow,
    haystacks,
    key_of,
    mixed,
    normal,
    with_zero,
)
from veil.errors import few
from veil.model import CheckResult

if TYPE_CHECKING:
    from veil.checks.residual_windows import Keys, Places

__all__ = ["DIGIT", "LONG", "Hits", "ResidualScan", "normal", "residual_result"]

WORD_BITS: Final = 23
"""The filter has 2^23 words of 64 bits: 64 MiB, touched where something is kept."""
Values = Callable[[], Iterable[pa.Array]]
"""Reads the identifiers of one entity from the start, array by array."""


@dataclass(frozen=True)
class Hits:
    """What the filter let through: keys of stretches, and a hash of the cell of each."""

    keys: Keys = field(repr=False)
    cells: Keys = field(repr=False)

    @classmethod
    def joined(cls, hits: Sequence[Hits]) -> Hits:
        """Return several collections as one."""
        return cls(np.concatenate([each.keys for each in hits]), np.concatenate([each.cells for each in hits]))

    @classmethod
    def none(cls) -> Hits:
        """Return no hits."""
        return cls(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.uint64))


@dataclass(frozen=True)
class ResidualScan:
    """The source's identifiers, ready to be looked for. Build it once, look through as many cells as there are."""

    entities: tuple[str, ...]
    _sources: Mapping[str, Values] = field(repr=False)
    _filter: _Filter = field(repr=False)

    @classmethod
    def build(cls, sources: Mapping[str, Iterable[str]]) -> ResidualScan:
        """Return a scan for the identifier values of each entity, all in memory; `of` reads them piece by piece."""
        arrays = {entity: arrow(list(dict.fromkeys(values))) for entity, values in sources.items()}
        return cls.of({entity: _reader(array) for entity, array in arrays.items()})

    @classmethod
    def of(cls, sources: Mapping[str, Values]) -> ResidualScan:
        """Return a scan for the identifiers of each entity.

        Parameters
        ----------
        sources : per entity of high entropy (e-mail, phone, street line, customer number), a function that reads the source's
            values, distinct or not. Entities whose values collide by chance, such as first names, do not belong here.
        """
        known = _Filter()
        for entity, values in sources.items():
            for cells in values():
                for form in _forms(entity, cells):
                    known.add(*form)
        return cls(tuple(sources), sources, known)

    def scan(self, cells: Sequence[str] | pa.Array, *, numbers: bool = False) -> dict[str, int]:
        """Return per entity how many distinct cells hold at least one of its source values; see `find`."""
        return self.counts([self.find(cells, numbers=numbers)])[0]

    def find(self, cells: Sequence[str] | pa.Array | pa.ChunkedArray, *, numbers: bool = False) -> Hits:
        """Return what may be an identifier in some cells.

        Parameters
        ----------
        cells : output cells, best distinct ones. Time grows with their characters, not with the number of identifiers.
        numbers : True for cells of a column where short numbers occur anyway; see the module's text.
        """
        whole, hits = arrow(cells), [Hits.none()]
        if not len(whole) or self._filter.is_empty:
            return hits[0]
        hits += [self._hits(haystack, numbers, whole, places) for haystack, places in haystacks(whole)]
        texts, of = decoded(whole)
        for haystack, places in haystacks(arrow(texts)) if texts else ():
            hits.append(self._hits(haystack, numbers, whole, np.asarray(of)[places]))
        return Hits.joined(hits)

    def _hits(self, haystack: Haystack, numbers: bool, cells: pa.Array, places: Places) -> Hits:
        keys, at = self._filter.found(haystack, numbers)
        if not len(keys):
            return Hits.none()
        return Hits(keys, _hashed(cells.take(pa.array(places[haystack.cell[at]]))))

    def counts(self, hits: Sequence[Hits]) -> list[dict[str, int]]:
        """Return, for each collection of hits, per entity the number of distinct cells that hold one of its identifiers.

        The identifiers are read again, if anything was let through at all.
        """
        wanted = np.unique(np.concatenate([each.keys for each in hits])) if hits else np.zeros(0, dtype=np.uint64)
        holding = {entity: self._among(entity, wanted) if len(wanted) else wanted for entity in self.entities}
        return [
            {entity: len(np.unique(each.cells[np.isin(each.keys, keys)])) for entity, keys in holding.items()} for each in hits
        ]

    def _among(self, entity: str, wanted: Keys) -> Keys:
        """Return those of some keys that are identifiers of an entity."""
        found = [np.zeros(0, dtype=np.uint64)]
        for cells in self._sources[entity]():
            found += [np.intersect1d(keys, wanted) for keys, _, _ in _forms(entity, cells)]
        return np.unique(np.concatenate(found))


class _Filter:
    """A Bloom filter of keys, and which lengths go with which three first characters. It holds hashes of cells: never save it."""

    def __init__(self) -> None:
        self._words = np.zeros(1 << WORD_BITS, dtype=np.uint64)
        self._lengths = np.zeros(N_PREFIXES, dtype=np.uint64)
        self.is_empty = True

    def __repr__(self) -> str:
        return "_Filter()"

    def add(self, keys: Keys, lengths: Places, prefixes: Places) -> None:
        """Add keys, with the lengths and the first characters of what they stand for."""
        if not len(keys):
            return
        self.is_empty = False
        np.bitwise_or.at(self._lengths, prefixes, np.uint64(1) << lengths.astype(np.uint64))
        for words, bits in _probes(keys):
            np.bitwise_or.at(self._words, words, bits)

    def found(self, haystack: Haystack, numbers: bool) -> tuple[Keys, Places]:
        """Return the keys of the stretches that may be in the filter, and where each starts."""
        starts = np.flatnonzero(haystack.starts)
        lengths = self._lengths[haystack.prefix(starts)]
        starts, lengths = starts[lengths != 0], lengths[lengths != 0]
        pairs = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int64)]
        for length in np.flatnonzero(_bits_set(lengths)):
            first = _standing(haystack, starts[(lengths >> np.uint64(length)) & np.uint64(1) == 1], int(length), numbers)
            keys = haystack.keys(first, int(length))
            there = self._holds(keys)
            pairs[0].append(keys[there])
            pairs[1].append(first[there])
        return np.concatenate(pairs[0]), np.concatenate(pairs[1])

    def _holds(self, keys: Keys) -> Any:
        """Return the places of the keys that may be in the filter."""
        left = np.arange(len(keys))
        for words, bits in _probes(keys):
            left = left[self._words[words[left]] & bits[left] == bits[left]]
        return left


def _standing(haystack: Haystack, first: Places, length: int, numbers: bool) -> Places:
    """Return the starts of those stretches of a length that stand alone as the module's text says."""
    last = first + length - 1
    first, last = first[last < len(haystack)], last[last < len(haystack)]
    if length == LONGEST:
        stands = np.ones(len(first), dtype=bool)
    elif length >= LONG:
        stands = haystack.ends[last]
    else:
        stands = haystack.opens[first] & haystack.closes[last]
        if length == WHOLE_CELL:
            edges = np.concatenate([[-1], haystack.cell, [-1]])
            stands &= (edges[first] != haystack.cell[first]) & (edges[last + 2] != haystack.cell[first])
        if numbers:
            stands &= haystack.digits[last + 1] - haystack.digits[first] < length
    first, last = first[stands], last[stands]
    standing: Places = first[haystack.cell[first] == haystack.cell[last]]
    return standing


def _forms(entity: str, cells: pa.Array) -> Iterator[tuple[Keys, Places, Places]]:
    """Yield the keys of identifiers and their parts, with lengths and first characters."""
    values = arrow(cells).drop_null()
    for form in parts_of(entity, values):
        for haystack, _ in haystacks(form):
            first, lengths = _whole(haystack)
            yield haystack.keys(first, lengths), lengths, haystack.prefix(first)
    if entity == "PHONE_NUMBER":
        for haystack, _ in haystacks(phone_digits(values)):
            yield from _last_digits(haystack)


def _last_digits(haystack: Haystack) -> Iterator[tuple[Keys, Places, Places]]:
    """Yield the last 8 to 10 digits of telephone numbers, as they are written inside a country: of 8 and 9 with a zero before."""
    first, lengths = _whole(haystack)
    for length in (8, 9, 10):
        last = (first + lengths - length)[lengths > length]
        hashes, prefixes, n = haystack.hashes(last, length), haystack.prefix(last), np.full(len(last), length)
        if length > 8:
            yield key_of(hashes, n), n, prefixes
        if length < 10:
            hashes, prefixes = with_zero(hashes, prefixes)
            yield key_of(hashes, n + 1), n + 1, prefixes


def _whole(haystack: Haystack) -> tuple[Places, Places]:
    """Return the start and length of each cell that is long enough; of a very long one its beginning is taken."""
    first = np.flatnonzero(np.diff(haystack.cell, prepend=-1))
    lengths = np.minimum(np.diff(np.append(first, len(haystack))), LONGEST)
    return first[lengths >= WHOLE_CELL], lengths[lengths >= WHOLE_CELL]


def _probes(keys: Keys) -> Iterator[tuple[Places, Keys]]:
    """Yield two words of the filter that a key has its say in, and the four bits of each."""
    one = np.uint64(1)
    for hashes in (keys, mixed(keys)):
        bits = one << (hashes & np.uint64(63))
        for shift in (6, 12, 18):
            bits = bits | one << (hashes >> np.uint64(shift) & np.uint64(63))
        yield (hashes >> np.uint64(64 - WORD_BITS)).astype(np.int64), bits


def _bits_set(masks: Keys) -> Any:
    every = int(np.bitwise_or.reduce(masks)) if len(masks) else 0
    return np.array([every >> bit & 1 for bit in range(64)], dtype=bool)


def _reader(values: pa.Array) -> Values:
    return lambda: [values]


def _hashed(cells: pa.Array) -> Keys:
    import pandas as pd

    return np.asarray(pd.util.hash_array(np.asarray(cells.to_numpy(zero_copy_only=False), dtype=object), categorize=False))


def residual_result(table: str, counts: Mapping[str, int], n_cells: int) -> CheckResult:
    """Return the scan's counts as one result: cells that hold an identifier of the source, which must be none.

    Parameters
    ----------
    counts : per entity, over all columns of the table.
    n_cells : cells that were looked at.
    """
    value = float(sum(counts.values()))
    found = "; ".join(f"{entity}: {few(count)} cells" for entity, count in counts.items() if count)
    detail = found or f"none of {len(counts)} kinds of identifier in any cell"
    return CheckResult("residual_identifiers", "privacy", table, (), value, value, value, "lower", detail=detail, n=n_cells)
