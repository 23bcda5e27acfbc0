"""How many fakes a second: Veil's from distinct values, and Faker's seeded per cell, on one core in one run.

Faker is asked for what keeps equal values equal: its generator is seeded with a hash of each value before it is asked for a fake.
`python -m benchmarks.transform.fakes`.
"""

from __future__ import annotations

import hashlib
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
from faker import Faker

from veil.model import Column
from veil.transforms import Context
from veil.transforms.fake import Fake
from veil.transforms.keys import Key

N_VALUES = 200_000
N_FAKER = 4_000
N_UNIQUE = 1_000_000
ROUNDS = 3
LOCALE = "nl_NL"
KEY = Key("main", "2026-11", bytes(range(32)))
# What Veil must reach, in values a second of processor time.
DEMANDED = {"person_name": 300_000, "phone": 200_000, "iban": 200_000}
KINDS: dict[str, str] = {
    "person_name": "name",
    "email": "email",
    "phone": "phone_number",
    "iban": "iban",
    "national_id": "ssn",
    "card": "credit_card_number",
    "street": "street_address",
    "address": "address",
    "company": "company",
}


def main() -> list[str]:
    """Return fakes per second of processor time, and what is unique of a million, as Markdown lines."""
    lines = [f"Distinct values, locale {LOCALE}, one core, median of {ROUNDS} rounds, processor time.", ""]
    lines += ["| kind | Veil, a second | Faker, a second | ratio | demanded |", "|---|---|---|---|---|"]
    for of, method in KINDS.items():
        values = _phones(N_VALUES) if of == "phone" else [f"Given{place} Family{place}" for place in range(N_VALUES)]
        veil, faker = _rate(_veil(of), values), _rate(_faker(method), values[:N_FAKER])
        lines.append(f"| {of} | {veil:,.0f} | {faker:,.0f} | {veil / faker:.1f} | {DEMANDED.get(of, '')} |")
    lines += ["", "| unique | distinct of a million | a second |", "|---|---|---|"]
    for of, values in (("phone", _phones(N_UNIQUE)), ("email", [f"p{place}@firm.test" for place in range(N_UNIQUE)])):
        apply, start = _veil(of, unique=True), time.process_time()
        n_fakes = len(set(apply(values)))
        lines.append(f"| {of} | {n_fakes:,} | {N_UNIQUE / (time.process_time() - start):,.0f} |")
    return lines


def _phones(n: int) -> list[str]:
    return [f"+31{600_000_000 + place}" for place in range(n)]


def _veil(of: str, **parameters: Any) -> Callable[[Sequence[str]], Sequence[Any]]:
    fake = Fake.model_validate({"of": of, "locale": LOCALE, "by": "value", **parameters})
    context = Context(Column("c"), key=KEY, keyspace="bench", distinct=True)
    return lambda values: list(fake.apply(pd.Series(values, dtype=object), context))


def _faker(method: str) -> Callable[[Sequence[str]], Sequence[Any]]:
    faker = Faker(LOCALE)

    def drawn(value: str) -> Any:
        faker.seed_instance(int.from_bytes(hashlib.sha256(value.encode()).digest()[:8], "big"))
        return getattr(faker, method)()

    return lambda values: [drawn(value) for value in values]


def _rate(function: Callable[[Sequence[str]], Sequence[Any]], values: Sequence[str]) -> float:
    function(values[:10])
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        function(values)
        seconds.append(time.process_time() - start)
    return len(values) / statistics.median(seconds)


if __name__ == "__main__":
    print("\n".join(main()))
