"""How a network sees an encoded table: a softmax span per column, and one scalar more for a column of numbers.

A number is written as CTGAN writes it (Xu et al. 2019, arXiv 1907.00503): the mode it falls into and where it stands in
that mode. The modes here are not those of a Gaussian mixture but ten quantile ranges of equal mass: they cost
milliseconds instead of seconds a column, fit any shape, and give a decoder that is right for any distribution. The levels
of a number column (null, empty, spikes) are further members of its span, so a missing value is one more mode.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.synthesizers.encoding import EncodedColumn

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Singles = npt.NDArray[np.float32]

MODES = 10
KNOT_ROWS = 5
MAX_KNOTS = 200


@dataclass(frozen=True)
class Quantiles:
    """A column's quantile function, piecewise linear. Every knot is the mean of at least 5 rows, so no record is one."""

    ranks: tuple[float, ...] = field(repr=False)
    values: tuple[float, ...] = field(repr=False)

    @classmethod
    def fit(cls, numbers: Floats) -> Quantiles:
        """Learn from at least one number."""
        ordered, n = np.sort(numbers), len(numbers)
        edges = _knot_edges(n)
        sums = np.add.reduceat(ordered, edges[:-1])
        values = sums / np.diff(edges)
        ranks = (edges[:-1] + edges[1:]) / 2 / n
        return cls(tuple(ranks.tolist()), tuple(np.maximum.accumulate(values).tolist()))

    def at(self, ranks: Floats) -> Floats:
        """Return the numbers at ranks in [0, 1]."""
        return np.interp(ranks, self.ranks, self.values)


