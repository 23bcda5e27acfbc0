"""The demo's customers: who they are decides what they spend, and where they live decides how they are written.

Real dependencies, so that fidelity and utility mean something: age decides the segment and the newsletter, segment,
country and time since signup the lifetime value, country the language, the phone and the bank.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tasks.demo.countries import (
    COUNTRIES,
    INTERNATIONAL_MAIL,
    Country,
    Pool,
    Texts,
    account_numbers,
    draw_pool,
    fill,
    phones,
    uneven,
)
from veil.rng import generator

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Moments = npt.NDArray[np.datetime64]
Columns = dict[str, Texts]

SEGMENTS = ("private", "business", "premium")
FIRST_DAY, LAST_DAY = np.datetime64("2019-01-01"), np.datetime64("2026-09-30")
FIRST_ID = 100_000
_TYPICAL_VALUE = np.array([190.0, 950.0, 2400.0])
_HOURS = np.array([1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 11, 11, 12, 10, 9, 9, 10, 11, 12, 14, 15, 12, 7, 3], dtype=float)
_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "Ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True)
class Customers:
    """The customers as written, `columns`, and as numbers, for what depends on them; one entry per customer in each."""

    columns: Columns
    country: Integers
    segment: Integers
    age: Integers
    signup: Moments
    value: Floats
    first_name: Texts


def draw_customers(n: int, seed: int) -> Customers:
    """Draw `n` customers, in the order in which they signed up."""
    rng = generator(seed, "demo", "customers")
    country = rng.choice(len(COUNTRIES), n, p=[country.share for country in COUNTRIES])
    gender = rng.choice(["F", "M", "X"], n, p=[0.51, 0.475, 0.015]).astype(object)
    signup = _signups(n, rng)
    born = _birth_dates(signup, rng)
    age = _years_since(born).astype(int)
    segment = _segments(age, rng)
    value = _values(country, segment, _years_since(signup), rng)
    columns = {
        "customer_id": _identifiers(n, rng),
        "gender": gender,
        "birth_date": _day_first(born),
        "segment": np.array(SEGMENTS, dtype=object)[segment],
        "newsletter": np.where(rng.random(n) < _newsletter_chance(age, segment), "yes", "no").astype(object),
        "signup_at": np.array([text.replace("T", " ") for text in np.datetime_as_string(signup)], dtype=object),
        "lifetime_value": np.array([f"{amount:.2f}" for amount in value], dtype=object),
        "country": np.array([country.code for country in COUNTRIES], dtype=object)[country],
        "locale": np.array([country.locale for country in COUNTRIES], dtype=object)[country],
    }
    written = _by_country(country, gender, seed)
    written["email"] = _emails(written, country, rng)
    columns |= {name: written[name] for name in ("full_name", "email", "phone", "street", "postcode", "city", "iban")}
    return Customers(columns, country, segment, age, signup, value, written["first_name"])


def _identifiers(n: int, rng: np.random.Generator) -> Texts:
    gaps = rng.integers(1, max(2, min(10, 890_000 // n)), n)
    return np.array([f"K-{number}" for number in FIRST_ID + np.cumsum(gaps)], dtype=object)


def _birth_dates(signup: Moments, rng: np.random.Generator) -> Moments:
    """Two generations, grown-up on the day they sign up."""
    n = len(signup)
    ages = np.where(rng.random(n) < 0.35, rng.normal(28, 6, n), rng.normal(50, 14, n))
    grown_up = np.where((ages < 18) | (ages > 92), rng.uniform(18, 70, n), ages)
    return np.asarray(signup.astype("datetime64[D]") - (grown_up * 365.25 + 1).astype("timedelta64[D]"))


def _years_since(moments: Moments) -> Floats:
    return np.asarray((LAST_DAY - moments.astype("datetime64[D]")).astype(int) / 365.25)


def _day_first(days: Moments) -> Texts:
    return np.array([f"{day[8:]}/{day[5:7]}/{day[:4]}" for day in np.datetime_as_string(days, unit="D")], dtype=object)


def _segments(age: Integers, rng: np.random.Generator) -> Integers:
    business = np.exp(-1.1 - ((age - 43) / 14.0) ** 2)
    premium = np.exp(-4.2 + 0.045 * age)
    return pick(np.column_stack([np.ones(len(age)), business, premium]), rng)


def _signups(n: int, rng: np.random.Generator) -> Moments:
    """The shop grows, and people sign up in the evening; in order, because identifiers are given in order."""
    days = np.sort((LAST_DAY - FIRST_DAY).astype(int) * rng.beta(1.7, 1.0, n)).astype(int)
    hours = rng.choice(24, n, p=_HOURS / _HOURS.sum())
    moments = FIRST_DAY.astype("datetime64[s]") + days * 86_400 + hours * 3_600 + rng.integers(0, 3_600, n)
    return np.asarray(np.sort(moments))


def _values(country: Integers, segment: Integers, years: Floats, rng: np.random.Generator) -> Floats:
    spending = np.array([country.spending for country in COUNTRIES])[country]
    return np.asarray(_TYPICAL_VALUE[segment] * spending * (0.4 + years / 4) * rng.lognormal(0, 0.55, len(country)))


def _newsletter_chance(age: Integers, segment: Integers) -> Floats:
    return np.asarray(1 / (1 + np.exp(-(2.6 - 0.065 * age + 0.9 * (segment == 2)))))


def _by_country(country: Integers, gender: Texts, seed: int) -> Columns:
    """Write the columns that look different in each country."""
    names = ("first_name", "last_name", "full_name", "phone", "street", "postcode", "city", "iban")
    columns = {name: np.empty(len(country), dtype=object) for name in names}
    for index, place in enumerate(COUNTRIES):
        rows = country == index
        rng = generator(seed, "demo", place.code)
        written = _written(place, draw_pool(place, rng), gender[rows], rng)
        for name in names:
            columns[name][rows] = written[name]
    return columns


def _written(place: Country, pool: Pool, gender: Texts, rng: np.random.Generator) -> Columns:
    n = len(gender)
    first, last = _names(place, pool, gender, rng)
    city = uneven(pool.cities, n, rng)
    street, number = pool.streets[uneven(pool.streets, n, rng)], rng.integers(1, 140, n).astype(str).astype(object)
    return {
        "first_name": first, "last_name": last, "full_name": first + " " + last,
        "phone": _sometimes_missing(phones(place, n, rng), 0.06, rng),
        "street": number + " " + street if place.number_first else street + " " + number,
        "postcode": pool.areas[city] + fill(place.postcode, n, rng), "city": pool.cities[city],
        "iban": _sometimes_missing(account_numbers(place, pool, n, rng), 0.12, rng),
    }


def _names(place: Country, pool: Pool, gender: Texts, rng: np.random.Generator) -> tuple[Texts, Texts]:
    called = np.where(gender == "X", np.where(rng.random(len(gender)) < 0.5, "F", "M"), gender)
    female = pool.first_names["F"][uneven(pool.first_names["F"], len(gender), rng)]
    male = pool.first_names["M"][uneven(pool.first_names["M"], len(gender), rng)]
    last = pool.last_names[uneven(pool.last_names, len(gender), rng)]
    if place.code == "ES":
        last = last + " " + pool.last_names[uneven(pool.last_names, len(gender), rng)]
    return np.where(called == "F", female, male), last


def _sometimes_missing(values: Texts, share: float, rng: np.random.Generator) -> Texts:
    return np.where(rng.random(len(values)) < share, "", values).astype(object)


def _emails(written: Columns, country: Integers, rng: np.random.Generator) -> Texts:
    """Build an address from each name; who comes second gets a number."""
    plain = {name: _plain(name) for name in {*written["first_name"], *written["last_name"]}}
    shapes = ("{0}.{1}", "{0}{1}", "{2}.{1}", "{1}.{0}", "{0}_{1}", "{0}.{1}{3}", "{0}{3}")
    n = len(country)
    shape, number, domain = rng.integers(len(shapes), size=n), rng.integers(2, 99, n), rng.random(n)
    taken: set[str] = set()
    addresses = []
    for row, (first, last) in enumerate(zip(written["first_name"], written["last_name"], strict=True)):
        choices = (*COUNTRIES[country[row]].mail, *INTERNATIONAL_MAIL)
        local = shapes[shape[row]].format(plain[first], plain[last], plain[first][:1], number[row])
        addresses.append(_free(local, choices[int(domain[row] * len(choices))], taken))
    return np.array(addresses, dtype=object)


def _free(local: str, domain: str, taken: set[str]) -> str:
    address, count = f"{local}@{domain}", 1
    while address in taken:
        count += 1
        address = f"{local}{count}@{domain}"
    taken.add(address)
    return address


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    return "".join(character for character in decomposed if character.isascii() and character.isalnum())


def pick(weights: Floats, rng: np.random.Generator) -> Integers:
    """Return, for each row of weights (n_rows, n_choices), one choice drawn in proportion to them."""
    shares = np.cumsum(weights, axis=1)
    return np.asarray((rng.random((len(weights), 1)) * shares[:, -1:] > shares).sum(axis=1))
