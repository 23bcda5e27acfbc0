"""What the demo's staff notes about its customers, in their languages, with and without personal data in the text."""

from __future__ import annotations

import numpy as np

from tasks.demo.countries import COUNTRIES, Country, Texts
from tasks.demo.customers import LAST_DAY, Columns, Customers, Floats, Moments
from tasks.demo.phrases import LANGUAGES, Phrases

NOTED_SHARE = 0.6


def draw_notes(customers: Customers, orders: Columns, rng: np.random.Generator) -> Texts:
    """Write a note on about three customers in five, in a language of their country; "" for the others."""
    n = len(customers.age)
    last_order = dict(zip(orders["customer_id"], zip(orders["order_id"], orders["product"], strict=True), strict=True))
    chances, other, days, hour = rng.random((n, 4)), rng.integers(n, size=n), rng.integers(2, 15, n), rng.integers(9, 19, n)
    day = _days_since_signup(customers.signup.astype("datetime64[D]"), rng)
    notes = np.full(n, "", dtype=object)
    for row in np.flatnonzero(rng.random(n) < NOTED_SHARE).tolist():
        country = COUNTRIES[customers.country[row]]
        order, product = last_order.get(customers.columns["customer_id"][row], ("", ""))
        facts = _own_facts(customers, row) | {
            "order": order, "product": product, "other": customers.columns["full_name"][other[row]],
            "day": _written_day(day[row], country), "days": str(days[row]), "hour": str(hour[row])}
        notes[row] = _note(_phrases(country, chances[row, 0]), facts, chances[row, 1:])
    return notes


def _days_since_signup(signup: Moments, rng: np.random.Generator) -> Moments:
    return np.asarray(signup + (rng.random(len(signup)) * (LAST_DAY - signup).astype(int)).astype(int))


def _own_facts(customers: Customers, row: int) -> dict[str, str]:
    facts = {name: customers.columns[name][row] for name in ("email", "phone", "street", "postcode", "city")}
    full_name, age = customers.columns["full_name"][row], str(customers.age[row])
    return facts | {"first": customers.first_name[row], "full": full_name, "age": age}


def _phrases(country: Country, chance: float) -> Phrases:
    return LANGUAGES[country.languages[int(chance * len(country.languages))]]


def _note(phrases: Phrases, facts: dict[str, str], chances: Floats) -> str:
    """Put a note together; a body that would name an order or a phone that is not there is not chosen."""
    missing = [f"{{{name}}}" for name, fact in facts.items() if not fact]
    bodies = [body for body in phrases.bodies if not any(name in body for name in missing)]
    pieces = (phrases.openings, bodies, phrases.closings)
    text = "".join(options[int(chance * len(options))] for options, chance in zip(pieces, chances, strict=True))
    return text.format_map(facts)


def _written_day(day: np.datetime64, country: Country) -> str:
    year, month, date = str(day).split("-")
    return f"{date}.{month}.{year}" if country.code in ("DE", "PL") else f"{date}/{month}/{year}"
