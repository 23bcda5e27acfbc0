"""A fitted Gaussian copula: samples, also under conditions, and is saved as JSON and safetensors."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Epoch, to_json
from veil.rng import generator
from veil.synthesizers.circuits.variables import Variables
from veil.synthesizers.conditions import Where
from veil.synthesizers.copulas.patterns import Patterns
from veil.synthesizers.copulas.scales import Scale, normal_at, uniform_at
from veil.synthesizers.encoding import EncodedColumn, TableEncoder
from veil.synthesizers.rejection import accepted
from veil.synthesizers.trees.conditions import possible_levels
from veil.synthesizers.trees.tree import even

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Truth = npt.NDArray[np.bool_]

KIND, FORMAT = "gaussian_copula", 1
FILES = ("model.json", "weights.safetensors")
BATCH_ROWS = 100_000
LEAST_RANK = 1e-12


@dataclass(frozen=True)
class CopulaModel:
    """Scales of all variables and, last, of the pattern of nulls; and their correlation."""

    encoder: TableEncoder = field(repr=False)
    variables: Variables = field(repr=False)
    patterns: Patterns = field(repr=False)
    scales: tuple[Scale, ...] = field(repr=False)
    correlation: Floats = field(repr=False)
    parameters: Mapping[str, Any]
    history: tuple[Epoch, ...] = field(repr=False)

    def sample(self, n_rows: int, *, seed: int, where: Where | None = None) -> pd.DataFrame:
        """Return `n_rows` synthetic rows that meet the conditions; see `Model.sample`.

        One condition is met by drawing its column from its own interval of the scale and the others given it, which is exact. Of
        several, what the first leaves is rejected before the columns without a condition are drawn.
        """
        from threadpoolctl import threadpool_limits

        if n_rows < 0:
            raise SynthesisFailed(f"cannot sample {n_rows} rows; ask for none or more")
        rng = generator(seed, "sample")
        could = possible_levels(self.encoder, self.variables, where) if where else {}
        asked = self._asked(could)
        with threadpool_limits(limits=1):  # so that the last bit, and with it a level, does not depend on the number of threads
            if where:
                return accepted(lambda size: self._sampled(size, rng, asked), n_rows, self.encoder.table_columns, where)
            return self._sampled(n_rows, rng, asked)

    def _asked(self, could: Mapping[int, Truth]) -> dict[int, Truth]:
        """Return what conditions allow of the levels of each scale, those of the patterns first.

        A column that may be null or lie in a range is not among them: its scale does not tell whether it is null.
        """
        pattern = self.patterns.possible(could)
        if not pattern.any():
            raise SynthesisFailed("the conditions contradict each other: no pattern of nulls that was learnt meets them all")
        asked = {} if pattern.all() else {len(self.scales) - 1: pattern}
        return asked | {variable: allowed for variable, allowed in could.items() if not self.patterns.nulls(variable, allowed)}

    def _sampled(self, n_rows: int, rng: np.random.Generator, asked: Mapping[int, Truth]) -> pd.DataFrame:
        sizes = [min(BATCH_ROWS, n_rows - start) for start in range(0, max(n_rows, 1), BATCH_ROWS)]
        drawn = [self._levels(size, rng, asked) for size in sizes]
        levels, inside = (np.concatenate([each[part] for each in drawn]) for part in (0, 1))
        return self.encoder.decode(self._placed(self.variables.decode(levels, rng), inside), rng)

    def _placed(self, encoded: Sequence[EncodedColumn], inside: Floats) -> list[EncodedColumn]:
        """Put numbers where in their range their scale has them, instead of anywhere in it."""
        placed = []
        for column, each in enumerate(encoded):
            cut = self.variables.ranges.get(column)
            if cut is not None and each.numbers is not None:
                variable = next(place for place, own in enumerate(self.variables.variables) if own.columns == (column,))
                numbers = cut.numbers(cut.codes(each.numbers), inside[:, variable])
                each = dataclasses.replace(each, numbers=numbers)
            placed.append(each)
        return placed

    def _levels(self, n_rows: int, rng: np.random.Generator, asked: Mapping[int, Truth]) -> tuple[Codes, Floats]:
        """Return levels, and where in its interval each is, of at most `n_rows` rows: those that could meet the conditions."""
        order = [*asked, *(place for place in range(len(self.scales)) if place not in asked)]
        factor = np.linalg.cholesky(self.correlation[np.ix_(order, order)])
        everyone = np.zeros(n_rows, dtype=np.int64)
        noise = np.column_stack([normal_at(np.maximum(even(everyone, rng), LEAST_RANK)) for _ in order])
        for place, (variable, allowed) in enumerate(asked.items()):
            scale = self.scales[variable]
            if place == 0:
                noise[:, 0] = normal_at(np.clip(_inside(scale, allowed, len(noise), rng), LEAST_RANK, 1 - LEAST_RANK))
            drawn, _ = scale.levels(uniform_at(noise[:, : place + 1] @ factor[place, : place + 1]))
            noise = noise[allowed[drawn]]
        levels, inside = np.zeros((len(noise), len(order)), dtype=np.int64), np.zeros((len(noise), len(order)))
        for place, variable in enumerate(order):
            uniform = uniform_at(noise[:, : place + 1] @ factor[place, : place + 1])
            levels[:, variable], inside[:, variable] = self.scales[variable].levels(uniform)
        self.patterns.fill(levels, levels[:, -1])
        return levels[:, :-1], inside

    def save(self, folder: Path) -> None:
        """Write `model.json` and `weights.safetensors` into an existing folder. The JSON holds levels, which are cells."""
        from safetensors.numpy import save_file

        value = {"kind": KIND, "format": FORMAT, "encoder": self.encoder.to_json(), "variables": self.variables.to_json(),
                 "null_variables": self.patterns.variables, "parameters": dict(self.parameters),
                 "history": self.history}  # fmt: skip
        (folder / FILES[0]).write_text(to_json(value), encoding="utf-8")
        arrays: dict[str, npt.NDArray[Any]] = {"correlation": self.correlation, "patterns": self.patterns.levels}
        for place, scale in enumerate(self.scales):
            arrays |= {f"{place}.order": scale.order, f"{place}.shares": scale.shares}
        save_file({name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())}, folder / FILES[1])


def _inside(scale: Scale, allowed: Truth, n_rows: int, rng: np.random.Generator) -> Floats:
    """Return ranks in the allowed levels' intervals, as often as their shares say."""
    shares = scale.shares * allowed[scale.order]
    if not shares.sum():
        raise SynthesisFailed("no learnt row met the conditions; ask for what the columns hold")
    return scale.within(scale.order[rng.choice(len(shares), n_rows, p=shares / shares.sum())], rng)


def read_copula(folder: Path) -> CopulaModel | None:
    """Read a model that `CopulaModel.save` wrote; None if it is of another format."""
    from safetensors.numpy import load_file

    value = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
    if (value.get("kind"), value.get("format")) != (KIND, FORMAT):
        return None
    arrays = load_file(folder / FILES[1])
    n_scales = sum(name.endswith(".order") for name in arrays)
    scales = tuple(Scale(arrays[f"{place}.order"], arrays[f"{place}.shares"]) for place in range(n_scales))
    patterns = Patterns(tuple(value["null_variables"]), arrays["patterns"])
    encoder, variables = TableEncoder.from_json(value["encoder"]), Variables.from_json(value["variables"])
    return CopulaModel(encoder, variables, patterns, scales, arrays["correlation"], value["parameters"],
                       tuple(Epoch(**epoch) for epoch in value["history"]))  # fmt: skip
