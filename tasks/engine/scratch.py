"""Transformed columns on their way from a worker to the main process: private files of the run's work folder, gone once read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import pyarrow as pa


def write_scratch(folder: Path, number: int, table: pa.Table) -> None:
    """Write a partition's columns, uncompressed, to a file of mode 0600, whole or not at all.

    Where a worker was given up and another took its partition, both may write: each has a file of its own until it is whole.
    """
    unfinished = folder / f"scratch-{number:05d}-{secrets.token_hex(4)}.tmp"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    unfinished.rename(_path(folder, number))


def take_scratch(folder: Path, number: int) -> pa.Table:
    """Read a partition's columns and remove the file."""
    path = _path(folder, number)
    with pa.OSFile(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
    path.unlink()
    return table


def remove_scratch(folder: Path) -> None:
    """Remove what workers left that were ended, or were given up."""
    for path in folder.glob("scratch-*"):
        path.unlink(missing_ok=True)


def _path(folder: Path, number: int) -> Path:
    return folder / f"scratch-{number:05d}.arrow"
