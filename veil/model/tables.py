"""What came in and how it lies there: files, tables, columns, and facts about columns. No value holds a cell but the sample."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

LogicalType = Literal["text", "integer", "decimal", "boolean", "date", "datetime", "category", "json"]
Stage = Literal["ingest", "classify", "plan", "transform", "synthesize", "check", "release"]


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
