"""The policy as frozen values: strict, complete with defaults, and with a digest that comments do not change."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from veil.policy.actions import ColumnForm, RuleForm
from veil.policy.document import Document
from veil.policy.gates import Gates
from veil.policy.knowledge import Approval, PolicyRecognizer
from veil.policy.problems import Problem, refusal
from veil.policy.synthesis import Synthesize
from veil.recognizers.approved import Approved
from veil.recognizers.custom import CustomRecognizer
from veil.transforms.canonical import Canonical

NAME = r"[A-Za-z_][A-Za-z0-9_-]*"

Name = Annotated[str, Field(pattern=f"^{NAME}$")]
KeySource = Annotated[str, Field(pattern=r"^(env:[A-Z_][A-Z0-9_]*|file:\S.*|prefect-secret:[a-z0-9][a-z0-9-]*|ephemeral)$")]
Duration = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}[hdwmy]$", description="For instance 12h, 30d, 8w, 6m, 5y.")]
Reference = Annotated[str, Field(pattern=rf"^{NAME}\..+$", description="table.column")]

_BRACES = re.compile(r"\{([^{}]*)\}")


class Part(BaseModel):
    """Base of the policy's parts."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Defaults(Part):
    """What holds for every table.

    `unmatched`: what becomes of a column that neither its name nor a rule decides; `refuse` holds the run at the plan gate.
    `null_values`: cells that stand for null, such as `NA`, and pass unchanged, besides null and the empty string.
    `nulls`: what becomes of these cells, and of null and empty ones, in every transform: `keep` or `refuse` (the drop fails); a
    column's own `nulls` comes first, and may say `fill`.
    `on_error`: a cell that its transform cannot handle fails the drop, or its row goes to `quarantine`, as far as
    `gates.transform.quarantined` allows.
    `formulas`: what becomes of cells of a CSV file that a spreadsheet would compute (`=cmd|…`): an apostrophe before them, `keep`
    as they are, or `refuse` the release. Columns that are kept are byte-identical up to these apostrophes.
    """

    unmatched: Literal["refuse", "drop"] = "refuse"
    on_error: Literal["fail", "quarantine"] = "fail"
    nulls: Literal["keep", "refuse"] = "keep"
    formulas: Literal["escape", "keep", "refuse"] = "escape"
    null_values: tuple[str, ...] = ()


class KeyPlace(Part):
    """Where a key comes from; never the key itself.

    `from`: `env:NAME`, `file:PATH` (mode 0600), `prefect-secret:NAME` (a Secret block of Prefect) or `ephemeral` (made for this
    run, then forgotten). `otherwise`: what to do if the variable is not set. `epoch`: a new one gives pseudonyms that cannot be
    joined with the old ones.
    """

    source: KeySource = Field(alias="from")
    otherwise: Literal["ephemeral"] | None = None
    epoch: str = Field(default="1", min_length=1)


class Keyspace(Part):
    """A space of pseudonyms: within it one value has one pseudonym, across keyspaces nothing can be joined.

    `canonical`: the form in which equal values are written alike before they are keyed; `region`: the country of phone numbers
    without one. `erasable`: each value has a key of its own in a vault, so that `veil forget` can cut its pseudonyms off.
    """

    key: Name
    canonical: Canonical = "text"
    region: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = None
    erasable: bool = False


class Match(Part):
    """Which files of a drop hold the table: a pattern such as `customers_*.{csv,parquet}`, without folders."""

    files: Annotated[str, Field(min_length=1, pattern="^[^/]+$")]

    def patterns(self) -> tuple[str, ...]:
        """Return the pattern with its braces written out."""
        return _expanded(self.files)


def _expanded(pattern: str) -> tuple[str, ...]:
    braces = _BRACES.search(pattern)
    if braces is None:
        return (pattern,)
    ways = (pattern[: braces.start()] + way + pattern[braces.end() :] for way in braces[1].split(","))
    return tuple(expanded for way in ways for expanded in _expanded(way))


class TablePolicy(Part):
    """What becomes of one table.

    `subject`: the column that says whom a row is about, the unit of shifts, splits and attacks; `auto` takes the best
    direct identifier that was found, null means that every row is its own subject. `quasi_identifiers`: columns that
    together may single a subject out; by default those that were found to be. `target`: what the utility models predict.
    `columns` decide first, by exact name; then `rules`, of which the first that matches decides; then `defaults.unmatched`.
    `approved`: what a reviewer approved of each column. It corrects the classifier, and a drop whose columns are of another
    kind is held. `rows`: how many rows to expect at most; lint computes by it whether pseudonyms, fakes and masks are strong
    enough, and the plan gate by the rows that came.
    """

    match: Match
    rows: int = Field(default=1_000_000, ge=1, le=100_000_000_000)
    encoding: str | None = None
    subject: str | None = "auto"
    quasi_identifiers: tuple[str, ...] | None = None
    target: str | None = None
    columns: Mapping[str, ColumnForm] = Field(default_factory=dict)
    rules: tuple[RuleForm, ...] = ()
    references: Mapping[str, Reference] = Field(default_factory=dict)
    approved: Mapping[str, Approval] = Field(default_factory=dict)

    def matches(self, file_name: str) -> bool:
        """Return whether a file of that name holds this table."""
        return any(fnmatchcase(file_name, pattern) for pattern in self.match.patterns())


