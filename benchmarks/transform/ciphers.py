"""How many distinct values a second are hashed, tokenized, encrypted and brought into canonical form, on one core.

`python -m benchmarks.transform ciphers`. Every figure is values by seconds of processor time, the median of the rounds, for whole
columns of distinct values; FF1 is also run a value at a time, as libraries do it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from veil.model import Column
from veil.transforms import TRANSFORMS, Context
from veil.transforms.canonical import canonical
from veil.transforms.ciphers.ff1 import FF1
from veil.transforms.ciphers.numberings import NUMBERINGS
from veil.transforms.keys import Key

N_VALUES = 50_000
N_SLOW = 2_000
ROUNDS = 3
DEMANDED = 100_000
KEY = Key("main", "2026-11", bytes(range(32)))


def main() -> list[str]:
    """Return Markdown lines."""
    told = f"{N_VALUES:,} distinct values, one core, median of {ROUNDS} rounds, processor time; `fpe` must reach {DEMANDED:,}/s."
    lines = [told, "", "| what | values/s | back, values/s |", "|---|--:|--:|"]
    lines += [_line(label, *case) for label, case in _cases().items()]
    lines += ["", "| canonical form | values/s |", "|---|--:|"]
    lines += [f"| {label} | {_rate(task, N_VALUES):,.0f} |" for label, task in _forms().items()]
    fast, slow = _ff1(N_VALUES, at_once=True), _ff1(N_SLOW, at_once=False)
    told = f"{fast:,.0f} values/s for a column at once, {slow:,.0f} for a value at a time: {fast / slow:,.0f} times"
    return [*lines, "", f"FF1 over nine digits, without text: {told}."]


def _cases() -> dict[str, tuple[str, dict[str, Any], Sequence[str], str]]:
    emails = [f"person.{place}@firm-{place % 999}.example" for place in range(N_VALUES)]
    phones = [f"+32470{place:06d}" for place in range(N_VALUES)]
    spelled = [f"0470/{place // 10_000:02d}.{place // 100 % 100:02d}.{place % 100:02d}" for place in range(N_VALUES)]
    plain = {
        "hash": ("hash", {}, emails, "text"),
        "hash, blake2b": ("hash", {"algorithm": "blake2b"}, emails, "text"),
        "token": ("token", {}, emails, "text"),
        "encrypt, AES-SIV": ("encrypt", {}, emails, "text"),
        "encrypt, AES-GCM": ("encrypt", {"mode": "random"}, emails, "text"),
        "fpe, nine digits": ("fpe", {"of": "digits"}, [f"{place:09d}" for place in range(N_VALUES)], "text"),
        "fpe, digits with separators": ("fpe", {"of": "digits"}, [f"{place:06d}/12-3" for place in range(N_VALUES)], "text"),
        "fpe, six letters": ("fpe", {"of": "letters"}, _letters(), "text"),
        "fpe, letters and digits": ("fpe", {"of": "alphanumeric"}, [f"AB-{place:06d}" for place in range(N_VALUES)], "text"),
        "fpe, phone in E.164": ("fpe", {"of": "phone"}, phones, "phone"),
        "fpe, phone in national writing, to E.164": ("fpe", {"of": "phone"}, spelled, "phone"),
        "fpe, phone in national writing, kept": ("fpe", {"of": "phone"}, spelled, "text"),
        "fpe, IBAN": ("fpe", {"of": "iban"}, _ibans(), "iban"),
    }
    return plain | {f"fpe, {kind}": ("fpe", {"of": kind}, _numbers(kind), "text") for kind in NUMBERINGS}


def _letters() -> list[str]:
    drawn = np.random.default_rng(0).integers(65, 91, (2 * N_VALUES, 6)).astype(np.uint8)
    text = drawn.tobytes().decode("ascii")
    return list(dict.fromkeys(text[at : at + 6] for at in range(0, len(text), 6)))[:N_VALUES]


def _ibans() -> list[str]:
    from veil.transforms.ciphers.checked import with_check

    return [with_check("BE", f"{place:012d}") for place in range(N_VALUES)]


def _numbers(kind: str) -> list[str]:
    """Return numbers of the kind's last numbering but one, or of its only one; cards of 16 digits."""
    numbering = NUMBERINGS[kind][4 if kind == "card" else 0]
    step = numbering.size // (2 * N_VALUES)
    written = (numbering.write(place * step) for place in range(2 * N_VALUES))
    return [number for number in written if number is not None][:N_VALUES]


def _line(label: str, name: str, parameters: dict[str, Any], values: Sequence[str], form: Any) -> str:
    method: Any = TRANSFORMS[name].model_validate(parameters)
    context = Context(Column("c"), key=KEY, keyspace="k", canonical=form, region="BE")
    cells = pd.Series(values, dtype=object)
    forth = _rate(lambda: method.apply(cells, context), len(values))
    if not hasattr(method, "reverse"):
        return f"| {label} | {forth:,.0f} | |"
    made = method.apply(cells, context)
    back = method.reverse(made, context)
    wanted = list(values) if form == "text" else list(context.canonical_forms(list(values)))
    if list(back) != wanted:
        raise AssertionError(f"{label} does not come back")
    return f"| {label} | {forth:,.0f} | {_rate(lambda: method.reverse(made, context), len(values)):,.0f} |"


def _forms() -> dict[str, Callable[[], Any]]:
    spelled = [f"0470/{place // 10_000:02d}.{place // 100 % 100:02d}.{place % 100:02d}" for place in range(N_VALUES)]
    numbers = [str(32_470_000_000 + place) for place in range(N_VALUES)]
    emails = [f"Person.{place}@Firm.example" for place in range(N_VALUES)]
    names = [f"Zoë  Weiß {place}" for place in range(N_VALUES)]
    return {
        "phone, national writing": lambda: canonical("phone", spelled, "BE"),
        "phone, integers": lambda: canonical("phone", numbers, "BE"),
        "email": lambda: canonical("email", emails),
        "numeric-id": lambda: canonical("numeric-id", numbers),
        "name": lambda: canonical("name", names),
    }


def _ff1(n_values: int, *, at_once: bool) -> float:
    numerals = np.random.default_rng(0).integers(0, 10, (n_values, 9)).astype(np.uint8)
    cipher = FF1(KEY.secret, 10, b"k")
    if at_once:
        return _rate(lambda: cipher.encrypt(numerals), n_values)
    return _rate(lambda: [cipher.encrypt(numerals[at : at + 1]) for at in range(n_values)], n_values)


def _rate(task: Callable[[], Any], n_values: int) -> float:
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        task()
        seconds.append(time.process_time() - start)
    return n_values / statistics.median(seconds)


if __name__ == "__main__":
    print("\n".join(main()))
