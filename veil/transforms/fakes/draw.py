"""What fakes are drawn from, and how a draw steps aside where a fake would repeat what it replaces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from veil.errors import VeilError
from veil.transforms.fakes.source import Source, below
from veil.transforms.fakes.spelling import alphanumeric, spaced

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.fakes.packs import Entries
    from veil.transforms.fakes.source import Indices
    from veil.transforms.keys import Words

    Strings = npt.NDArray[Any]

MAX_STEPS: Final = 10_000
DATED_STEPS: Final = 50
UNKNOWN_DAY: Final = np.iinfo(np.int64).min


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
    avoid_given, avoid_family : (n,) folded texts whose given and family names it must not hold.
    runs_together : these texts are addresses, in which a name is looked for anywhere and not only as a word.
    births : (n,) fake dates of birth in days since 1970, `UNKNOWN_DAY` where nothing is known.
    permuted : (n,) instead of `rest`: one number for each distinct value, for fakes that are never the same.
    trace : a list that gets the number of different fakes there are, for whoever counts them.
    """

    given: Words = field(repr=False)
    family: Words = field(repr=False)
    rest: Words = field(repr=False)
    sexes: npt.NDArray[np.int8] = field(repr=False)
    avoid: Strings = field(repr=False)
    avoid_given: Strings = field(repr=False)
    avoid_family: Strings = field(repr=False)
    runs_together: bool = False
    births: Indices | None = field(default=None, repr=False)
    permuted: Indices | None = field(default=None, repr=False)
    trace: list[int] | None = None

    def __len__(self) -> int:
        return len(self.sexes)

    def take(self, rows: Indices) -> Draw:
        """Return some rows."""
        births = None if self.births is None else self.births[rows]
        chosen = None if self.permuted is None else self.permuted[rows]
        words = (self.given[rows], self.family[rows], self.rest[rows])
        texts = (self.avoid[rows], self.avoid_given[rows], self.avoid_family[rows])
        return Draw(*words, self.sexes[rows], *texts, self.runs_together, births, chosen, self.trace)

    @property
    def sex(self) -> npt.NDArray[np.int8]:
        """The sex of each row; the first bit of the given name's word where it is unknown."""
        drawn = (self.given[:, 0] >> np.uint64(63)).astype(np.int8)
        return np.where(self.sexes < 0, drawn, self.sexes)


def whole(entries: Entries, draw: Draw, word: int = 0) -> Indices:
    """Return the index of an entry per row that is not the value itself."""
    start = below(draw.rest[:, word], len(entries))
    return next_free(start, len(entries), lambda rows, taken: entries.folded[taken] == draw.avoid[rows])


def unlike(entries: Entries, start: Indices, avoid: Strings, *, runs_together: bool) -> Indices:
    """Return the first index from `start` on whose name is not in the text to avoid."""
    forms = entries.slugs if runs_together else entries.heads

    def holds(rows: Indices, taken: Indices) -> npt.NDArray[np.bool_]:
        pairs = zip(forms[taken].tolist(), avoid[rows].tolist(), strict=True)
        found = np.fromiter((name in text for name, text in pairs), np.bool_, len(rows))
        if not runs_together:  # the first word is in there somewhere: now look for the words as words
            hits = np.flatnonzero(found)
            pairs = zip(entries.words[taken[hits]], avoid[rows[hits]], strict=True)
            found[hits] = [name in spaced(text) for name, text in pairs]
        return found

    return next_free(start, len(entries), holds)


def next_free(start: Indices, size: int, clashes: Callable[[Indices, Indices], npt.NDArray[np.bool_]]) -> Indices:
    """Return the first number from `start` on, modulo `size`, that does not clash.

    Raises
    ------
    NoFakeLeft : all of them clash.
    """
    chosen = start.copy()
    rows = np.arange(len(start), dtype=np.int64)
    for _ in range(min(size, MAX_STEPS)):
        rows = rows[np.asarray(clashes(rows, chosen[rows]), dtype=np.bool_)]
        if len(rows) == 0:
            return chosen
        chosen[rows] = (chosen[rows] + 1) % size
    raise NoFakeLeft(len(rows))


def written_unlike(draw: Draw, write: Callable[[Source, Draw], Strings]) -> Strings:
    """Return what `write` makes of each row's words; a fake with the value's letters and digits is drawn again."""
    if draw.permuted is not None:
        return write(Source(draw.permuted[:, None].astype(np.uint64), exact=True), draw)
    source = Source(draw.rest)
    results = np.array(write(source, draw), dtype=object)
    if draw.trace is not None:
        draw.trace.append(source.size)
    rows = np.flatnonzero(results_equal(results, draw.avoid))
    for step in range(1, MAX_STEPS):
        if len(rows) == 0:
            return results
        part = draw.take(rows)
        if step > DATED_STEPS:  # nothing but the date and the sex is in the number: the date gives way
            part = replace(part, births=None)
        results[rows] = write(Source(part.rest + np.uint64(step)), part)
        rows = rows[results_equal(results[rows], draw.avoid[rows])]
    raise NoFakeLeft(len(rows))


def results_equal(fakes: Strings, avoid: Strings) -> npt.NDArray[np.bool_]:
    """Return True where a fake has the letters and digits of the folded value, but for marks at its end."""
    pairs = zip(fakes.tolist(), avoid.tolist(), strict=True)
    close = np.fromiter((fake[-1].lower() in text[-3:] for fake, text in pairs), np.bool_, len(fakes))
    rows = np.flatnonzero(close)
    close[rows] = [alphanumeric(fake.lower()) == alphanumeric(text) for fake, text in zip(fakes[rows], avoid[rows], strict=True)]
    return close
