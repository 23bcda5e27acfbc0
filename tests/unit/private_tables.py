"""Tables and sources of noise that the tests of `dp_network` share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from veil.model import Column
from veil.synthesizers.dp_network import DpNetwork

CITIES = ("Bruges", "Ghent", "Mons", "Namur")
COLUMNS = (
    Column("city", "category"), Column("age", "integer"), Column("buys", "boolean", "no|yes"), Column("paid", "decimal", "0.00"),
    Column("born", "date", "%d/%m/%Y"),
)  # fmt: skip
DOMAIN = {"city": [*CITIES, "Nowhere"], "buys": ["no", "yes"]}


def people(n: int = 4_000, seed: int = 1) -> pd.DataFrame:
    """Return a table in which the city and the age tell who buys, and who buys pays."""
    rng = np.random.default_rng(seed)
    city = rng.choice(CITIES, n, p=[0.1, 0.4, 0.2, 0.3])
    age = rng.integers(18, 90, n)
    buys = (age > 50) ^ np.isin(city, ["Namur", "Ghent"]) ^ (rng.random(n) < 0.1)
    paid = np.where(buys, rng.normal(50, 5, n).clip(1, 99), 0.0)
    born = pd.Timestamp("2020-01-01") - pd.to_timedelta(age * 365, unit="D")
    table = pd.DataFrame(
        {
            "city": city, "age": [str(each) for each in age], "buys": np.where(buys, "yes", "no"),
            "paid": [f"{each:.2f}" for each in paid], "born": born.strftime("%d/%m/%Y"),
        }, dtype=object,
    )  # fmt: skip
    table.loc[rng.random(n) < 0.2, "age"] = None
    table.loc[rng.random(n) < 0.1, "city"] = ""
    return table


def fitted(table: pd.DataFrame, columns: tuple[Column, ...] = COLUMNS, *, seed: int = 1, **parameters):
    """Return a model, little fitted, of little noise unless told otherwise."""
    given = {"epsilon": 5.0, "states": 24, "starts": 1, "steps": 60, **parameters}
    return DpNetwork(**given).fit(table, columns, seed=seed, progress=lambda *_: None)

