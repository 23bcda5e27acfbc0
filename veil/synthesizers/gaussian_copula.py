"""Gaussian copula: every column on a normal scale, and how the scales are correlated. For tiny tables, and to compare.

It keeps each column's distribution and how pairs of columns rise and fall together, but nothing that three tell only together.
Source: Nelsen 2006, An Introduction to Copulas; Patki, Wedge and Veeramachaneni 2016, doi 10.1109/DSAA.2016.49, as the idea.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Column, Epoch
from veil.rng import generator
from veil.synthesizers.circuits.variables import Variables
from veil.synthesizers.conditions import HowMet
from veil.synthesizers.copulas.correlation import latent_correlation, nearest_definite, shrunk
from veil.synthesizers.copulas.model import CopulaModel
from veil.synthesizers.copulas.patterns import Patterns
from veil.synthesizers.copulas.scales import Scale, main_places
from veil.synthesizers.encoding import EncodedColumn, LevelColumn, TableEncoder, rows_to_learn
from veil.synthesizers.trees.features import natural_places

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Progress

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Truth = npt.NDArray[np.bool_]

MIN_ROWS = 30
SPIKE_SHARE = 0.01
COARSE = 32


@dataclass(frozen=True)
class GaussianCopula:
    """Parameters of `gaussian_copula`.

    Attributes
    ----------
    shrink : draw the correlation towards none by as much as chance adds to it; it matters in small tables.
    max_rows : a larger table is learnt from a random sample of that many rows.
    max_levels : most levels that a column is learnt with; the rarest others are pooled.
    """

    name: ClassVar[str] = "gaussian_copula"
    conditions: ClassVar[HowMet] = "rejected"

    shrink: bool = True
    max_rows: int = 200_000
    max_levels: int = 1_000

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What goes into the manifest."""
        return dataclasses.asdict(self)

    def fit(self, table: pd.DataFrame, columns: tuple[Column, ...], *, seed: int, progress: Progress) -> CopulaModel:
        """Learn a table of strings and None.

        Raises
        ------
        SynthesisFailed : fewer than 30 rows, or a column that cannot be learnt.
        """
        from threadpoolctl import threadpool_limits

        if len(table) < MIN_ROWS:
            raise SynthesisFailed(f"gaussian_copula needs at least {MIN_ROWS} rows to learn from and has {len(table)}; "
                                  "add rows or leave this table out of the synthesis")  # fmt: skip
        encoder = TableEncoder.fit(table, columns, max_levels=self.max_levels, spike_share=SPIKE_SHARE)
        rows = rows_to_learn(len(table), self.max_rows, generator(seed, "rows"))
        encoded = encoder.encode(table if rows is None else table.iloc[rows])
        variables = Variables.fit(encoded)
        seen = _Table.of(encoder, encoded, variables)
        patterns = Patterns.fit(seen.levels, seen.absent)
        with threadpool_limits(limits=1):  # so that the last bit, and with it a level, does not depend on the number of threads
            scales = seen.scales(patterns)
            correlation, n_rows = latent_correlation(*seen.scores(scales, patterns))
            intensity = 0.0
            if self.shrink:
                correlation, intensity = shrunk(correlation, n_rows)
            correlation = nearest_definite(correlation)
        history = (Epoch(1, {"shrinkage": intensity, "information": float(-np.linalg.slogdet(correlation)[1] / 2)}),)
        progress(history[0], 1)
        return CopulaModel(encoder, variables, patterns, scales, correlation, self.parameters, history)


