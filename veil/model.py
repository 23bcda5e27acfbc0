"""The small frozen values that travel between stages. None of them holds a cell; `__repr__` of all is safe to log."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["direct", "quasi", "sensitive", "other"]
LogicalType = Literal["text", "integer", "decimal", "boolean", "date", "datetime", "category", "json"]
Stage = Literal["ingest", "classify", "plan", "transform", "synthesize", "check", "release"]
Status = Literal["pass", "fail", "not_run"]
Decision = Literal["released", "held"]


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, what its cells are, and how they are written.

    `physical` is the type in the source file where the format has types (an Arrow type for Parquet, a JSON kind for
    JSONL), so that a kept column is written back as it came; `"string"` otherwise.
    """

    name: str
    type: LogicalType = "text"
    format: str | None = None
    nullable: bool = True
    physical: str = "string"


@dataclass(frozen=True)
class Table:
    """A handle on a table: a folder of Parquet partitions, all cells strings or null, in source order."""

    name: str
    uri: str
    sha256: str
    n_rows: int
    columns: tuple[Column, ...]
    stage: str

    def column(self, name: str) -> Column:
        """Return the column of that name; `KeyError` if there is none."""
        return {column.name: column for column in self.columns}[name]


@dataclass(frozen=True)
class FileFormat:
    """How a source file is written, so that the output can be written alike. Reported, never guessed in silence."""

    kind: Literal["csv", "jsonl", "parquet"]
    encoding: str = "utf-8"
    bom: bool = False
    delimiter: str = ","
    quote: str = '"'
    newline: str = "\n"
    final_newline: bool = True
    compression: Literal["none", "gzip"] = "none"
    suffix: str = ".csv"


@dataclass(frozen=True)
class SourceFile:
    """One file of a drop and the table that was read from it."""

    name: str
    sha256: str
    size_bytes: int
    format: FileFormat
    table: Table


@dataclass(frozen=True)
class Drop:
    """A drop as it arrived. `sha256` covers the file names and contents, in name order."""

    uri: str
    sha256: str
    size_bytes: int
    received_at: str
    dataset: str
    files: tuple[SourceFile, ...]

    @property
    def tables(self) -> tuple[Table, ...]:
        """The raw tables, one per file."""
        return tuple(file.table for file in self.files)


@dataclass(frozen=True)
class ColumnProfile:
    """Facts about a whole column, counted over every row; no cell among them.

    `unique_share` is the share of the non-null rows whose value no other row has; lengths are in characters.
    """

    column: str
    type: LogicalType
    format: str | None
    n_rows: int
    n_null: int
    n_distinct: int
    unique_share: float
    mean_length: float
    max_length: int
    mean_words: float


@dataclass(frozen=True)
class ColumnSample:
    """What a recognizer looks at: a column's name, its neighbours' names, its profile and a sample of its values."""

    profile: ColumnProfile
    neighbours: tuple[str, ...]
    values: tuple[str, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """The column's name as the drop wrote it."""
        return self.profile.column


@dataclass(frozen=True)
class Evidence:
    """What one recognizer says of one column. `score` is its strength in [0, 1]; `reason` holds counts and no cell."""

    entity: str
    recognizer: str
    score: float
    matched_share: float
    reason: str


@dataclass(frozen=True)
class Finding:
    """What a column holds, in which role, how sure that is, and why. `entity` is None where nothing was found.

    `detectable_share` is the smallest share of the distinct values of which the sample shows at least one with 95 % certainty; 0
    where all were looked at. It bounds what names, dictionaries and models can miss; identifiers with a fixed form are looked
    for in every cell.
    """

    table: str
    column: str
    entity: str | None
    role: Role
    recognizer: str
    confidence: float
    matched_share: float
    n_sampled: int
    reason: str
    special_category: bool = False
    free_text: bool = False
    detectable_share: float = 0.0


@dataclass(frozen=True, order=True)
class Span:
    """Where personal data stands in a text; the text itself is not in it. `end` is exclusive, `score` in [0, 1]."""

    start: int
    end: int
    entity: str
    score: float


@dataclass(frozen=True)
class RowTest:
    """Which rows a step is for, told by the raw cells of one column of the table.

    `values`: cells that pass; `others`: cells that do not; `at_least` and `at_most`: numbers, or days such as 2026-01-31. `null`:
    whether null, empty and declared null cells pass; None where the policy does not say.
    """

    column: str
    values: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    null: bool | None = None
    at_least: int | float | str | None = None
    at_most: int | float | str | None = None


@dataclass(frozen=True)
class Branch:
    """A step is for the rows that pass `where`; the others of the column get `otherwise`."""

    where: RowTest
    otherwise: Step


@dataclass(frozen=True)
class Step:
    """What becomes of one column, and which line of the policy decided it. `transform` is None where nothing did.

    `nulls`: what becomes of null, empty and declared null cells; `fill` is written for them where it says `fill`. `branch`: for
    which rows the step is, and what the others get; None where it is for all. `effect` is `keep` only if all rows keep theirs.
    """

    column: str
    role: Role
    entity: str | None
    transform: str | None
    parameters: Mapping[str, Any]
    effect: str
    reason: str
    decided_by: str
    nulls: Literal["keep", "fill", "refuse"] = "keep"
    fill: str = ""
    branch: Branch | None = None

    @property
    def actions(self) -> tuple[Step, ...]:
        """The step, and what the other rows get where it is for some rows only."""
        return (self,) if self.branch is None else (self, self.branch.otherwise)


@dataclass(frozen=True)
class Plan:
    """Exactly one step per column of a table, in column order.

    `weaknesses`: what of it is too weak for the rows that came, a sentence each; the plan gate holds it.
    """

    table: str
    policy_sha256: str
    table_sha256: str
    subject: str | None
    quasi_identifiers: tuple[str, ...]
    steps: tuple[Step, ...]
    weaknesses: tuple[str, ...] = ()

    def step(self, column: str) -> Step:
        """Return the step of that column; `KeyError` if there is none."""
        return {step.column: step for step in self.steps}[column]


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


def to_json(value: Any) -> str:
    """Write a frozen value, or any JSON value that holds some, canonically: sorted keys, two spaces, a final newline."""
    return json.dumps(value, default=_plain, sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")
