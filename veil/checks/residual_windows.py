"""Cells as letters and digits in one array, and keys of stretches of it, many at once.

A stretch is known by a 64-bit hash that is computed from prefix sums, so that it costs a subtraction and a product whatever its
length. Two different stretches meet with a chance of 2^-64 each.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import numpy.typing as npt

    Booleans = npt.NDArray[np.bool_]
    Keys = npt.NDArray[np.uint64]
    Places = npt.NDArray[np.int64]

WHOLE_CELL, LONG, LONGEST = 3, 7, 48
"""Shorter identifiers are not looked for; from 7 on a stretch may begin and end where letters meet digits; longer ones are known
by their first 48 characters."""
CHUNK: Final = 1 << 20
_BASE: Final = 0x9E3779B97F4A7C15
_INVERSE: Final = pow(_BASE, -1, 2**64)
_LENGTH, _GAPS = np.uint64(0xD6E8FEB86659FD93), np.uint64(0xA0761D6478BD642F)
_PREFIX: Final = 38
LETTER, DIGIT = 1, 2


@dataclass(frozen=True)
class Haystack:
    """Letters and digits of cells, one after the other. It holds cells: never log or print it.

    Attributes
    ----------
    values : per character, its folded code and one.
    digit : the character is a digit.
    cell : per character, which cell it is of.
    opens : the character is the first of its word.
    """

    values: Keys = field(repr=False)
    digit: Booleans = field(repr=False)
    cell: Any = field(repr=False)
    opens: Booleans = field(repr=False)

    def __len__(self) -> int:
        return len(self.cell)

    @cached_property
    def starts(self) -> Booleans:
        """The character opens its word, or letters meet digits before it."""
        turns = np.ones(len(self), dtype=bool)
        np.not_equal(self.digit[1:], self.digit[:-1], out=turns[1:])
        return turns | self.opens

    @cached_property
    def ends(self) -> Booleans:
        """The character closes its word, or letters meet digits after it."""
        return np.append(self.starts[1:], True)

    @cached_property
    def closes(self) -> Booleans:
        """The character is the last of its word."""
        return np.append(self.opens[1:], True)

    @cached_property
    def words(self) -> Places:
        """Per character, how many words have begun up to it."""
        return np.cumsum(self.opens, dtype=np.int64)

    @cached_property
    def digits(self) -> Places:
        """Per character and for the end, how many digits came before."""
        return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(self.digit, dtype=np.int64)])

    @cached_property
    def _sums(self) -> Keys:
        sums = np.zeros(len(self) + 1, dtype=np.uint64)
        np.cumsum(self.values * _powers(_BASE, len(self) + 1)[: len(self)], out=sums[1:])
        return sums

    def prefix(self, first: Places) -> Places:
        """Return a small number for some characters and the two after each."""
        padded = np.append(_small(self.values), [_PREFIX - 1] * 2)
        prefixes: Places = (padded[first] * _PREFIX + padded[first + 1]) * _PREFIX + padded[first + 2]
        return prefixes

    def hashes(self, first: Places, length: int | Places) -> Keys:
        """Return the hash of the stretches of a length that start at some characters."""
        found: Keys = (self._sums[first + length] - self._sums[first]) * _powers(_INVERSE, len(self) + 1)[first]
        return found

    def keys(self, first: Places, length: int | Places) -> Keys:
        """Return the key of the stretches of a length that start at some characters; a short one's tells its gaps."""
        lengths = np.asarray(length)
        if lengths.size and lengths.min() >= LONG:
            return key_of(self.hashes(first, length), lengths)
        gaps = np.where(lengths < LONG, self.words[first + length - 1] - self.words[first] + 1, 0)
        return key_of(self.hashes(first, length), lengths, gaps)


def key_of(hashes: Keys, lengths: Any, gaps: Any = 0) -> Keys:
    """Return the key of stretches by their hash, length and gaps."""
    told = np.asarray(lengths).astype(np.uint64) * _LENGTH ^ np.asarray(gaps).astype(np.uint64) * _GAPS
    return mixed(hashes ^ told)


def with_zero(hashes: Keys, prefixes: Places) -> tuple[Keys, Places]:
    """Return the hash and the prefix of stretches of digits with a zero before each."""
    zero = np.uint64(ord("0") + 1)
    return hashes * np.uint64(_BASE) + zero, prefixes // _PREFIX


def haystacks(cells: pa.Array) -> Iterator[tuple[Haystack, Places]]:
    """Yield the letters and digits of cells, in pieces of bounded size, each with the places of its cells in the array."""
    ascii_ = pc.fill_null(pc.string_is_ascii(cells), False)
    plain = np.flatnonzero(ascii_.to_numpy(zero_copy_only=False))
    yield from _plain(cells if len(plain) == len(cells) else cells.filter(ascii_), plain)
    others = np.flatnonzero(pc.and_(pc.invert(ascii_), pc.is_valid(cells)).to_numpy(zero_copy_only=False))
    yield from _folded(cells, others)


