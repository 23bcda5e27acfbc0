"""Other forms of what is compared: parts of identifiers that point to somebody alone, and cells that hold something encoded."""

from __future__ import annotations

import base64
import binascii
import html
import quopri
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc

MAX_CELL: Final = 1 << 22
LEVELS: Final = 2
_MARK: Final = r"%[0-9A-Fa-f]|=[0-9A-F]|&[#0-9A-Za-z]|\\[ux]"
_RUN: Final = r"[A-Za-z0-9+/_-]{8}"
_MIXED: Final = r"[a-z][A-Z]|[0-9][A-Z]|[a-z][0-9]|(?:[0-9a-f]{2}){7}|(?:[0-9A-F]{2}){7}"
"""Marks of an encoding; runs that could be base64 or hexadecimal; and what words and plain numbers in such runs do not have."""
_BASE64_RUN: Final = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_HEX_RUN: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){6,}")
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_NO_NUMBERS: Final = frozenset({"STREET_ADDRESS", "ADDRESS", "URL", "PASSWORD", "PHONE_NUMBER", "IP_ADDRESS"})


def parts_of(entity: str, values: pa.Array) -> Iterator[pa.Array]:
    """Yield identifiers, and parts of them that identify alone.

    The user part of an e-mail address, if it has a digit (others are names, which meet by chance); the digits of a code that has
    letters or leading zeros, if there are seven in a row. `phone_digits` has those of telephone numbers.
    """
    yield values
    if entity == "EMAIL_ADDRESS":
        users = pc.replace_substring_regex(values.filter(pc.match_substring_regex(values, "^[^@]*[0-9][^@]*@")), r"@.*$", "")
        yield users.filter(pc.greater(pc.utf8_length(users), 3))
    elif entity not in _NO_NUMBERS:
        coded = values.filter(pc.match_substring_regex(values, "^(?:0|.*[^0-9]).*[0-9]{7}"))
        numbers = pc.utf8_ltrim(pc.replace_substring_regex(coded, r"[^0-9]+", ""), "0")
        yield numbers.filter(pc.greater_equal(pc.utf8_length(numbers), 7))


def phone_digits(values: pa.Array) -> pa.Array:
    """Return the digits of telephone numbers."""
    return pc.replace_substring_regex(values, r"[^0-9]+", "")


def decoded(cells: pa.Array) -> tuple[list[str], list[int]]:
    """Return what cells hold in another encoding, and the place of each one's cell.

    URL, quoted-printable, HTML, JSON and C escapes, hexadecimal and base64, one inside another up to twice; of a very long cell
    the first 4 Mi characters.
    """
    marked = pc.match_substring_regex(cells, _MARK)
    long_runs = pc.match_substring_regex(cells, _RUN)
    mixed = pc.match_substring_regex(cells, _MIXED) if pc.any(long_runs).as_py() else long_runs
    places = pc.indices_nonzero(pc.fill_null(pc.or_(marked, pc.and_(long_runs, mixed)), False)).to_pylist()
    texts: list[str] = []
    of: list[int] = []
    for place in places:
        for text in dict.fromkeys(_levels(cells[place].as_py()[:MAX_CELL])):
            texts.append(text)
            of.append(place)
    return texts, of


def _levels(text: str) -> Iterator[str]:
    waiting = [text]
    for _ in range(LEVELS):
        waiting = [found for each in waiting for found in _decodings(each) if found != each]
        yield from waiting


def _decodings(text: str) -> Iterator[str]:
    """Yield the text decoded in each way that changes it."""
    if "%" in text or "+" in text:
        yield unquote(text.replace("+", " "))
    if "=" in text:
        yield quopri.decodestring(text.encode("utf-8", "replace")).decode("utf-8", "replace")
    if "&" in text:
        yield html.unescape(text)
    if "\\" in text:
        yield _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), text)
    for match in _HEX_RUN.finditer(text):
        yield from _told(bytes.fromhex(match.group()))
    for match in _BASE64_RUN.finditer(text):
        yield from _told(_from_base64(match.group()))


def _from_base64(text: str) -> bytes:
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return b""


def _told(raw: bytes) -> Iterator[str]:
    """Yield bytes as a text, if they are one: UTF-8 or UTF-16, and mostly printable."""
    for encoding in ("utf-8", "utf-16-le"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(text) >= 4 and sum(map(str.isprintable, text)) >= 0.9 * len(text):
            yield text
