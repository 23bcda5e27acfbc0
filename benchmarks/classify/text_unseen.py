"""The third set of `text`: sentences whose errors nobody reads, with names, addresses and companies of other countries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from benchmarks.classify.text_sets import N_SENTENCES, filled, makers, sections

TEMPLATES: Final = Path(__file__).with_name("text_unseen.txt")
LOCALES: Final = {
    "en": ("en_US", "en_AU", "en_IE"), "de": ("de_AT", "de_CH"),
    "fr": ("fr_CA", "fr_BE", "fr_CH"), "es": ("es_MX", "es_AR", "es_CO"),
    "it": ("it_IT",), "nl": ("nl_BE",),
}
"""Two or three countries of each language, as far as there are others than the tuned sentences have."""
SEED: Final = 911
_TITLES: Final = {
    "en": ("Mr", "Mrs", "Dr.", "Ms"), "de": ("Herr", "Frau", "Dr."), "fr": ("Madame", "M.", "Dr"), "es": ("Sra.", "Sr.", "Dra."),
    "it": ("Sig.ra", "Sig.", "Dott."), "nl": ("Mevr.", "Dhr.", "Dr."),
}
_PEOPLES: Final = ("Belgian", "Norwegian", "Kenyan", "Brazilian", "Indian", "Turkish", "Polish", "Canadian")
_DATES: Final = {"en": "%B %d, %Y", "de": "%d.%m.%Y", "fr": "%d/%m/%Y", "es": "%d/%m/%Y", "it": "%d/%m/%Y", "nl": "%d-%m-%Y"}


def unseen(language: str) -> list[dict[str, Any]]:
    """Return 160 sentences of one language, the same at every call, each with values of one of its countries in turn."""
    from faker import Faker

    templates = sections(TEMPLATES)
    chosen, invented = templates[language], templates["organizations"]
    countries = []
    for place, locale in enumerate(LOCALES[language]):
        fake = Faker(locale)
        fake.seed_instance(SEED + place)
        countries.append({**makers(fake, language), **_more(fake, language, invented)})
    return [filled(chosen[place % len(chosen)], countries[place % len(countries)]) for place in range(N_SENTENCES)]


def _more(fake: Any, language: str, invented: list[str]) -> dict[str, Callable[[], str]]:
    return {
        "org": lambda: fake.company() if fake.boolean() else fake.random_element(invented),
        "age": lambda: str(fake.random_int(18, 95)),
        "title": lambda: fake.random_element(_TITLES[language]),
        "nrp": lambda: fake.random_element(_PEOPLES),
        "date": lambda: fake.date_between("-9y", "-1y").strftime(_DATES[language]),
    }
