"""Telephone numbers, encrypted in their national part: the country code, an extension's place and the writing stay.

The result is a number that reads back as itself, so that it can be decrypted, and joined after canonicalization.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from veil.transforms.ciphers.permutation import walked
from veil.transforms.ciphers.shapes import Secret, from_signs, groups, to_signs
from veil.transforms.phone_forms import phone_forms, split_form

if TYPE_CHECKING:
    import numpy.typing as npt

HOLE = "\ufffe"
"""A noncharacter that marks a digit to be encrypted; no text holds it."""

Template = tuple[str, str, int]
"""Country code; the writing with holes; how many of the holes are of the extension."""


def templates(values: Sequence[str], region: str | None) -> list[Template | None]:
    """Return how each number is written; None for what is no number with a country, or does not read back as itself."""
    forms = phone_forms(values, region)
    odd = [at for at, (value, form) in enumerate(zip(values, forms, strict=True)) if value != form]
    again = phone_forms([forms[at] for at in odd], region)
    unstable = {at for at, form in zip(odd, again, strict=True) if forms[at] != form}
    return [None if at in unstable else _template(values[at], form) for at, form in enumerate(forms)]


def _template(value: str, form: str) -> Template | None:
    parts = split_form(form)
    if parts is None or HOLE in value:
        return None
    code, national, extension = parts
    if value == form and not extension:
        return code, f"+{code}{HOLE * len(national)}", 0
    digits = "".join(sign for sign in value if "0" <= sign <= "9")
    if not digits.endswith(national + extension):
        return None
    return code, _holed(value, len(national) + len(extension)), len(extension)


def _holed(value: str, count: int) -> str:
    signs = list(value)
    for at in reversed(range(len(signs))):
        if count and "0" <= signs[at] <= "9":
            signs[at], count = HOLE, count - 1
    return "".join(signs)


def payload_digits(template: Template) -> int:
    """Return how many digits are encrypted."""
    return template[1].count(HOLE)


def permuted_phones(values: Sequence[str], written: Sequence[Template], region: str | None, secret: Secret) -> list[str]:
    """Return the numbers with their national parts and extensions encrypted, or decrypted."""
    results = [""] * len(values)
    for template, rows in groups(written):
        for row, text in zip(rows.tolist(), _alike([values[row] for row in rows], template, region, secret), strict=True):
            results[row] = text
    return results


def _alike(values: Sequence[str], template: Template, region: str | None, secret: Secret) -> list[str]:
    code, text, extension = template
    places = [at for at, sign in enumerate(text) if sign == HOLE]
    signs = to_signs(values, len(text))
    is_form = text == f"+{code}{HOLE * len(places)}"

    def written(numerals: npt.NDArray[np.uint8]) -> list[str]:
        filled = np.tile(signs[:1], (len(numerals), 1))
        filled[:, places] = numerals.astype(np.uint32) + ord("0")
        return from_signs(filled)

    def reads_back(numerals: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
        digits = from_signs(numerals.astype(np.uint32) + ord("0"))
        cut = len(places) - extension
        wanted = [f"+{code}{each[:cut]};{each[cut:]}" if extension else f"+{code}{each}" for each in digits]
        found = phone_forms(written(numerals), region)
        again = found if is_form else phone_forms(wanted, region)
        same = (one == two == three for one, two, three in zip(wanted, found, again, strict=True))
        return np.fromiter(same, np.bool_, len(wanted))

    numerals = (signs[:, places] - ord("0")).astype(np.uint8)
    return written(walked(secret.apart(code).numerals(10), numerals, reads_back))
