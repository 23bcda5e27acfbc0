"""Signatures of manifests: Ed25519 (RFC 8032), so that whoever has the public key can tell that a release is ours and whole."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from veil.errors import KeyUnavailable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SEED_BYTES = 32


@dataclass(frozen=True)
class Signature:
    """What lies beside a manifest, in hexadecimal. `key_id` is the start of the public key's SHA-256."""

    algorithm: str
    key_id: str
    public_key: str
    signature: str


def sign(manifest: bytes, seed: bytes) -> Signature:
    """Sign the bytes of a manifest.

    Raises
    ------
    KeyUnavailable : the seed is not 32 bytes long.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    require_seed(seed)
    key: Ed25519PrivateKey = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes_raw()
    return Signature("Ed25519", key_id(public), public.hex(), key.sign(manifest).hex())


def require_seed(seed: bytes) -> None:
    """Refuse a seed of another length than Ed25519 takes."""
    if len(seed) != SEED_BYTES:
        raise KeyUnavailable(f"the signing key has {len(seed)} bytes and Ed25519 takes {SEED_BYTES}: `openssl rand -hex 32`")


def key_id(public_key: bytes) -> str:
    """Return the short name of a public key."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def is_genuine(manifest: bytes, text: str, public_key: bytes) -> bool:
    """Tell whether a signature file's text is a signature of these bytes by this key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        told = json.loads(text)
        Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(told["signature"]), manifest)
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return bool(told.get("algorithm") == "Ed25519")
