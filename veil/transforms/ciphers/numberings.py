"""Numbers with check digits, as the integers below a size: the payload is encrypted, and the check digits are worked out again.

A number of a birth date stays one of a birth date, another. What is no number of its kind, or has wrong check digits, has no
index: it would not come back as it was.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2029, 12, 31)
N_DAYS = (LAST_DAY - FIRST_DAY).days + 1
SHORT_DAY = datetime.date(2000, 1, 1)
N_SHORT_DAYS = 36_525
"""Days of a century, for numbers that write two digits of the year and no century: 2000 is taken, where 29 February exists."""

DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
HETU = "0123456789ABCDEFHJKLMNPRSTUVWXY"
MONTHS = "ABCDEHLMPRST"
DEPARTMENTS = (*(f"{at:02d}" for at in range(1, 20)), "2A", "2B", *(f"{at:02d}" for at in range(21, 100)))


_PLAIN = bytes((at - 48) % 10 for at in range(256))
_DOUBLED = bytes(2 * digit - 9 * (digit > 4) for digit in _PLAIN)


@dataclass(frozen=True)
class Numbering:
    """One kind of number, one length.

    Attributes
    ----------
    size : how many indices there are.
    read : returns the index of a number without separators, in capitals; None if it is no such number.
    write : returns the number of an index; None where the kind has no such number.
    gaps : whether there are such indices.
    """

    size: int
    read: Callable[[str], int | None]
    write: Callable[[int], str | None]
    gaps: bool = False


def luhn(payload: str) -> str:
    """Return the check digit of a card number (ISO/IEC 7812-1)."""
    digits = payload.encode("ascii")[::-1]
    return str(-(sum(digits[::2].translate(_DOUBLED)) + sum(digits[1::2].translate(_PLAIN))) % 10)


def _checked(length: int, check: Callable[[str], str | None], *, first: int = 0, gaps: bool = False) -> Numbering:
    """Return a numbering of `length` digits and one check sign; the first digit is at least `first`."""
    start = first * int(10 ** (length - 1))

    def read(number: str) -> int | None:
        digits, sign = number[:length], number[length:]
        sound = len(number) == length + 1 and _is_digits(digits) and int(digits) >= start and check(digits) == sign
        return int(digits) - start if sound else None

    def write(index: int) -> str | None:
        digits = f"{index + start:0{length}d}"
        sign = check(digits)
        return None if sign is None else digits + sign

    return Numbering(int(10**length) - start, read, write, gaps)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _bsn(digits: str) -> str | None:
    total = sum((9 - at) * int(sign) for at, sign in enumerate(digits)) % 11
    return None if total == 10 or not int(digits) else str(total)


def _nif(digits: str) -> str:
    rest = 11 - sum((9 - at) * int(sign) for at, sign in enumerate(digits)) % 11
    return str(rest if rest < 10 else 0)


def _dni(digits: str) -> str:
    return DNI[int(digits) % 23]


def _nie() -> Numbering:
    """Spain's number of a foreigner: X, Y or Z stands for 0, 1 or 2."""
    plain = _checked(8, _dni)

    def read(number: str) -> int | None:
        return plain.read(f"{'XYZ'.index(number[0])}{number[1:]}") if number[:1] in ("X", "Y", "Z") else None

    def write(index: int) -> str | None:
        number = plain.write(index) or ""
        return "XYZ"[int(number[0])] + number[1:]

    return Numbering(30_000_000, read, write)


