"""Which token follows which: counts of what enough people wrote, and nothing of what fewer did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.texts.runs import hashed, longer, n_holders
from veil.synthesizers.texts.tokens import Corpus

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Hashes = npt.NDArray[np.uint64]
    Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Transitions:
    """What follows each run of `length` tokens, in one group's texts or, if `grouped` is False, in all.

    Attributes
    ----------
    contexts : sorted hashes of the runs (and groups) that something follows which enough people wrote.
    starts : (n_contexts + 1,) where each context's followers begin.
    tokens, ends : followers, and the running sum of their shares: within a context up to the share of its followers that is kept,
        so that what is missing to one is the chance to look at a shorter context instead.
    """

    length: int
    grouped: bool
    contexts: Hashes = field(repr=False)
    starts: Codes = field(repr=False)
    tokens: Codes = field(repr=False)
    ends: Floats = field(repr=False)

    @classmethod
    def of(cls, corpus: Corpus, length: int, *, grouped: bool, support: int) -> Transitions:
        """Count the followers of runs, and keep those that at least `support` people wrote after the run."""
        places = np.flatnonzero((corpus.offsets >= max(length, 1)) & ((corpus.groups >= 0) | (not grouped)))
        contexts = _contexts(corpus, places, length, grouped)
        followed = longer(contexts, corpus.tokens[places])
        kept = n_holders(followed, corpus.holders[places]) >= support
        known, codes, totals = np.unique(contexts, return_inverse=True, return_counts=True)
        distinct, firsts, counts = np.unique(followed[kept], return_index=True, return_counts=True)
        owners, tokens = codes[kept][firsts], corpus.tokens[places][kept][firsts]
        order = np.lexsort((tokens, owners))
        owners, tokens, shares = owners[order], tokens[order], (counts / totals[owners])[order] if len(distinct) else np.empty(0)
        present, starts = np.unique(owners, return_index=True)
        return cls(length, grouped, known[present], np.append(starts, len(owners)).astype(np.int64), tokens, np.cumsum(shares))

    def draw(self, contexts: Hashes, shares: Floats) -> Codes:
        """Return a follower of each context at a share in [0, 1), -1 where a shorter context is to be looked at."""
        if not len(self.contexts):
            return np.full(len(contexts), -1, dtype=np.int64)
        rows = np.minimum(np.searchsorted(self.contexts, contexts), len(self.contexts) - 1)
        before = np.append(0.0, self.ends)[self.starts[rows]]
        at = np.searchsorted(self.ends, before + shares, side="right")
        found = (self.contexts[rows] == contexts) & (at < self.starts[rows + 1])
        return np.where(found, self.tokens[np.clip(at, self.starts[rows], self.starts[rows + 1] - 1)], -1)

    def key(self, written: Codes, n_written: int, groups: Codes) -> Hashes:
        """Return the context of each row of tokens written so far."""
        found = np.zeros(len(written), dtype=np.uint64)
        for place in range(n_written - 1, n_written - 1 - self.length, -1):
            found = longer(found, written[:, place])
        return longer(found, groups) if self.grouped else found


def _contexts(corpus: Corpus, places: Codes, length: int, grouped: bool) -> Hashes:
    found = hashed(corpus.tokens, places - 1, length)
    return longer(found, corpus.groups[places]) if grouped else found
