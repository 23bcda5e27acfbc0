"""Does a stand-in repeat rows, or rare values, of the people that it was learnt from? The gate that `cart` is released behind.

A row or value that train has and the holdout has not proves nothing by itself: some meet by chance, and the holdout has such ones
too. But a method that does not know which real rows it was given meets both sides alike. So of all rare values that
the stand-in has and one side alone holds, those of train are counted against what chance leads to expect. It is an exact
test on distinct values: one that is repeated often is one observation.

Rows of one person that lie on one side together make such values less independent than the test takes them to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import factorize
from veil.errors import SynthesisFailed, few
from veil.synthesizers.encodings.distinct import RARE_ROWS

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

SIGNIFICANCE = 1e-3
"""Of all tests of a table together: a stand-in that repeats nothing is refused once in a thousand tables."""


@dataclass(frozen=True)
class Replay:
    """How often a stand-in met one side.

    Attributes
    ----------
    column : None for whole rows.
    share, holdout_share : synthetic rows, and rows of the holdout, that hold what train holds; in [0, 1]. Of columns only
        values that fewer than five real records hold count.
    n_train, n_holdout : distinct ones that this side alone holds.
    expected : share of them on the side of train by chance.
    p_value : probability of as many on the side of train by chance, or, of rows, of as large a share; the lesser of the two.
    """

    column: str | None
    share: float
    holdout_share: float
    n_train: int
    n_holdout: int
    expected: float
    p_value: float

    @property
    def told(self) -> str:
        """In words, without a cell."""
        what = "rows" if self.column is None else f"rare values of `{self.column}`"
        return f"{few(self.n_train)} {what} of train alone, {few(self.n_holdout)} of the holdout alone (p = {self.p_value:.1e})"


def measured_replay(
    train: pd.DataFrame, holdout: pd.DataFrame, synthetic: pd.DataFrame, columns: Sequence[str]
) -> tuple[Replay, ...]:
    """Return what is met of whole rows, then of each column.

    Parameters
    ----------
    train, holdout, synthetic : strings and None; each has the columns.
    columns : those that were learnt.

    Raises
    ------
    SynthesisFailed : no column, or a table without rows, with which nothing can be told.
    """
    tables = (train, holdout, synthetic)
    if not columns or not all(len(table) for table in tables):
        raise SynthesisFailed("whether training rows are repeated cannot be told: it takes a column, and rows of train, of the "
                              "holdout and of the stand-in; set a holdout aside")  # fmt: skip
    sizes = [len(table) for table in tables]
    each = [_codes([table[name] for table in tables]) for name in columns]
    rows = np.zeros(sum(sizes), dtype=np.int64)
    for codes in each:
        rows = np.unique(rows * (int(codes.max()) + 1) + codes, return_inverse=True)[1].ravel().astype(np.int64)
    found = [_replay(None, rows, sizes, most=None)]
    return (*found, *(_replay(name, codes, sizes, most=RARE_ROWS) for name, codes in zip(columns, each, strict=True)))


def refuse_replay(replays: Sequence[Replay], *, significance: float = SIGNIFICANCE) -> None:
    """Refuse a stand-in that repeats.

    Raises
    ------
    SynthesisFailed : rows or rare values of train are met more often than by chance; says of which columns and how often.
    """
    repeated = [replay for replay in replays if replay.p_value < significance / (len(replays) + 1)]
    if repeated:
        told = "; ".join(replay.told for replay in repeated)
        raise SynthesisFailed(f"the stand-in repeats its training rows more often than chance does: {told}; smooth more, "
                              "generalize these columns, or use `circuit`")  # fmt: skip


def _codes(cells: list[pd.Series[Any]]) -> Codes:
    """Return codes over all tables, 0 for null."""
    codes, _ = factorize(np.concatenate([series.to_numpy(dtype=object) for series in cells]))
    return np.asarray(codes, dtype=np.int64) + 1


def _replay(column: str | None, codes: Codes, sizes: list[int], *, most: int | None) -> Replay:
    """Compare the sides.

    Parameters
    ----------
    codes : of all rows of train, holdout and synthetic, one after the other; as many of each as `sizes` says.
    most : values that as many real records hold do not count; None counts all.
    """
    n_codes = int(codes.max()) + 1
    train, holdout, made = (np.bincount(part, minlength=n_codes) for part in np.split(codes, np.cumsum(sizes)[:-1]))
    records = train + holdout
    counts = np.ones(n_codes, dtype=bool) if most is None else records < most
    if column is not None:
        counts[0] = False
    one_sided = counts & (made > 0) & ((train > 0) ^ (holdout > 0))
    chance = 1 / (1 + (sizes[1] / sizes[0]) ** records[one_sided].astype(np.float64))
    n_train, n_all = int((train[one_sided] > 0).sum()), int(one_sided.sum())
    known = counts & (train > 0)
    copied, by_chance = int(made[known].sum()), int(holdout[known].sum())
    expected = float(chance.mean()) if n_all else sizes[0] / (sizes[0] + sizes[1])
    p_value = _tail(n_train, n_all, expected)
    if column is None:
        p_value = min(p_value, _tail(int((made[known] > 0).sum()), int((made[known] > 0).sum() + (holdout[known] > 0).sum()),
                                     sizes[2] / (sizes[1] + sizes[2])))  # fmt: skip
    return Replay(column, copied / sizes[2], by_chance / sizes[1], n_train, n_all - n_train, expected, p_value)


def _tail(hits: int, trials: int, chance: float) -> float:
    """Return the probability of at least that many hits.

    Trials with chances of their own scatter no wider than with their mean chance (Hoeffding 1956, doi 10.1214/aoms/1177728178).
    """
    from scipy.stats import binom

    return float(binom.sf(hits - 1, trials, chance)) if trials else 1.0
