"""A table for tests of synthesizers: the city tells the region, and age and city together tell who buys."""

from __future__ import annotations

import numpy as np
import pandas as pd

from veil.model import Column

CITIES = {"Ghent": "Flanders", "Bruges": "Flanders", "Namur": "Wallonia", "Mons": "Wallonia"}
COLUMNS = (
    Column("city", "category"), Column("region", "category"), Column("age", "integer"), Column("buys", "boolean", "no|yes"),
    Column("height", "decimal", "0.00"), Column("born", "date", "%Y-%m-%d"),
)  # fmt: skip


def people(seed: int = 1, n: int = 2_000, *, to_the_day: bool = False) -> pd.DataFrame:
    """Return the table; with `to_the_day`, people are not all born on one day of the year."""
    rng = np.random.default_rng(seed)
    city = rng.choice(list(CITIES), n, p=[0.4, 0.3, 0.2, 0.1])
    age = rng.integers(18, 90, n)
    buys = (age > 50) ^ np.isin(city, ["Namur", "Ghent"]) ^ (rng.random(n) < 0.1)
    born = pd.Timestamp("2020-01-01") - pd.to_timedelta(age * 365 + (rng.integers(0, 365, n) if to_the_day else 0), unit="D")
    table = pd.DataFrame(
        {
            "city": city,
            "region": [CITIES[each] for each in city],
            "age": [str(each) for each in age],
            "buys": np.where(buys, "yes", "no"),
            "height": [f"{each:.2f}" for each in rng.normal(170, 10, n)],
            "born": born.strftime("%Y-%m-%d"),
        },
        dtype=object,
    )
    table.loc[rng.random(n) < 0.1, "height"] = None
    return table
