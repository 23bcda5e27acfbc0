"""Keys and the keyed pseudonym: MAC(key of the epoch, length-prefixed keyspace and canonical value).

The length prefix keeps `a` + `bc` from meeting `ab` + `c`; the keyspace keeps two domains unjoinable.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MIN_KEY_BYTES = 16


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


def macs(key: Key, keyspace: str, values: Iterable[str]) -> Iterator[bytes]:
    """Yield the 32-byte MAC of each canonical value.

    Source: HMAC-SHA-256, RFC 2104 and FIPS 180-4. The epoch is part of the keyed message, so that a rotated epoch gives
    pseudonyms that cannot be joined with the old ones even if the secret was not changed.
    """
    prefix = b"".join(_framed(part.encode()) for part in (key.epoch, keyspace))
    base = hmac.new(key.secret, prefix, hashlib.sha256)
    for value in values:
        mac = base.copy()
        mac.update(_framed(value.encode("utf-8", "surrogatepass")))
        yield mac.digest()


def _framed(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big") + part
