"""Keys and the keyed pseudonym: MAC(key of the epoch, keyspace and canonical value).

A value is keyed once and every purpose (a token, a fake, a shift of dates) draws from that. Frames with their lengths keep
`a` + `bc` from meeting `ab` + `c`; the keyspace keeps two domains unjoinable.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Words = npt.NDArray[np.uint64]

MIN_KEY_BYTES = 16
ROOT_BYTES = 32
CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"
NOBODY = "\ufdd0"
"""A noncharacter that no text holds: what begins with it stands for a row that is about nobody who can be forgotten."""


@dataclass(frozen=True)
class SubjectKey:
    """The key of one data subject, and the handle that finds it again."""

    handle: bytes = field(repr=False)
    secret: bytes = field(repr=False)


class SubjectKeys(Protocol):
    """Keys of data subjects that can be erased one by one: a random key each, so that nothing brings a lost one back."""

    def covers(self, keyspace: str) -> bool:
        """Return whether values of that keyspace are data subjects with keys of their own."""
        ...

    def keys_of(self, key: Key, keyspace: str, subjects: Sequence[str]) -> Sequence[SubjectKey]:
        """Return the key of each subject, in canonical form; made now where there is none yet."""
        ...

    def find(self, key: Key, handles: Sequence[bytes]) -> Sequence[SubjectKey | None]:
        """Return the key behind each handle; None where it was erased."""
        ...


@dataclass(frozen=True)
class Key:
    """A pseudonymization key of one epoch. Its bytes are in no repr, log or manifest; `fingerprint` tells keys apart.

    `subjects` keeps the data subjects' own keys, where a keyspace is erasable: pseudonyms then come from them.
    """

    name: str
    epoch: str
    secret: bytes = field(repr=False)
    subjects: SubjectKeys | None = field(default=None, repr=False, compare=False)

    @property
    def fingerprint(self) -> str:
        """Eight hex digits that tell two keys apart and give nothing away: a MAC of a constant under the key."""
        return hmac.new(self.secret, b"veil key fingerprint", hashlib.sha256).hexdigest()[:8]


def macs(key: Key, keyspace: str, values: Iterable[str], *, purpose: str = "") -> Iterator[bytes]:
    """Yield the 32-byte HMAC-SHA-256 of each canonical value; for what is published as a MAC, such as `hash`.

    Parameters
    ----------
    keyspace : domain separation by the policy.
    purpose : domain separation inside Veil.

    Source: RFC 2104 and FIPS 180-4. The epoch is part of the keyed message, so that a rotated epoch gives pseudonyms that
    cannot be joined with the old ones even if the secret was not changed.
    """
    parts = (key.epoch, keyspace, purpose) if purpose else (key.epoch, keyspace)
    start = b"".join(_framed(part.encode()) for part in parts)
    if key.subjects is not None and key.subjects.covers(keyspace):
        values = list(values)
        for value, secret in zip(values, own_secrets(key, keyspace, values), strict=True):
            yield hmac.digest(secret, start + _framed(_encoded(value)), "sha256")
        return
    base = hmac.new(key.secret, start, hashlib.sha256)
    for value in values:
        mac = base.copy()
        mac.update(_framed(_encoded(value)))
        yield mac.digest()


def blake2b_macs(key: Key, keyspace: str, values: Iterable[str]) -> Iterator[bytes]:
    """Yield the 32-byte keyed BLAKE2b of each canonical value; for what is published as such, with keys of its own.

    Source: RFC 7693.
    """
    rooted = roots(key, keyspace, values, purpose="veil hash blake2b")
    return (rooted[at : at + ROOT_BYTES] for at in range(0, len(rooted), ROOT_BYTES))


def own_secrets(key: Key, keyspace: str, values: Sequence[str]) -> list[bytes]:
    """Return the secret of each data subject of an erasable keyspace; the policy's for rows that are about nobody."""
    if key.subjects is None:
        raise ValueError("the key keeps no keys of data subjects")
    people = [value for value in values if not value.startswith(NOBODY)]
    found = iter(key.subjects.keys_of(key, keyspace, people))
    return [key.secret if value.startswith(NOBODY) else next(found).secret for value in values]


def mac_words(key: Key, keyspace: str, values: Iterable[str], *, purpose: str = "") -> Words:
    """Return what a pseudonym of each value is drawn from: (n_values, 4) words of 64 bits, a MAC for one purpose.

    Parameters
    ----------
    purpose : domain separation inside Veil: what is published for one purpose must tell nothing about another, else a
        token would give away the date shift that was drawn for the same subject.
    """
    return words_for(key, purpose, roots(key, keyspace, values))


def roots(key: Key, keyspace: str, values: Iterable[str], *, purpose: str = "veil roots") -> bytes:
    """Return 32 secret bytes per value, joined: the dear part of `mac_words`, the same for all purposes; never published.

    Source: keyed BLAKE2b, RFC 7693, under a key that HMAC-SHA-256 derives from the policy's key, the epoch and the keyspace.
    """
    parts = b"".join(_framed(part.encode()) for part in (purpose, key.epoch, keyspace))
    if key.subjects is not None and key.subjects.covers(keyspace):
        values = list(values)
        keys = (hmac.digest(secret, parts, "sha256") for secret in own_secrets(key, keyspace, values))
        return b"".join(map(_root, keys, values))
    base = hashlib.blake2b(key=hmac.digest(key.secret, parts, "sha256"), digest_size=ROOT_BYTES)
    made = []
    for value in values:
        mac = base.copy()
        mac.update(_encoded(value))
        made.append(mac.digest())
    return b"".join(made)


def _root(key: bytes, value: str) -> bytes:
    return hashlib.blake2b(_encoded(value), key=key, digest_size=ROOT_BYTES).digest()


def _encoded(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def words_for(key: Key, purpose: str, rooted: bytes) -> Words:
    """Return the words that roots give for a purpose: (n_values, 4).

    Each half of a root, which is random to whoever lacks the key, is one block of AES-256 under the purpose's own key: a
    pseudorandom function of a pseudorandom function, at a fiftieth of a MAC's cost.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    parts = b"".join(_framed(part.encode()) for part in ("veil purpose", key.epoch, purpose))
    cipher = Cipher(algorithms.AES(hmac.digest(key.secret, parts, "sha256")), modes.ECB())  # noqa: S305 - blocks never repeat
    blocks = cipher.encryptor().update(rooted)
    return np.frombuffer(blocks, dtype=">u8").astype(np.uint64).reshape(-1, 4)


def letters(words: Words, length: int, alphabet: str = CONSONANTS) -> list[str]:
    """Write each row of words as `length` letters, at most 13 from one word.

    An alphabet of 20 leaves a bias below 2^-7 in the last of 13 letters and below 2^-41 in the first five of a word.
    """
    n_words = words.shape[1]
    if length > 13 * n_words:
        raise ValueError(f"{length} letters need more than {n_words} words")
    signs = np.frombuffer(alphabet.encode("ascii"), dtype=np.uint8)
    base = np.uint64(len(alphabet))
    drawn = np.empty((len(words), length), dtype=np.uint8)
    rest = words.copy()
    for place in range(length):
        word = place % n_words
        drawn[:, place] = signs[(rest[:, word] % base).astype(np.intp)]
        rest[:, word] //= base
    text = drawn.tobytes().decode("ascii")
    return [text[start : start + length] for start in range(0, len(text), length)]


def _framed(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big") + part