def _knot_edges(n: int) -> Codes:
    """Return block edges over n sorted rows: about 200 even blocks, finer towards both tails, never under 5 rows."""
    step = max(KNOT_ROWS, n // MAX_KNOTS)
    tail = [0]
    while tail[-1] - (tail[-2] if len(tail) > 1 else 0) < step and tail[-1] < n // 4:
        tail.append(max(tail[-1] + KNOT_ROWS, tail[-1] * 2))
    tail = [edge for edge in tail if edge <= n // 4]
    middle = np.arange(tail[-1], n - tail[-1], step)[:-1].tolist()
    edges = np.unique([*tail, *middle, *(n - edge for edge in tail)])
    return np.asarray(edges if len(edges) > 1 else [0, n], dtype=np.int64)


@dataclass(frozen=True)
class Span:
    """One column's place in the network's output. `n_modes` is 0 where the column is levels only."""

    name: str
    n_codes: int
    start: int
    n_modes: int = 0
    quantiles: Quantiles | None = field(default=None, repr=False)

    @property
    def width(self) -> int:
        """Members of the softmax: levels and modes."""
        return self.n_codes - 1 + self.n_modes if self.n_modes else self.n_codes

    @property
    def stop(self) -> int:
        """End of the softmax, exclusive."""
        return self.start + self.width


@dataclass(frozen=True)
class Layout:
    """All spans: scalars of the number columns first, then one softmax per column; columns of one level need no span."""

    spans: tuple[Span, ...]
    constant: tuple[tuple[str, int], ...]

    @property
    def numbers(self) -> tuple[Span, ...]:
        """The spans of number columns, in the order of their scalars."""
        return tuple(span for span in self.spans if span.n_modes)

    @property
    def width(self) -> int:
        """Width of the network's output."""
        return self.spans[-1].stop if self.spans else 0

    @classmethod
    def fit(cls, columns: Sequence[EncodedColumn]) -> Layout:
        """Lay the columns out."""
        learnt = [column for column in columns if column.numbers is not None or column.n_codes > 1]
        start = sum(column.numbers is not None for column in learnt)
        spans: list[Span] = []
        for column in learnt:
            spans.append(_fit_span(column, spans[-1].stop if spans else start))
        named = {span.name for span in spans}
        return cls(tuple(spans), tuple((column.name, column.n_codes) for column in columns if column.name not in named))

    def members(self, columns: Sequence[EncodedColumn], rng: np.random.Generator) -> tuple[Codes, Singles]:
        """Return the member of each span that each row has, (n_rows, n_spans), and the scalars, (n_rows, n_numbers)."""
        by_name = {column.name: column for column in columns}
        pairs = [_members(span, by_name[span.name], rng) for span in self.spans]
        scalars = [scalar for span, (_, scalar) in zip(self.spans, pairs, strict=True) if span.n_modes]
        n_rows = len(columns[0].codes)
        members = np.stack([codes for codes, _ in pairs], axis=1) if pairs else np.empty((n_rows, 0), dtype=np.int64)
        return members, np.stack(scalars, axis=1) if scalars else np.empty((n_rows, 0), dtype=np.float32)

    def columns(self, members: Codes, ranks: Singles) -> tuple[EncodedColumn, ...]:
        """Return encoded columns from members, (n_rows, n_spans), and each number's rank inside its mode, in [0, 1]."""
        number = {span.name: place for place, span in enumerate(self.numbers)}
        learnt = [_column(span, members[:, place], ranks[:, number[span.name]] if span.n_modes else None)
                  for place, span in enumerate(self.spans)]
        zeros = np.zeros(len(members), dtype=np.int64)
        return (*learnt, *(EncodedColumn(name, n_codes, zeros) for name, n_codes in self.constant))

    def matrix(self, members: Codes, scalars: Singles) -> Singles:
        """Return the training matrix, (n_rows, width): scalars as they are, members as one-hot."""
        matrix = np.zeros((len(members), self.width), dtype=np.float32)
        matrix[:, : scalars.shape[1]] = scalars
        starts = np.array([span.start for span in self.spans], dtype=np.int64)
        np.put_along_axis(matrix, members + starts, np.float32(1), axis=1)
        return matrix

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value; the quantiles are means of at least 5 rows."""
        spans = [{"name": span.name, "n_codes": span.n_codes, "start": span.start, "n_modes": span.n_modes,
                  "ranks": list(span.quantiles.ranks) if span.quantiles else None,
                  "values": list(span.quantiles.values) if span.quantiles else None} for span in self.spans]
        return {"spans": spans, "constant": [list(pair) for pair in self.constant]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Layout:
        """Read what `to_json` returned."""
        spans = tuple(Span(span["name"], span["n_codes"], span["start"], span["n_modes"],
                           Quantiles(tuple(span["ranks"]), tuple(span["values"])) if span["n_modes"] else None)
                      for span in value["spans"])
        return cls(spans, tuple((name, n_codes) for name, n_codes in value["constant"]))


def _fit_span(column: EncodedColumn, start: int) -> Span:
    if column.numbers is None:
        return Span(column.name, column.n_codes, start)
    numbers = column.numbers[column.codes == column.n_codes - 1]
    modes = int(np.clip(len(numbers) // KNOT_ROWS, 1, MODES))
    return Span(column.name, column.n_codes, start, modes, Quantiles.fit(numbers))


def _members(span: Span, column: EncodedColumn, rng: np.random.Generator) -> tuple[Codes, Singles]:
    scalars = np.zeros(len(column.codes), dtype=np.float32)
    if not span.n_modes or column.numbers is None:
        return column.codes, scalars
    rows = np.flatnonzero(column.codes == span.n_codes - 1)
    scaled = _ranks(column.numbers[rows], rng) * span.n_modes
    modes = np.minimum(scaled.astype(np.int64), span.n_modes - 1)
    members = column.codes.copy()
    members[rows] = span.n_codes - 1 + modes
    scalars[rows] = 2 * (scaled - modes) - 1
    return members, scalars


def _column(span: Span, members: Codes, ranks: Singles | None) -> EncodedColumn:
    if ranks is None or span.quantiles is None:
        return EncodedColumn(span.name, span.n_codes, members)
    modes = np.clip(members - (span.n_codes - 1), 0, span.n_modes - 1)
    numbers = span.quantiles.at((modes + ranks.astype(np.float64)) / span.n_modes)
    return EncodedColumn(span.name, span.n_codes, np.minimum(members, span.n_codes - 1), numbers)


def _ranks(numbers: Floats, rng: np.random.Generator) -> Floats:
    """Return each number's rank in (0, 1), ties in random order, so that ranks are even whatever the numbers are."""
    order = np.lexsort((rng.random(len(numbers)), numbers))
    ranks = np.empty(len(numbers))
    ranks[order] = (np.arange(len(numbers)) + 0.5) / len(numbers)
    return ranks
