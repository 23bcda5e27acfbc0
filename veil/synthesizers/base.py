"""What every synthesizer is: parameters, `fit` to a model, and a model that samples and can be saved without pickle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from veil.model import Column, Epoch
from veil.synthesizers.conditions import HowMet, Where

if TYPE_CHECKING:
    import pandas as pd

    Progress = Callable[[Epoch, int], None]


class EnoughLearnt(Exception):
    """Raised by `progress` to end a training: the method stops and returns the best model it has so far."""


class Model(Protocol):
    """A fitted synthesizer."""

    @property
    def history(self) -> tuple[Epoch, ...]:
        """The epochs of training, in order."""
        ...

    def sample(self, n_rows: int, *, seed: int, where: Where | None = None) -> pd.DataFrame:
        """Return `n_rows` synthetic rows: strings and None, in the columns and formats it was fitted on.

        Parameters
        ----------
        seed : everything random follows from it.
        where : conditions; every returned row meets them all.

        Raises
        ------
        SynthesisFailed : a condition that nothing supports; says on which column. Never fewer rows than asked.
        """
        ...

    def save(self, folder: Path) -> None:
        """Write the model into an existing folder, as JSON and safetensors; never pickle."""
        ...


class Synthesizer(Protocol):
    """Parameters of a method, and the method.

    `conditions` says how a fitted model meets conditions: "exact" by inference, "learned" by what the training conditioned on
    (with what misses drawn again), "rejected" by drawing until enough rows meet them.
    """

    name: ClassVar[str]
    conditions: ClassVar[HowMet]

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What goes into the manifest."""
        ...

    def fit(self, table: pd.DataFrame, columns: tuple[Column, ...], *, seed: int, progress: Progress) -> Model:
        """Learn a table.

        Parameters
        ----------
        table : (n_rows, n_columns) strings and None; only columns to be learnt, no identifiers.
        columns : their types and formats, in the table's column order.
        seed : everything random follows from it.
        progress : called after every epoch with the epoch and the total number of epochs. Where it raises `EnoughLearnt`, the
            training ends there and the best model so far is returned.

        Raises
        ------
        SynthesisFailed : too few rows, no column, or a training that diverged; says what would be enough.
        """
        ...
