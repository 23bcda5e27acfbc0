"""Wallet addresses: Bitcoin and its kin, Ethereum, and others, each by its own checksum."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final

_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE: Final = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_MASK: Final = (1 << 64) - 1
_BASE58_SHAPE: Final = re.compile(rf"[{_BASE58}]{{25,35}}")
_BECH32_SHAPE: Final = re.compile(r"(bc|tb|ltc|addr|cosmos)1([a-z0-9]{38,110})")
_ETHEREUM_SHAPE: Final = re.compile(r"0x[0-9a-fA-F]{40}")
_MONERO_SHAPE: Final = re.compile(rf"[48][{_BASE58}]{{94}}")
IN_TEXT: Final = re.compile(
    rf"\b(?:0x[0-9a-fA-F]{{40}}|(?:bc|tb|ltc|addr|cosmos)1[a-z0-9]{{38,110}}|[48][{_BASE58}]{{94}}|[13DLMrTX][{_BASE58}]{{24,34}})\b"
)


def is_wallet(value: str) -> bool:
    """Return whether a value is a wallet address whose checksum is right.

    Bitcoin, Litecoin, Dogecoin, Dash and Tron by base58check; the `bc1` kind by bech32 or bech32m (BIP 173 and 350); Ripple by
    base58check in its own alphabet; Ethereum by EIP-55 where letters are mixed, else by its form; Monero by its form.
    """
    if _ETHEREUM_SHAPE.fullmatch(value):
        return _is_ethereum(value)
    if _BECH32_SHAPE.fullmatch(value):
        return _is_bech32(value)
    if _MONERO_SHAPE.fullmatch(value):
        return any(char.isdigit() for char in value[1:])
    if not _BASE58_SHAPE.fullmatch(value):
        return False
    return _is_base58check(value, _RIPPLE if value.startswith("r") else _BASE58)


def _is_base58check(value: str, alphabet: str) -> bool:
    number = 0
    for char in value:
        number = number * 58 + alphabet.index(char)
    try:
        decoded = number.to_bytes(25, "big")
    except OverflowError:
        return False
    return hashlib.sha256(hashlib.sha256(decoded[:21]).digest()).digest()[:4] == decoded[21:]


def _is_bech32(value: str) -> bool:
    prefix, _, data = value.partition("1")
    if any(char not in _BECH32 for char in data):
        return False
    expanded = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    return _polymod([*expanded, *map(_BECH32.index, data)]) in (1, 0x2BC830A3)


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for at, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> at & 1 else 0
    return check


def _is_ethereum(value: str) -> bool:
    address = value[2:]
    if address in (address.lower(), address.upper()):
        return True
    digest = keccak_256(address.lower().encode()).hex()
    pairs = zip(address, digest, strict=False)
    return all(not char.isalpha() or char.isupper() == (int(nibble, 16) >= 8) for char, nibble in pairs)


def keccak_256(message: bytes) -> bytes:
    """Return the Keccak-256 digest of at most 135 bytes, with the padding of before FIPS 202, as Ethereum uses it."""
    block = bytearray(message.ljust(136, b"\0"))
    block[len(message)] ^= 0x01
    block[135] ^= 0x80
    lanes = [int.from_bytes(block[8 * at : 8 * at + 8], "little") if at < 17 else 0 for at in range(25)]
    shift = 1
    for _ in range(24):
        lanes, shift = _round(lanes, shift)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _round(lanes: list[int], shift: int) -> tuple[list[int], int]:
    parity = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
    mixed = [lane ^ parity[(at + 4) % 5] ^ _rotated(parity[(at + 1) % 5], 1) for at, lane in enumerate(lanes)]
    x, y, current = 1, 0, mixed[1]
    for step in range(24):
        x, y = y, (2 * x + 3 * y) % 5
        current, mixed[x + 5 * y] = mixed[x + 5 * y], _rotated(current, (step + 1) * (step + 2) // 2 % 64)
    rows = [mixed[5 * y : 5 * y + 5] for y in range(5)]
    result = [row[x] ^ (~row[(x + 1) % 5] & _MASK & row[(x + 2) % 5]) for row in rows for x in range(5)]
    for at in range(7):
        shift = ((shift << 1) ^ ((shift >> 7) * 0x71)) % 256
        if shift & 2:
            result[0] ^= 1 << ((1 << at) - 1)
    return result, shift


def _rotated(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _MASK
