"""The audit log: one line for each time that somebody looked behind a pseudonym, or cut one off. Lines are only ever added.

Each line holds the digest of the line before it, so that one that is changed or taken out is missed.
"""

from __future__ import annotations

import datetime
import fcntl
import hashlib
import json
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FILE_MODE, FOLDER_MODE = 0o600, 0o700
BLOCK = 65_536


def audit_file(home: Path) -> Path:
    """Return the audit log of a workspace."""
    return home / "audit" / "log.jsonl"


def append(file: Path, action: str, **fields: Any) -> None:
    """Add a line and wait until it lies on the disk; what it is about happens afterwards.

    `fields` are names, counts, digests and purposes; never a value, a key or a subject.
    """
    file.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    with _locked(file) as descriptor:
        line = {
            "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
            "who": pwd.getpwuid(os.getuid()).pw_name,
            "action": action,
            **fields,
            "previous": hashlib.sha256(_last_line(descriptor)).hexdigest(),
        }
        os.write(descriptor, json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
        os.fsync(descriptor)


def is_unbroken(file: Path) -> bool:
    """Return whether every line names the digest of the line before it."""
    before = b""
    for line in file.read_bytes().splitlines():
        if json.loads(line)["previous"] != hashlib.sha256(before).hexdigest():
            return False
        before = line
    return True


@contextmanager
def _locked(file: Path) -> Iterator[int]:
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _last_line(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    tail = b""
    while size > 0 and tail.count(b"\n") < 2:
        step = min(BLOCK, size)
        size -= step
        tail = os.pread(descriptor, step, size) + tail
    lines = tail.splitlines()
    return lines[-1] if lines else b""
