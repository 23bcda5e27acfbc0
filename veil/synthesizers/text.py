"""Text: notes from a Markov model of redacted texts that writes only what enough people wrote, and is marked as such.

A token follows a context of up to `order` tokens only if at least `support` people (data subjects, or rows) wrote it there;
where fewer did, a shorter context is asked (back-off after Katz 1987, doi 10.1109/TASSP.1987.1165125, without discounts). So
a word that fewer wrote is never written. Chains of such transitions could still add up to somebody's sentence; therefore a
run of `longest_run` tokens or more, and any whole text, is written only if nobody of the training texts holds it or at least
`support` people do.

It is no differential privacy: that `support` people wrote something is told as it is. Learn from text that is redacted. The
model is not saved, because the guard knows the training texts; it lives as long as the run.

No network is used. A hosted model can be asked to rewrite what this one drafted, if a `TextSource` is given; it never sees a
training text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from veil.columns import factorize
from veil.errors import SynthesisFailed, few
from veil.rng import generator
from veil.synthesizers.texts.runs import Guard, longest_own_run
from veil.synthesizers.texts.tokens import BEGIN, END, Corpus
from veil.synthesizers.texts.transitions import Transitions

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Truth = npt.NDArray[np.bool_]

MARKER = "[synthetic] "
MAX_ROUNDS, LENGTH_ROUNDS = 40, 12
"""Attempts at a text at most, and how many of them look for one of the length that was drawn."""

DRAWS = 4
"""Tokens that are tried after one context."""

LENGTH_TOLERANCE = 0.15


class TextSource(Protocol):
    """Somebody else who writes, for instance a hosted language model. Nothing in Veil is one; a caller must bring it."""

    def rewrite(self, drafts: Sequence[str], *, groups: Sequence[str | None], seed: int) -> Sequence[str]:
        """Return a text for each draft. Drafts are synthetic; groups are levels of a learnt column."""
        ...


@dataclass(frozen=True)
class TextModel:
    """A Markov model of one column's texts.

    Attributes
    ----------
    transitions : from long contexts to short ones, a group's own before everybody's.
    lengths : (n_texts,) tokens of the training texts, to be kept.
    levels : the groups.
    """

    corpus: Corpus = field(repr=False)
    transitions: tuple[Transitions, ...] = field(repr=False)
    guard: Guard = field(repr=False)
    lengths: Codes = field(repr=False)
    length_groups: Codes = field(repr=False)
    levels: tuple[str, ...] = field(repr=False)
    support: int
    marker: str

    @classmethod
    def fit(
        cls, texts: Sequence[str | None], *, groups: Sequence[str | None] | None = None, subjects: Sequence[Any] | None = None,
        order: int = 3, support: int = 5, longest_run: int = 8, marker: str = MARKER, seed: int = 0,
    ) -> TextModel:  # fmt: skip
        """Learn the texts of one column, which are redacted. Nothing in learning is random; `seed` is there for the interface.

        Parameters
        ----------
        texts : null and empty ones are passed over.
        groups : per text a level of a learnt column, to write by; null for none.
        subjects : per text whose it is; without them each row counts as somebody else's.
        order : tokens of context at most.
        support : people who must have written a thing for it to be written again.
        longest_run : tokens in a row from which on also the row as a whole must be held by as many.
        marker : what every text begins with.

        Raises
        ------
        SynthesisFailed : too few texts, or parameters that make no sense.
        """
        del seed
        if order < 1 or support < 2 or longest_run <= order:
            raise SynthesisFailed("text: order must be at least 1, support at least 2, and longest_run above order")
        if any(given is not None and len(given) != len(texts) for given in (groups, subjects)):
            raise SynthesisFailed("text: groups and subjects must have an entry for each text")
        kept = [place for place, text in enumerate(texts) if text and text.strip()]
        holders = factorize(np.array([subjects[place] if subjects is not None else place for place in kept], dtype=object))[0]
        if (holders < 0).any():
            raise SynthesisFailed(f"text: {few(int((holders < 0).sum()))} texts belong to no data subject; give each one")
        if len(np.unique(holders)) < 2 * support:
            raise SynthesisFailed(f"text: {few(len(np.unique(holders)))} people wrote anything; {2 * support} are enough; "
                                  "keep the column withheld")  # fmt: skip
        named = np.array([groups[place] if groups is not None else None for place in kept], dtype=object)
        codes, levels = factorize(named)
        written = [str(texts[place]) for place in kept]
        corpus = Corpus.of(written, holders.astype(np.int64), codes.astype(np.int64))
        transitions = tuple(
            Transitions.of(corpus, length, grouped=grouped, support=support)
            for length in range(order, -1, -1)
            for grouped in ([True, False] if len(levels) else [False])
        )
        ends = corpus.tokens == END
        guard = Guard.of(corpus, least=longest_run, support=support)
        return cls(corpus, transitions, guard, corpus.offsets[ends], corpus.groups[ends], tuple(levels), support, marker)

    def sample(
        self, n: int, *, groups: Sequence[str | None] | None = None, seed: int, source: TextSource | None = None
    ) -> list[str]:
        """Write `n` texts, each with the marker before it.

        Parameters
        ----------
        groups : per text the level to write by; a level that was not learnt is written as if there were none.
        source : asked to rewrite the drafts if it is given, and never otherwise. What it returns must keep to the same rule: a
            text that repeats a rare run of a training text is replaced by its draft.

        Raises
        ------
        SynthesisFailed : the texts are so different from each other that nothing can be written by these rules.
        """
        if n < 0 or (groups is not None and len(groups) != n):
            raise SynthesisFailed("text: ask for none or more texts, and give a group for each or for none")
        known: dict[Any, int] = {level: code for code, level in enumerate(self.levels)}
        codes = np.array([known.get(level, -1) for level in groups] if groups is not None else np.full(n, -1), dtype=np.int64)
        drafts = self._drafts(codes, generator(seed, "text"))
        if source is not None and n:
            drafts = self._rewritten(drafts, source, groups or [None] * n, seed)
        return [self.marker + text for text in drafts]

    def longest_own_run(self, made: Sequence[str]) -> int:
        """Return the longest run, in tokens, that texts share with one person's training texts and with nobody else's."""
        return longest_own_run(self.corpus, self.corpus.encode([self._unmarked(text) for text in made])) if made else 0

    def _unmarked(self, text: str) -> str:
        return text.removeprefix(self.marker)

    def _drafts(self, groups: Codes, rng: np.random.Generator) -> list[str]:
        """Write until each text has about the length that was drawn for it, or is the nearest of several."""
        wanted = self._lengths(groups, rng)
        best: list[Codes | None] = [None] * len(groups)
        miss = np.full(len(groups), np.inf)
        for tried in range(MAX_ROUNDS):
            open_rows = np.flatnonzero((miss > LENGTH_TOLERANCE * wanted + 1) if tried < LENGTH_ROUNDS else ~np.isfinite(miss))
            if not len(open_rows):
                break
            for row, tokens in zip(open_rows.tolist(), self._written(groups[open_rows], rng), strict=True):
                off = abs(len(tokens) + 1 - wanted[row]) if tokens is not None else np.inf
                if off < miss[row]:
                    best[row], miss[row] = tokens, off
        if not np.isfinite(miss).all():
            raise SynthesisFailed(f"text: {MAX_ROUNDS} attempts wrote nothing that {self.support} people could have written; the "
                                  "texts are too different from each other; keep the column withheld")  # fmt: skip
        return [self.corpus.decode(tokens) for tokens in best if tokens is not None]

    def _lengths(self, groups: Codes, rng: np.random.Generator) -> Codes:
        """Draw the length of a training text for each text, of the same group where there are enough."""
        drawn = self.lengths[rng.integers(0, len(self.lengths), len(groups))]
        for group in np.unique(groups[groups >= 0]).tolist():
            own = self.lengths[self.length_groups == group]
            rows = np.flatnonzero(groups == group)
            if len(own) >= self.support:
                drawn[rows] = own[rng.integers(0, len(own), len(rows))]
        return drawn

    def _written(self, groups: Codes, rng: np.random.Generator) -> list[Codes | None]:
        """Write texts token by token, all at once; None for one that came to a dead end."""
        limit = int(self.lengths.max()) + 1
        written = np.full((len(groups), limit + 1), END, dtype=np.int64)
        written[:, 0] = BEGIN
        going = np.arange(len(groups))
        finished: list[Codes | None] = [None] * len(groups)
        for n_written in range(1, limit + 1):
            tokens = self._next(written[going], n_written, groups[going], rng)
            written[going, n_written] = tokens
            for row in going[(tokens == END) & (n_written > 1)].tolist():
                finished[row] = written[row, 1:n_written]
            going = going[(tokens != END) & (tokens >= 0)]
            if not len(going):
                break
        return finished

    def _next(self, written: Codes, n_written: int, groups: Codes, rng: np.random.Generator) -> Codes:
        """Return the next token of each text, -1 where nothing may follow."""
        tokens = np.full(len(written), -1, dtype=np.int64)
        for table in self.transitions:
            if table.length > n_written:
                continue
            rows = np.flatnonzero((tokens < 0) & (groups >= 0)) if table.grouped else np.flatnonzero(tokens < 0)
            keys = table.key(written[rows], n_written, groups[rows])
            for _ in range(DRAWS):
                if not len(rows):
                    break
                drawn = table.draw(keys, rng.random(len(rows)))
                found = drawn >= 0
                allowed = found.copy()
                allowed[found] = ~self.guard.forbids(written[rows[found]], n_written, drawn[found])
                tokens[rows[allowed]] = drawn[allowed]
                again = found & ~allowed
                rows, keys = rows[again], keys[again]
        return tokens

    def _rewritten(self, drafts: list[str], source: TextSource, groups: Sequence[str | None], seed: int) -> list[str]:
        returned = list(source.rewrite(drafts, groups=groups, seed=seed))
        if len(returned) != len(drafts) or not all(isinstance(text, str) for text in returned):
            raise SynthesisFailed("text: the source did not return a text for each draft")
        return [draft if self._repeats(text) else text for draft, text in zip(drafts, returned, strict=True)]

    def _repeats(self, text: str) -> bool:
        tokens = self.corpus.encode([text])[0]
        steps = range(1, len(tokens))
        return len(tokens) < 3 or any(self.guard.forbids(tokens[None, :at], at, tokens[at : at + 1])[0] for at in steps)
