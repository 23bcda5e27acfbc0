"""How often random values are taken for identifiers: `python -m tests.unit.identifier_alarms` prints the rates of 10,000 each.

Two kinds of chance are simulated: random digits of each length, alone in a text and forty to a column; and columns of random
values that have the shape of a kind, birth date included, and only lack its check digit.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.unit.shaped import shaped
from veil.recognizers.base import NOTHING
from veil.recognizers.values.checksums import checked
from veil.recognizers.values.identifiers import find_numbers
from veil.recognizers.values.kinds import Kind, kinds

LENGTHS = range(7, 21)
SIZE = 40


def digits(rng: random.Random, length: int) -> str:
    return "".join(rng.choices("0123456789", k=length))


def texts_alarmed(length: int, n: int, seed: int = 1) -> float:
    """Return the share of random digits of a length that are found as an identifier, with no word around them."""
    rng = random.Random(seed * 100 + length)
    return sum(any(True for _ in find_numbers(digits(rng, length))) for _ in range(n)) / n


def columns_alarmed(length: int, n: int, seed: int = 1, size: int = SIZE) -> float:
    """Return the share of columns of random digits of a length that are typed, with no name."""
    rng = random.Random(seed * 100 + length)
    return sum(bool(checked([digits(rng, length) for _ in range(size)])) for _ in range(n)) / n


def shaped_alarmed(kind: Kind, n: int, seed: int = 1, size: int = SIZE) -> float:
    """Return the share of columns of random values of a kind's shape that are typed as that kind."""
    rng = random.Random(f"{seed} {kind.name}")
    pool = shaped(kind.shape, rng, 2000)
    return sum(kind.name in {found for _, found, _ in checked(rng.sample(pool, size))} for _ in range(n)) / n


def judged() -> Iterator[Kind]:
    """Yield the kinds that values alone can prove by check digits; where letters are the check, the shape is all there is."""
    by_digits = ("mod", "Luhn", "Verhoeff", "two", "ISO")
    return (kind for kind in kinds().values() if kind.one_in > 1 and kind.entity != NOTHING and kind.check.startswith(by_digits))


if __name__ == "__main__":
    n = 10_000
    for length in LENGTHS:
        print(f"{length:2} digits: texts {texts_alarmed(length, n):.4%}, columns {columns_alarmed(length, n):.4%}")  # noqa: T201
    for kind in judged():
        print(f"{kind.name:20} shaped columns {shaped_alarmed(kind, n):.4%}", flush=True)  # noqa: T201
