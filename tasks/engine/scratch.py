"""Transformed columns on their way from a worker to the main process: private files of the run's work folder, gone once read."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa


def write_scratch(folder: Path, number: int, table: pa.Table) -> None:
    """Write a partition's columns, uncompressed, to a file of mode 0600."""
    descriptor = os.open(_path(folder, number), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def take_scratch(folder: Path, number: int) -> pa.Table:
    """Read a partition's columns and remove the file."""
    path = _path(folder, number)
    with pa.OSFile(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
    path.unlink()
    return table


def _path(folder: Path, number: int) -> Path:
    return folder / f"scratch-{number:05d}.arrow"
