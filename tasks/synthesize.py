"""Synthesize: learn the transformed tables on a part of the data subjects, and sample stand-ins of the same shape.

The holdout is set aside by data subject, over all tables at once, before anything is fitted. Identifiers are not learnt but made
anew from serial numbers that stand for nobody; free text is withheld; references are drawn so that none is an orphan.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks import artifacts, store
from tasks.check import GATE_CHECKS, QUALITY_CHECKS, measured
from tasks.classify import Classification
from tasks.learning import Lesson
from tasks.making import Learnt, made, owner_of
from tasks.plan import Planned
from tasks.race import raced
from tasks.references import Reference, parents_first
from tasks.split import Split, split_by_subject
from tasks.stage import log, stage
from tasks.standins import Parts, StandIns, identity, parts_of, without_rare
from tasks.told import notes_of
from tasks.transform import Transformed
from veil.errors import SynthesisFailed
from veil.model import CheckReport, CheckResult, Column, Plan, Synthesis, Table
from veil.policy.synthesis import parameters_of
from veil.synthesizers.relational import Relational
from veil.synthesizers.replay import measured_replay, refuse_replay

if TYPE_CHECKING:
    import pandas as pd

    from veil.policy import Policy
    from veil.synthesizers.base import Progress

# What `ctgan` learns from at least, and what the attacks of `veil.checks` need on each side; less would be held in the end.
MIN_TRAIN_ROWS, MIN_HOLDOUT_ROWS = 100, 50

TOLD_TARGET = {"circuit": "focus", "dp_network": "target"}
"""Methods that learn better if they are told which column matters most, and the name of that parameter."""

REPEATING_METHODS = ("cart",)
"""Methods whose likeness can come from repeating rows: their stand-ins pass a test of that first."""

@dataclass(frozen=True)
class Synthesized:
    """The stand-ins, which columns of each were learnt, what was measured on them at once, and where the models lie.

    `measured` holds, by table, what a race has measured of its winner already.
    """

    syntheses: tuple[Synthesis, ...]
    learned: Mapping[str, tuple[Column, ...]]
    results: tuple[CheckResult, ...]
    models: str | None
    notes: tuple[str, ...]
    measured: Mapping[str, CheckReport] = field(default_factory=dict)


@stage("synthesize")
def synthesize(
    policy: Policy,
    dataset: str,
    classified: Sequence[Classification],
    planned: Planned,
    transformed: Transformed,
    work: str,
    seed: int,
    epochs: int | None,
    bar: Callable[[str, str], Progress] = artifacts.training,
) -> Synthesized:
    """Make a stand-in for every transformed table that is to have one, parents before children.

    Parameters
    ----------
    dataset : for the keys of the progress artifacts.
    epochs : training epochs; None takes the policy's.
    bar : given data set and table, returns what is called after every epoch; Prefect's progress artifact needs a run.
    """
    wanted = [table.name for table in transformed.tables if policy.synthesize.method(table.name) != "none"]
    if not wanted:
        return Synthesized((), {}, (), None, ("The policy asks for no stand-in.",))
    _require_parents(wanted, planned.references)
    splits = split_by_subject(policy, classified, planned.plans, transformed.tables, seed)
    run = _Synthesis(policy, dataset, transformed, splits, planned, Path(work), seed, epochs, bar)
    syntheses: dict[str, Synthesis] = {}
    reports: dict[str, CheckReport] = {}
    for name in parents_first(wanted, planned.references):
        syntheses[name] = run.make(name, syntheses, reports)
    ordered = tuple(syntheses[name] for name in wanted)
    learned = {name: run.learned(name) for name in wanted}
    results = tuple(
        result
        for each in ordered
        for result in measured([each], learned, planned, seed, GATE_CHECKS, run.n_rows(each.synthetic.name)).results
    )
    left = [table.name for table in transformed.tables if table.name not in wanted]
    notes = notes_of(policy, ordered, left)
    return Synthesized(ordered, learned, results, str(run.models), notes, reports)


def _require_parents(wanted: Sequence[str], references: Sequence[Reference]) -> None:
    for link in references:
        if link.child in wanted and link.parent not in wanted:
            raise SynthesisFailed(f"table `{link.child}` is to have a stand-in and refers to `{link.parent}`, which has none; "
                                  "give both a synthesizer, or both `none`")


@dataclass(frozen=True)
class _Synthesis:
    policy: Policy
    dataset: str
    transformed: Transformed
    splits: Mapping[str, Split]
    planned: Planned
    work: Path
    seed: int
    epochs: int | None
    bar: Callable[[str, str], Progress]
    learnt: dict[str, Learnt] = field(default_factory=dict, repr=False)
    withholding: dict[str, Parts] = field(default_factory=dict, repr=False)
    entered: dict[tuple[str, str], Learnt] = field(default_factory=dict, repr=False)

    @property
    def links(self) -> Sequence[Reference]:
        return self.planned.references

    @cached_property
    def identity(self) -> str:
        """Tell this drop from others by what stands for its people, whatever format its files have."""
        tables = self.transformed.tables
        return identity(store.read_table(table, columns=list(self.parts(table.name).regenerated)) for table in tables)

    @property
    def models(self) -> Path:
        return self.work / "models"

    def n_rows(self, name: str) -> int:
        table, _ = self._table(name)
        return self.policy.synthesize.n_rows(name, table.n_rows)

    def parts(self, name: str) -> Parts:
        if name in self.withholding:
            return self.withholding[name]
        table, plan = self._table(name)
        return parts_of(table, plan, [link for link in self.links if link.child == name])

    def learned(self, name: str) -> tuple[Column, ...]:
        """Return the columns that the stand-in is compared by: those that were learnt."""
        excluded = self.policy.synthesize.control(name).exclude
        return tuple(column for column in self.parts(name).learned if column.name not in excluded)

    def make(self, name: str, before: Mapping[str, Synthesis], reports: dict[str, CheckReport]) -> Synthesis:
        table, plan = self._table(name)
        parts, split = self.parts(name), self.splits[name]
        self._require_enough(table, parts, split)
        train, holdout = self._split(table, split)
        rows = store.read_table(train)
        parts = self.withholding[name] = without_rare(parts, rows)
        self._require_enough(table, parts, split)
        log("split", table=name, train=train.n_rows, holdout=holdout.n_rows, learned=len(parts.learned))
        stand_ins = StandIns(
            table=table,
            plan=plan,
            parts=parts,
            split=split,
            train=rows,
            parents=self._keys(name, {parent: synthesis.synthetic for parent, synthesis in before.items()}),
            parent_keys=self._keys(name, {parent: synthesis.train for parent, synthesis in before.items()}),
            parent_splits={link.column: self.splits[link.parent] for link in parts.references},
            seed=self.seed,
            null_values=frozenset(self.policy.defaults.null_values),
            texts=self.policy.synthesize.texts(name),
            drop=self.identity,
        )
        make = partial(self._made, stand_ins, train, holdout)
        method = self.policy.synthesize.method(name)
        if method != "auto":
            return make(method)
        first = Relational.name if owner_of(stand_ins) else None
        synthesis, reports[name] = raced(self.policy, name, make, self._measured, first=first)
        self.learnt[name] = self.entered[name, synthesis.synthesizer]
        self._keep_winner(name, synthesis.synthesizer)
        return synthesis

    def _made(self, stand_ins: StandIns, train: Table, holdout: Table, method: str) -> Synthesis:
        """Let one method learn and sample a table."""
        name = stand_ins.table.name
        lesson = Lesson(
            table=name,
            method=method,
            parameters=self._parameters(name, method),
            seed=self.seed,
            bar=lambda: self.bar(self.dataset, f"{name}-{method}" if self.policy.synthesize.method(name) == "auto" else name),
            folder=self._model_folder(name, method),
        )
        wanted = self.policy.synthesize
        table = made(lesson, stand_ins, self.n_rows(name), wanted.control(name), wanted.order_by(name), self.learnt)
        self.learnt[name] = table.learnt
        self.entered[name, method] = table.learnt
        synthetic = self._write(name, table.frame, table.columns, f"synthetic/{method}")
        if method in REPEATING_METHODS:
            names = [column.name for column in self.learned(name)]
            learnt, held = (store.read_table(side, columns=names) for side in (train, holdout))
            refuse_replay(measured_replay(learnt, held, table.frame, names))
        return Synthesis(
            train=train,
            holdout=holdout,
            synthetic=synthetic,
            synthesizer=method,
            parameters=table.parameters,
            epsilon=table.parameters.get("epsilon"),
            delta=table.parameters.get("delta"),
            history=table.history,
            regenerated=stand_ins.parts.regenerated,
            withheld=stand_ins.parts.withheld,
            asked=table.asked,
        )

    def _measured(self, synthesis: Synthesis) -> CheckReport:
        name = synthesis.synthetic.name
        return measured([synthesis], {name: self.learned(name)}, self.planned, self.seed, QUALITY_CHECKS)

    def _model_folder(self, name: str, method: str) -> Path:
        return self.work / "race" / name / method if self.policy.synthesize.method(name) == "auto" else self.models / name

    def _keep_winner(self, name: str, method: str) -> None:
        """Move the winner's model to where a single method's would be; the others' go with the work files."""
        self.models.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.work / "race" / name / method).rename(self.models / name)

    def _parameters(self, name: str, method: str) -> dict[str, Any]:
        given = self.policy.synthesize.parameters(name, method)
        if self.epochs and "epochs" in parameters_of(method):
            given["epochs"] = self.epochs
        target = self.planned.targets.get(name)
        if method in TOLD_TARGET and target in {column.name for column in self.learned(name)}:
            given.setdefault(TOLD_TARGET[method], target)
        if given.get("unit") == "subject":
            split = self.splits[name]
            given["subjects"] = split.subject_codes[~split.in_holdout].tolist()
        return given

    def _require_enough(self, table: Table, parts: Parts, split: Split) -> None:
        """Refuse, before anything is trained, what could not be learnt or not be measured afterwards."""
        if not parts.learned:
            raise SynthesisFailed(
                f"table `{table.name}`: there is nothing to learn, for every column is an identifier, free text or a reference; "
                "say `synthesizer: none`, or leave the table out of the drop"
            )
        n_holdout = int(split.in_holdout.sum())
        n_train = len(split.in_holdout) - n_holdout
        if n_train < MIN_TRAIN_ROWS or n_holdout < MIN_HOLDOUT_ROWS:
            share = self.policy.synthesize.holdout
            enough = max(math.ceil(MIN_TRAIN_ROWS / (1 - share)), math.ceil(MIN_HOLDOUT_ROWS / share))
            raise SynthesisFailed(
                f"table `{table.name}`: {n_train} rows to learn from and {n_holdout} to measure against; needed are "
                f"{MIN_TRAIN_ROWS} and {MIN_HOLDOUT_ROWS}, so about {enough} rows with `holdout: {share:g}`; or say "
                "`synthesizer: none`"
            )

    def _split(self, table: Table, split: Split) -> tuple[Table, Table]:
        frame = store.read_table(table)
        train, holdout = frame[~split.in_holdout], frame[split.in_holdout]
        return (
            self._write(table.name, train.reset_index(drop=True), table.columns, "train"),
            self._write(table.name, holdout.reset_index(drop=True), table.columns, "holdout"),
        )

    def _write(self, name: str, frame: pd.DataFrame, columns: tuple[Column, ...], kind: str) -> Table:
        return store.write_table(name, iter([frame]), self.work / kind / name, columns=columns, stage="synthesize")

    def _keys(self, name: str, parents: Mapping[str, Table]) -> dict[str, pd.Series[Any]]:
        """Return, per referencing column, the key column of the parent among these tables."""
        return {
            link.column: store.read_table(parents[link.parent], columns=[link.parent_column])[link.parent_column]
            for link in self.links
            if link.child == name
        }

    def _table(self, name: str) -> tuple[Table, Plan]:
        tables = {table.name: (table, plan) for table, plan in zip(self.transformed.tables, self.transformed.plans, strict=True)}
        return tables[name]
