"""Sealed cells: authenticated encryption as text that stays the same in every file format.

A sealed cell is `siv1.EPOCH.LETTERS` or `gcm1.EPOCH.LETTERS`; `siv1e` and `gcm1e` where a data subject's own key lies inside.
The letters are sixteen consonants, two to a byte: a ciphertext with digits holds somebody's customer number by chance.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from veil.transforms.ciphers.derive import derived, framed, hkdf

if TYPE_CHECKING:
    from veil.transforms.keys import Key, SubjectKey

Mode = Literal["deterministic", "random"]
HEADS: dict[Mode, str] = {"deterministic": "siv1", "random": "gcm1"}
NONCE_BYTES, TAG_BYTES = 12, 16
HANDLE_BYTES = 16
LETTERS = "BCDFGHJKLMNPQRST"

_TO_LETTERS = str.maketrans("0123456789abcdef", LETTERS)
_TO_DIGITS = str.maketrans(LETTERS, "0123456789abcdef")
_WRITTEN = re.compile(rf"[{LETTERS}]*")


@dataclass(frozen=True)
class Sealer:
    """Seals texts under a key for one place, and opens them again.

    Attributes
    ----------
    place : keyspace, and column where no keyspace is named: authenticated with every cell, so that a cell that is moved to
        another place does not open.
    erasable : texts were first sealed under their data subjects' own keys; told by the head of the cell.

    Source: AES-SIV, RFC 5297; AES-256-GCM, NIST SP 800-38D, with a random nonce of 96 bits, good for 2^32 cells of one epoch
    and place.
    """

    key: Key
    place: tuple[str, ...]
    mode: Mode = "deterministic"
    erasable: bool = False

    @property
    def head(self) -> str:
        """What every sealed cell begins with: version, and the key's epoch."""
        epoch = quote(self.key.epoch, safe="", errors="surrogatepass").replace(".", "%2E")
        return f"{HEADS[self.mode]}{'e' if self.erasable else ''}.{epoch}."

    def seal(self, plain: Sequence[bytes]) -> list[str]:
        """Return a sealed cell for each text."""
        head, cipher = self.head, self._cipher
        return [head + cipher.encrypt(each).hex().translate(_TO_LETTERS) for each in plain]

    def open(self, cells: Sequence[str]) -> list[bytes | None]:
        """Return each cell's text; None for what was not sealed here, in this mode and under this key."""
        head, cipher = self.head, self._cipher
        return [_opened(cipher, cell[len(head) :]) if cell.startswith(head) else None for cell in cells]

    @cached_property
    def _cipher(self) -> _Siv | _Gcm:
        bound = framed("veil sealed", self.head, *self.place)
        if self.mode == "deterministic":
            return _Siv(derived(self.key, "encrypt siv", length=64), bound)
        return _Gcm(derived(self.key, "encrypt gcm", *self.place), bound)


@dataclass(frozen=True)
class _Siv:
    key: bytes = field(repr=False)
    bound: bytes

    @cached_property
    def _aes(self) -> Any:
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        return AESSIV(self.key)

    def encrypt(self, plain: bytes) -> bytes:
        return bytes(self._aes.encrypt(plain, [self.bound]))

    def decrypt(self, sealed: bytes) -> bytes:
        return bytes(self._aes.decrypt(sealed, [self.bound]))


@dataclass(frozen=True)
class _Gcm:
    key: bytes = field(repr=False)
    bound: bytes

    @cached_property
    def _aes(self) -> Any:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self.key)

    def encrypt(self, plain: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + bytes(self._aes.encrypt(nonce, plain, self.bound))

    def decrypt(self, sealed: bytes) -> bytes:
        return bytes(self._aes.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self.bound))


def _opened(cipher: _Siv | _Gcm, written: str) -> bytes | None:
    from cryptography.exceptions import InvalidTag

    if len(written) % 2 or not _WRITTEN.fullmatch(written):
        return None
    try:
        return cipher.decrypt(bytes.fromhex(written.translate(_TO_DIGITS)))
    except (InvalidTag, ValueError):
        return None


def seal_for(subjects: Sequence[SubjectKey], plain: Sequence[bytes]) -> list[bytes]:
    """Return each text sealed under its data subject's key, after the handle that finds that key again."""
    return [key.handle + _inner(key).encrypt(each) for key, each in zip(subjects, plain, strict=True)]


def handle_of(sealed: bytes) -> bytes:
    """Return the handle of the data subject's key that a text was sealed under."""
    return sealed[:HANDLE_BYTES]


def open_for(subject: SubjectKey, sealed: bytes) -> bytes | None:
    """Return the text that was sealed under a data subject's key; None if it was not."""
    from cryptography.exceptions import InvalidTag

    try:
        return _inner(subject).decrypt(sealed[HANDLE_BYTES:])
    except (InvalidTag, ValueError):
        return None


def _inner(subject: SubjectKey) -> _Siv:
    return _Siv(hkdf(subject.secret, b"encrypt subject", 64), subject.handle)
