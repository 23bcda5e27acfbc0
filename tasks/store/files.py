"""A drop on disk becomes raw tables. Originals are opened read only; what is not plainly a file of rows is refused."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

import pyarrow as pa

from tasks.store.ahead import ahead
from tasks.store.csv_rows import read_csv
from tasks.store.detect import detect, stem
from tasks.store.jsonl_rows import read_jsonl
from tasks.store.names import check_header, table_name
from tasks.store.parquet_rows import read_parquet
from tasks.store.partitions import write_table
from tasks.store.source import file_sha256
from veil.errors import DropRefused
from veil.model import Drop, FileFormat, SourceFile

MAX_DROP_BYTES = 16 << 30
UNFINISHED = (".part", ".tmp")


def read_drop(
    path: Path,
    work: Path,
    *,
    dataset: str,
    received_at: str,
    encodings: Mapping[str, str] | None = None,
    delimiters: Mapping[str, str] | None = None,
    max_bytes: int = MAX_DROP_BYTES,
) -> Drop:
    """Read a file, or every file of a folder, into tables below `work`, one folder of partitions per table.

    Parameters
    ----------
    path : a file, or a folder of files; hidden files and those ending in `.part` or `.tmp` are passed over.
    work : where the tables are written.
    encodings, delimiters : what was declared for files of that name or pattern (`*.csv`); first match wins.
    max_bytes : most bytes of all files together, as they lie there.

    Raises
    ------
    DropRefused : file, line and reason; the originals are untouched.
    """
    paths = list(_files(path))
    if not paths:
        raise DropRefused(path.name, "is a folder without a file to read")
    size = sum(file.lstat().st_size for file in paths)
    if size > max_bytes:
        raise DropRefused(path.name, f"is {size} bytes, over the limit of {max_bytes}; split it or raise the limit")
    for file, name in _table_names(paths).items():
        if not name:
            raise DropRefused(file.name, "its name has no letter or digit that could name the table; rename it")
    files = tuple(
        _read_file(file, work / name, _declared(file.name, encodings), _declared(file.name, delimiters))
        for file, name in _table_names(paths).items()
    )
    return Drop(str(path), _drop_sha256(files), size, received_at, dataset, files)


def _files(path: Path) -> Iterator[Path]:
    """Yield the drop's files in name order; links, pipes, devices and folders inside it are refused."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        mode = 0
    if not stat.S_ISDIR(mode):
        yield _regular(path, mode)
        return
    for entry in sorted(path.iterdir()):
        if not entry.name.startswith(".") and not entry.name.endswith(UNFINISHED):
            yield _regular(entry, entry.lstat().st_mode)


def _regular(path: Path, mode: int) -> Path:
    if stat.S_ISREG(mode):
        return path
    kinds = {stat.S_IFLNK: "a symbolic link", stat.S_IFDIR: "a folder inside the drop", stat.S_IFIFO: "a pipe", 0: "not there"}
    raise DropRefused(path.name, f"is {kinds.get(stat.S_IFMT(mode), 'a device or socket')}; deliver a regular file")


def _table_names(paths: list[Path]) -> dict[Path, str]:
    names: dict[Path, str] = {}
    for path in paths:
        name = table_name(stem(path))
        if name in names.values():
            raise DropRefused(path.name, f"another file of the drop also becomes table `{name}`; rename one")
        names[path] = name
    return names


def _declared(name: str, declarations: Mapping[str, str] | None) -> str | None:
    return next((value for pattern, value in (declarations or {}).items() if fnmatchcase(name, pattern)), None)


def _read_file(path: Path, folder: Path, encoding: str | None, delimiter: str | None) -> SourceFile:
    before = _state(path)
    sha256 = file_sha256(path)
    file_format = detect(path, encoding=encoding, delimiter=delimiter)
    table = write_table(folder.name, ahead(_batches(path, file_format)), folder, stage="ingest")
    if _state(path) != before:
        raise DropRefused(path.name, "changed while it was read; deliver it under another name and rename it when whole")
    return SourceFile(path.name, sha256, before[0], file_format, table)


def _state(path: Path) -> tuple[int, ...]:
    found = os.lstat(path)
    return found.st_size, found.st_mtime_ns, found.st_ino, found.st_dev


def _batches(path: Path, file_format: FileFormat) -> Iterator[pa.Table]:
    if file_format.kind == "parquet":
        return read_parquet(path)
    if file_format.kind == "jsonl":
        return read_jsonl(path, file_format)
    return _headed(read_csv(path, file_format), path.name)


def _headed(batches: Iterator[pa.Table], name: str) -> Iterator[pa.Table]:
    for number, batch in enumerate(batches):
        if not number:
            check_header(batch, name)
        yield batch


def _drop_sha256(files: tuple[SourceFile, ...]) -> str:
    """Return the digest of all names and contents, in name order."""
    whole = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        whole.update(f"{file.sha256}  {file.name}\n".encode())
    return whole.hexdigest()
