"""Bank accounts that no bank has: IBANs of a country with a bank code that it does not assign, and test BICs.

The check digits of the IBAN and, where the country has them, of its own account number are valid. Bank codes:

- BE: codes that the National Bank's list leaves free. DE, FI: clearing areas begin with 1 to 8, these with 9.
- GB, IE, NL: four letters from QQ on, of which no bank's BIC begins. PL: bank numbers begin with 1 to 9, these with 0.
- AT, CZ, DK, ES, FR, IT, NO, PT, SE: codes at the far end of the range, which no list known to us holds; invented, not reserved.
- US and others without IBAN, and `style: unreachable`: country code QZ, which ISO 3166-1 leaves to users, and twenty digits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from veil.transforms.fakes.digits import columns, constant, digits, letters, luhn, mod_97, number, weighted, written
from veil.transforms.fakes.draw import Draw, written_unlike
from veil.transforms.fakes.packs import Pack
from veil.transforms.fakes.retry import settled
from veil.transforms.fakes.source import Source

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.fakes.source import Indices

    Strings = npt.NDArray[Any]

NOWHERE: Final = "QZ"
_FREE_IN_BELGIUM: Final = (112, 117, 118, 128, 135, 136, 138, 139, 151, 153, 158, 159, 160, 161, 162, 163, 164, 165, 166, 167)
_SPANISH: Final = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)
_CIN_ODD: Final = np.array([1, 0, 5, 7, 9, 13, 15, 17, 19, 21])
_CZECH: Final = (6, 3, 7, 9, 10, 5, 8, 4, 2)
_NORWEGIAN: Final = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def ibans(draw: Draw, pack: Pack) -> Strings:
    """Write IBANs of the locale's country without gaps."""
    country = pack.country_code if pack.country_code in _ACCOUNTS else NOWHERE
    return written_unlike(draw, lambda source, _: _iban(country, source))


def unreachable_ibans(draw: Draw, pack: Pack) -> Strings:  # noqa: ARG001 - one signature for all kinds
    """Write IBANs of no country."""
    return written_unlike(draw, lambda source, _: _iban(NOWHERE, source))


def bics(draw: Draw, pack: Pack) -> Strings:
    """Write test BICs: ISO 9362 gives them a zero as last sign of the place."""

    def write(source: Source, _: Draw) -> Strings:
        free = letters(np.column_stack([source.take(20) for _ in range(3)]))
        return written(free, f"QQ##{pack.country_code}#0")

    return written_unlike(draw, write)


def _iban(country: str, source: Source) -> Strings:
    account = _ACCOUNTS.get(country, _nowhere)(source)
    tail = columns(account, _codes(country), constant("00"))
    check = 98 - mod_97(np.hstack([_as_digits(tail[:, place]) for place in range(tail.shape[1])]))
    return written(columns(_codes(country), digits(check, 2), account))


def _as_digits(column: Indices) -> Indices:
    """Return the one digit of a column of digits, or the two digits of a column of letters: A is 10."""
    return digits(column - ord("A") + 10, 2) if len(column) and column[0] >= ord("A") else column[:, None]


def _codes(text: str) -> Indices:
    return np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.int64)[None, :]


def _nowhere(source: Source) -> Indices:
    return columns(digits(source.take(10**10), 10), digits(source.take(10**10), 10))


def _plain(bank: str, free: int) -> Callable[[Source], Indices]:
    """Return a writer of accounts without a check digit of their own."""

    def account(source: Source) -> Indices:
        return columns(constant(bank), digits(source.take(10**free), free))

    return account


def _lettered(free: int) -> Callable[[Source], Indices]:
    """Return a writer of accounts that begin with the four letters of a bank."""

    def account(source: Source) -> Indices:
        bank = letters(np.column_stack([source.take(20), source.take(20)]))
        return columns(_codes("QQ"), bank, digits(source.take(10**free), free))

    return account


def _belgian(source: Source) -> Indices:
    bank = digits(np.array(_FREE_IN_BELGIUM)[source.take(len(_FREE_IN_BELGIUM))], 3)
    payload = columns(bank, digits(source.take(10**7), 7))
    return columns(payload, digits((mod_97(payload) - 1) % 97 + 1, 2))


def _finnish(source: Source) -> Indices:
    payload = columns(constant("9"), digits(source.take(10**12), 12))
    return columns(payload, luhn(payload))


def _french(source: Source) -> Indices:
    bank, branch, account = digits(source.take(10), 1), digits(source.take(10**5), 5), digits(source.take(10**11), 11)
    bank = columns(constant("9999"), bank)
    key = 97 - (89 * number(bank) + 15 * number(branch) + 3 * number(account)) % 97
    return columns(bank, branch, account, digits(key, 2))


def _spanish(source: Source) -> Indices:
    bank = columns(constant("999"), digits(source.take(10**5), 5))
    account = digits(source.take(10**10), 10)
    checks = [11 - weighted(part, _SPANISH) % 11 for part in (columns(constant("00"), bank), account)]
    return columns(bank, *[np.select([check == 10, check == 11], [1, 0], check) for check in checks], account)


def _italian(source: Source) -> Indices:
    payload = columns(constant("9999"), digits(source.take(10**6), 6), digits(source.take(10**12), 12))
    total = _CIN_ODD[payload[:, ::2]].sum(axis=1) + payload[:, 1::2].sum(axis=1)
    return columns(letters(total % 26, _CAPITALS), payload)


def _polish(source: Source) -> Indices:
    bank = columns(constant("0"), digits(source.take(10**6), 6))
    check = -weighted(bank, (3, 9, 7, 1, 3, 9, 7)) % 10
    return columns(bank, check, digits(source.take(10**16), 16))


def _portuguese(source: Source) -> Indices:
    payload = columns(constant("99"), digits(source.take(10**6), 6), digits(source.take(10**11), 11))
    return columns(payload, digits(98 - mod_97(columns(payload, constant("00"))), 2))


def _czech(source: Source) -> Indices:
    def make(serials: Indices, rows: Indices) -> tuple[Indices, Any]:  # noqa: ARG001
        account = digits(serials, 9)
        check = -weighted(account, _CZECH) % 11
        return columns(constant("9999000000"), account, check), check < 10

    return settled(source.take(10**9), 10**9, make)


def _norwegian(source: Source) -> Indices:
    def make(serials: Indices, rows: Indices) -> tuple[Indices, Any]:  # noqa: ARG001
        payload = columns(constant("009"), digits(serials, 7))
        check = -weighted(payload, _NORWEGIAN) % 11
        return columns(payload, check), check < 10

    return settled(source.take(10**7), 10**7, make)


_ACCOUNTS: Final[dict[str, Callable[[Source], Indices]]] = {
    "AT": _plain("99", 14),
    "BE": _belgian,
    "CZ": _czech,
    "DE": _plain("9", 17),
    "DK": _plain("00", 12),
    "ES": _spanish,
    "FI": _finnish,
    "FR": _french,
    "GB": _lettered(14),
    "IE": _lettered(14),
    "IT": _italian,
    "NL": _lettered(10),
    "NO": _norwegian,
    "PL": _polish,
    "PT": _portuguese,
    "SE": _plain("00", 18),
}
