"""Numbers beyond everything observed, from the generalized Pareto distribution of what exceeds a high threshold.

Over a high threshold, excesses of nearly any distribution follow it (Pickands 1975, doi 10.1214/aos/1176343003); over a higher
one, here the end of what was observed, they do again, with the same shape and a larger scale. Shape and scale are fitted by
probability-weighted moments (Hosking and Wallis 1987, doi 10.1080/00401706.1987.10488243), which need no search and few rows. A
shape over 0.95, where moments say nothing any more, is taken as 0.95.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import NUMERIC_TYPES, from_numbers, to_numbers
from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers.conditions import Between
from veil.synthesizers.control.asked import Extremes, written

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]

TAIL_SHARE = 0.05
MIN_EXCESSES = 30
MAX_SHAPE = 0.95


@dataclass(frozen=True)
class Tail:
    """The fitted tail of a column, upwards: numbers of a lower tail are turned over.

    Attributes
    ----------
    threshold, end : where the tail begins, and where what was observed ends, rounded outwards: the least extreme must not tell
        the largest number, which is somebody's.
    shape, scale : of the excesses over `end`. A tail that ends where the observations do is taken as exponential, shape 0.
    bound : no number exceeds it.
    """

    column: Column
    sign: int
    shape: float
    scale: float
    n_excesses: int
    threshold: float = field(repr=False)
    end: float = field(repr=False)
    bound: float = np.inf

    @classmethod
    def fit(cls, asked: Extremes, cells: pd.Series[Any], column: Column) -> Tail:
        """Fit a column's tail.

        Raises
        ------
        SynthesisFailed : a column without numbers and dates, too few rows in its tail, or a bound that lies within.
        """
        sign = 1 if asked.side == "upper" else -1
        if column.type not in NUMERIC_TYPES:
            raise SynthesisFailed(f"extremes of `{column.name}`, which holds no numbers and no dates; leave them out")
        bound = _bound(asked, column, sign)
        numbers = to_numbers(cells, column)
        numbers = np.sort(sign * numbers[~np.isnan(numbers)])
        threshold = float(np.quantile(numbers, 1 - TAIL_SHARE)) if len(numbers) else 0.0
        excesses = numbers[numbers > threshold] - threshold
        if len(excesses) < MIN_EXCESSES:
            raise SynthesisFailed(f"extremes of `{column.name}`: fewer than {MIN_EXCESSES} rows lie in its {asked.side} tail; "
                                  f"about {round(MIN_EXCESSES / TAIL_SHARE)} different numbers would be enough")  # fmt: skip
        shape, scale = _moments(excesses)
        end = _coarse(float(numbers[-1]), scale + shape * float(excesses[-1]))
        if bound <= end:
            raise SynthesisFailed(f"extremes of `{column.name}`: the bound is not beyond what was observed; move it outwards")
        return cls(column, sign, shape, scale + shape * (end - threshold), len(excesses), threshold, end, bound)

    @property
    def condition(self) -> Between:
        """The rows whose other columns go with an extreme: those in the tail."""
        edge = from_numbers(np.array([self.sign * self.threshold]), self.column).iloc[0]
        return Between(edge, None) if self.sign > 0 else Between(None, edge)

    def cells(self, n_rows: int, rng: np.random.Generator) -> npt.NDArray[Any]:
        """Return so many cells beyond the end and within the bound, as the column writes them."""
        most = 1.0 if np.isinf(self.bound) else self._below(self.bound - self.end)
        ranks = rng.random(n_rows) * most
        deep = -np.log1p(-ranks)
        excesses = self.scale * (deep if self.shape == 0 else np.expm1(self.shape * deep) / self.shape)
        unit = 10.0 ** -(len(self.column.format or "0.") - 2) if self.column.type == "decimal" else 1.0
        outwards = np.floor(self.end / unit + 1e-9) + np.maximum(np.ceil(excesses / unit), 1)
        numbers = np.minimum(outwards * unit, self.bound)
        return np.asarray(from_numbers(self.sign * numbers, self.column).to_numpy(dtype=object))

    def _below(self, excess: float) -> float:
        inside = np.exp(-excess / self.scale) if self.shape == 0 else (1 + self.shape * excess / self.scale) ** (-1 / self.shape)
        return float(1 - inside)


def _coarse(end: float, scale: float) -> float:
    """Round outwards to the power of ten below the tail's scale."""
    step = 10.0 ** math.floor(math.log10(scale))
    return math.ceil(end / step - 1e-9) * step


def _bound(asked: Extremes, column: Column, sign: int) -> float:
    import pandas as pd

    if asked.bound is None:
        return float(np.inf)
    cell = pd.Series([written(asked.bound, column)], dtype=object)
    return sign * float(to_numbers(cell, column)[0])


def _moments(excesses: Floats) -> tuple[float, float]:
    """Return shape and scale over the threshold; shape 0 where the fitted tail would end."""
    n = len(excesses)
    mean = float(excesses.mean())
    weighted = float((excesses * (n - np.arange(1, n + 1) + 0.35) / n).mean())
    shape = 2 - mean / (mean - 2 * weighted)
    if shape <= 0:
        return 0.0, mean
    shape = min(shape, MAX_SHAPE)
    return shape, mean * (1 - shape)