class Subset(Part):
    """The part of a drop that goes on: some data subjects of one table, drawn by key, and of other tables the rows about them.

    `of`: the table whose `subject` is drawn. `share` of its subjects, or a number of `subjects`. A table that refers to it,
    directly or through other tables, keeps the rows whose every reference into the subset still has its row; so references stay
    whole. `whole`: the other tables, which stay as they are. `key`: by which subjects are drawn, if there are several keys; so
    the same are drawn in the next drop of the epoch, and nobody without the key can tell who.
    """

    of: Name
    share: float | None = Field(default=None, gt=0, lt=1)
    subjects: int | None = Field(default=None, ge=1)
    whole: tuple[Name, ...] = ()
    key: Name | None = None

    @model_validator(mode="after")
    def _has_one_size(self) -> Subset:
        if (self.share is None) == (self.subjects is None):
            raise ValueError("write either `share: 0.1` or `subjects: 1000`")
        return self


class Retain(Part):
    """How long things are kept: work files, refused drops, held runs, and the evidence of what was decided.

    Declared here so that it is part of the policy's digest; nothing deletes by it yet. Work files go when a run ends.
    """

    work: Duration = "7d"
    quarantine: Duration = "30d"
    held: Duration = "30d"
    evidence: Duration = "5y"


class Policy(Part):
    """Everything that is said about a data set: what becomes of each column, which keys, which synthesizer, which gates."""

    policy: Name = "unnamed"
    version: int = Field(ge=1)
    defaults: Defaults = Field(default_factory=Defaults)
    keys: Mapping[Name, KeyPlace] = Field(default_factory=dict)
    keyspaces: Mapping[Name, Keyspace] = Field(default_factory=dict)
    subset: Subset | None = None
    recognizers: Mapping[Name, PolicyRecognizer] = Field(default_factory=dict)
    tables: Mapping[Name, TablePolicy] = Field(min_length=1)
    synthesize: Synthesize = Field(default_factory=Synthesize)
    gates: Gates = Field(default_factory=Gates)
    retain: Retain = Field(default_factory=Retain)

    _document: Document = PrivateAttr(default_factory=lambda: Document("policy", None, {}))

    @property
    def source(self) -> str:
        """The name of the file that the policy was read from."""
        return self._document.source

    def line(self, *path: str | int) -> int | None:
        """Return the line on which a place of the policy stands, such as `"tables", "customers", "rules", 2`."""
        return self._document.line(path)

    @cached_property
    def sha256(self) -> str:
        """Digest of the resolved policy: defaults filled in; comments, layout and the order of keys do not change it."""
        resolved = json.dumps(self.resolved(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(resolved.encode()).hexdigest()

    def resolved(self) -> dict[str, Any]:
        """Return the policy as plain JSON values with all defaults filled in."""
        return self.model_dump(mode="json", by_alias=True)

    def table_for(self, file_name: str) -> tuple[str, TablePolicy]:
        """Return the one table that a file of a drop holds, and its name.

        Raises
        ------
        PolicyInvalid : no table of the policy matches the file name, or more than one does.
        """
        found = [(name, table) for name, table in self.tables.items() if table.matches(file_name)]
        if len(found) == 1:
            return found[0]
        which = " and ".join(f"`{name}`" for name, _ in found)
        message = f"tables {which} both match the file `{file_name}`" if found else f"no table matches the file `{file_name}`"
        repair = "make one `match.files` narrower" if found else "add a table with `match: {files: …}` for it"
        raise refusal(self.source, [Problem(self.line("tables"), "tables", message, repair)])

    def custom_recognizers(self) -> tuple[CustomRecognizer, ...]:
        """Return the policy's own recognizers, in its order."""
        return tuple(recognizer.named(name) for name, recognizer in self.recognizers.items())

    def approvals(self, name: str) -> dict[str, Approved]:
        """Return what was approved of each column of a table, and where that is written."""
        return {
            column: approval.approved(f"line {self.line('tables', name, 'approved', column)} of the policy")
            for column, approval in self.tables[name].approved.items()
        }

    def name_of(self, table: TablePolicy) -> str:
        """Return the name of one of the policy's tables."""
        return next(name for name, own in self.tables.items() if own is table)


def identifying_columns(policy: Policy, name: str) -> frozenset[str]:
    """Return the columns of a table that tell people apart or join tables: two of their values must never become one."""
    table = policy.tables[name]
    references = (reference.split(".", 1) for other in policy.tables.values() for reference in other.references.values())
    referred = {column for parent, column in references if parent == name}
    named = {table.subject} if table.subject not in (None, "auto") else set()
    return frozenset(column for column in {*referred, *named, *table.references} if column is not None)
