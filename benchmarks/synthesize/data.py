"""The tables that synthesizers are compared on, each with its split, and the column that models are to predict."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.drops import DATA
from veil.columns import infer
from veil.model import Column

if TYPE_CHECKING:
    import pandas as pd

HOLDOUT = 0.2
SPLIT_SEED = 20260101
ADVENTURE = ("City", "StateProvinceName", "CountryRegionName", "PostalCode", "BirthDate", "Education", "Occupation", "Gender",
             "MaritalStatus", "HomeOwnerFlag", "NumberCarsOwned", "NumberChildrenAtHome", "TotalChildren", "YearlyIncome",
             "BikeBuyer")  # fmt: skip


@dataclass(frozen=True)
class Bench:
    """One table in two parts; `positive` is the level of `target` that models are to tell from the others."""

    name: str
    train: pd.DataFrame = field(repr=False)
    holdout: pd.DataFrame = field(repr=False)
    columns: tuple[Column, ...]
    target: str
    positive: str


def load(name: str, n_rows: int | None = None) -> Bench:
    """Return a table by name; with `n_rows`, learn from a random part of its training rows.

    Raises
    ------
    FileNotFoundError : the real data is not on this machine.
    """
    bench = TABLES[name]()
    if n_rows is None or n_rows >= len(bench.train):
        return bench
    chosen = np.random.default_rng(SPLIT_SEED).permutation(len(bench.train))[:n_rows]
    return dataclasses.replace(bench, train=bench.train.iloc[chosen].reset_index(drop=True))


def columns_of(table: pd.DataFrame) -> tuple[Column, ...]:
    """Return the columns with their types and formats, as ingest finds them."""
    found = []
    for name in table.columns:
        filled = table[name].dropna()
        filled = filled[filled != ""]
        found.append(Column(name, *infer(list(filled.unique()), len(filled))))
    return tuple(found)


def halved(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return training rows and holdout."""
    order = np.random.default_rng(SPLIT_SEED).permutation(len(table))
    n_held = int(len(table) * HOLDOUT)
    held, train = table.iloc[order[:n_held]], table.iloc[order[n_held:]]
    return train.reset_index(drop=True), held.reset_index(drop=True)


def _adult() -> Bench:
    table = _read("adult.csv")
    train, holdout = halved(table)
    return Bench("adult", train, holdout, columns_of(table), table.columns[-1], sorted(table.iloc[:, -1].unique())[-1])


def _adventure() -> Bench:
    table = _read("adventure-works-bike-buying.csv")[list(ADVENTURE)]
    train, holdout = halved(table)
    return Bench("adventure", train, holdout, columns_of(table), "BikeBuyer", "1")


def _meet() -> Bench:
    """Return the learnt columns of the Meet log as `policies/gdpr.yaml` leaves them, split by person."""
    import argparse

    import pandas as pd

    from benchmarks.drops import find_drop
    from benchmarks.measure import Laps
    from benchmarks.peer_worker import prepare

    drop = find_drop("google-meet-mycompany.csv")
    if drop.missing:
        raise FileNotFoundError(drop.missing)
    with tempfile.TemporaryDirectory(prefix="veil-bench-") as name:
        folder = Path(name)
        options = argparse.Namespace(policy=drop.policy, folder=folder, seed=2026, drop=drop.make(folder))
        prepare(options, Laps())
        train, holdout = (pd.read_parquet(folder / f"{part}.parquet").astype(object) for part in ("train", "holdout"))
        columns = tuple(Column(**each) for each in json.loads((folder / "columns.json").read_text(encoding="utf-8")))
    train, holdout = (part.where(part.notna(), None).reset_index(drop=True) for part in (train, holdout))
    return Bench("meet", train, holdout, columns, "Client type", "Web")


def _wide(n_rows: int = 5_000, n_columns: int = 120) -> Bench:
    """Return an invented table in which a few hidden traits drive many columns: half numbers, half categories, some null."""
    import pandas as pd

    rng = np.random.default_rng(7)
    traits = rng.standard_normal((n_rows, 6))
    cells: dict[str, Any] = {}
    for place in range(n_columns - 1):
        score = traits @ (rng.standard_normal(6) * (rng.random(6) < 0.4)) + rng.standard_normal(n_rows) * rng.uniform(0.3, 1.5)
        if place % 2:
            n_levels = int(rng.integers(2, 12))
            borders = np.quantile(score, np.sort(rng.random(n_levels - 1)))
            column = np.array([f"level {code}" for code in range(n_levels)], dtype=object)[np.searchsorted(borders, score)]
        elif place % 4:
            column = np.array([f"{number:.2f}" for number in np.exp(score)], dtype=object)
        else:
            column = np.array([str(number) for number in np.round(score * 20 + 100).astype(int)], dtype=object)
        if place % 7 == 0:
            column[(traits[:, 0] > 0.8) | (rng.random(n_rows) < 0.03)] = None
        cells[f"column {place:03d}"] = column
    odds = traits[:, 0] + np.abs(traits[:, 1]) - traits[:, 2] * traits[:, 3] + rng.standard_normal(n_rows) * 0.7
    cells["outcome"] = np.where(odds > 1.2, "yes", "no").astype(object)
    train, holdout = halved(pd.DataFrame(cells, dtype=object))
    return Bench("wide", train, holdout, columns_of(pd.DataFrame(cells, dtype=object)), "outcome", "yes")


def _read(name: str) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(DATA / name, dtype=str, keep_default_na=False, na_values=[]).astype(object)


TABLES: dict[str, Callable[[], Bench]] = {"adult": _adult, "adventure": _adventure, "meet": _meet, "wide": _wide}
