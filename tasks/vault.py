"""The vault: a random key for each data subject of an erasable keyspace. Who is forgotten loses it, and nothing brings it back.

A row is named by a MAC of keyspace and subject, and holds the subject's key wrapped by the policy's key (AES-SIV): the file alone
tells how many subjects there are, and nothing else. Names do not depend on the epoch, so that one `forget` is enough for all.
"""

from __future__ import annotations

import hmac
import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks import audit
from veil.errors import KeyUnavailable
from veil.transforms.ciphers.derive import framed, hkdf
from veil.transforms.ciphers.sealed import HANDLE_BYTES
from veil.transforms.keys import Key, SubjectKey

FILE_MODE, FOLDER_MODE = 0o600, 0o700
SECRET_BYTES = 32
ASKED_AT_ONCE = 500
WAIT_SECONDS = 60.0
TABLE = (
    "CREATE TABLE IF NOT EXISTS keys (name BLOB PRIMARY KEY, handle BLOB NOT NULL UNIQUE, wrapped BLOB NOT NULL) WITHOUT ROWID"
)


def vault_file(home: Path) -> Path:
    """Return the vault of a workspace."""
    return home / "vault" / "subjects.sqlite"


@dataclass(frozen=True)
class Vault:
    """The keys of data subjects, by the keyspace they live in; safe to share between threads, processes and machines' workers.

    Attributes
    ----------
    erasable : the keyspaces whose values are data subjects.
    lasting : whether a subject without a key gets one; False for who only looks.
    """

    file: Path
    erasable: frozenset[str]
    lasting: bool = True

    def covers(self, keyspace: str) -> bool:
        """Return whether values of that keyspace are data subjects with keys of their own."""
        return keyspace in self.erasable

    def keys_of(self, key: Key, keyspace: str, subjects: Sequence[str]) -> list[SubjectKey]:
        """Return the key of each subject, in canonical form; made now where there is none yet.

        Two processes that make a key for the same subject end with one: the row that was written first.

        Raises
        ------
        KeyUnavailable : a subject without a key, if none may be made; a row that another key wrapped.
        """
        names = _names(key, keyspace, subjects)
        with _opened(self.file) as vault:
            rows = _rows(vault, "name", names)
            missing = [name for name in dict.fromkeys(names) if name not in rows]
            if missing and not self.lasting:
                raise KeyUnavailable(f"keyspace `{keyspace}`: subjects without a key in the vault: erased, or never seen")
            if missing:
                _make(vault, key, missing)
                rows |= _rows(vault, "name", missing)
        wrapper = _wrapper(key)
        return [_unwrapped(wrapper, *rows[name]) for name in names]

    def find(self, key: Key, handles: Sequence[bytes]) -> list[SubjectKey | None]:
        """Return the key behind each handle; None where it was erased."""
        with _opened(self.file) as vault:
            rows = _rows(vault, "handle", handles)
        wrapper = _wrapper(key)
        return [_unwrapped(wrapper, *rows[handle]) if handle in rows else None for handle in handles]

    def knows(self, key: Key, keyspace: str, subjects: Sequence[str]) -> list[bool]:
        """Return whether each subject has a key."""
        names = _names(key, keyspace, subjects)
        with _opened(self.file) as vault:
            rows = _rows(vault, "name", names)
        return [name in rows for name in names]

    def erase(self, keys: Sequence[Key], keyspace: str, subject: str) -> int:
        """Delete a subject's keys, under each of the policy's keys, and return how many there were.

        Deleted bytes are overwritten, and the file is written anew, because pages that were once split keep old copies.
        """
        names = [name for key in keys for name in _names(key, keyspace, [subject])]
        with _opened(self.file) as vault:
            vault.execute("BEGIN IMMEDIATE")
            gone = sum(vault.execute("DELETE FROM keys WHERE name = ?", (name,)).rowcount for name in dict.fromkeys(names))
            vault.execute("COMMIT")
            vault.execute("VACUUM")
        return gone


def forget(home: Path, keys: Sequence[Key], keyspace: str, subject: str, *, purpose: str) -> int:
    """Erase the keys of one data subject, in canonical form, and return how many there were: 0 if nobody of that name was known.

    The audit line is written first: an erasure that nobody noted must not be.
    """
    named = [{"key": key.name, "fingerprint": key.fingerprint} for key in keys]
    audit.append(audit.audit_file(home), "forget", keyspace=keyspace, keys=named, purpose=purpose)
    gone = Vault(vault_file(home), frozenset({keyspace})).erase(keys, keyspace, subject)
    audit.append(audit.audit_file(home), "forgotten", keyspace=keyspace, erased=gone)
    return gone


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    file.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE))
    vault = sqlite3.connect(file, timeout=WAIT_SECONDS, isolation_level=None)
    try:
        vault.execute("PRAGMA secure_delete = ON")
        vault.execute("PRAGMA synchronous = FULL")
        vault.execute("PRAGMA temp_store = MEMORY")
        vault.execute(TABLE)
        yield vault
    finally:
        vault.close()


def _rows(vault: sqlite3.Connection, column: str, wanted: Sequence[bytes]) -> dict[bytes, tuple[bytes, bytes, bytes]]:
    """Return the rows with these names or handles, by them."""
    found: dict[bytes, tuple[bytes, bytes, bytes]] = {}
    place = ("name", "handle").index(column)
    for start in range(0, len(wanted), ASKED_AT_ONCE):
        some = wanted[start : start + ASKED_AT_ONCE]
        marks = ",".join("?" * len(some))
        query = f"SELECT name, handle, wrapped FROM keys WHERE {column} IN ({marks})"  # noqa: S608 - a column of ours and marks
        found |= {row[place]: row for row in vault.execute(query, some)}
    return found


def _make(vault: sqlite3.Connection, key: Key, names: Sequence[bytes]) -> None:
    wrapper = _wrapper(key)
    made = []
    for name in names:
        handle, secret = secrets.token_bytes(HANDLE_BYTES), secrets.token_bytes(SECRET_BYTES)
        made.append((name, handle, wrapper.encrypt(secret, [name, handle])))
    vault.execute("BEGIN IMMEDIATE")
    vault.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?, ?)", made)
    vault.execute("COMMIT")


def _names(key: Key, keyspace: str, subjects: Sequence[str]) -> list[bytes]:
    base = hmac.new(hkdf(key.secret, b"vault name", 32), framed(keyspace), "sha256")
    names = []
    for subject in subjects:
        mac = base.copy()
        mac.update(framed(subject))
        names.append(mac.digest())
    return names


def _wrapper(key: Key) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    return AESSIV(hkdf(key.secret, b"vault wrap", 64))


def _unwrapped(wrapper: Any, name: bytes, handle: bytes, wrapped: bytes) -> SubjectKey:
    from cryptography.exceptions import InvalidTag

    try:
        return SubjectKey(handle, wrapper.decrypt(wrapped, [name, handle]))
    except InvalidTag:
        pass
    raise KeyUnavailable(
        "the vault holds a subject's key that this key did not wrap, or that was changed; restore the vault's backup"
    )
