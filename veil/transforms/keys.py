"""Keys and the keyed pseudonym: MAC(key of the epoch, keyspace and canonical value).

A value is keyed once and every purpose (a token, a fake, a shift of dates) draws from that. Frames with their lengths keep
`a` + `bc` from meeting `ab` + `c`; the keyspace keeps two domains unjoinable.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Words = npt.NDArray[np.uint64]

MIN_KEY_BYTES = 16
ROOT_BYTES = 32
CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"


@dataclass(frozen=True)
class Key:
    """A pseudonymization key of one epoch. Its bytes are in no repr, log or manifest; `fingerprint` tells keys apart."""

    name: str
    epoch: str
    secret: bytes = field(repr=False)

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
    base = hmac.new(key.secret, b"".join(_framed(part.encode()) for part in parts), hashlib.sha256)
    for value in values:
        mac = base.copy()
        mac.update(_framed(value.encode("utf-8", "surrogatepass")))
        yield mac.digest()


def mac_words(key: Key, keyspace: str, values: Iterable[str], *, purpose: str = "") -> Words:
    """Return what a pseudonym of each value is drawn from: (n_values, 4) words of 64 bits, a MAC for one purpose.

    Parameters
    ----------
    purpose : domain separation inside Veil: what is published for one purpose must tell nothing about another, else a
        token would give away the date shift that was drawn for the same subject.
    """
    return words_for(key, purpose, roots(key, keyspace, values))


def roots(key: Key, keyspace: str, values: Iterable[str]) -> bytes:
    """Return 32 secret bytes per value, joined: the dear part of `mac_words`, the same for all purposes; never published.

    Source: keyed BLAKE2b, RFC 7693, under a key that HMAC-SHA-256 derives from the policy's key, the epoch and the keyspace.
    """
    parts = b"".join(_framed(part.encode()) for part in ("veil roots", key.epoch, keyspace))
    base = hashlib.blake2b(key=hmac.digest(key.secret, parts, "sha256"), digest_size=ROOT_BYTES)
    made = []
    for value in values:
        mac = base.copy()
        mac.update(value.encode("utf-8", "surrogatepass"))
        made.append(mac.digest())
    return b"".join(made)


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
