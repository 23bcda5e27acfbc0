"""A job as workers on other machines get it: a private file on storage that they share, in which keys are named and not held.

Dask's scheduler sees what its tasks are given and what they return, keeps it in memory, shows it in its dashboard and may write
it to disk. So a task is given the path of this file, its digest and a number, and returns counts; each worker fetches the keys
itself from where the policy says they are.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from tasks.engine.job import Job
from tasks.settings import key_from
from veil.errors import KeyUnavailable, VeilError

FILE: Final = "job.json"


@dataclass(frozen=True)
class NamedKey:
    """Where a key is to be fetched, and what it must be: its fingerprint tells keys apart and gives nothing away."""

    source: str
    epoch: str
    fingerprint: str


@dataclass(frozen=True)
class SharedJob:
    """A job without its keys, and the version of Veil that it is for."""

    job: Job
    keys: dict[str, NamedKey]
    version: str


@contextmanager
def shared(job: Job) -> Iterator[tuple[str, str]]:
    """Write the job without its keys into its folder, and yield the file's path and digest; it goes when the block is left.

    Raises
    ------
    KeyUnavailable : a key that was made for this run only, so that no other machine can fetch it.
    """
    keys = {name: _named(job, name) for name in job.keys}
    text = TypeAdapter(SharedJob).dump_json(SharedJob(dataclasses.replace(job, keys={}), keys, version("veil-data")))
    path = Path(job.folder, FILE)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as sink:
        sink.write(text)
    try:
        yield str(path), hashlib.sha256(text).hexdigest()
    finally:
        path.unlink()


def _named(job: Job, name: str) -> NamedKey:
    source, key = job.key_sources.get(name, "ephemeral"), job.key(name)
    if source == "ephemeral" or key is None:
        raise KeyUnavailable(
            f"key `{name}` was made for this run, and no Dask worker can fetch it: give it a place, env:NAME or file:PATH, "
            "or use `runner: processes`"
        )
    return NamedKey(source, key.epoch, key.fingerprint)


def fetched(path: str, sha256: str) -> Job:
    """Return the job of a shared file with the keys that this process fetches.

    Raises
    ------
    VeilError : the file is not there or is another one, or is for another version of Veil.
    KeyUnavailable : a key cannot be fetched here, or is another one here.
    """
    try:
        text = Path(path).read_bytes()
    except OSError:
        text = b""
    if hashlib.sha256(text).hexdigest() != sha256:
        raise VeilError(
            "a Dask worker does not see the run's work folder: VEIL_HOME must lie on storage that all workers reach by one path"
        )
    whole = TypeAdapter(SharedJob).validate_json(text)
    if whole.version != version("veil-data"):
        raise VeilError(f"a Dask worker has Veil {version('veil-data')}, and the run is of {whole.version}; install the same")
    keys = {name: (named.epoch, _secret(name, named)) for name, named in whole.keys.items()}
    return dataclasses.replace(whole.job, keys=keys)


def _secret(name: str, named: NamedKey) -> str:
    key = key_from(named.source, name, named.epoch)
    if key.fingerprint != named.fingerprint:
        raise KeyUnavailable(f"key `{name}`: a Dask worker has another one than this run; give all of them the same")
    return key.secret.hex()