def _plain(cells: pa.Array, places: Places) -> Iterator[tuple[Haystack, Places]]:
    """Read the bytes of ASCII cells where they lie."""
    if not len(cells):
        return
    cells = cells.cast(pa.large_string())
    _, offsets_buffer, data = cells.buffers()
    offsets = np.frombuffer(offsets_buffer, dtype=np.int64)[cells.offset : cells.offset + len(cells) + 1]
    codes = np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, dtype=np.uint8)
    low = 0
    while low < len(cells):
        high = max(low + 1, int(np.searchsorted(offsets, offsets[low] + CHUNK, "right")) - 1)
        piece = codes[offsets[low] : offsets[high]]
        yield _haystack(piece, _ascii_values(), _ascii_kinds(), offsets[low:high] - offsets[low]), places[low:high]
        low = high


def _folded(cells: pa.Array, places: Places) -> Iterator[tuple[Haystack, Places]]:
    """Read other cells after folding them; each distinct character is asked once what it is."""
    low = 0
    while low < len(places):
        texts, size, high = [], 0, low
        while high < len(places) and size < CHUNK:
            texts.append(normal(cells[int(places[high])].as_py()))
            size, high = size + len(texts[-1]), high + 1
        codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
        distinct, place = np.unique(codes, return_inverse=True)
        kinds = np.array([_kind(chr(code)) for code in distinct], dtype=np.uint8)
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        values = distinct.astype(np.uint64) + np.uint64(1)
        yield _haystack(place.reshape(-1), values, kinds, np.cumsum(lengths) - lengths), places[low:high]
        low = high


def _haystack(codes: Any, values: Any, kinds: Any, first: Places) -> Haystack:
    """Put the letters and digits of cells together.

    Parameters
    ----------
    codes : per character, its place in the two tables.
    values, kinds : per code, its folded code and one; and whether it is a letter, a digit or neither.
    first : per cell, where it begins.
    """
    begins = np.zeros(len(codes) + 1, dtype=np.int32)
    np.add.at(begins, first, np.int32(1))
    found = kinds[codes]
    kept = np.flatnonzero(found)
    cell = (np.cumsum(begins, dtype=np.int32) - 1)[kept]
    opens = np.ones(len(kept), dtype=bool)
    opens[1:] = (np.diff(kept) > 1) | (cell[1:] != cell[:-1])
    return Haystack(values[codes[kept]], found[kept] == DIGIT, cell, opens)


@lru_cache(maxsize=1)
def _small_table() -> Any:
    table = np.full(130, _PREFIX - 1, dtype=np.int32)
    table[[*range(49, 59), *range(98, 124)]] = np.arange(36)
    return table


def _small(values: Any) -> Any:
    """Number the letters and digits of ASCII; all others are one."""
    return _small_table()[np.minimum(values, np.uint64(129)).astype(np.int32)]


N_PREFIXES: Final = _PREFIX**3


def mixed(keys: Keys) -> Keys:
    """Spread keys over all 64 bits (the finalizer of SplitMix64)."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))


def normal(text: str) -> str:
    """Return a text casefolded and without accents; what is no letter or digit is still in it."""
    if not text.isascii():
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return text.casefold()


def _kind(char: str) -> int:
    return 0 if not char.isalnum() else DIGIT if char.isdigit() else LETTER


@lru_cache(maxsize=1)
def _ascii_values() -> Any:
    return np.array([ord(chr(code).casefold()) + 1 if code < 128 else 0 for code in range(256)], dtype=np.uint64)


@lru_cache(maxsize=1)
def _ascii_kinds() -> Any:
    return np.array([_kind(chr(code)) if code < 128 else 0 for code in range(256)], dtype=np.uint8)


@lru_cache(maxsize=2)
def _usual_powers(base: int) -> Keys:
    return _computed_powers(base, 2 * CHUNK)


def _powers(base: int, count: int) -> Keys:
    """Return the powers of a number modulo 2^64, from the zeroth on."""
    return _usual_powers(base)[:count] if count <= 2 * CHUNK else _computed_powers(base, count)


def _computed_powers(base: int, count: int) -> Keys:
    factors = np.full(count, base, dtype=np.uint64)
    factors[0] = 1
    powers: Keys = np.cumprod(factors, dtype=np.uint64)
    return powers


def arrow(cells: Sequence[str] | pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return cells as one Arrow array; lone halves of surrogate pairs become question marks, for Arrow takes none."""
    if isinstance(cells, pa.ChunkedArray):
        return cells.combine_chunks() if cells.num_chunks != 1 else cells.chunk(0)
    if isinstance(cells, pa.Array):
        return cells
    try:
        return pa.array(cells, pa.large_string())
    except (UnicodeEncodeError, pa.ArrowInvalid):
        pass
    return pa.array([cell.encode("utf-8", "replace").decode() for cell in cells], pa.large_string())
