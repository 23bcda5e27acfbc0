"""Synthesize: learn the transformed tables on a part of the data subjects, and sample stand-ins of the same shape.

The holdout is set aside by data subject, over all tables at once, before anything is fitted. Identifiers are not learnt but made
anew from serial numbers that stand for nobody; free text is withheld; references are drawn so that none is an orphan.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks import artifacts, store
from tasks.check import GATE_CHECKS, measured
from tasks.classify import Classification
from tasks.plan import Planned
from tasks.references import Reference, parents_first
from tasks.split import Split, split_by_subject
from tasks.stage import log, stage
from tasks.standins import Parts, StandIns, parts_of
from tasks.transform import Transformed
from veil import rng
from veil.errors import SynthesisFailed
from veil.model import CheckResult, Column, Epoch, Plan, Synthesis, Table
from veil.synthesizers import SYNTHESIZERS

if TYPE_CHECKING:
    import pandas as pd

    from veil.policy import Policy
    from veil.synthesizers.base import Model, Progress, Synthesizer

# What `ctgan` learns from at least, and what the attacks of `veil.checks` need on each side; less would be held in the end.
MIN_TRAIN_ROWS, MIN_HOLDOUT_ROWS = 100, 50

METHODS = {
    "circuit": "circuit: trees of hidden states over the columns, learnt by expectation-maximization; likelihoods are exact.",
    "ctgan": "ctgan: trained by the ctgan package with a second loss on pairs of columns, then calibrated to training marginals.",
}


@dataclass(frozen=True)
class Synthesized:
    """The stand-ins, which columns of each were learnt, what was measured on them at once, and where the models lie."""

    syntheses: tuple[Synthesis, ...]
    learned: Mapping[str, tuple[Column, ...]]
    results: tuple[CheckResult, ...]
    models: str | None
    notes: tuple[str, ...]


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
    """Make a stand-in for every transformed table, parents before children.

    Parameters
    ----------
    dataset : for the keys of the progress artifacts.
    epochs : training epochs; None takes the policy's.
    bar : given data set and table, returns what is called after every epoch; Prefect's progress artifact needs a run.
    """
    if policy.synthesize.synthesizer == "none":
        return Synthesized((), {}, (), None, ("The policy asks for no stand-in.",))
    splits = split_by_subject(policy, classified, planned.plans, transformed.tables, seed)
    run = _Synthesis(policy, dataset, transformed, splits, planned, Path(work), seed, epochs, bar)
    made: dict[str, Synthesis] = {}
    for name in parents_first([table.name for table in transformed.tables], planned.references):
        made[name] = run.make(name, made)
    ordered = tuple(made[table.name] for table in transformed.tables)
    learned = {name: run.parts(name).learned for name in made}
    asked = None if policy.synthesize.rows == "same" else int(policy.synthesize.rows)
    results = measured(ordered, learned, planned, seed, GATE_CHECKS, asked).results
    return Synthesized(ordered, learned, results, str(run.models), tuple(run.notes()))


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

    @property
    def links(self) -> Sequence[Reference]:
        return self.planned.references

    @property
    def models(self) -> Path:
        return self.work / "models"

    def parts(self, name: str) -> Parts:
        table, plan = self._table(name)
        return parts_of(table, plan, [link for link in self.links if link.child == name])

    def make(self, name: str, made: Mapping[str, Synthesis]) -> Synthesis:
        table, plan = self._table(name)
        parts, split = self.parts(name), self.splits[name]
        self._require_enough(table, parts, split)
        train, holdout = self._split(table, split)
        log("split", table=name, train=train.n_rows, holdout=holdout.n_rows, learned=len(parts.learned))
        stand_ins = StandIns(
            table=table,
            plan=plan,
            parts=parts,
            split=split,
            train=store.read_table(train),
            parents=self._parents(name, made),
            parent_splits={link.column: self.splits[link.parent] for link in parts.references},
            seed=self.seed,
            null_values=frozenset(self.policy.defaults.null_values),
        )
        model = self._fit(name, stand_ins.learnable(), stand_ins.modelled)
        n_rows = table.n_rows if self.policy.synthesize.rows == "same" else int(self.policy.synthesize.rows)
        sampled = model.sample(n_rows, seed=rng.integer(self.seed, "sample", name))
        synthetic = self._write(name, stand_ins.complete(sampled), table.columns, "synthetic")
        return Synthesis(
            train=train,
            holdout=holdout,
            synthetic=synthetic,
            synthesizer=self.policy.synthesize.synthesizer,
            parameters=dict(self._method(name).parameters),
            epsilon=None,
            delta=None,
            history=tuple(model.history),
            regenerated=parts.regenerated,
            withheld=parts.withheld,
        )

    def notes(self) -> list[str]:
        notes = [METHODS[name] for name in [self.policy.synthesize.synthesizer] if name in METHODS]
        for table in self.transformed.tables:
            withheld = self.parts(table.name).withheld
            if withheld:
                columns = ", ".join(f"`{column}`" for column in withheld)
                notes.append(f"{table.name}: {columns}: text is not synthesized; the stand-in holds a marker in its place.")
        return notes

    def _fit(self, name: str, frame: pd.DataFrame, columns: tuple[Column, ...]) -> Model:
        progress = self.bar(self.dataset, name)

        def show(epoch: Epoch, n_epochs: int) -> None:
            progress(epoch, n_epochs)
            losses = {loss.replace(" ", "_"): f"{value:.3f}" for loss, value in epoch.losses.items()}
            log("training", table=name, epoch=f"{epoch.epoch}/{n_epochs}", **losses)

        model = self._learnt(name, frame, columns, show)
        folder = self.models / name
        folder.mkdir(mode=0o700, parents=True)
        model.save(folder)
        return model

    def _learnt(self, name: str, frame: pd.DataFrame, columns: tuple[Column, ...], show: Progress) -> Model:
        failure = ""
        try:
            return self._method(name).fit(frame, columns, seed=rng.integer(self.seed, "fit", name), progress=show)
        except SynthesisFailed as error:
            failure = str(error)
        raise SynthesisFailed(f"table `{name}`: {failure}")

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

    def _method(self, name: str) -> Synthesizer:
        wanted = self.policy.synthesize
        epochs = self.epochs or wanted.epochs
        given: dict[str, Any] = {"epochs": epochs, "batch_size": wanted.batch_size, "max_seconds": wanted.max_seconds}
        target = self.planned.targets.get(name)
        if wanted.synthesizer == "circuit" and target in {column.name for column in self.parts(name).learned}:
            given["focus"] = target
        return SYNTHESIZERS[wanted.synthesizer](**{name: value for name, value in given.items() if value is not None})

    def _split(self, table: Table, split: Split) -> tuple[Table, Table]:
        frame = store.read_table(table)
        train, holdout = frame[~split.in_holdout], frame[split.in_holdout]
        return (
            self._write(table.name, train.reset_index(drop=True), table.columns, "train"),
            self._write(table.name, holdout.reset_index(drop=True), table.columns, "holdout"),
        )

    def _write(self, name: str, frame: pd.DataFrame, columns: tuple[Column, ...], kind: str) -> Table:
        return store.write_table(name, iter([frame]), self.work / kind / name, columns=columns, stage="synthesize")

    def _parents(self, name: str, made: Mapping[str, Synthesis]) -> dict[str, pd.Series[Any]]:
        """Return, per referencing column, the parent's synthetic key column."""
        return {
            link.column: store.read_table(made[link.parent].synthetic, columns=[link.parent_column])[link.parent_column]
            for link in self.links
            if link.child == name
        }

    def _table(self, name: str) -> tuple[Table, Plan]:
        tables = {table.name: (table, plan) for table, plan in zip(self.transformed.tables, self.transformed.plans, strict=True)}
        return tables[name]
