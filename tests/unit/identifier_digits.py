"""Check digits and dates, as the published rules write them; without python-stdnum and without Veil."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALNUM = "0123456789" + UPPER
Draw = Callable[[random.Random], str | None]


def total(digits: str, weights: Iterable[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def digits(r: random.Random, n: int, first: str = "0123456789") -> str:
    return r.choice(first) + "".join(r.choice("0123456789") for _ in range(n - 1))


def born(r: random.Random) -> tuple[int, str, str]:
    return r.randint(1930, 2004), f"{r.randint(1, 12):02}", f"{r.randint(1, 28):02}"


def ymd(r: random.Random) -> str:
    year, month, day = born(r)
    return f"{year % 100:02}{month}{day}"


def dmy(r: random.Random, low: int = 1930, high: int = 1999) -> str:
    _, month, day = born(r)
    return f"{day}{month}{r.randint(low, high) % 100:02}"


def luhn(body: str) -> str:
    doubled = [2 * ALNUM.index(char) if at % 2 == 0 else ALNUM.index(char) for at, char in enumerate(reversed(body))]
    return str(-sum(n - 9 if at % 2 == 0 and n > 9 else n for at, n in enumerate(doubled)) % 10)


def ean(body: str) -> str:
    return str(-sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(body))) % 10)


def mod_11_10(body: str) -> str:
    rest = 10
    for digit in body:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - rest) % 10)


def verhoeff(body: str) -> str:
    rows = ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 5, 7, 6, 2, 8, 3, 0, 9, 4))
    permuted = [list(rows[0]), list(rows[1])]
    while len(permuted) < 8:
        permuted.append([permuted[1][at] for at in permuted[-1]])

    def times(a: int, b: int) -> int:  # the dihedral group of the pentagon
        if a < 5:
            return (a + b) % 5 if b < 5 else 5 + (a + b) % 5
        return 5 + (a - b) % 5 if b < 5 else (a - b) % 5

    state = 0
    for at, digit in enumerate(reversed(body), 1):
        state = times(state, permuted[at % 8][int(digit)])
    return str((0, 4, 3, 2, 1, 5, 6, 7, 8, 9)[state])


def eleven(body: str, weights: Iterable[int], ten: str | None = None) -> str | None:
    """Return the body with 11 minus the weighted sum modulo 11; `ten` stands for a remainder of 10, None for "not given out"."""
    rest = -total(body, weights) % 11
    last = ten if rest == 10 else str(rest)
    return None if last is None else body + last


def cross(number: int) -> int:
    return sum(map(int, str(number)))


def dmy_reversed(r: random.Random) -> str:
    return f"{r.randint(30, 99)}{r.randint(1, 12):02}{r.randint(1, 28):02}"
