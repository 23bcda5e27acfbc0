"""`python -m benchmarks.synthesize control`: what is asked of a stand-in, and how much of it each method meets.

Adult: income over 50K in 30 % of the rows, a rare country oversampled, an even work class, parity of the income across sex, hours
beyond what was observed, and constraints; each by itself, and what goes together at once.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from benchmarks.synthesize.data import load
from veil.model import Column, Epoch
from veil.synthesizers import SYNTHESIZERS
from veil.synthesizers.base import Model
from veil.synthesizers.conditions import OneOf, met
from veil.synthesizers.control import (
    Balance,
    Control,
    Criterion,
    Determines,
    Extremes,
    Oversample,
    Parity,
    Quota,
    Within,
    prepare,
    steered,
)

ROWS = 20_000
CONTROLS = {
    "quota": Control(quotas=(Quota((Criterion("income", (" >50K",)),), 0.3),)),
    "rare": Control(oversample=(Oversample((Criterion("native-country", (" Germany",)),), 20.0),)),
    "balance": Control(balance=(Balance("workclass"),)),
    "parity": Control(parity=(Parity(Criterion("income", (" >50K",)), "sex"),)),
    "extremes": Control(extremes=(Extremes("hours-per-week", 0.01, "upper"),)),
    "constraints": Control(
        constraints=(Determines(("education",), ("education-num",)), Within(Criterion("age", at_least=17, at_most=90)))
    ),
    "together": Control(
        oversample=(Oversample((Criterion("native-country", (" Germany",)),), 20.0),),
        balance=(Balance("workclass"),),
        parity=(Parity(Criterion("income", (" >50K",)), "sex", 0.3),),
        constraints=(Determines(("education",), ("education-num",)), Within(Criterion("age", at_least=17, at_most=90))),
    ),
}
CONDITIONS = {"sex": " Female", "income": " >50K", "education": " Doctorate"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of each method."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthesize control")
    parser.add_argument("--synthesizer", nargs="*", default=["circuit", "marginal"], choices=sorted(SYNTHESIZERS))
    parser.add_argument("--table", default="adult", choices=["adult"])
    parser.add_argument("--rows", type=int, default=ROWS)
    options = parser.parse_args(arguments)
    for name in options.synthesizer:
        _method(name, options.rows)
    return 0


def _method(name: str, n_rows: int) -> None:
    bench = load("adult")
    for asked, control in CONTROLS.items():
        begun = time.process_time()
        prepared = prepare(control, bench.train, bench.columns)
        model = SYNTHESIZERS[name]().fit(prepared.frame, prepared.learnable, seed=1, progress=_quiet)
        fitted = time.process_time()
        if asked == "quota":
            _hit_rates(name, model, bench.columns)
        made = steered(prepared, model, n_rows, seed=2)
        seconds = time.process_time() - fitted
        print(f"{name} {asked}: fit {fitted - begun:.1f} s, {n_rows} rows in {seconds:.1f} s, {made.facts.n_drawn} drawn, "
              f"hit rate {made.facts.hit_rate}, {made.facts.n_extreme} extreme", flush=True)  # fmt: skip
        for fact in made.facts.facts:
            figures = " ".join(f"{told} {value:.4f}" for told in ("asked", "original", "unsteered", "steered")
                               if (value := getattr(fact, told)) is not None)  # fmt: skip
            print(f"  {fact.kind}: {fact.told}: {figures}", flush=True)


def _quiet(_: Epoch, __: int) -> None:
    """Show nothing."""


def _hit_rates(name: str, model: Model, columns: Sequence[Column]) -> None:
    for column, cell in CONDITIONS.items():
        where = {column: OneOf((cell,))}
        rows = model.sample(2_000, seed=3, where=where)
        print(f"{name} where {column}: {met(rows, columns, where).mean():.4f} of 2000 rows", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
