"""Circuit: a tree of hidden states over the columns, learnt by expectation-maximization; likelihood and conditions are exact."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Column, Epoch
from veil.rng import generator
from veil.synthesizers.base import EnoughLearnt
from veil.synthesizers.circuits.learning import Learnt, Schedule, Told, learn
from veil.synthesizers.circuits.mixture import Mixture, most_telling, parts_of
from veil.synthesizers.circuits.model import CircuitModel
from veil.synthesizers.circuits.states import States
from veil.synthesizers.circuits.variables import Variables
from veil.synthesizers.conditions import HowMet
from veil.synthesizers.encoding import TableEncoder, rows_to_learn
from veil.synthesizers.network import torch_threads

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Progress

    Codes = npt.NDArray[np.int64]

MIN_ROWS = 100
SPIKE_SHARE = 0.002
"""Share of the rows above which a number is a level of its own, so that 40 hours stay 40 hours."""

BATCHES, MIN_BATCH = 40, 128
MIN_STATES, ROWS_PER_STATE = 4, 40
STRENGTHS, MAX_TRIED_ROWS = (1, 6, 30), 10_000
"""Multiples of the usual smoothing that a small table is tried with, while its validation rows become likelier."""

MIN_SETTLED_ROWS = 20_000
"""Rows of a table from which the last step of learning is over all rows at once. With fewer it ties rows to states too closely:
on 14,689 rows the nearest-record share rose from 0.51 to 0.52."""

MIN_EPOCHS, MAX_VISITS = 4, 1_200_000
"""Rows times epochs: a table of many rows needs fewer passes for as many mini-batches."""


@dataclass(frozen=True)
class Circuit:
    """Parameters of `circuit`.

    Attributes
    ----------
    epochs : at most; learning ends earlier where validation rows become no likelier, and makes fewer over more than 60,000 rows.
    states : hidden states of each variable; fewer in small tables, so that each has rows to learn from.
    max_seconds : wall time of learning; None where the same input must give the same output.
    batch_size : rows of a mini-batch.
    max_rows : a larger table is learnt from a random sample of that many rows; the model's parameters say so.
    max_levels : most levels that a column is learnt with; the rarest others are pooled.
    focus : the column by whose levels the rows are parted, a tree each, such as an outcome that models are to predict; None takes
        the column of two levels that the others tell most about.
    threads : that torch may use; more than one may change the last digits.
    """

    name: ClassVar[str] = "circuit"
    conditions: ClassVar[HowMet] = "exact"

    epochs: int = 16
    states: int = 96
    max_seconds: float | None = None
    batch_size: int = 1_024
    max_rows: int = 200_000
    max_levels: int = 1_000
    focus: str | None = None
    threads: int = 1

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What goes into the manifest."""
        return dataclasses.asdict(self)

    def fit(self, table: pd.DataFrame, columns: tuple[Column, ...], *, seed: int, progress: Progress) -> CircuitModel:
        """Learn a table of strings and None.

        Raises
        ------
        SynthesisFailed : fewer than 100 rows, or a column that cannot be learnt.
        """
        if len(table) < MIN_ROWS:
            raise SynthesisFailed(f"circuit needs at least {MIN_ROWS} rows to learn from and has {len(table)}; "
                                  "add rows or leave this table out of the synthesis")  # fmt: skip
        rows = rows_to_learn(len(table), self.max_rows, generator(seed, "rows"))
        parameters = {**self.parameters, "table_rows": len(table), "learnt_rows": len(table) if rows is None else len(rows)}
        table = table if rows is None else table.iloc[rows]
        encoder = TableEncoder.fit(table, columns, max_levels=self.max_levels, spike_share=SPIKE_SHARE)
        encoded = encoder.encode(table)
        variables = Variables.fit(encoded)
        levels = variables.encode(encoded)
        focus = self._focus(variables, levels)
        parts = [np.arange(len(levels))] if focus is None else _rows_of_parts(levels[:, focus], variables.n_levels[focus])
        history: list[Epoch] = []

        def told(each: Told) -> None:
            history.append(Epoch(len(history) + 1, {"train": -each.train, "validation": -each.validation}))
            progress(history[-1], self._epochs(len(levels)) * len(parts) * len(_strengths(len(levels))))

        rng = generator(seed, "train")
        states: list[States] = []
        tell: Callable[[Told], None] = told
        with torch_threads(self.threads):
            for rows in parts:
                learnt = self._learnt(levels[rows], variables, rng, tell, share=len(rows) / len(levels))
                states.append(learnt.states)
                tell = _untold if learnt.ended else tell
        mixture = Mixture(tuple(states), tuple(len(rows) / len(levels) for rows in parts))
        return CircuitModel(columns, encoder, variables, mixture, parameters, tuple(history))

    def _epochs(self, n_rows: int) -> int:
        return min(self.epochs, max(MIN_EPOCHS, MAX_VISITS // n_rows))

    def _focus(self, variables: Variables, levels: Codes) -> int | None:
        """Return the variable by whose levels the rows are parted, None if there is none."""
        if self.focus is None:
            return most_telling(levels, variables.n_levels)
        places = [place for place, each in enumerate(variables.variables) if variables.place(self.focus) in each.columns]
        return places[0] if len(variables.variables[places[0]].columns) == 1 else None

    def _learnt(
        self, levels: Codes, variables: Variables, rng: np.random.Generator, told: Callable[[Told], None], *, share: float
    ) -> Learnt:
        """Return what was learnt of some rows; of a small table with the smoothing that makes its validation rows likeliest."""
        seconds = None if self.max_seconds is None else self.max_seconds * share
        batch_size = int(np.clip(len(levels) // BATCHES, MIN_BATCH, self.batch_size))
        n_rows = round(len(levels) / share)
        epochs = self._epochs(n_rows)
        n_states = max(MIN_STATES, min(self.states, len(levels) // ROWS_PER_STATE))
        best: Learnt | None = None
        for strength in _strengths(n_rows):
            smoothing = Schedule.smoothing * strength
            schedule = Schedule(epochs, batch_size, smoothing=smoothing, settles=n_rows >= MIN_SETTLED_ROWS, max_seconds=seconds)
            learnt = learn(levels, variables.n_levels, n_states, schedule, rng, told)
            if best is not None and learnt.validation <= best.validation:
                return dataclasses.replace(best, ended=learnt.ended)
            best = learnt
            if learnt.ended:
                break
        assert best is not None
        return best


def _strengths(n_rows: int) -> tuple[int, ...]:
    return STRENGTHS if n_rows <= MAX_TRIED_ROWS else STRENGTHS[:1]


def _untold(_: Told) -> None:
    """End learning after the first epoch: what was asked to stop needs no more than something of every part."""
    raise EnoughLearnt


def _rows_of_parts(levels: Codes, n_levels: int) -> list[Codes]:
    parts = (np.flatnonzero(np.isin(levels, part)) for part in parts_of(levels, n_levels))
    return [rows for rows in parts if len(rows)]
