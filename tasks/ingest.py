"""Ingest: read a drop losslessly into partitions, or refuse it with file, line and reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tasks import store
from tasks.stage import log, stage
from veil.model import Drop


@stage("ingest")
def ingest(path: str, work: str, dataset: str, received_at: str, encodings: Mapping[str, str]) -> Drop:
    """Read every file of a drop.

    Parameters
    ----------
    path : a file, or a folder of files that make one drop.
    work : the run's work folder, where the partitions go.
    encodings : declared encodings by file-name pattern; anything else must be UTF-8, or UTF-16 with its mark.

    Raises
    ------
    DropRefused : the file, line and reason; the original is only ever read.
    """
    drop = store.read_drop(Path(path), Path(work) / "raw", dataset=dataset, received_at=received_at, encodings=encodings)
    for file in drop.files:
        log("read", table=file.table.name, rows=file.table.n_rows, columns=len(file.table.columns), format=file.format.kind,
            encoding=file.format.encoding)  # fmt: skip
    return drop
