"""Keys derived from the policy's key, one per purpose, so that none of them tells anything about another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from veil.transforms.keys import Key

SALT = b"veil ciphers 1"


def derived(key: Key, purpose: str, *parts: str, length: int = 32) -> bytes:
    """Return `length` bytes of a key for one purpose, the key's epoch, and whatever else `parts` name.

    Source: HKDF-SHA-256, RFC 5869.
    """
    return hkdf(key.secret, framed(purpose, key.epoch, *parts), length)


def hkdf(secret: bytes, info: bytes, length: int) -> bytes:
    """Return `length` bytes derived from a secret for what `info` says."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), length, SALT, info).derive(secret)


def framed(*parts: str) -> bytes:
    """Return the parts with their lengths, so that `a` + `bc` is not `ab` + `c`."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(part).to_bytes(8, "big") + part for part in encoded)
