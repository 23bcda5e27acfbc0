"""What a report is made of: small frozen facts from the stages, and nothing that holds a cell or a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from veil.model import (
    CheckReport,
    CheckResult,
    ColumnProfile,
    Contender,
    Decision,
    Epoch,
    Finding,
    GateResult,
    Plan,
    SourceFile,
    Stage,
    Synthesis,
)
from veil.recognizers.columns.quasi import Search

STAGES: tuple[Stage, ...] = ("ingest", "classify", "plan", "transform", "synthesize", "check", "release")


@dataclass(frozen=True)
class FileFacts:
    """One file of the drop: how it is written and what it measures."""

    name: str
    n_rows: int
    n_columns: int
    format: str
    encoding: str
    delimiter: str
    sha256: str

    @classmethod
    def of(cls, source: SourceFile) -> FileFacts:
        """Take the facts from a file that was ingested."""
        written = source.format
        return cls(
            name=source.name,
            n_rows=source.table.n_rows,
            n_columns=len(source.table.columns),
            format=written.kind,
            encoding=written.encoding,
            delimiter=written.delimiter if written.kind == "csv" else "",
            sha256=source.sha256,
        )


@dataclass(frozen=True)
class PolicyFacts:
    """Which policy decided."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True)
class KeyFacts:
    """Which key was used, by name; never its bytes. `fingerprint` tells a wrong key; empty where the key was thrown away."""

    name: str
    epoch: str
    source: Literal["env", "file", "prefect-secret", "ephemeral"]
    fingerprint: str = ""


@dataclass(frozen=True)
class SynthesisFacts:
    """How one table's stand-in was made. Row counts of the split; columns that were not learnt, by name."""

    table: str
    synthesizer: str
    parameters: Mapping[str, Any]
    n_train: int
    n_holdout: int
    n_synthetic: int
    regenerated: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    epsilon: float | None = None
    delta: float | None = None
    race: tuple[Contender, ...] = ()
    asked: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, table: str, synthesis: Synthesis) -> SynthesisFacts:
        """Take the facts from what the synthesize stage made for `table`."""
        return cls(
            table=table,
            synthesizer=synthesis.synthesizer,
            parameters=synthesis.parameters,
            n_train=synthesis.train.n_rows,
            n_holdout=synthesis.holdout.n_rows,
            n_synthetic=synthesis.synthetic.n_rows,
            regenerated=synthesis.regenerated,
            withheld=synthesis.withheld,
            epsilon=synthesis.epsilon,
            delta=synthesis.delta,
            race=synthesis.race,
            asked=synthesis.asked,
        )


@dataclass(frozen=True)
class ReportContent:
    """Everything that a report shows. A part that a held run never reached stays empty, and the report says so.

    Attributes
    ----------
    reasons : why the run ended as it did, one sentence each.
    legal_label : what the outputs are in law, for instance "pseudonymised personal data"; derived by the caller.
    stopped_at : the stage whose gate, or which itself, held the run; None if it was released.
    profiles, histories : by table name.
    transformed : what the transform stage measured on the transformed tables; shown beside `checks`, also if it held the run.
    digests : by name of what was hashed, SHA-256 in hexadecimal.
    searches : by table, which columns single rows out together.
    models_missing : names of the models that were not installed to look for personal data.
    notes : anything else a reader must know, one sentence each.
    """

    dataset: str
    decision: Decision
    reasons: tuple[str, ...] = ()
    legal_label: str = ""
    stopped_at: Stage | None = None
    drop_sha256: str = ""
    files: tuple[FileFacts, ...] = ()
    policy: PolicyFacts | None = None
    keys: tuple[KeyFacts, ...] = ()
    code_version: str = ""
    seed: int | None = None
    findings: tuple[Finding, ...] = ()
    profiles: Mapping[str, tuple[ColumnProfile, ...]] = field(default_factory=dict)
    searches: Mapping[str, Search] = field(default_factory=dict)
    plans: tuple[Plan, ...] = ()
    gates: tuple[GateResult, ...] = ()
    transformed: tuple[CheckResult, ...] = ()
    checks: CheckReport | None = None
    syntheses: tuple[SynthesisFacts, ...] = ()
    histories: Mapping[str, tuple[Epoch, ...]] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    models_missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def results(self) -> tuple[CheckResult, ...]:
        """Return all check results in order, those of the transformed tables first; none if nothing was measured."""
        return (*self.transformed, *(self.checks.results if self.checks else ()))

    @property
    def stop(self) -> str:
        """Where the run was held, in words: at a gate, or within a stage that failed by itself; empty if it was not."""
        failed = any(gate.stage == self.stopped_at and not gate.passed for gate in self.gates)
        return f"{self.stopped_at} {'gate' if failed else 'stage'}" if self.stopped_at else ""

    def reached(self, stage: Stage) -> bool:
        """Tell whether the run came as far as this stage."""
        return self.stopped_at is None or STAGES.index(stage) <= STAGES.index(self.stopped_at)

    def stage_state(self, stage: Stage) -> Literal["passed", "held", "not reached"]:
        """Tell what became of a stage: its gates first, then where the run stopped."""
        if any(gate.stage == stage and not gate.passed for gate in self.gates) or self.stopped_at == stage:
            return "held"
        return "passed" if self.reached(stage) else "not reached"
