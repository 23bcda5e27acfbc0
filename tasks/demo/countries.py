"""Where the demo's customers live: how names, phones, postcodes and account numbers are written in eight countries.

Faker's lists are drawn once into pools; all else is numpy. The people are invented, so a number that happens to be
somebody's is a coincidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Texts = npt.NDArray[np.object_]

# `#` a digit, `%` a digit that is not 0, `@` a capital letter, anything else itself.
_ALPHABETS = {"#": "0123456789", "%": "123456789", "@": "ABCDEFGHJKLMNPRSTUVWXYZ"}


@dataclass(frozen=True)
class Country:
    """How a country's people are written. `spending` scales what they buy; `payments` are the shares of `PAYMENTS`.

    A postcode is `area`, drawn once per city, and then `postcode`. An account number is `bank`, drawn once per bank,
    and then `account`.
    """

    code: str
    locale: str
    languages: tuple[str, ...]
    share: float
    spending: float
    payments: tuple[float, float, float, float]
    area: str
    postcode: str
    bank: str
    account: str
    phones: tuple[str, ...]
    mail: tuple[str, ...]
    number_first: bool = False


COUNTRIES = (
    Country("GB", "en_GB", ("en",), 0.20, 1.15, (0.66, 0.02, 0.08, 0.24), "@@%", "# #@@", "@@@@######", "########",
            ("0740# ######", "0771#######", "+44 782# ######", "+44795#######"), ("kestrelmoor.co.uk", "inkwell.uk"), True),
    Country("DE", "de_DE", ("de",), 0.24, 1.10, (0.12, 0.26, 0.38, 0.24), "%#", "###", "%#######", "##########",
            ("0151 %#######", "0171/%######", "+49 160 %#######", "+49 (0) 176 %#######"), ("quarzelpost.de", "briefhafen.de")),
    Country("FR", "fr_FR", ("fr",), 0.15, 1.00, (0.70, 0.06, 0.04, 0.20), "%#", "%##", "%#########", "###########",
            ("06 1# ## ## ##", "062#######", "+33 6 7# ## ## ##", "07.8#.##.##.##"), ("brivolettre.fr", "plumevive.fr"), True),
    Country("NL", "nl_NL", ("nl",), 0.11, 1.05, (0.10, 0.64, 0.10, 0.16), "%%", "## @@", "@@@@", "##########",
            ("06-1#######", "06 2#######", "+31 6 4%######", "+3165%######"), ("postfluit.nl", "kieviet-mail.nl")),
    Country("BE", "nl_BE", ("nl", "fr"), 0.08, 1.00, (0.52, 0.26, 0.08, 0.14), "%#", "%#", "3##", "#######",
            ("047% ## ## ##", "047%/######", "+32 47% ## ## ##", "+3247%######"), ("veldbriefje.be", "zwaluwpost.be")),
    Country("ES", "es_ES", ("es",), 0.09, 0.85, (0.62, 0.08, 0.04, 0.26), "0%", "%##", "########", "##########",
            ("6%# ## ## ##", "6%#######", "+34 6%# ### ###", "+346%#######"), ("correvello.es", "palomares-mail.es")),
    Country("IT", "it_IT", ("it",), 0.08, 0.90, (0.44, 0.08, 0.04, 0.44), "%#", "1##", "@##########", "############",
            ("347 %######", "333 %## ####", "+39 347 %######", "+39328%######"), ("letterella.it", "cartapiuma.it")),
    Country("PL", "pl_PL", ("en",), 0.05, 0.60, (0.50, 0.12, 0.06, 0.32), "%#", "-%##", "########", "################",
            ("51% ### ###", "60%######", "+48 51% ### ###", "+4860%######"), ("listowka.pl", "zielony-list.pl")),
)
INTERNATIONAL_MAIL = ("mailonde.com", "postarium.net", "lettervane.org")


@dataclass(frozen=True)
class Pool:
    """What one country's customers are drawn from. `areas` belong to `cities`, position by position."""

    first_names: dict[str, Texts]
    last_names: Texts
    streets: Texts
    cities: Texts
    areas: Texts
    banks: Texts


def draw_pool(country: Country, rng: np.random.Generator) -> Pool:
    """Draw the names, streets, cities and banks of a country, each distinct and in an order that `rng` decides."""
    from faker import Faker

    fake = Faker(country.locale, use_weighting=False)
    fake.seed_instance(int(rng.integers(2**32)))
    for provider in fake.get_providers():
        # Faker keeps Italy's cities in a set's order, which PYTHONHASHSEED changes from one process to the next.
        if isinstance(getattr(provider, "cities", None), list):
            provider.cities = sorted(provider.cities)

    def distinct(draw: Any, n: int) -> Texts:
        return shuffled(sorted({draw() for _ in range(n)}), rng)

    cities = distinct(fake.city, 90)
    return Pool(
        first_names={"F": distinct(fake.first_name_female, 900), "M": distinct(fake.first_name_male, 900)},
        last_names=distinct(fake.last_name, 1500),
        streets=distinct(fake.street_name, 1200),
        cities=cities,
        areas=fill(country.area, len(cities), rng),
        banks=fill(country.bank, 24, rng),
    )


def shuffled(values: Sequence[str], rng: np.random.Generator) -> Texts:
    """Return the values in random order as an object array."""
    return np.array(values, dtype=object)[rng.permutation(len(values))]


def fill(pattern: str, n: int, rng: np.random.Generator) -> Texts:
    """Return `n` random strings of a pattern."""
    rows = [rng.choice(list(_ALPHABETS.get(character, character)), n) for character in pattern]
    return np.array(["".join(characters) for characters in zip(*rows, strict=True)], dtype=object)


def uneven(values: Texts, n: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return `n` positions in `values`; few come often and many seldom, as names and cities do."""
    weights = 1 / (np.arange(len(values)) + 8.0)
    return rng.choice(len(values), n, p=weights / weights.sum())


def phones(country: Country, n: int, rng: np.random.Generator) -> Texts:
    """Return `n` mobile numbers, in the spellings that people use."""
    spellings = np.array([fill(pattern, n, rng) for pattern in country.phones])
    return np.asarray(spellings[rng.integers(len(country.phones), size=n), np.arange(n)])


def account_numbers(country: Country, pool: Pool, n: int, rng: np.random.Generator) -> Texts:
    """Return `n` IBANs with valid checksums; those of Belgium, Spain and France have their national check digits too."""
    from stdnum import iban

    code = country.code
    plain = pool.banks[uneven(pool.banks, n, rng)] + fill(country.account, n, rng)
    checked = [_with_national_check(code, number) for number in plain]
    return np.array([code + iban.calc_check_digits(f"{code}00{number}") + number for number in checked], dtype=object)


def _with_national_check(code: str, number: str) -> str:
    from stdnum.es import ccc

    if code == "BE":
        return f"{number}{int(number) % 97 or 97:02d}"
    if code == "ES":
        return f"{number[:8]}{ccc.calc_check_digits(f'{number[:8]}00{number[8:]}')}{number[8:]}"
    if code == "FR":
        return f"{number}{97 - int(number) * 100 % 97:02d}"
    return number