def _dated(
    first: datetime.date,
    n_days: int,
    n_serials: int,
    split: Callable[[str], tuple[datetime.date, int]],
    join: Callable[[datetime.date, int], str],
) -> Numbering:
    """Return a numbering of a birth date and a serial number.

    `split` returns both, or raises ValueError; `join` writes the whole number. What `join` does not write back is refused,
    and with it every wrong check digit.
    """

    def read(number: str) -> int | None:
        try:
            day, serial = split(number)
        except (ValueError, IndexError):
            return None
        index = (day - first).days * n_serials + serial
        sound = 0 <= (day - first).days < n_days and 0 <= serial < n_serials and join(day, serial) == number
        return index if sound else None

    def write(index: int) -> str:
        return join(first + datetime.timedelta(index // n_serials), index % n_serials)

    return Numbering(n_days * n_serials, read, write)


_long = partial(_dated, FIRST_DAY, N_DAYS)
_short = partial(_dated, SHORT_DAY, N_SHORT_DAYS)


def _ymd(day: datetime.date) -> str:
    return f"{day.year % 100:02d}{day.month:02d}{day.day:02d}"


def _day(text: str, century: int) -> datetime.date:
    return datetime.date(century + int(text[:2]), int(text[2:4]), int(text[4:6]))


def _split_be(number: str) -> tuple[datetime.date, int]:
    century = 2000 if (97 - int("2" + number[:9]) % 97) == int(number[9:]) else 1900
    return _day(number, century), int(number[6:9]) - 1


def _join_be(day: datetime.date, serial: int) -> str:
    digits = f"{_ymd(day)}{serial + 1:03d}"
    return digits + f"{97 - int(('2' if day.year >= 2000 else '') + digits) % 97:02d}"


def _split_pesel(number: str) -> tuple[datetime.date, int]:
    later = int(number[2:4]) > 20
    month = int(number[2:4]) - 20 * later
    return datetime.date((2000 if later else 1900) + int(number[:2]), month, int(number[4:6])), int(number[6:10])


def _join_pesel(day: datetime.date, serial: int) -> str:
    digits = f"{day.year % 100:02d}{day.month + 20 * (day.year >= 2000):02d}{day.day:02d}{serial:04d}"
    weighted = sum(weight * int(sign) for weight, sign in zip((1, 3, 7, 9) * 3, digits, strict=False))
    return digits + str(-weighted % 10)


def _split_se(number: str) -> tuple[datetime.date, int]:
    if len(number) == 12:
        return _day(number[2:], 100 * int(number[:2])), int(number[8:11])
    return _day(number, 2000), int(number[6:9])


def _join_se(day: datetime.date, serial: int, *, century: bool) -> str:
    digits = f"{_ymd(day)}{serial:03d}"
    return (f"{day.year // 100}" if century else "") + digits + luhn(digits)


def _split_hetu(number: str) -> tuple[datetime.date, int]:
    century = {"-": 1900, "A": 2000}[number[6]] if number[6:7] in ("-", "A") else 0
    day = datetime.date(century + int(number[4:6]), int(number[2:4]), int(number[:2]))
    return day, int(number[7:10]) - 2


def _join_hetu(day: datetime.date, serial: int) -> str:
    date, number = f"{day.day:02d}{day.month:02d}{day.year % 100:02d}", f"{serial + 2:03d}"
    return date + ("A" if day.year >= 2000 else "-") + number + HETU[int(date + number) % 31]


def _split_fiscal(number: str) -> tuple[datetime.date, int]:
    day = int(number[9:11])
    date = datetime.date(2000 + int(number[6:8]), MONTHS.index(number[8]) + 1, day - 40 * (day > 40))
    name = 0
    for sign in number[:6] + number[11]:
        name = name * 26 + ord(sign) - ord("A")
    return date, (name * 1000 + int(number[12:15])) * 2 + (day > 40)


def _join_fiscal(day: datetime.date, serial: int) -> str:
    from stdnum.it.codicefiscale import calc_check_digit

    rest, is_female = divmod(serial, 2)
    name, place = divmod(rest, 1000)
    letters = ""
    for _ in range(7):
        name, sign = divmod(name, 26)
        letters = chr(ord("A") + sign) + letters
    number = f"{letters[:6]}{day.year % 100:02d}{MONTHS[day.month - 1]}{day.day + 40 * is_female:02d}{letters[6]}{place:03d}"
    return number + str(calc_check_digit(number))


def _read_nir(number: str) -> int | None:
    place = number[5:7]
    others = number[:5] + number[7:]
    if len(number) != 15 or not _is_digits(others) or place not in DEPARTMENTS or number[0] not in "12":
        return None
    index = int(number[0]) - 1
    for value, size in (
        (int(number[1:3]), 100), (int(number[3:5]) - 1, 12), (DEPARTMENTS.index(place), 100),
        (int(number[7:10]) - 1, 990), (int(number[10:13]) - 1, 999),
    ):  # fmt: skip
        if not 0 <= value < size:
            return None
        index = index * size + value
    return index if _write_nir(index) == number else None


def _write_nir(index: int) -> str:
    """Write France's number: sex, year, month, department, commune, order, and a key for which Corsica's letters are digits."""
    parts = []
    for size in (999, 990, 100, 12, 100):
        index, value = divmod(index, size)
        parts.append(value)
    order, commune, place, month, year = parts
    department = DEPARTMENTS[place]
    head, tail = f"{index + 1}{year:02d}{month + 1:02d}", f"{commune + 1:03d}{order + 1:03d}"
    counted = head + {"2A": "19", "2B": "18"}.get(department, department) + tail
    return f"{head}{department}{tail}{97 - int(counted) % 97:02d}"


NUMBERINGS: dict[str, tuple[Numbering, ...]] = {
    "card": tuple(_checked(length, luhn) for length in range(11, 19)),
    "be_national_number": (_long(998, _split_be, _join_be),),
    "es_dni": (_checked(8, _dni), _nie()),
    "fi_hetu": (_long(898, _split_hetu, _join_hetu),),
    "fr_nir": (Numbering(2 * 100 * 12 * 100 * 990 * 999, _read_nir, _write_nir),),
    "it_codice_fiscale": (_short(26**7 * 2000, _split_fiscal, _join_fiscal),),
    "nl_bsn": (_checked(8, _bsn, gaps=True),),
    "pl_pesel": (_long(10_000, _split_pesel, _join_pesel),),
    "pt_nif": (_checked(8, _nif, first=1),),
    "se_personnummer": (
        _long(1000, _split_se, partial(_join_se, century=True)), _short(1000, _split_se, partial(_join_se, century=False)),
    ),
}  # fmt: skip
"""The numberings of each kind; a number belongs to the first that reads it."""
