"""Runs of tokens and how many people hold them. A run is told by a hash of 64 bits; a mix-up of two is one in 10^9 per corpus."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.texts.tokens import BEGIN, END, Corpus

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Hashes = npt.NDArray[np.uint64]
    Truth = npt.NDArray[np.bool_]

_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def longer(hashes: Hashes, tokens: Codes) -> Hashes:
    """Return the hash of each run with one token more."""
    mixed = (tokens + 2).astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93)
    return np.asarray((hashes ^ (hashes >> np.uint64(29))) * _FACTOR + (mixed ^ (mixed >> np.uint64(32))))


def hashed(tokens: Codes, ends: Codes, length: int) -> Hashes:
    """Return the hash of the run of that length that ends at each place; it is built backward."""
    found = np.zeros(len(ends), dtype=np.uint64)
    for back in range(length):
        found = longer(found, tokens[ends - back])
    return found


def n_holders(hashes: Hashes, holders: Codes) -> Codes:
    """Return, for each place, how many different people hold its run."""
    distinct, codes = np.unique(hashes, return_inverse=True)
    pairs = np.unique(codes.astype(np.int64) * (int(holders.max(initial=0)) + 1) + holders)
    counts = np.bincount(pairs // (int(holders.max(initial=0)) + 1), minlength=len(distinct))
    return np.asarray(counts[codes], dtype=np.int64)


@dataclass(frozen=True)
class Guard:
    """Runs that must not be written: of at least `least` tokens, held by somebody and by fewer than enough people.

    Only the shortest are kept. A longer one has a shortest one in it, so whoever writes none of these writes none at all.

    Attributes
    ----------
    rare : per length, the sorted hashes of these runs.
    whole : sorted hashes of whole texts that fewer than enough people hold.
    """

    least: int
    rare: dict[int, Hashes] = field(repr=False)
    whole: Hashes = field(repr=False)

    @classmethod
    def of(cls, corpus: Corpus, *, least: int, support: int) -> Guard:
        """Find the runs of a corpus that fewer than `support` people hold."""
        inner = (corpus.tokens != BEGIN) & (corpus.tokens != END)
        rare: dict[int, Hashes] = {}
        ends = np.flatnonzero(inner & (corpus.offsets >= least))
        length, hashes = least, hashed(corpus.tokens, ends, least)
        while len(ends):
            few = n_holders(hashes, corpus.holders[ends]) < support
            if few.any():
                rare[length] = np.unique(hashes[few])
            held = np.zeros(len(corpus.tokens), dtype=bool)
            held[ends[~few]] = True
            going = ~few & held[ends - 1] & (corpus.offsets[ends] > length)
            ends = ends[going]
            hashes = longer(hashes[going], corpus.tokens[ends - length])
            length += 1
        lasts = np.flatnonzero(corpus.tokens == END)
        texts = _whole(corpus, lasts)
        return cls(least, rare, np.unique(texts[n_holders(texts, corpus.holders[lasts]) < support]))

    def forbids(self, written: Codes, n_written: int, tokens: Codes) -> Truth:
        """Return which rows must not go on with a token.

        Parameters
        ----------
        written : (n_rows, at least n_written) tokens so far, BEGIN first.
        tokens : (n_rows,) what would come next.
        """
        ending = tokens == END
        forbidden = np.zeros(len(tokens), dtype=bool)
        found = longer(np.zeros(len(tokens), dtype=np.uint64), tokens)
        for length in range(1, min(max(self.rare, default=0), n_written) + 1):
            if length > 1:
                found = longer(found, written[:, n_written + 1 - length])
            if length in self.rare:
                forbidden |= among(found, self.rare[length])
        whole = np.zeros(int(ending.sum()), dtype=np.uint64)
        for place in range(n_written):
            whole = longer(whole, written[ending, place])
        forbidden[ending] = among(longer(whole, tokens[ending]), self.whole)
        return forbidden


def _whole(corpus: Corpus, lasts: Codes) -> Hashes:
    """Return the hash of each whole text, BEGIN and END included."""
    found = np.zeros(len(lasts), dtype=np.uint64)
    lengths = corpus.offsets[lasts]
    for place in range(int(lengths.max(initial=0)) + 1):
        has = place <= lengths
        found[has] = longer(found[has], corpus.tokens[lasts[has] - lengths[has] + place])
    return found


def among(values: Hashes, listed: Hashes) -> Truth:
    """Return which values are in a sorted list."""
    if not len(listed):
        return np.zeros(len(values), dtype=bool)
    return np.asarray(listed[np.minimum(np.searchsorted(listed, values), len(listed) - 1)] == values)


def longest_own_run(corpus: Corpus, made: list[Codes]) -> int:
    """Return the length in tokens of the longest run in other texts that one person of the corpus holds, and nobody else."""
    inner = (corpus.tokens != BEGIN) & (corpus.tokens != END)
    longest, length = 0, 0
    while True:
        length += 1
        ends = np.flatnonzero(inner & (corpus.offsets >= length))
        hashes = hashed(corpus.tokens, ends, length)
        theirs = np.unique(np.concatenate([_inner_runs(text, length) for text in made]))
        shared = among(hashes, theirs)
        if not shared.any():
            return longest
        if (n_holders(hashes[shared], corpus.holders[ends[shared]]) == 1).any():
            longest = length


def _inner_runs(text: Codes, length: int) -> Hashes:
    return hashed(text, np.arange(length, len(text) - 1), length)
