"""Levels of a hierarchy as they are written: each value with what it becomes at the first level, the second, and so on.

A row is `nurse, health, services`: the value, then its generalizations from fine to coarse. A policy may write the rows, or the
tree (`services: {health: [nurse, doctor]}`), or name a CSV file of rows. The file is read when the policy is, and its rows become
part of the policy: its digest covers them, and a file that changes afterwards changes nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema

MAX_BYTES: Final = 64 * 2**20
MAX_LEVELS: Final = 20

Row: TypeAlias = tuple[str, ...]


def _rows(levels: Any) -> Any:
    if isinstance(levels, Mapping):
        levels = [*_branches(levels, ())]
    if not isinstance(levels, (list, tuple)):
        return levels
    rows = tuple(tuple(row) if isinstance(row, list) else row for row in levels)
    if all(isinstance(row, tuple) and all(isinstance(part, str) for part in row) for row in rows):
        _require_hierarchy(rows, "`levels`")
    return rows


Levels: TypeAlias = Annotated[
    tuple[Row, ...],
    BeforeValidator(_rows),
    WithJsonSchema({
        "anyOf": [
            {"type": "array", "items": {"type": "array", "items": {"type": "string"}, "minItems": 2}, "minItems": 1},
            {"type": "object"},
        ]
    }),
]  # fmt: skip

LevelsFile: TypeAlias = Annotated[str, Field(min_length=1, description="CSV beside the policy: value, level 1, level 2, …")]


def _branches(tree: Mapping[str, Any], above: Row) -> Iterator[Row]:
    for name, below in tree.items():
        if isinstance(below, Mapping):
            yield from _branches(below, (name, *above))
        elif isinstance(below, (list, tuple)):
            for value in below:
                if not isinstance(value, str):
                    raise ValueError(f"`levels` lists a value below `{name}` that is no text; put it in quotes")
                yield (value, name, *above)
        else:
            raise ValueError(f"`levels` has a branch `{name}` without values; write `{name}: [value, value]`")


def _require_hierarchy(rows: Sequence[Row], source: str) -> None:
    """Refuse rows of unlike length, a value given twice, and a name at one level that lies below two at the next."""
    if not rows:
        raise ValueError(f"{source} has no rows; a row is a value and what it becomes at each level")
    lengths = {len(row) for row in rows}
    if len(lengths) > 1 or not 2 <= len(rows[0]) <= MAX_LEVELS + 1:
        raise ValueError(f"{source}: every value needs the same number of levels, 1 to {MAX_LEVELS}")
    if any(part == "" for row in rows for part in row):
        raise ValueError(f"{source} has an empty value or level; an empty cell stands for null and is never generalized")
    if len({row[0] for row in rows}) < len(rows):
        raise ValueError(f"{source} gives the same value twice; leave one of them out")
    for level in range(1, len(rows[0]) - 1):
        if len({row[level : level + 2] for row in rows}) > len({row[level] for row in rows}):
            raise ValueError(f"{source}: a name at level {level} lies below two names at level {level + 1}; give them two names")


def with_file(data: Any, info: ValidationInfo) -> Any:
    """Return a transform's parameters with the rows of the file that `file` names as its `levels`.

    The validation context holds `folder`, where the policy's file lies; a plan's step already has the rows.
    """
    context = info.context or {}
    if not isinstance(data, dict) or not isinstance(data.get("file"), str):
        return data
    if data.get("levels") is not None:
        if "folder" in context:
            raise ValueError("give `levels` or the `file` that they stand in, not both")
        return data
    path = Path(data["file"])
    if path.is_absolute() or ".." in path.parts:
        raise ValueError("`file` lies beside the policy or in a folder there: a relative path without `..`")
    return {**data, "levels": read_levels(Path(context.get("folder", ".")) / path, data["file"])}


def read_levels(path: Path, told: str) -> list[list[str]]:
    """Read the rows of a CSV file in UTF-8, with `,` or `;` between the cells and no header.

    Raises
    ------
    ValueError : the file cannot be read, or its rows are no hierarchy; told by name and line, never by what stands there.
    """
    text = _text(path, told)
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator, strict=True) if row]
    except csv.Error as error:
        reason = str(error)
    else:
        _require_hierarchy([tuple(row) for row in rows], f"`file: {told}`")
        return rows
    raise ValueError(f"`file: {told}` is no CSV: {reason}")


def _text(path: Path, told: str) -> str:
    try:
        content = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
        if content is not None:
            return content.decode("utf-8-sig")
        reason = f"it is longer than {MAX_BYTES // 2**20} MiB"
    except OSError as error:
        reason = str(error.strerror)
    except UnicodeDecodeError as error:
        reason = f"it is not UTF-8 at byte {error.start}"
    raise ValueError(f"`file: {told}` cannot be read: {reason}")
