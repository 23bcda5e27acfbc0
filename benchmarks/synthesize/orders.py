"""Invented customers, their orders and the items of these: numbers by segment and age, amounts by segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import from_numbers
from veil.model import Column

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]

DATE = "%Y-%m-%d"
CUSTOMERS: tuple[Column, ...] = (Column("segment", "category"), Column("birth_year", "integer"), Column("region", "category"),
             Column("signup", "date", DATE))  # fmt: skip
ORDERS: tuple[Column, ...] = (Column("ordered", "date", DATE), Column("shipped", "date", DATE), Column("channel", "category"),
          Column("amount", "decimal", "0.00"), Column("returned", "boolean", "no|yes"))  # fmt: skip
ITEMS: tuple[Column, ...] = (Column("family", "category"), Column("quantity", "integer"), Column("price", "decimal", "0.00"))
LAST_DAY = 19_700


@dataclass(frozen=True)
class Shop:
    """Three tables, and the place of each order's customer and of each item's order."""

    customers: pd.DataFrame
    orders: pd.DataFrame
    items: pd.DataFrame
    customer_of_order: Codes
    order_of_item: Codes


def shop(n_customers: int, rng: np.random.Generator) -> Shop:
    """Return a shop. What a customer spends has a level of its own that no column tells, so orders of one are alike."""
    segment = rng.choice(4, n_customers, p=[0.45, 0.3, 0.18, 0.07])
    age = np.clip(rng.normal(np.array([34, 43, 52, 47])[segment], 13), 18, 90).round().astype(int)
    region = rng.choice(5, n_customers, p=[0.35, 0.25, 0.2, 0.15, 0.05])
    signup = LAST_DAY - 30 - np.floor(rng.beta(1, 1.4, n_customers) * 1_500)
    rate = np.exp(np.array([-0.2, 0.5, 1.1, 1.8])[segment] - ((age - 45) / 30) ** 2) * ((LAST_DAY - signup) / 900) ** 0.7
    n_orders = rng.poisson(rate * rng.gamma(2, 0.5, n_customers))
    owner = np.repeat(np.arange(n_customers), n_orders)
    ordered = np.floor(signup[owner] + (LAST_DAY - signup[owner]) * rng.random(len(owner)) ** 1.2)
    level = np.array([3.2, 3.7, 4.3, 5.2])[segment] + 0.45 * rng.normal(size=n_customers)
    amount = np.exp(level[owner] + 0.5 * rng.normal(size=len(owner)))
    likes_web = 1 / (1 + np.exp((age - 48) / 9 + 1.2 * rng.normal(size=n_customers)))
    channel = np.where(rng.random(len(owner)) < likes_web[owner], "web", np.where(rng.random(len(owner)) < 0.6, "shop", "phone"))
    returned = rng.random(len(owner)) < np.where(channel == "web", 0.16, 0.05)
    shipped = ordered + 1 + rng.poisson(np.array([1.5, 1.5, 1.8, 2.5, 4.0])[region[owner]])
    n_items = 1 + rng.poisson(np.clip(amount / 60, 0, 8))
    of_order = np.repeat(np.arange(len(owner)), n_items)
    tool = rng.random(len(of_order)) < np.array([0.2, 0.35, 0.5, 0.7])[segment[owner]][of_order]
    family = np.where(tool, "tools", np.where(rng.random(len(of_order)) < 0.5, "garden", "kitchen"))
    price = (amount / n_items)[of_order] * np.exp(0.4 * rng.normal(size=len(of_order))) * np.where(tool, 1.3, 0.85)
    return Shop(
        _table({"segment": np.array(["basic", "plus", "gold", "firm"])[segment], "birth_year": (2023 - age).astype(str),
                "region": np.array(["north", "south", "east", "west", "isles"])[region], "signup": _dates(signup)}),
        _table({"ordered": _dates(ordered), "shipped": np.where(rng.random(len(owner)) < 0.04, None, _dates(shipped)),
                "channel": channel, "amount": _decimals(amount), "returned": np.where(returned, "yes", "no")}),
        _table({"family": family, "quantity": (1 + rng.poisson(0.6, len(of_order))).astype(str), "price": _decimals(price)}),
        owner, of_order,
    )  # fmt: skip


def _table(cells: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(cells, dtype=object)


def _dates(days: Any) -> Any:
    return from_numbers(np.asarray(days, dtype=float), Column("", "date", DATE)).to_numpy(dtype=object)


def _decimals(numbers: Any) -> Any:
    return np.array([f"{number:.2f}" for number in numbers], dtype=object)
