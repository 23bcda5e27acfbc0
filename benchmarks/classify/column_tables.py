"""Labelled tables in a folder: `NAME.csv` files and `truth.json`, so that anybody can run their own tables.

`truth.json` is `{"NAME.csv": {"column": TRUTH}}`. TRUTH is an entity, a list of entities that are equally right (null among them
where "nothing" is right too), null for a harmless column, or "ignore"; a column that is not named is ignored. A table may have
the keys `"#language"` and `"#domain"`. Cells are read as strings; an empty cell is a null.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.classify.tables.model import LabelledTable, Truth


class BadTables(ValueError):
    """A folder of labelled tables cannot be read; the message names file and column, and no cell."""


def write_tables(tables: Iterable[LabelledTable], folder: Path) -> None:
    """Write tables and their truth; nulls become empty cells."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = {}
    for table in tables:
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.cells)
            writer.writerows(["" if cell is None else cell for cell in row] for row in zip(*table.cells.values(), strict=True))
        columns = {column: _written(accepted) for column, accepted in table.truth.items()}
        truth[f"{table.name}.csv"] = {"#language": table.language, "#domain": table.domain, **columns}
    (folder / "truth.json").write_text(json.dumps(truth, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_tables(folder: Path) -> tuple[LabelledTable, ...]:
    """Read the tables that `truth.json` names, in its order.

    Raises
    ------
    BadTables : no `truth.json`, a table that is not there, or a truth in another form.
    """
    path = folder / "truth.json"
    if not path.is_file():
        raise BadTables(f"{folder}: no truth.json; write one, or make an example with --write DIR")
    try:
        truth: Any = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise BadTables(f"{path}: line {error.lineno} is not JSON") from None
    if not isinstance(truth, dict):
        raise BadTables(f"{path}: write an object of tables")
    return tuple(_read(folder, name, columns) for name, columns in truth.items())


def _read(folder: Path, name: str, columns: Mapping[str, Any]) -> LabelledTable:
    path = folder / name
    if not path.is_file():
        raise BadTables(f"{folder / 'truth.json'} names `{name}`, which is not there")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    header = rows[0] if rows else []
    if len(set(header)) != len(header):
        raise BadTables(f"{path}: two columns have the same name; rename one")
    uneven = sum(len(row) != len(header) for row in rows)
    if uneven:
        raise BadTables(f"{path}: {'fewer than 10' if uneven < 10 else uneven} rows have another number of cells than the header")
    unknown = [column for column in columns if not column.startswith("#") and column not in header]
    if unknown:
        raise BadTables(f"{folder / 'truth.json'}: `{name}` has no column `{unknown[0]}`")
    cells = {column: [row[place] or None for row in rows[1:]] for place, column in enumerate(header)}
    accepted = {column: _truth(columns.get(column, "ignore"), f"{name}, column `{column}`") for column in header}
    return LabelledTable(path.stem, str(columns.get("#language", "?")), str(columns.get("#domain", "?")), cells, accepted)


def _truth(written: Any, where: str) -> Truth:
    if written is None or written == "ignore":
        return None if written is None else "ignore"
    accepted = [written] if isinstance(written, str) else written
    if not isinstance(accepted, list) or not all(entity is None or isinstance(entity, str) for entity in accepted):
        raise BadTables(f"truth.json: {where}: write an entity, a list of entities, null or \"ignore\"")
    return tuple(accepted)


def _written(truth: Truth) -> Any:
    if truth is None or isinstance(truth, str):
        return truth
    return truth[0] if len(truth) == 1 else list(truth)
