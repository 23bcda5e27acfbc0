"""Identifiers that can stand anywhere in a cell: how each is written, what proves it, and how often chance passes the proof.

Only forms that are rare by chance belong here, for every cell of a table is searched for them. Cards of 13 digits are left out:
no issuer has made any for decades, and every article number of 13 digits would be a candidate.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

LUHN: Final = 0.1
MOD_97: Final = 1 / 97
PHONE: Final = 0.5
"""About half of the numbers that start with a country's code exist in its plan."""

Test = Callable[[str], bool]


@dataclass(frozen=True)
class Kind:
    """A kind of identifier.

    Parameters
    ----------
    entity, title : its entity, and what a reason calls it.
    gate : what a cell must hold to be looked at; a linear-time expression (RE2: no look-around).
    form : what is written like one, over the same cells.
    passes : the check digits or other proof of what the form matched; None where there is none.
    chance : the share of made-up values of the form that pass all the same; 0 where none does.
    minority : it counts only where fewer than half of the values have the form, since nothing but the form speaks for it.
    """

    entity: str
    title: str
    gate: str
    form: re.Pattern[str] = field(repr=False)
    passes: Test | None = field(default=None, repr=False)
    chance: float = 0.0
    minority: bool = False

    def judge(self, text: str) -> tuple[bool, bool]:
        """Return whether a text holds something of the form, and whether one such passes the proof."""
        formed = False
        for match in self.form.finditer(text):
            formed = True
            if self.passes is None or self.passes(match.group()):
                return True, True
        return formed, False


def is_card(written: str) -> bool:
    """Return whether digits, with or without separators, pass the Luhn test and are not all the same."""
    digits = [int(char) for char in written if char.isdigit()]
    doubled = (digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2])
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_iban(written: str) -> bool:
    """Return whether a text starts with an IBAN of its country's length, on word boundaries, whose remainder of 97 is one."""
    taken = 0
    wanted = _iban_lengths().get(written[:2].upper(), 0)
    for end, char in enumerate(written, 1):
        taken += char.isalnum()
        if taken == wanted:
            bare = "".join(filter(str.isalnum, written[:end])).upper()
            is_cut = end < len(written) and written[end].isalnum()
            return not is_cut and int("".join(str(int(char, 36)) for char in bare[4:] + bare[:4])) % 97 == 1
    return False


@lru_cache(maxsize=1)
def _iban_lengths() -> dict[str, int]:
    from stdnum import numdb

    structures = ((country, numdb.get("iban").info(country)[0][1].get("bban", "")) for country in _COUNTRIES)
    lengths = {country: 4 + sum(map(int, re.findall(r"(\d+)!", structure))) for country, structure in structures}
    return {country: length for country, length in lengths.items() if length > 4}


def _exists(written: str) -> bool:
    import phonenumbers

    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(written, None)))
    except phonenumbers.NumberParseException:
        return False


def _is_ip_v4(written: str) -> bool:
    """Four bytes, and not the numbers of a chapter or a version: one of them is above 9, none has a zero in front."""
    parts = written.split(".")
    return all(int(part) < 256 and part == str(int(part)) for part in parts) and max(map(len, parts)) > 1 and parts[0] != "0"


def _is_ip_v6(written: str) -> bool:
    try:
        ipaddress.IPv6Address(written)
    except ValueError:
        return False
    groups = [len(group) for group in written.split(":") if group]
    return len(groups) >= 3 and any(map(str.isdigit, written)) and ("::" in written or max(groups) > 2)


def _has_letter(written: str) -> bool:
    return any(map(str.isalpha, written))


def _is_coin(written: str) -> bool:
    from stdnum import bitcoin

    return written.startswith("0x") or bool(bitcoin.is_valid(written))


