"""Before training: what is asked is checked, and the table is brought into the form in which it is learnt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from veil.errors import SynthesisFailed, few
from veil.model import Column
from veil.synthesizers.control.asked import Control
from veil.synthesizers.control.constraints import Constraint, Determines, Total
from veil.synthesizers.control.contradictions import contradictions, named_columns
from veil.synthesizers.control.gaps import Reshaping, reshaping

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Prepared:
    """A table as it is to be learnt, and the way back.

    Attributes
    ----------
    columns : of the table as it came.
    frame, learnable : rows and columns for `fit`.
    original : the rows that the stand-in is compared with, in full form; None where they must not be looked at.
    reshapings, learnt : the steps back to the full form, and the constraints that hold by them.
    """

    control: Control
    columns: tuple[Column, ...]
    frame: pd.DataFrame = field(repr=False)
    learnable: tuple[Column, ...]
    original: pd.DataFrame | None = field(repr=False)
    reshapings: tuple[Reshaping, ...] = field(repr=False)
    learnt: tuple[Constraint, ...] = ()

    @property
    def watched(self) -> tuple[Constraint, ...]:
        """The constraints that are looked at in every draw: all, if one of them changes rows that others have been met in."""
        others = tuple(constraint for constraint in self.control.constraints if constraint not in self.learnt)
        return self.control.constraints if any(isinstance(each, (Total, Determines)) for each in others) else others

    @property
    def steerable(self) -> dict[str, Column]:
        """The columns that something can be asked of: all but the excluded ones."""
        return {column.name: column for column in self.columns if column.name not in self.control.exclude}


def prepare(
    control: Control,
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    private: bool = False,
    untouched: Iterable[str | None] = (),
) -> Prepared:
    """Check what is asked, and return the table as it is to be learnt.

    Parameters
    ----------
    frame : the training rows, strings and None.
    columns : their types and formats, in the frame's order.
    private : the model will be differentially private. Then nothing is decided by the rows here: no constraint is checked or
        learnt by them, all are met after sampling.
    untouched : columns that must be learnt as they are, such as the one that a method focuses on.

    Raises
    ------
    SynthesisFailed : demands that contradict each other, or a constraint that the original does not hold; says in how many rows.
    UnknownColumn : a column that is not there.
    """
    wrong = [f"{message}; {repair}" for _, message, repair in contradictions(control)]
    if wrong:
        raise SynthesisFailed(" | ".join(wrong))
    known = {column.name: column for column in columns}
    _require_known(control, known)
    kept = {name: column for name, column in known.items() if name not in control.exclude}
    rows = frame[list(kept)]
    for constraint in control.constraints:
        constraint.checked(kept)
    steps: list[tuple[Constraint, Reshaping]] = []
    learnable = tuple(kept.values())
    if not private:
        _require_held(control, rows, kept)
        steps = list(_reshapings(control, rows, kept, untouched))
    learnt = rows
    for _, step in steps:
        learnt, learnable = step.reshaped(learnt), step.learnt(learnable)
    if not learnable:
        raise SynthesisFailed("nothing is left to learn: every column is excluded; take one out of `exclude`")
    original, reshapings = None if private else rows, tuple(step for _, step in steps)
    return Prepared(control, tuple(columns), learnt, learnable, original, reshapings, tuple(each for each, _ in steps))


def _require_known(control: Control, known: Mapping[str, Column]) -> None:
    unknown = [name for _, name in named_columns(control) if name not in known]
    unknown += [name for name in control.exclude if name not in known]
    if unknown:
        raise SynthesisFailed(f"`{unknown[0]}` is asked for and is not learnt in this table; name one of the learnt columns")
    if control.mark in known:
        raise SynthesisFailed(f"the mark `{control.mark}` is a column of the table; give it another name")


def _require_held(control: Control, rows: pd.DataFrame, columns: Mapping[str, Column]) -> None:
    for constraint in control.constraints:
        failing = 0 if constraint.repair else int((~constraint.holds(rows, columns)).sum())
        if failing:
            raise SynthesisFailed(f"the constraint {constraint.told()} does not hold in {few(failing)} of {len(rows)} original "
                                  "rows; take it out, or say `repair: true` to ask it of the stand-in all the same")  # fmt: skip


def _reshapings(
    control: Control, rows: pd.DataFrame, columns: Mapping[str, Column], untouched: Iterable[str | None]
) -> Iterator[tuple[Constraint, Reshaping]]:
    """Yield how constraints are learnt. Each column is taken out once, is not what an earlier one needs it for, and is not one
    that extremes are asked of; a constraint that is left out is met by drawing again.
    """
    taken = {*untouched, *(asked.column for asked in control.extremes)}
    computed: set[str] = set()
    for constraint in control.constraints:
        step = reshaping(constraint, rows, columns, bounded=True)
        if step is not None and not {*step.derived} & (taken | computed) and not {*step.needed} & computed:
            computed |= {*step.derived}
            yield constraint, step
