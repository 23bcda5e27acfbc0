"""Telephone numbers in one form, E.164: many at a time, and just as `phonenumbers` reads them one by one.

Most numbers are read here from their digits and their country's plan; what needs more thought than that (a trunk prefix after
the country code, an extension, letters) goes to `phonenumbers` itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

MAX_DIGITS = 15
MIN_DIGITS = 5

_NOT_DIGIT = re.compile(r"[^0-9]")
_PUNCTUATION = str.maketrans("", "", " -./()")
_DIGITS = re.compile(rf"\+?[0-9]{{{MIN_DIGITS},{MAX_DIGITS}}}")


@dataclass(frozen=True)
class Plan:
    """What a country's numbers look like; patterns are compiled."""

    code: str
    general: re.Pattern[str]
    lengths: frozenset[int]
    prefix: re.Pattern[str] | None
    abroad: re.Pattern[str] | None
    simple: bool


def phone_forms(values: Sequence[str], region: str | None) -> list[str]:
    """Return each number in E.164, with `;` and its extension if it has one; only its digits where it has no country code."""
    forms = []
    for value in values:
        digits = value.translate(_PUNCTUATION) if len(value) < 40 else ""
        form = _read(digits, region) if _DIGITS.fullmatch(digits) else None
        forms.append(_parsed(value, region) if form is None else form)
    return forms


def split_form(form: str) -> tuple[str, str, str] | None:
    """Return country code, national number and extension of an E.164 form; None if it has no country code."""
    if not form.startswith("+"):
        return None
    number, _, extension = form[1:].partition(";")
    code = country_code(number)
    return (code, number[len(code) :], extension) if code else None


def country_code(digits: str) -> str:
    """Return the country code that the digits begin with; empty if there is none."""
    codes = _codes()
    for length in (1, 2, 3):
        if digits[:length] in codes:
            return digits[:length]
    return ""


def _read(digits: str, region: str | None) -> str | None:
    """Return the form of plain digits where it is plain too; None where `phonenumbers` has to look."""
    if digits[0] == "+":
        code = country_code(digits[1:])
        plan = _plan_of_code(code) if code else None
        return None if plan is None else _international(digits[1 + len(code) :], plan)
    if region is None:
        return digits
    plan = _plan_of_region(region)
    return None if plan is None else _national(digits, plan)


def _international(rest: str, plan: Plan) -> str | None:
    if len(rest) < MIN_DIGITS:
        return None
    national = _without_prefix(rest, plan)
    return None if national is None else f"+{plan.code}{national}"


def _national(digits: str, plan: Plan) -> str | None:
    if plan.abroad is not None and plan.abroad.match(digits):
        return None
    if digits.startswith(plan.code):
        rest = digits[len(plan.code) :]
        is_abroad = not plan.general.fullmatch(digits) and plan.general.fullmatch(rest) and not _prefixed(rest, plan)
        return f"+{plan.code}{rest}" if is_abroad else None
    national = _without_prefix(digits, plan)
    return None if national is None else f"+{plan.code}{national}"


def _prefixed(digits: str, plan: Plan) -> re.Match[str] | None:
    return None if plan.prefix is None else plan.prefix.match(digits)


def _without_prefix(digits: str, plan: Plan) -> str | None:
    """Return the digits without the trunk prefix, where they are a number without it; None where that takes more thought."""
    before = _prefixed(digits, plan)
    if before is None:
        return digits
    rest = digits[before.end() :]
    if not plan.simple or len(rest) not in plan.lengths:
        return None
    return digits if plan.general.fullmatch(digits) and not plan.general.fullmatch(rest) else rest


def _parsed(value: str, region: str | None) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return _NOT_DIGIT.sub("", value) or value.strip().casefold()
    extension = f";{number.extension}" if number.extension else ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) + extension


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    import phonenumbers

    return frozenset(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))


@lru_cache(maxsize=512)
def _plan_of_region(region: str) -> Plan | None:
    import phonenumbers

    return _plan(phonenumbers.PhoneMetadata.metadata_for_region(region.upper(), None))


@lru_cache(maxsize=512)
def _plan_of_code(code: str) -> Plan | None:
    import phonenumbers

    region = phonenumbers.region_code_for_country_code(int(code))
    return _plan(phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(int(code), region))


def _plan(metadata: Any) -> Plan | None:
    if metadata is None or not metadata.general_desc.national_number_pattern:
        return None
    prefix = metadata.national_prefix_for_parsing
    compiled = re.compile(prefix) if prefix else None
    return Plan(
        code=str(metadata.country_code),
        general=re.compile(metadata.general_desc.national_number_pattern),
        lengths=frozenset(metadata.general_desc.possible_length),
        prefix=compiled,
        abroad=re.compile(metadata.international_prefix) if metadata.international_prefix else None,
        simple=compiled is not None and compiled.groups == 0 and not metadata.national_prefix_transform_rule,
    )
