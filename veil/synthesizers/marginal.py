"""Marginal: every column by itself, from its smoothed distribution. A baseline, and what a column is worth without the others.

Nothing that columns tell together is kept, on purpose: what another method scores above this one, it has learnt of their joint.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Column, Epoch, to_json
from veil.rng import generator
from veil.synthesizers.conditions import Condition, HowMet, OneOf, Where, bounds, condition_column, met
from veil.synthesizers.encoding import EncodedColumn, LevelColumn, NumberColumn, TableEncoder
from veil.synthesizers.rejection import accepted
from veil.synthesizers.spans import Quantiles

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Progress

    Floats = npt.NDArray[np.float64]

KIND, FORMAT = "marginal", 1
FILES = ("model.json", "weights.safetensors")


@dataclass(frozen=True)
class Marginal:
    """Parameters of `marginal`.

    Attributes
    ----------
    smoothing : rows that are added to each level, so that no share tells a count exactly.
    max_levels : most levels that a column is learnt with; the rarest others are pooled.
    spike_share : share of the rows above which a number is a level of its own.
    """

    name: ClassVar[str] = "marginal"
    conditions: ClassVar[HowMet] = "exact"

    smoothing: float = 0.5
    max_levels: int = 1_000
    spike_share: float = 0.01

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What goes into the manifest."""
        return dataclasses.asdict(self)

    def fit(self, table: pd.DataFrame, columns: tuple[Column, ...], *, seed: int, progress: Progress) -> MarginalModel:  # noqa: ARG002
        """Learn each column of a table of strings and None. Nothing of it is random, so the seed counts for nothing.

        Raises
        ------
        SynthesisFailed : no row, no column, or a column whose values are nearly all different.
        """
        encoder = TableEncoder.fit(table, columns, max_levels=self.max_levels, spike_share=self.spike_share)
        learnt = tuple(_fitted(each, self.smoothing) for each in encoder.encode(table))
        history = (Epoch(1, {"entropy": sum(_entropy(each.shares) for each in learnt)}),)
        progress(history[0], 1)
        return MarginalModel(tuple(columns), encoder, learnt, self.parameters, history)


@dataclass(frozen=True)
class Distribution:
    """A column's smoothed shares of levels, and the quantiles of its numbers, each knot the mean of at least 5 rows."""

    shares: Floats = field(repr=False)
    quantiles: Quantiles | None = field(default=None, repr=False)


@dataclass(frozen=True)
class MarginalModel:
    """Fitted marginals of `columns`."""

    columns: tuple[Column, ...]
    encoder: TableEncoder = field(repr=False)
    distributions: tuple[Distribution, ...] = field(repr=False)
    parameters: Mapping[str, Any]
    history: tuple[Epoch, ...] = field(repr=False)

    def sample(self, n_rows: int, *, seed: int, where: Where | None = None) -> pd.DataFrame:
        """Return `n_rows` synthetic rows; since columns are independent, each meets its own condition.

        Raises
        ------
        SynthesisFailed : a condition on a column that was not learnt, or that no learnt value meets.
        """
        import pandas as pd

        if n_rows < 0:
            raise SynthesisFailed(f"cannot sample {n_rows} rows; ask for none or more")
        asked = dict(where or {})
        for name in asked:
            condition_column(self.columns, name)
        cells = {}
        for column, learnt, own in zip(self.columns, self.encoder.columns, self.distributions, strict=True):
            rng = generator(seed, "sample", column.name)
            cells[column.name] = _Drawn(column, learnt, own).cells(n_rows, rng, asked.get(column.name))
        return pd.DataFrame(cells, dtype=object)

    def save(self, folder: Path) -> None:
        """Write `model.json` and `weights.safetensors` into an existing folder. The JSON holds levels, which are cells."""
        from safetensors.numpy import save_file

        columns = [{"name": each.name, "type": each.type, "format": each.format} for each in self.columns]
        value = {"kind": KIND, "format": FORMAT, "columns": columns, "encoder": self.encoder.to_json(),
                 "parameters": dict(self.parameters), "history": self.history}  # fmt: skip
        (folder / FILES[0]).write_text(to_json(value), encoding="utf-8")
        arrays: dict[str, Floats] = {}
        for place, each in enumerate(self.distributions):
            arrays[f"shares{place}"] = each.shares
            if each.quantiles is not None:
                arrays[f"quantiles{place}"] = np.array([each.quantiles.ranks, each.quantiles.values])
        save_file(arrays, folder / FILES[1])


