"""Telephone numbers: what could be one by its look, and in which country's plan it is valid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from veil.recognizers.values.dates import DATE_LIKE

REGIONS: Final = (
    "US", "GB", "DE", "FR", "NL", "BE", "ES", "IT", "PT", "PL", "AT", "CH", "SE", "IE", "DK", "AU", "BR", "IN", "FI", "NO", "CZ",
)
_SHAPE = re.compile(r"\+?[\d(](?:[\d ()./-]{5,22})\d(?: ?(?:x|ext\.?|#) ?\d{1,6})?", re.IGNORECASE)
_IN_TEXT = re.compile(
    r"(?<![\w./-])(?<!\d,)(?:\+|00|\()?\(?\d(?:[ ()./-]{0,2}\d){6,14}(?: ?(?:x|ext\.?) ?\d{1,6})?(?![\w]|[.,/-]\d)", re.IGNORECASE
)
_SEPARATED = re.compile(r"[ ()/-]|\d\.\d+\.\d")
_OF_A_YEAR = re.compile(r"(?:19|20)\d\d-\d+")
_ANNOUNCED = re.compile(
    r"(?:phone|tel\w{0,8}|fax|call(?:ed)?|mobile|cell|gsm|handy|whatsapp|portable|cellulare|m[oó]vil)\W{0,3}(?:\w{1,10}\W{1,2}){0,2}$",
    re.IGNORECASE,
)
_TWO_NUMBERS = re.compile(r"\d{2,5} \d{1,5}")
_NAME_AFTER = re.compile(r" [A-ZÀ-Þ]\w")
_MIN_DIGITS: Final = 8


def is_shaped(value: str) -> bool:
    """Return whether a value could be a telephone number: 7 to 15 digits with separators, and no date."""
    return bool(_SHAPE.fullmatch(value)) and 7 <= sum(map(str.isdigit, value)) <= 17 and not DATE_LIKE.fullmatch(value)


def is_separated(value: str) -> bool:
    """Return whether a number is written as people write telephone numbers: with `+`, spaces, brackets or dashes."""
    return value.startswith("+") or bool(_SEPARATED.search(value))


def is_valid(value: str, region: str) -> bool:
    """Return whether the number exists in the plan of that region, or in its own where it starts with `+`."""
    import phonenumbers

    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.is_valid_number(number))


def find(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each number in a text that is announced as one, international by its look, or valid somewhere."""
    for match in _IN_TEXT.finditer(text):
        value = match.group()
        n_digits = sum(map(str.isdigit, value))
        if DATE_LIKE.fullmatch(value) or not 7 <= n_digits <= 17 or _OF_A_YEAR.fullmatch(value):
            continue
        if _is_house_number(value, text, match.end()):
            continue
        is_announced = _ANNOUNCED.search(text[max(0, match.start() - 40) : match.start()])
        if is_announced or (n_digits >= _MIN_DIGITS and _could_exist(value)):
            yield match.span()


def _is_house_number(value: str, text: str, end: int) -> bool:
    """Return whether two short groups of digits stand before a street's name: `17031 2202 Rissik St`."""
    return bool(_TWO_NUMBERS.fullmatch(value) and _NAME_AFTER.match(text, end))


def _could_exist(value: str) -> bool:
    return value.startswith(("+", "00", "(+")) or any(is_valid(value, region) for region in _plans(value))


def _plans(value: str) -> tuple[str, ...]:
    return REGIONS if is_separated(value) or value.startswith("0") else REGIONS[:1]
