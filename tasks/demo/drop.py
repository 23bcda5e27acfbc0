"""The demo drop: customers of a shop in eight countries and their orders, invented, the same for the same seed.

Product decides the price and how often a thing comes back; country and segment decide how it is paid.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tasks.demo.countries import COUNTRIES, Texts
from tasks.demo.customers import Columns, Customers, Floats, Integers, Moments, draw_customers, pick
from tasks.demo.notes import draw_notes
from veil.rng import generator

CUSTOMER_COLUMNS = ("customer_id", "full_name", "gender", "birth_date", "email", "phone", "street", "postcode", "city", "country",
                    "iban", "segment", "newsletter", "signup_at", "lifetime_value", "locale", "note")
PAYMENTS = ("card", "sepa", "invoice", "paypal")
LAST_ORDER_DAY = np.datetime64("2026-10-31")
BUYING_SHARE, ORDERS_PER_BUYER = 0.85, 2.2 / 0.85


@dataclass(frozen=True)
class Product:
    """A thing that the shop sells. `liking` is its pull on private, business and premium customers."""

    name: str
    price: float
    returned_share: float
    liking: tuple[float, float, float]


PRODUCTS = (
    Product("desk lamp", 39.90, 0.05, (3, 5, 2)), Product("office chair", 189.00, 0.08, (1, 9, 2)),
    Product("standing desk", 449.00, 0.05, (0.4, 6, 3)), Product("paper shredder", 79.50, 0.06, (0.3, 4, 0.2)),
    Product("label printer", 64.90, 0.05, (0.3, 5, 0.3)), Product("whiteboard", 54.00, 0.04, (0.3, 4, 0.3)),
    Product("copy paper, box", 24.90, 0.01, (1, 12, 0.5)), Product("notebook, dotted", 8.90, 0.01, (5, 4, 3)),
    Product("fountain pen", 69.00, 0.03, (1, 1, 5)), Product("espresso machine", 629.00, 0.06, (0.5, 2, 6)),
    Product("coffee beans, 1 kg", 21.50, 0.01, (6, 6, 6)), Product("milk frother", 34.90, 0.07, (3, 1, 3)),
    Product("kitchen scale", 27.90, 0.06, (4, 0.5, 1)), Product("cast-iron pan", 58.00, 0.04, (4, 0.2, 4)),
    Product("knife set", 119.00, 0.05, (2, 0.2, 5)), Product("running shoes", 124.90, 0.46, (6, 0.2, 4)),
    Product("rain jacket", 98.00, 0.40, (5, 0.3, 4)), Product("hiking boots", 159.00, 0.44, (4, 0.2, 4)),
    Product("wool sweater", 84.90, 0.38, (5, 0.2, 4)), Product("yoga mat", 29.90, 0.07, (5, 0.3, 1)),
    Product("bike helmet", 69.90, 0.20, (4, 0.3, 2)), Product("bike lock", 44.90, 0.03, (4, 0.4, 2)),
    Product("e-bike", 2390.00, 0.06, (0.3, 0.8, 4)), Product("tent", 249.00, 0.12, (2, 0.1, 3)),
    Product("head torch", 32.50, 0.04, (4, 0.5, 1)),
)


def make_drop(folder: Path, *, n_customers: int = 10_000, seed: int = 2026) -> tuple[Path, ...]:
    """Write `customers.csv` and `orders.csv` into a folder and return their paths.

    Parameters
    ----------
    folder : made if it is not there; files of the same names are replaced.
    n_customers : at least 1; the orders are about 2.2 times as many.
    seed : the same seed gives the same bytes.
    """
    if n_customers < 1:
        raise ValueError(f"n_customers must be at least 1, not {n_customers}")
    customers = draw_customers(n_customers, seed)
    orders = _orders(customers, seed)
    note = draw_notes(customers, orders, generator(seed, "demo", "notes"))
    columns = customers.columns | {"note": note}
    folder.mkdir(parents=True, exist_ok=True)
    return (_write(folder / "customers.csv", {name: columns[name] for name in CUSTOMER_COLUMNS}),
            _write(folder / "orders.csv", orders))


def _write(path: Path, columns: Columns) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def _orders(customers: Customers, seed: int) -> Columns:
    rng = generator(seed, "demo", "orders")
    buyer, day = _by_day(*_purchases(customers, rng))
    segment = customers.segment[buyer]
    product = pick(np.array([product.liking for product in PRODUCTS]).T[segment], rng)
    cents = _unit_cents(product, segment, day)
    quantity = _quantities(cents, segment, rng)
    payment = _payments(customers.country[buyer], segment, rng)
    number = 20_400_000 + np.cumsum(rng.integers(1, 7, len(buyer)))
    return {
        "order_id": np.array([f"R{number}" for number in number], dtype=object),
        "customer_id": customers.columns["customer_id"][buyer],
        "ordered_at": np.datetime_as_string(day).astype(object),
        "product": np.array([product.name for product in PRODUCTS], dtype=object)[product],
        "quantity": quantity.astype(str).astype(object),
        "unit_price": _amounts(cents),
        "total": _amounts(cents * quantity),
        "payment": np.array(PAYMENTS, dtype=object)[payment],
        "returned": np.where(rng.random(len(buyer)) < _return_chance(product, payment, quantity), "yes", "no").astype(object),
    }


def _purchases(customers: Customers, rng: np.random.Generator) -> tuple[Integers, Moments]:
    """Return each order's customer, by position, and day: who is worth more buys more often, most soon after signing up."""
    n = len(customers.value)
    pull = np.sqrt(customers.value)
    further = rng.poisson((ORDERS_PER_BUYER - 1) * pull / pull.mean())
    buyer = np.repeat(np.arange(n), np.where(rng.random(n) < BUYING_SHARE, 1 + further, 0))
    signup = customers.signup[buyer].astype("datetime64[D]")
    days = (LAST_ORDER_DAY - signup).astype(int)
    return buyer, signup + 1 + (rng.random(len(buyer)) ** 1.4 * days).astype(int)


def _by_day(buyer: Integers, day: Moments) -> tuple[Integers, Moments]:
    order = np.argsort(day, kind="stable")
    return buyer[order], day[order]


def _unit_cents(product: Integers, segment: Integers, day: Moments) -> Integers:
    """List price, 2.5 % up every year since 2019, 5 % off for premium customers, in steps of 10 cents."""
    price = np.array([product.price for product in PRODUCTS])[product]
    years = day.astype("datetime64[Y]").astype(int) - (2019 - 1970)
    return np.asarray((price * 10 * (1 + 0.025 * years) * np.where(segment == 2, 0.95, 1)).round().astype(int) * 10)


def _quantities(cents: Integers, segment: Integers, rng: np.random.Generator) -> Integers:
    more = np.where(segment == 1, 1.6, 0.25) * np.minimum(1, 6_000 / cents)
    return np.asarray(1 + rng.poisson(more))


def _payments(country: Integers, segment: Integers, rng: np.random.Generator) -> Integers:
    habit = np.array([country.payments for country in COUNTRIES])[country]
    return pick(habit * np.where((segment == 1)[:, None], [1, 1, 5, 0.3], 1.0), rng)


def _return_chance(product: Integers, payment: Integers, quantity: Integers) -> Floats:
    share = np.array([product.returned_share for product in PRODUCTS])[product]
    return np.asarray(share * np.where(payment == PAYMENTS.index("invoice"), 1.6, 0.9) * np.where(quantity > 2, 0.6, 1))


def _amounts(cents: Integers) -> Texts:
    return np.array([f"{amount // 100}.{amount % 100:02d}" for amount in cents], dtype=object)
