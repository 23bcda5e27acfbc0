"""One table carried through its plan: the engine, the search of its texts, and rows set aside where the policy allows it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks import store
from tasks.classify import Classification
from tasks.engine import ColumnCount, Job, Runner, transform_table
from tasks.engine.partition import Partition
from tasks.engine.partition import Transformed as Done
from tasks.engine.quarantine import failing_rows
from tasks.engine.runner import ALONE
from tasks.own_values import Owners
from tasks.residual import Sources
from tasks.selection import without_rows
from tasks.settings import Keyring
from tasks.stage import log
from tasks.texts import searches, text_columns
from veil.errors import TransformFailed
from veil.legal import TEXTS
from veil.model import FileFormat, Plan, Step, Table
from veil.plan import build_transform
from veil.recognizers.custom import with_custom
from veil.transforms import Transform
from veil.transforms.redact_text import RedactText

if TYPE_CHECKING:
    from veil.policy import Policy
    from veil.recognizers.text.column import TextColumn

PARQUET = FileFormat("parquet", suffix=".parquet")


@dataclass(frozen=True)
class Carried:
    """A table that went through its plan.

    `classified` holds the raw table of the same rows, `counts` what was counted per column, `n_rows` how many rows came and
    `n_aside` how many of them were set aside.
    """

    classified: Classification
    table: Table
    counts: Mapping[str, ColumnCount]
    n_rows: int
    n_aside: int = 0


@dataclass(frozen=True)
class Carrier:
    """Carries the tables of a drop through their plans.

    `work` is the run's work folder; `quarantine` is where rows are set aside, None if they are not. `classified` and `plans` are
    those of the whole drop: what any table holds about somebody is looked for in the texts about them. `runner` transforms.
    """

    policy: Policy
    keyring: Keyring
    sources: Sources
    work: Path
    quarantine: Path | None
    classified: Sequence[Classification] = ()
    plans: Sequence[Plan] = ()
    runner: Runner = ALONE

    def carry(self, classified: Classification, plan: Plan) -> Carried:
        """Transform a table; if a cell cannot be, the drop fails, or its row is set aside.

        Raises
        ------
        TransformFailed : a cell that a transform cannot handle, where the policy says `on_error: fail` or too many are.
        """
        raw = classified.table
        try:
            carried = Carried(classified, *self._through(raw, plan), raw.n_rows)
        except TransformFailed:
            if self.policy.defaults.on_error != "quarantine" or self.quarantine is None:
                raise
            carried = None
        carried = carried or self._without_failing(classified, plan, self.quarantine)
        log("transformed", table=raw.name, rows=carried.table.n_rows, columns=len(carried.table.columns), aside=carried.n_aside)
        return carried

    def _through(self, raw: Table, plan: Plan) -> tuple[Table, Mapping[str, ColumnCount]]:
        job = self._job(raw, plan)
        texts = _Texts(self.policy, raw, plan, self.sources, self._owners)
        return transform_table(job, texts.known, self.runner)

    @cached_property
    def _owners(self) -> Owners:
        jobs = [self._job(each.table, plan) for each, plan in zip(self.classified, self.plans, strict=True)]
        return Owners.of(jobs, self.classified)

    def _job(self, raw: Table, plan: Plan) -> Job:
        return Job.of(self.policy, self.keyring, raw, plan, str(self.work / "transformed" / raw.name))

    def _without_failing(self, classified: Classification, plan: Plan, quarantine: Path | None) -> Carried:
        raw = classified.table
        rows = failing_rows(self._job(raw, plan), int(self.policy.gates.transform.quarantined.value))
        rest, aside = without_rows(raw, rows, self.work / "quarantine" / raw.name)
        if aside.n_rows and quarantine is not None:
            quarantine.mkdir(parents=True, exist_ok=True, mode=0o700)
            store.write_output(aside, PARQUET, quarantine / f"{raw.name}.parquet")
        return Carried(dataclasses.replace(classified, table=rest), *self._through(rest, plan), raw.n_rows, aside.n_rows)


@dataclass(frozen=True)
class _Texts:
    """The search of a table's text columns, prepared only if one is redacted; it knows the identifiers of the whole drop."""

    policy: Policy
    raw: Table
    plan: Plan
    sources: Sources
    owners: Owners

    def known(self, step: Step, method: Transform, partition: Partition, done: Done) -> Mapping[str, Any]:
        """Return what the transform of a text column is given: its search, with the policy's own recognizers, and own values."""
        if not isinstance(method, RedactText):
            return {}
        more: dict[str, Any] = {}
        if method.finds:
            more["find_spans"] = with_custom(self._columns[step.column].spans, self.policy.custom_recognizers())
        if "subject" in method.using:
            if "own" not in partition.memo:
                partition.memo["own"] = self.owners.values(partition, done)
            more["own"] = partition.memo["own"]
        return more

    @cached_property
    def _columns(self) -> dict[str, TextColumn]:
        actions = [action for step in self.plan.steps for action in step.actions if action.transform is not None]
        found = searches({action.column: build_transform(action) for action in actions if action.transform in TEXTS})
        return text_columns(self.raw, list(found), self.sources.known, found) if found else {}