_COUNTRIES: Final = tuple(first + second for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for second in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_CARD: Final = (
    r"(?:4\d{15}|4\d{18}|5[0-8]\d{14}|2[2-7]\d{14}|6\d{15}|6\d{18}|35\d{14}|3[47]\d{13}|3[068]\d{12}"
    r"|(?:[456]\d|2[2-7]|35)\d\d(?: \d{4}){3}|(?:[456]\d|2[2-7]|35)\d\d(?:-\d{4}){3}"
    r"|3[47]\d\d[ -]\d{6}[ -]\d{5}|3[068]\d\d[ -]\d{6}[ -]\d{4})"
)
_IBAN: Final = r"[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}"
_DOMAIN: Final = r"@(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.){1,5}[A-Za-z]{2}"
_SSN: Final = r"\d{3}-\d{2}-\d{4}"
_PHONE: Final = r"\+[1-9]\d{0,2}(?:[ ()./-]{0,2}\d){6,14}"
_V4: Final = r"(?:\d{1,3}\.){3}\d{1,3}"
_V6: Final = r"(?:[0-9A-Fa-f]{1,4}:){1,7}(?::?[0-9A-Fa-f]{1,4}){1,7}"
_MAC: Final = r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}"
_USER: Final = r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/@:]{1,64}:[^\s/@]{1,64}@[^\s/@]"
_COIN: Final = r"(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[a-z0-9]{11,71}|0x[0-9A-Fa-f]{40})"
_TOKEN: Final = r"eyJ[A-Za-z0-9_-]{10}[A-Za-z0-9_-]*\.eyJ[A-Za-z0-9_-]{10}[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{4}"  # noqa: S105 - a pattern, no secret
_KEY: Final = r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"

KINDS: Final[tuple[Kind, ...]] = (
    Kind("EMAIL_ADDRESS", "an e-mail address", r"[^\s@(<>]@[A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z][A-Za-z]",
         re.compile(r"[\w%+-]" + _DOMAIN)),
    Kind("IBAN_CODE", "an IBAN", r"\b" + _IBAN, re.compile(r"(?<![\w-])" + _IBAN), is_iban, MOD_97),
    # Not inside a decimal or a list of numbers, nor among the groups of a longer number such as an IBAN.
    Kind("CREDIT_CARD", "a card number", r"\b" + _CARD + r"\b", re.compile(
        r"(?<![\w+])(?<!\d[.,-])(?<!\d{4} )(?<![A-Za-z]{2}\d\d )(?<!^[.,-])" + _CARD + r"(?![\w-]|[.,]\d| \d{1,4}(?![\d/]))"),
        is_card, LUHN),
    Kind("US_SSN", "a social security number", r"\b" + _SSN + r"\b", re.compile(
        r"(?<![\w+-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])"), minority=True),
    Kind("PHONE_NUMBER", "an international phone number", _PHONE, re.compile(r"(?<![\w+.-])" + _PHONE + r"(?![\w]|[.,/-]\d)"),
         _exists, PHONE, minority=True),
    Kind("IP_ADDRESS", "an IP address", r"\b" + _V4 + r"\b", re.compile(
        r"(?<![\w.-])(?<![A-Za-z]/)(?<!\bv )(?<!\brv:)(?<!\bversion )(?<!\brelease )(?<!\bfirmware )(?<!\bbuild )" + _V4
        + r"(?![\w-]|\.\d)", re.IGNORECASE), _is_ip_v4, minority=True),
    Kind("IP_ADDRESS", "an IP address", _V6, re.compile(r"(?<![\w:.-])" + _V6 + r"(?![\w:.-])"), _is_ip_v6),
    # A real one without any letter is one in 300; codes of six pairs of digits are common.
    Kind("MAC_ADDRESS", "a MAC address", r"\b(?:" + _MAC + r")\b",
         re.compile(r"(?<![\w:.-])(?:" + _MAC + r")(?![\w:-])"), _has_letter),
    Kind("URL", "a web address with user name and password", _USER, re.compile(_USER)),
    Kind("CRYPTO", "a wallet address", r"\b" + _COIN + r"\b", re.compile(r"(?<!\w)" + _COIN + r"(?!\w)"), _is_coin),
    Kind("SESSION_ID", "an access token", _TOKEN, re.compile(r"(?<![\w-])" + _TOKEN)),
    Kind("PASSWORD", "a private key", _KEY, re.compile(_KEY)),
)
