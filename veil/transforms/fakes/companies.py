"""Tax numbers of firms with valid check digits, from ends of the ranges that no registry known to us has reached.

Invented, not reserved: few countries keep numbers for tests. Reserved all the same: there is no province 00 in ES, no group 4
in SE and no prefix 00 in US.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from veil.transforms.fakes.digits import columns, constant, digits, letters, luhn, mod_11_10, mod_97, number, weighted, written
from veil.transforms.fakes.draw import Draw, written_unlike
from veil.transforms.fakes.packs import Pack
from veil.transforms.fakes.retry import settled
from veil.transforms.fakes.source import Source

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.fakes.source import Indices

    Strings = npt.NDArray[Any]

_PPS: Final = "WABCDEFGHIJKLMNOPQRSTUV"


def vat_numbers(draw: Draw, pack: Pack) -> Strings:
    """Write VAT numbers of the locale's country; in the United States, which have none, employer numbers."""
    writer = _WRITERS[pack.country_code]
    return written_unlike(draw, lambda source, _: writer(source))


def _checked(prefix: str, free: int, check: Callable[[Indices], Indices], template: str) -> Callable[[Source], Strings]:
    """Return a writer of fixed digits, free digits and what `check` computes of both."""

    def write(source: Source) -> Strings:
        payload = columns(constant(prefix), digits(source.take(10**free), free))
        return written(columns(payload, check(payload)), template)

    return write


def _weighed(prefix: str, free: int, weights: tuple[int, ...], template: str) -> Callable[[Source], Strings]:
    """Return a writer of numbers whose check digit completes a multiple of 11; where that needs a ten, the next is taken."""

    def write(source: Source) -> Strings:
        def make(serials: Indices, rows: Indices) -> tuple[Indices, Any]:  # noqa: ARG001
            payload = columns(constant(prefix), digits(serials, free))
            check = -weighted(payload, weights) % 11
            return columns(payload, check), check < 10

        return written(settled(source.take(10**free), 10**free, make), template)

    return write


def _austrian(payload: Indices) -> Indices:
    doubled = payload.copy()
    doubled[:, 1::2] *= 2
    return np.asarray((96 - (doubled // 10 + doubled % 10).sum(axis=1)) % 10)


def _czech(payload: Indices) -> Indices:
    return np.asarray((11 - weighted(payload, (8, 7, 6, 5, 4, 3, 2)) % 11) % 10)


def _dutch(payload: Indices) -> Indices:
    """Return the check of MOD 97-10 over the letters too: N is 23, L 21, B 11."""
    return digits(98 - mod_97(columns(constant("2321"), payload, constant("11"), constant("00"))), 2)


def _british(payload: Indices) -> Indices:
    return digits((97 - weighted(payload, (8, 7, 6, 5, 4, 3, 2)) % 97) % 97, 2)


def _polish(source: Source) -> Strings:
    def make(serials: Indices, rows: Indices) -> tuple[Indices, Any]:  # noqa: ARG001
        payload = columns(constant("000"), digits(serials, 6))
        check = weighted(payload, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11
        return columns(payload, check), check < 10

    return written(settled(source.take(10**6), 10**6, make), "PL##########")


def _french(source: Source) -> Strings:
    payload = columns(constant("99"), digits(source.take(10**6), 6))
    siren = columns(payload, luhn(payload))
    return written(columns(digits((12 + 3 * (number(siren) % 97)) % 97, 2), siren), "FR###########")


def _italian(source: Source) -> Strings:
    payload = columns(constant("999"), digits(source.take(10**4), 4), digits(source.take(100) + 1, 3))
    return written(columns(payload, luhn(payload)), "IT###########")


def _irish(source: Source) -> Strings:
    payload = columns(constant("00"), digits(source.take(10**5), 5))
    return written(columns(payload, letters(weighted(payload, (8, 7, 6, 5, 4, 3, 2)) % 23, _PPS)), "IE########")


_WRITERS: Final[dict[str, Callable[[Source], Strings]]] = {
    "AT": _checked("99", 5, _austrian, "ATU########"),
    "BE": _checked("00", 6, lambda payload: digits(97 - number(payload) % 97, 2), "BE##########"),
    "CZ": _checked("8", 6, _czech, "CZ########"),
    "DE": _checked("99", 6, mod_11_10, "DE#########"),
    "DK": _weighed("99", 5, (2, 7, 6, 5, 4, 3, 2), "DK########"),
    "ES": _checked("00", 5, luhn, "ESB########"),
    "FI": _weighed("99", 5, (7, 9, 10, 5, 8, 4, 2), "FI########"),
    "FR": _french,
    "GB": _checked("00", 5, _british, "GB#########"),
    "IE": _irish,
    "IT": _italian,
    "NL": _checked("99", 7, _dutch, "NL#########B##"),
    "NO": _weighed("1", 7, (3, 2, 7, 6, 5, 4, 3, 2), "NO#########MVA"),
    "PL": _polish,
    "PT": _checked("44", 6, lambda payload: (11 - weighted(payload, (9, 8, 7, 6, 5, 4, 3, 2)) % 11) % 11 % 10, "PT#########"),
    "SE": _checked("49", 7, luhn, "SE##########01"),
    "US": _checked("00", 7, lambda payload: payload[:, :0], "##-#######"),
}
