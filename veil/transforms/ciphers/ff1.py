"""FF1, format-preserving encryption of numeral strings, for whole arrays at once.

Source: NIST SP 800-38G and its revision 1 (second public draft, February 2025), which leaves FF1 only and asks for a domain of
at least a million. Each of the ten rounds is one AES call over the blocks of all values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Numbers = npt.NDArray[Any]
    Bytes = npt.NDArray[np.uint8]

MIN_DOMAIN = 1_000_000
ROUNDS = 10
BLOCK = 16
NATIVE = 2**56
"""Halves below this are worked on as 64-bit integers, larger ones as Python's."""


@dataclass(frozen=True)
class FF1:
    """FF1 under one key, radix and tweak. The caller sees to a domain of at least `MIN_DOMAIN`."""

    key: bytes = field(repr=False)
    radix: int
    tweak: bytes = b""

    def encrypt(self, numerals: Bytes) -> Bytes:
        """Return the encrypted rows of numerals below `radix`: (n_values, length), most significant first."""
        return self._through(numerals, self.encrypt_halves)

    def decrypt(self, numerals: Bytes) -> Bytes:
        """Return the rows that `encrypt` made these of."""
        return self._through(numerals, self.decrypt_halves)

    def _through(self, numerals: Bytes, halves: Any) -> Bytes:
        length = numerals.shape[1]
        cut = length // 2
        kind = self.kind(length)
        left, right = number(numerals[:, :cut], self.radix, kind), number(numerals[:, cut:], self.radix, kind)
        left, right = halves(left, right, length)
        return np.hstack([numerals_of(left, self.radix, cut), numerals_of(right, self.radix, length - cut)])

    def kind(self, length: int) -> Any:
        """Return the dtype that halves of a string of that length are worked on in."""
        return np.uint64 if self.radix ** (length - length // 2) <= NATIVE else object

    def encrypt_halves(self, left: Numbers, right: Numbers, length: int) -> tuple[Numbers, Numbers]:
        """Return the encrypted halves of strings of `length` numerals, given as numbers: `length // 2` on the left."""
        rounds = self._rounds(length)
        for turn in range(ROUNDS):
            modulus = rounds.moduli[turn % 2]
            left, right = right, (left + rounds.drawn(turn, right) % modulus) % modulus
        return left, right

    def decrypt_halves(self, left: Numbers, right: Numbers, length: int) -> tuple[Numbers, Numbers]:
        """Return the halves that `encrypt_halves` made these of."""
        rounds = self._rounds(length)
        for turn in reversed(range(ROUNDS)):
            modulus = rounds.moduli[turn % 2]
            left, right = (right + (modulus - rounds.drawn(turn, left) % modulus)) % modulus, left
        return left, right

    def _rounds(self, length: int) -> _Rounds:
        return _Rounds(self.key, self.radix, self.tweak, length)


@dataclass(frozen=True)
class _Rounds:
    """The round function for one length."""

    key: bytes = field(repr=False)
    radix: int
    tweak: bytes
    length: int

    @cached_property
    def moduli(self) -> tuple[Any, Any]:
        left = self.length // 2
        sizes = self.radix**left, self.radix ** (self.length - left)
        return (np.uint64(sizes[0]), np.uint64(sizes[1])) if self._is_native else sizes

    @cached_property
    def _is_native(self) -> bool:
        return bool(self.radix ** (self.length - self.length // 2) <= NATIVE)

    @cached_property
    def _half_bytes(self) -> int:
        return (int(self.radix ** (self.length - self.length // 2) - 1).bit_length() + 7) // 8

    @cached_property
    def _cipher(self) -> Any:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        return Cipher(algorithms.AES(self.key), modes.ECB())  # noqa: S305 - the block cipher itself is what FF1 is built of

    def _aes(self, blocks: Bytes) -> Bytes:
        encrypted = self._cipher.encryptor().update(np.ascontiguousarray(blocks).tobytes())
        return np.frombuffer(encrypted, dtype=np.uint8).reshape(blocks.shape)

    @cached_property
    def _start(self) -> tuple[Bytes, Bytes]:
        """The state of the MAC after everything that is the same for all values and rounds, and the blocks still to come."""
        shape = bytes([1, 2, 1]) + self.radix.to_bytes(3, "big") + bytes([ROUNDS, self.length // 2 % 256])
        first = shape + self.length.to_bytes(4, "big") + len(self.tweak).to_bytes(4, "big")
        tail = 1 + self._half_bytes
        constant = first + self.tweak + bytes(-(len(self.tweak) + tail) % BLOCK)
        settled = len(constant) // BLOCK * BLOCK
        state = np.zeros((1, BLOCK), dtype=np.uint8)
        for at in range(0, settled, BLOCK):
            state = self._aes(state ^ np.frombuffer(constant[at : at + BLOCK], dtype=np.uint8))
        return state, np.frombuffer(constant[settled:] + bytes(tail), dtype=np.uint8)

    def drawn(self, turn: int, half: Numbers) -> Numbers:
        """Return the number that a round draws from the other half, modulo nothing yet where it fits."""
        state, rest = self._start
        message = np.tile(rest, (len(half), 1))
        message[:, -self._half_bytes :] = self._as_bytes(half)
        message[:, -self._half_bytes - 1] = turn
        for at in range(0, message.shape[1], BLOCK):
            state = self._aes(state ^ message[:, at : at + BLOCK])
        wanted = 4 * ((self._half_bytes + 3) // 4) + 4
        return self._as_numbers(self._stretched(state, wanted), self.moduli[turn % 2])

    def _as_bytes(self, half: Numbers) -> Bytes:
        if self._is_native:
            return half.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 8 - self._half_bytes :]
        joined = b"".join(value.to_bytes(self._half_bytes, "big") for value in half)
        return np.frombuffer(joined, dtype=np.uint8).reshape(-1, self._half_bytes)

    def _stretched(self, state: Bytes, wanted: int) -> Bytes:
        counters = [np.frombuffer(at.to_bytes(BLOCK, "big"), dtype=np.uint8) for at in range(1, -(-wanted // BLOCK))]
        return np.hstack([state, *(self._aes(state ^ counter) for counter in counters)])[:, :wanted]

    def _as_numbers(self, drawn: Bytes, modulus: Any) -> Numbers:
        if self._is_native:
            return _remainder(drawn, modulus)
        whole = np.empty(len(drawn), dtype=object)
        whole[:] = [int.from_bytes(row.tobytes(), "big") for row in drawn]
        return whole


def _remainder(drawn: Bytes, modulus: np.uint64) -> Numbers:
    """Return numbers of 8 or 12 bytes modulo `modulus`, in pieces so small that nothing overflows."""
    words = np.ascontiguousarray(drawn).view(">u4").astype(np.uint64)
    piece = 32 if modulus <= 2**32 else 16 if modulus <= 2**48 else 8
    rest = words[:, 0] % modulus
    for word in words.T[1:]:
        for shift in range(32 - piece, -1, -piece):
            rest = ((rest << np.uint64(piece)) | ((word >> np.uint64(shift)) & np.uint64(2**piece - 1))) % modulus
    return rest


def number(numerals: Bytes, radix: int, kind: Any) -> Numbers:
    """Return rows of numerals as numbers, most significant numeral first."""
    total = np.zeros(len(numerals), dtype=kind)
    for column in numerals.T:
        total = total * _scalar(radix, kind) + column.astype(kind)
    return total


def numerals_of(numbers: Numbers, radix: int, length: int) -> Bytes:
    """Return numbers as rows of `length` numerals."""
    rows = np.empty((len(numbers), length), dtype=np.uint8)
    for place in reversed(range(length)):
        rows[:, place] = (numbers % _scalar(radix, numbers.dtype)).astype(np.uint8)
        numbers = numbers // _scalar(radix, numbers.dtype)
    return rows


def _scalar(value: int, kind: Any) -> Any:
    return value if np.dtype(kind).kind == "O" else np.uint64(value)