@dataclass(frozen=True)
class _Table:
    """A table's variables and their rows.

    Attributes
    ----------
    natural : per variable the numbers that its levels stand for; None where they have no order.
    absent : per variable the levels that stand for null or empty, where numbers have such.
    """

    encoded: Sequence[EncodedColumn]
    variables: Variables
    levels: Codes
    natural: Mapping[int, Floats | None]
    absent: Mapping[int, Codes]

    @classmethod
    def of(cls, encoder: TableEncoder, encoded: Sequence[EncodedColumn], variables: Variables) -> _Table:
        places = range(len(variables.variables))
        absent = {place: found for place in places if (found := _absent(encoder, variables, place)).size}
        natural = {place: _natural(encoder, variables, place) for place in places}
        return cls(encoded, variables, variables.encode(encoded), natural, absent)

    def scales(self, patterns: Patterns) -> tuple[Scale, ...]:
        """Return a scale per variable and, last, one for the patterns of nulls."""
        table = np.column_stack([self.levels, patterns.of(self.levels, self.absent)])
        sizes = [*self.variables.n_levels, len(patterns.levels)]
        coarse = [_coarse(table[:, place], size, self.natural.get(place)) for place, size in enumerate(sizes)]
        found = []
        for place in range(len(sizes)):
            places = self.natural.get(place)
            known = self.known(table[:, place], place)
            levels = table[known, place] if known.any() else table[:, place]
            found.append(Scale.fit(levels, main_places(table, sizes, place, coarse) if places is None else places))
        return tuple(found)

    def known(self, levels: Codes, place: int) -> Truth:
        """Return in which rows there is a level, and not a null in place of a number."""
        return ~np.isin(levels, self.absent.get(place, []))

    def scores(self, scales: Sequence[Scale], patterns: Patterns) -> tuple[Floats, Floats]:
        """Return all rows' scores, NaN for an absent number, and each scale's terms; of numbers, not of their ranges."""
        levels = np.column_stack([self.levels, patterns.of(self.levels, self.absent)])
        scores, terms = np.full(levels.shape, np.nan), []
        for place, scale in enumerate(scales):
            codes, known = levels[:, place], self.known(levels[:, place], place)
            numbers = self._numbers(place)
            if numbers is not None and known.any():
                distinct, codes = np.unique(np.where(known, numbers, numbers[known][0]), return_inverse=True)
                scale = Scale.fit(codes[known], distinct)
            scores[known, place] = scale.scores()[codes[known]]
            terms.append(scale.terms())
        return scores, np.array(terms)

    def _numbers(self, place: int) -> Floats | None:
        """Return each row's number; None for a variable whose levels say all."""
        if place >= len(self.variables.variables) or self.natural[place] is None:
            return None
        column = self.encoded[self.variables.variables[place].columns[0]]
        spikes = self.natural[place]
        if column.numbers is None or spikes is None:
            return None
        return np.where(column.codes == column.n_codes - 1, column.numbers, spikes[column.codes])


def _natural(encoder: TableEncoder, variables: Variables, place: int) -> Floats | None:
    """Return the numbers that a variable's levels stand for; None where they have no order."""
    own = variables.variables[place].columns
    return natural_places(encoder, variables, own[0]) if len(own) == 1 else None


def _absent(encoder: TableEncoder, variables: Variables, place: int) -> Codes:
    """Return the levels of a variable of numbers that stand for null or empty."""
    own = variables.variables[place].columns
    column = encoder.columns[own[0]]
    if len(own) > 1 or (isinstance(column, LevelColumn) and column.column is None):
        return np.zeros(0, dtype=np.int64)
    return np.array([code for code, level in enumerate(column.levels) if not level], dtype=np.int64)


def _coarse(levels: Codes, size: int, natural: Floats | None) -> Codes:
    """Return at most 32 classes of a variable's levels: neighbors of numbers together, or the rarest."""
    rows = np.bincount(levels, minlength=size)
    order = np.argsort(-rows if natural is None else natural, kind="stable")
    classes = np.empty(size, dtype=np.int64)
    steps = np.arange(size) if natural is None else np.cumsum(rows[order]) * (COARSE - 1) // max(int(rows.sum()), 1)
    classes[order] = np.minimum(steps, COARSE - 1)
    return classes[levels]
