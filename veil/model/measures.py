"""What was made and measured: trainings, stand-ins, checks, gates, and the release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from veil.model.tables import Table

Status = Literal["pass", "fail", "not_run"]
Decision = Literal["released", "held"]


@dataclass(frozen=True)
class Epoch:
    """One epoch of training, as shown live and drawn in the report."""

    epoch: int
    losses: Mapping[str, float]


@dataclass(frozen=True)
class Contender:
    """One synthesizer in the race for a table.

    `figures` are the bad ends of what was measured against the holdout. `score` is the mean of those of likeness and use; None if
    it could not learn the table, for the `reason` given. `private` tells whether it met the policy's privacy demands.
    """

    table: str
    synthesizer: str
    score: float | None
    private: bool
    chosen: bool
    figures: Mapping[str, float | None] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Synthesis:
    """A synthetic table, what it was learnt from, and how. `train` and `holdout` share no data subject.

    `race` holds every synthesizer that was tried where the policy let several; each is an attempt against the same holdout.
    `asked` holds what the policy asks of the stand-in beyond likeness, as figures: kind, columns, what was asked, what came.
    """

    train: Table
    holdout: Table
    synthetic: Table
    synthesizer: str
    parameters: Mapping[str, Any]
    epsilon: float | None
    delta: float | None
    history: tuple[Epoch, ...]
    regenerated: tuple[str, ...]
    withheld: tuple[str, ...]
    race: tuple[Contender, ...] = ()
    asked: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class CheckResult:
    """One measured figure with its interval. A check that could not run is `not_run`, and that is not a pass.

    `low` and `high` bound a 95 % interval where there is one; both equal `value` for a count of the whole table.
    `threshold` is filled by the gate. `better` says which end of the interval the gate looks at: the bad one.
    """

    check: str
    family: Literal["structure", "fidelity", "utility", "privacy"]
    table: str
    columns: tuple[str, ...]
    value: float | None
    low: float | None = None
    high: float | None = None
    better: Literal["higher", "lower"] = "higher"
    status: Status = "pass"
    threshold: str | None = None
    detail: str = ""
    n: int | None = None

    @property
    def bad_end(self) -> float | None:
        """The end of the interval that a gate judges by; None if the check did not run."""
        if self.status == "not_run" or self.value is None:
            return None
        end = self.low if self.better == "higher" else self.high
        return self.value if end is None else end


@dataclass(frozen=True)
class Comparison:
    """A column's distribution in two tables, as shares per bin or level; levels by rank, never by label.

    For a numeric column the bins are equal-width between the 1st and 99th percentile and the labels are left out:
    a bin's edge or a level's name would be a cell.
    """

    table: str
    column: str
    kind: Literal["numeric", "categorical"]
    original: tuple[float, ...]
    synthetic: tuple[float, ...]
    score: float


@dataclass(frozen=True)
class Association:
    """Pairwise association in [0, 1] of the modelled columns, in both tables; square, in `columns` order."""

    table: str
    columns: tuple[str, ...]
    original: tuple[tuple[float, ...], ...]
    synthetic: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class ModelScore:
    """How well one model does on the holdout when trained on each table; `metric` names the score, 1 is best."""

    table: str
    target: str
    model: str
    metric: str
    trained_on_original: float
    trained_on_synthetic: float


@dataclass(frozen=True)
class CheckReport:
    """All that the check stage measured, for all tables."""

    results: tuple[CheckResult, ...]
    comparisons: tuple[Comparison, ...] = ()
    associations: tuple[Association, ...] = ()
    models: tuple[ModelScore, ...] = ()


@dataclass(frozen=True)
class Expectation:
    """One line of a gate's result: what was demanded and what was counted. No observed cell is copied into it."""

    name: str
    passed: bool
    demanded: str
    observed: float | None
    reason: str = ""


@dataclass(frozen=True)
class GateResult:
    """The verdict of one gate, as evaluated by Great Expectations."""

    stage: str
    passed: bool
    expectations: tuple[Expectation, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the expectations that did not hold."""
        return tuple(expectation.name for expectation in self.expectations if not expectation.passed)


@dataclass(frozen=True)
class Release:
    """What a run ended in: published tables and evidence, or held with reasons."""

    uri: str
    dataset: str
    decision: Decision
    reasons: tuple[str, ...]
    tables: tuple[str, ...]
    report: str
    drop_sha256: str
    policy_sha256: str
    manifest_sha256: str
    released_at: str
