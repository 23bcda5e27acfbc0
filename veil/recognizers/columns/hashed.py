"""Numbers for texts: equal texts have equal numbers, whatever their order, the machine or the run. Millions in a second.

Eight bytes at a time are mixed into 64 bits by multiplication, as in FNV and SplitMix. The numbers spread, but anybody can make
two texts that share one: they draw samples and find what may be equal, and are never taken for equality itself.

Source: Steele, Lea and Flood 2014, doi 10.1145/2660193.2660195 (the mixing steps).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers = npt.NDArray[np.uint64]

LONGEST: Final = 1024
"""Bytes that are read of a text; its length counts as well."""

AT_ONCE: Final = 1 << 16
_WORD: Final = 8
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
_KEPT: Final = np.array([(1 << (8 * n_bytes)) - 1 for n_bytes in range(_WORD + 1)], dtype=np.uint64)
"""What is left of a word that has so many bytes of the text."""


def hashed(values: pa.ChunkedArray) -> Numbers:
    """Return a number for each text; null is none of them.

    Parameters
    ----------
    values : large strings without null.
    """
    numbers, start = np.empty(len(values), dtype=np.uint64), 0
    for chunk in values.chunks:
        for at in range(0, len(chunk), AT_ONCE):
            part = chunk.slice(at, AT_ONCE)
            numbers[start : start + len(part)] = _hashed(part)
            start += len(part)
    return numbers


def mixed(numbers: Numbers, key: int = 0) -> Numbers:
    """Return the numbers in another order of size, one for each key."""
    with np.errstate(over="ignore"):
        mix = numbers + np.uint64(key % 2**64) * _ODD
        mix = (mix ^ (mix >> np.uint64(30))) * _FIRST
        mix = (mix ^ (mix >> np.uint64(27))) * _SECOND
    return mix ^ (mix >> np.uint64(31))


def _hashed(chunk: pa.LargeStringArray) -> Numbers:
    _, offsets, data = chunk.buffers()
    edges = np.frombuffer(offsets, dtype=np.int64, count=len(chunk) + 1, offset=8 * chunk.offset)
    first, last = int(edges[0]), int(edges[-1])
    padded = np.zeros(last - first + _WORD, dtype=np.uint8)
    if last > first:
        padded[: last - first] = np.frombuffer(data, dtype=np.uint8, count=last - first, offset=first)
    words = np.ndarray((last - first + 1,), dtype="<u8", buffer=padded, strides=(1,))  # the word that starts at each byte
    starts, lengths = edges[:-1] - first, np.diff(edges)
    numbers = mixed(lengths.astype(np.uint64))
    longest = min(int(lengths.max()), LONGEST)
    for at in range(0, longest, _WORD):
        places = np.flatnonzero(lengths > at) if (lengths <= at).any() else slice(None)
        word = words[starts[places] + at] & _KEPT[np.minimum(lengths[places] - at, _WORD)]
        numbers[places] = mixed(numbers[places] ^ word.astype(np.uint64))
    return numbers
