"""Dictionaries: given names, family names, cities, regions, countries and jobs, from Faker's lists of some 25 locales.

Only the lists are read; nothing is drawn from them. They say what *kind* a value is and are never used for a fake.
"""

from __future__ import annotations

import importlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from veil.recognizers.words.lexicon import word_set

LOCALES: Final = (
    "en_US", "en_GB", "de_DE", "de_AT", "de_CH", "fr_FR", "fr_CH", "fr_BE", "es_ES", "es_MX", "it_IT", "nl_NL", "nl_BE", "pl_PL",
    "pt_PT", "pt_BR", "sv_SE", "da_DK", "fi_FI", "no_NO", "cs_CZ", "hu_HU", "ro_RO", "hr_HR", "tr_TR", "sk_SK", "en_AU", "en_CA",
)
_LISTS: Final[Mapping[str, tuple[str, str]]] = {
    "FIRST_NAME": ("person", r"first_names.*"),
    "LAST_NAME": ("person", r"last_names.*"),
    "CITY": ("address", r"cities|real_city_names|municipalities|concelhos|communes|capitals"),
    "REGION": ("address", r"states|states_abbr|state_abbr|regions|provinces|cantons|counties|departments|estados|distritos"),
    "COUNTRY": ("address", r"countries|alpha_2_country_codes|alpha_3_country_codes"),
    "OCCUPATION": ("job", r"jobs.*"),
}
_EXTRA: Final[Mapping[str, tuple[str, ...]]] = {
    "COUNTRY": ("usa", "uk", "united states", "united states of america", "england", "scotland", "great britain", "czechia"),
    "CITY": ("london", "paris", "berlin", "madrid", "rome", "new york", "los angeles", "chicago", "houston", "philadelphia",
             "seattle", "boston", "toronto", "montreal", "vancouver", "sydney", "melbourne", "brisbane", "lisbon", "vienna",
             "brussels", "amsterdam", "munich", "cologne", "hamburg", "warsaw", "prague", "lyon", "marseille", "barcelona",
             "manchester", "birmingham", "dublin", "edinburgh", "glasgow", "zurich", "geneva", "oslo", "stockholm", "copenhagen"),
}


def folded(value: str) -> str:
    """Return the value in lower case, without accents, its hyphens as spaces."""
    plain = unicodedata.normalize("NFKD", value.replace("ß", "ss").replace("ł", "l").replace("ø", "o").lower())
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).replace("-", " ").split())


def is_full_name(value: str) -> bool:
    """Return whether a folded value reads as a given name and a family name, in either order, two to five words."""
    words = [word.strip(".,'") for word in re.split(r"[ ,]+", value) if word.strip(".,'")]
    if not 2 <= len(words) <= 5:
        return False
    given, family = lists()["FIRST_NAME"], lists()["LAST_NAME"]
    core = [word for word in words if len(word) > 1 and word not in word_set("particles")]
    if len(core) < 2:
        return False
    in_order, reversed_order = core[0] in given, core[-1] in given
    return in_order or (reversed_order and core[0] in family)


@lru_cache(maxsize=1)
def lists() -> Mapping[str, frozenset[str]]:
    """Return the folded entries of each list, by entity. Read once per process, 0.3 s."""
    return {entity: frozenset(_entries(entity)) for entity in _LISTS}


def _entries(entity: str) -> Iterator[str]:
    kind, attributes = _LISTS[entity]
    for locale in LOCALES:
        provider = _provider(kind, locale)
        for attribute in (name for name in dir(provider) if re.fullmatch(attributes, name)):
            for entry in _strings(getattr(provider, attribute)):
                yield folded(entry)
    yield from (folded(entry) for entry in _EXTRA.get(entity, ()))


def _provider(kind: str, locale: str) -> Any:
    try:
        return importlib.import_module(f"faker.providers.{kind}.{locale}").Provider
    except ModuleNotFoundError:
        return None


def _strings(entries: object) -> Iterator[str]:
    if isinstance(entries, str):
        yield entries
    elif isinstance(entries, Iterable):
        for entry in entries:
            yield from _strings(entry)
