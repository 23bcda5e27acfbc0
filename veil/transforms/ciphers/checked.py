"""Values with check digits, encrypted so that the result has right ones: numbers of `numberings`, and IBANs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.transforms.ciphers.numberings import NUMBERINGS, Numbering
from veil.transforms.ciphers.permutation import Permutation
from veil.transforms.ciphers.shapes import SEPARATORS, Secret, groups, permuted, shapes_of

if TYPE_CHECKING:
    import numpy.typing as npt

MIN_BBAN = 8

_DROPPED = str.maketrans("", "", SEPARATORS)
_SPACES = str.maketrans("", "", " \t\u00a0\u2009\u202f")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{%d,30}" % MIN_BBAN)  # noqa: UP031 - braces of the pattern


def compact(kind: str, value: str) -> str:
    """Return a number without what is written between its signs; in Finland's number a hyphen is a sign."""
    return value.translate(_SPACES if kind == "fi_hetu" else _DROPPED)


def relaid(kind: str, value: str, number: str) -> str:
    """Return a number written as another one of the same length is."""
    if len(number) == len(value):
        return number
    signs = iter(number)
    return "".join(next(signs) if compact(kind, sign) else sign for sign in value)


def numbering_of(kind: str, number: str) -> tuple[int, int] | None:
    """Return the place of the kind's numbering that reads a number, and its index there; None if none does."""
    for place, numbering in enumerate(NUMBERINGS[kind]):
        index = numbering.read(number)
        if index is not None:
            return place, index
    return None


def permuted_numbers(kind: str, places: Sequence[tuple[int, int]], secret: Secret) -> list[str]:
    """Return the encrypted, or decrypted, number for each numbering and index."""
    results = [""] * len(places)
    for place, rows in groups([place for place, _ in places]):
        numbering = NUMBERINGS[kind][place]
        moved = _moved(numbering, [places[row][1] for row in rows], secret.apart(kind, str(place)))
        for row, index in zip(rows.tolist(), moved, strict=True):
            results[row] = numbering.write(int(index)) or ""
    return results


def _moved(numbering: Numbering, indices: Sequence[int], secret: Secret) -> Any:
    permutation = Permutation(secret.key, numbering.size, secret.tweak)
    start = np.array(indices, dtype=permutation.kind)

    def belongs(numbers: Any) -> npt.NDArray[np.bool_]:
        return np.fromiter((numbering.write(int(index)) is not None for index in numbers), np.bool_, len(numbers))

    step = permutation.decrypt if secret.back else permutation.encrypt
    return step(start, belongs if numbering.gaps else None)


def is_iban(number: str) -> bool:
    """Return whether an IBAN in capitals without gaps has right check digits (ISO 13616)."""
    return bool(_IBAN.fullmatch(number)) and with_check(number[:2], number[4:]) == number


def with_check(country: str, account: str) -> str:
    """Return the IBAN of a country's account."""
    digits = "".join(str(int(sign, 36)) for sign in f"{account}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{account}"


def permuted_ibans(numbers: Sequence[str], secret: Secret) -> list[str]:
    """Return IBANs of the same countries with their accounts encrypted, or decrypted, in their own shape."""
    results = [""] * len(numbers)
    for country, rows in groups([number[:2] for number in numbers]):
        accounts = [numbers[row][4:] for row in rows]
        moved = permuted(accounts, shapes_of(accounts), secret.apart("iban", country))
        for row, account in zip(rows.tolist(), moved, strict=True):
            results[row] = with_check(country, account)
    return results
