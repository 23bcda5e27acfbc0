"""Keys and the keyed pseudonym: MAC(key of the epoch, length-prefixed keyspace and canonical value).

The length prefix keeps `a` + `bc` from meeting `ab` + `c`; the keyspace keeps two domains unjoinable.
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
    """Yield the 32-byte MAC of each canonical value.

    Parameters
    ----------
    keyspace : domain separation by the policy.
    purpose : domain separation inside Veil: what is published for one purpose must tell nothing about another, else a
        token would give away the date shift that was drawn for the same subject.

    Source: HMAC-SHA-256, RFC 2104 and FIPS 180-4. The epoch is part of the keyed message, so that a rotated epoch gives
    pseudonyms that cannot be joined with the old ones even if the secret was not changed.
    """
    parts = (key.epoch, keyspace, purpose) if purpose else (key.epoch, keyspace)
    base = hmac.new(key.secret, b"".join(_framed(part.encode()) for part in parts), hashlib.sha256)
    for value in values:
        mac = base.copy()
        mac.update(_framed(value.encode("utf-8", "surrogatepass")))
        yield mac.digest()


def mac_words(key: Key, keyspace: str, values: Iterable[str], *, purpose: str = "") -> Words:
    """Return each MAC as four big-endian 64-bit words: (n_values, 4)."""
    joined = b"".join(macs(key, keyspace, values, purpose=purpose))
    return np.frombuffer(joined, dtype=">u8").astype(np.uint64).reshape(-1, 4)


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