def read_marginal(folder: Path) -> MarginalModel | None:
    """Read a model that `MarginalModel.save` wrote; None if it is of another format."""
    from safetensors.numpy import load_file

    value = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
    if (value.get("kind"), value.get("format")) != (KIND, FORMAT):
        return None
    encoder, arrays = TableEncoder.from_json(value["encoder"]), load_file(folder / FILES[1])
    distributions = tuple(_read(arrays, place) for place in range(len(encoder.columns)))
    columns, history = (Column(**each) for each in value["columns"]), (Epoch(**each) for each in value["history"])
    return MarginalModel(tuple(columns), encoder, distributions, value["parameters"], tuple(history))


def _read(arrays: Mapping[str, Any], place: int) -> Distribution:
    knots = arrays.get(f"quantiles{place}")
    quantiles = None if knots is None else Quantiles(tuple(knots[0].tolist()), tuple(knots[1].tolist()))
    return Distribution(arrays[f"shares{place}"], quantiles)


def _fitted(column: EncodedColumn, smoothing: float) -> Distribution:
    rows = np.bincount(column.codes, minlength=column.n_codes).astype(np.float64)
    smoothed = rows + smoothing * (rows > 0)
    number = None if column.numbers is None else column.numbers[column.codes == column.n_codes - 1]
    return Distribution(smoothed / smoothed.sum(), None if number is None else Quantiles.fit(number))


def _entropy(shares: Floats) -> float:
    held = shares[shares > 0]
    return float(-(held * np.log(held)).sum())


@dataclass(frozen=True)
class _Drawn:
    """One column: what a condition rules out is not drawn; what is left to rounding and to pooled levels is drawn again."""

    column: Column
    learnt: LevelColumn | NumberColumn = field(repr=False)
    own: Distribution = field(repr=False)

    def cells(self, n_rows: int, rng: np.random.Generator, condition: Condition | None) -> pd.Series[Any]:
        if condition is None:
            return self._frame(n_rows, rng, self.own.shares, 0.0, 1.0)[self.column.name]
        shares, low, high = self._narrowed(condition)
        if not shares.sum() > 0:
            raise SynthesisFailed(f"a condition on `{self.column.name}` that no learnt value meets; ask for what it holds")

        def draw(size: int) -> pd.DataFrame:
            return self._frame(size, rng, shares / shares.sum(), low, high)

        return accepted(draw, n_rows, (self.column,), {self.column.name: condition})[self.column.name]

    def _frame(self, n_rows: int, rng: np.random.Generator, shares: Floats, low: float, high: float) -> pd.DataFrame:
        import pandas as pd

        codes = rng.choice(len(shares), n_rows, p=shares)
        numbers = None if self.own.quantiles is None else self.own.quantiles.at(low + (high - low) * rng.random(n_rows))
        cells = self.learnt.decode(EncodedColumn(self.column.name, len(shares), codes, numbers), rng)
        return pd.DataFrame({self.column.name: cells}, dtype=object)

    def _narrowed(self, condition: Condition) -> tuple[Floats, float, float]:
        """Return the shares of the levels that can meet a condition, and the ranks between which its numbers lie."""
        allowed = self._met(self.learnt.levels, condition)
        if isinstance(self.learnt, LevelColumn):
            pool = [float(self._met(self.learnt.pool, condition).any())] if self.learnt.pool else []
            return self.own.shares * np.append(allowed, pool), 0.0, 1.0
        if isinstance(condition, OneOf):
            others = any(cell not in self.learnt.levels for cell in condition.cells)
            return self.own.shares * np.append(allowed, float(others)), 0.0, 1.0
        low, high = self._ranks(*bounds(self.column, condition))
        return self.own.shares * np.append(allowed, max(high - low, 0.0)), low, high

    def _met(self, levels: tuple[str | None, ...], condition: Condition) -> Floats:
        import pandas as pd

        frame = pd.DataFrame({self.column.name: list(levels)}, dtype=object)
        return met(frame, (self.column,), {self.column.name: condition}).astype(np.float64)

    def _ranks(self, low: float, high: float) -> tuple[float, float]:
        """Return the ranks of a range; a whole number is what rounds to it."""
        assert self.own.quantiles is not None
        knots, ranks = self.own.quantiles.values, self.own.quantiles.ranks
        if low > knots[-1] or high < knots[0]:
            return 0.0, 0.0
        room = 0.0 if self.column.type == "decimal" else 0.5
        first = 0.0 if low <= knots[0] else float(np.interp(low - room, knots, ranks))
        last = 1.0 if high >= knots[-1] else float(np.interp(high + room, knots, ranks))
        return first, max(last, first + 1e-9)
