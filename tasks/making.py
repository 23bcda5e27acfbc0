"""How a method learns a table and makes its rows: row by row, subject by subject, or as children of a table that is made already.

`relational` and `sequence` see more than a table's rows, so they have calls of their own; every other method is steered towards
what the policy asks (`veil.synthesizers.control`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tasks.learning import Lesson
from tasks.references import Reference
from tasks.standins import StandIns
from veil import rng
from veil.columns import factorize
from veil.errors import SynthesisFailed
from veil.model import Column, Epoch
from veil.synthesizers.control import Control, prepare, steered
from veil.synthesizers.relational import Relational
from veil.synthesizers.sequence import Sequence as Sequences

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]

PRIVATE_METHODS = ("dp_network",)
WHOLE_ROWS = 1.2
"""Subjects are drawn until they have so many times the rows that are wanted; then rows beyond the wanted number are cut off."""


@dataclass(frozen=True)
class Learnt:
    """A table as it was learnt, and as the stand-in has it, for the tables that refer to it."""

    train: pd.DataFrame = field(repr=False)
    made: pd.DataFrame = field(repr=False)
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Made:
    """What a method made of a table: all its columns, completed.

    Attributes
    ----------
    columns : of `frame`, in its order.
    learnt : for tables that refer to this one.
    asked : figures of what the policy asks beyond likeness.
    """

    frame: pd.DataFrame = field(repr=False)
    columns: tuple[Column, ...]
    learnt: Learnt
    parameters: Mapping[str, Any]
    history: tuple[Epoch, ...]
    asked: tuple[Mapping[str, Any], ...] = ()


def made(
    lesson: Lesson, stand_ins: StandIns, n_rows: int, control: Control, order_by: Sequence[str], parents: Mapping[str, Learnt]
) -> Made:
    """Learn and make one table.

    Parameters
    ----------
    control : what the policy asks beyond likeness.
    order_by : the columns that order a subject's rows.
    parents : the tables that are made already.

    Raises
    ------
    SynthesisFailed : the method cannot learn this table; says why.
    """
    if lesson.method in (Relational.name, Sequences.name) and not control.is_empty:
        raise SynthesisFailed(f"table `{lesson.table}`: `control` steers methods that sample row by row, and `{lesson.method}` "
                              "does not; say `synthesizer: circuit` for this table, or take `control` out")  # fmt: skip
    if lesson.method == Relational.name:
        return _children(lesson, stand_ins, n_rows, order_by, parents)
    if lesson.method == Sequences.name:
        return _subjects(lesson, stand_ins, n_rows, order_by)
    private = lesson.method in PRIVATE_METHODS
    focus = lesson.parameters.get("focus")
    prepared = prepare(
        control, stand_ins.learnable(), stand_ins.modelled, private=private, untouched=(focus,) if focus is not None else ()
    )
    model = lesson.learn(prepared.frame, prepared.learnable)
    rows = steered(prepared, model, n_rows, seed=rng.integer(lesson.seed, "sample", lesson.table))
    whole = stand_ins.complete(rows.frame)
    columns = {column.name: column for column in (*rows.columns, *stand_ins.table.columns)}
    own = tuple(columns[name] for name in whole.columns)
    asked = tuple(dataclasses.asdict(fact) for fact in rows.facts.facts)
    learnt = Learnt(stand_ins.learnable(), rows.frame, tuple(each for each in stand_ins.modelled if each.name in rows.frame))
    return Made(whole, own, learnt, _parameters(lesson, model), tuple(model.history), asked)


def owner_of(stand_ins: StandIns) -> Reference | None:
    """Return the reference to the table that rows of this one belong to: the subject's own, else the only one there is."""
    links = stand_ins.parts.references
    about = [link for link in links if link.column == stand_ins.plan.subject]
    return about[0] if about else links[0] if len(links) == 1 else None


def _children(
    lesson: Lesson, stand_ins: StandIns, n_rows: int, order_by: Sequence[str], parents: Mapping[str, Learnt]
) -> Made:
    link = owner_of(stand_ins)
    if link is None:
        raise SynthesisFailed(f"table `{lesson.table}`: `relational` needs one reference that says whom a row belongs to: that "
                              "of the subject column, or a single one; use `circuit`, or name the `subject`")
    parent = parents[link.parent]
    places = places_among(stand_ins.train[link.column], stand_ins.parent_keys[link.column])
    given = {**lesson.parameters, **({"order_by": order_by[0]} if order_by else {})}
    synthesizer = Relational(**given)
    frame, columns = stand_ins.learnable(), stand_ins.modelled
    model = lesson.fitted(
        lambda seed, show: synthesizer.fit(parent.train, frame, places, parent.columns, columns, seed=seed, progress=show)
    )
    owners, rows = model.sample(parent.made, n_rows, seed=rng.integer(lesson.seed, "sample", lesson.table))
    whole = stand_ins.complete(rows, drawn={link.column: owners})
    return Made(whole, _columns(stand_ins, whole), Learnt(frame, rows, columns), _parameters(lesson, model), tuple(model.history))


def _subjects(lesson: Lesson, stand_ins: StandIns, n_rows: int, order_by: Sequence[str]) -> Made:
    import pandas as pd

    if owner_of(stand_ins) is not None and stand_ins.plan.subject in {link.column for link in stand_ins.parts.references}:
        raise SynthesisFailed(f"table `{lesson.table}`: its subjects have a table of their own, so they are not made here; use "
                              "`relational`, which keeps rows in order too")
    frame, columns = stand_ins.learnable(), stand_ins.modelled
    train = ~stand_ins.split.in_holdout
    subjects = pd.Series(stand_ins.split.subject_codes[train]).astype(str).astype(object)
    synthesizer = Sequences(**lesson.parameters)
    about = {"subjects": subjects, "order_by": tuple(order_by)}
    model = lesson.fitted(lambda seed, show: synthesizer.fit(frame, columns, **about, seed=seed, progress=show))
    seed = rng.integer(lesson.seed, "sample", lesson.table)
    n_subjects = max(1, round(int(subjects.nunique()) * n_rows / max(len(frame), 1) * WHOLE_ROWS))
    owners, rows = model.sample(n_subjects, seed=seed)
    while len(rows) < n_rows:
        n_subjects *= 2
        owners, rows = model.sample(n_subjects, seed=seed)
    owners, rows = owners[:n_rows], rows.iloc[:n_rows].reset_index(drop=True)
    whole = stand_ins.complete(rows, owners=owners)
    return Made(whole, _columns(stand_ins, whole), Learnt(frame, rows, columns), _parameters(lesson, model), tuple(model.history))


def places_among(references: pd.Series[Any], keys: pd.Series[Any]) -> Codes:
    """Return the place of the row that each reference points to, -1 where it points nowhere."""
    import pandas as pd

    codes, distinct = factorize(references.to_numpy(dtype=object))
    first = pd.Series(np.arange(len(keys)), index=pd.Index(keys.to_numpy(dtype=object), dtype=object))
    first = first[~first.index.duplicated() & first.index.notna()]
    found = first.reindex(pd.Index(distinct, dtype=object)).fillna(-1).to_numpy(dtype=np.int64)
    return np.asarray(np.append(found, -1)[codes])


def _columns(stand_ins: StandIns, frame: pd.DataFrame) -> tuple[Column, ...]:
    return tuple(stand_ins.table.column(name) for name in frame.columns)


def _parameters(lesson: Lesson, model: Any) -> dict[str, Any]:
    return dict(getattr(model, "parameters", lesson.parameters))
