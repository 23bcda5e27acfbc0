"""Canonical forms: what two spellings of one value have in common, so that both get one pseudonym.

A form is declared per keyspace and never guessed: `00123` is 123 only where the policy says `canonical: numeric-id`.
Numbers come in as their file writes them: an integer of one file is `32470123456.00` or `3.2470123456e+10` in another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Literal, get_args

Canonical = Literal["text", "email", "phone", "numeric-id", "iban", "name", "date", "vat", "id"]
CANONICAL: tuple[Canonical, ...] = get_args(Canonical)

MAX_DOMAIN = 253
MIN_PHONE = 8

_DIGITS = re.compile(r"[0-9]+")
_GAP = re.compile(r"[\s\-]+")
_SEPARATORS = re.compile(r"[\s\-./_]+")
_WHOLE = re.compile(r"([1-9][0-9]*|0)\.0+")
_POWER = re.compile(r"([1-9])(?:\.([0-9]{1,40}))?[eE]\+?([0-9]{1,2})")


def canonical(kind: Canonical, values: Sequence[str], region: str | None = None, date_format: str | None = None) -> list[str]:
    """Return the canonical form of each value.

    Parameters
    ----------
    kind : `text` leaves a value as it is; `email` folds case and writes the domain in ASCII; `phone` is E.164; `numeric-id`
        drops leading zeros; `iban` drops gaps and is upper case; `vat` and `id` drop separators and are upper case; `name`
        folds case and runs of spaces; `date` is ISO 8601. Surrounding space counts in `text` only.
    values : distinct values, no nulls.
    region : two-letter country that a phone number without a country code belongs to.
    date_format : how dates are written, for instance %d/%m/%Y; without it a date keeps its own form.

    Returns
    -------
    As many strings, in order. A value that does not have the form keeps a form of its own, so nothing is refused here.
    """
    if kind == "phone":
        return _phones(values, region)
    if kind == "date":
        return _dates(values, date_format)
    return [_FORMS[kind](value) for value in values]


def plain_number(value: str) -> str:
    """Return an integer that a column of fractions or floats holds as its digits; any other text as it is."""
    if match := _WHOLE.fullmatch(value):
        return match[1]
    if match := _POWER.fullmatch(value):
        places, power = (match[2] or "").rstrip("0"), int(match[3])
        return match[1] + places + "0" * (power - len(places)) if power >= len(places) else value
    return value


def folded(value: str) -> str:
    """Return the text without case and compatibility forms: NFKC after case folding, so that folding it again changes nothing."""
    if value.isascii():
        return value.lower()
    once = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", value).casefold())
    return unicodedata.normalize("NFKC", once.casefold())


def _numeric_id(value: str) -> str:
    value = plain_number(value.strip())
    return (value.lstrip("0") or "0") if _DIGITS.fullmatch(value) else value


def _email(value: str) -> str:
    value = folded(value).strip()
    local, at, domain = value.rpartition("@")
    return value if domain.isascii() else f"{local}{at}{_ascii_domain(domain)}"


def _ascii_domain(domain: str) -> str:
    """Write a domain in ASCII (IDNA); a domain that cannot be, or is longer than any, stays."""
    if len(domain) > MAX_DOMAIN:
        return domain
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return domain


def _identifier(value: str) -> str:
    return _SEPARATORS.sub("", folded(plain_number(value.strip()))).upper()


_FORMS: dict[Canonical, Callable[[str], str]] = {
    "text": lambda value: value,
    "email": _email,
    "numeric-id": _numeric_id,
    "iban": lambda value: _GAP.sub("", value).upper(),
    "vat": _identifier,
    "id": _identifier,
    "name": lambda value: " ".join(folded(value).split()),
}


def _phones(values: Sequence[str], region: str | None) -> list[str]:
    from veil.transforms.phone_forms import phone_forms

    return phone_forms([_plain_phone(value) for value in values], region)


def _plain_phone(value: str) -> str:
    """Return a number of a column of fractions or floats as its digits; `555.0000` is a short number with a dot."""
    plain = plain_number(value)
    return plain if len(plain) >= MIN_PHONE else value


def _dates(values: Sequence[str], date_format: str | None) -> list[str]:
    import pandas as pd

    from veil.columns import parse_dates

    own = [value.strip() for value in values]
    if not date_format or not own:
        return own
    stamps = parse_dates(pd.Series(own, dtype=object), date_format)
    written = [stamp.isoformat() if isinstance(stamp, pd.Timestamp) else "" for stamp in stamps]
    return [iso.removesuffix("T00:00:00") or value for iso, value in zip(written, own, strict=True)]
