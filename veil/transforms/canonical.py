"""Canonical forms: what two spellings of one value have in common, so that both get one pseudonym.

A form is declared per keyspace and never guessed: `00123` is 123 only where the policy says `canonical: numeric-id`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal, get_args

Canonical = Literal["text", "email", "phone", "numeric-id", "iban"]
CANONICAL: tuple[Canonical, ...] = get_args(Canonical)

_DIGITS = re.compile(r"[0-9]+")
_NOT_DIGIT = re.compile(r"[^0-9]")
_GAP = re.compile(r"[\s\-]+")


def canonical(kind: Canonical, values: Sequence[str], region: str | None = None) -> list[str]:
    """Return the canonical form of each value.

    Parameters
    ----------
    kind : `text` leaves a value as it is; `email` folds case; `phone` is E.164; `numeric-id` drops leading zeros;
        `iban` drops gaps and is upper case. Surrounding space counts in `text` only.
    values : distinct values, no nulls.
    region : two-letter country that a phone number without a country code belongs to.

    Returns
    -------
    As many strings, in order. A value that does not have the form keeps a form of its own, so nothing is refused here.
    """
    if kind == "phone":
        return _phones(values, region)
    return [_FORMS[kind](value) for value in values]


def _numeric_id(value: str) -> str:
    value = value.strip()
    return (value.lstrip("0") or "0") if _DIGITS.fullmatch(value) else value


_FORMS: dict[Canonical, Callable[[str], str]] = {
    "text": lambda value: value,
    "email": lambda value: value.strip().casefold(),
    "numeric-id": _numeric_id,
    "iban": lambda value: _GAP.sub("", value).upper(),
}


def _phones(values: Sequence[str], region: str | None) -> list[str]:
    import phonenumbers

    def form(value: str) -> str:
        try:
            number = phonenumbers.parse(value, region)
        except phonenumbers.NumberParseException:
            return _NOT_DIGIT.sub("", value) or value.strip().casefold()
        extension = f";{number.extension}" if number.extension else ""
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) + extension

    return [form(value) for value in values]
