"""Writes the frozen names and jobs under `pack/names/` from Faker. `python -m veil.transforms.fakes.freeze`.

Only this script needs Faker: a run reads the files. Whoever runs it again raises `PACK_VERSION`, because every changed list
changes pseudonyms that are already released.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from veil.transforms.fakes.spelling import alphanumeric, fold

FOLDER: Final = Path(__file__).parent.parent / "pack" / "names"
SOURCE: Final = (
    "# {locale}: written by fakes/freeze.py from Faker (MIT License, copyright Daniele Faraglia and others), not by hand.\n"
)
FROM: Final = {
    **{locale: locale for locale in ("cs_CZ", "da_DK", "de_AT", "de_DE", "en_GB", "en_IE", "en_US", "es_ES", "fi_FI", "fr_BE",
                                     "fr_FR", "it_IT", "nl_BE", "nl_NL", "pl_PL", "pt_PT", "sv_SE")},
    "nb_NO": "no_NO",
}  # fmt: skip
JOBS_FROM: Final = {"de_DE": "de_AT", "en_GB": "en_US", "en_IE": "en_US", "fr_BE": "fr_FR"}
FAMILY: Final = {"cs_CZ": ("last_names_male",), "pl_PL": ("male_last_names", "unisex_last_names")}
MOST: Final = {"female": 500, "male": 500, "family": 1_200, "jobs": 300}
PARTICLES: Final = "van|den|der|de|di|da|del|della|von|le|la|ten|ter|mac|ó|o'|d'|san"
_NAME: Final = re.compile(rf"(?:(?:{PARTICLES}) ?)*[^\W\d_][^\W\d_'’-]+(?:[-'’][^\W\d_]+)*", re.IGNORECASE)  # noqa: RUF001
_JOB: Final = re.compile(r"[^\W\d_][^\W\d_]+(?:[ -][^\W\d_]+){0,3}")


def main() -> None:
    """Write the file of every locale."""
    for locale in sorted(FROM):
        (FOLDER / f"{locale}.txt").write_text(SOURCE.format(locale=locale) + "\n".join(lists(locale)) + "\n", "utf-8")


def lists(locale: str) -> Iterator[str]:
    """Yield the lines of one locale: names of women and men, family names, jobs."""
    person = _provider("person", FROM[locale])
    family = FAMILY.get(locale, ("last_names",))
    yield _line("female", _entries(person, ("first_names_female",)), _NAME)
    yield _line("male", _entries(person, ("first_names_male",)), _NAME)
    yield _line("family", _entries(person, family), _NAME)
    job = _provider("job", JOBS_FROM.get(locale, FROM[locale]))
    if job is not None:
        yield _line("jobs", _entries(job, ("jobs",)), _JOB)


def _line(name: str, entries: Iterable[str], pattern: re.Pattern[str]) -> str:
    """Write a list: each spelling once, no more than `MOST`, evenly taken, sorted."""
    by_fold = {fold(entry): entry for entry in entries if 3 <= len(entry) <= 40 and pattern.fullmatch(entry) and _plain(entry)}
    kept = list(by_fold.values())
    step = max(1, -(-len(kept) // MOST[name]))
    return f"{name}: {', '.join(sorted(kept[::step]))}"


def _plain(entry: str) -> bool:
    letters = alphanumeric(fold(entry))
    return letters.isascii() and letters.isalpha() and entry.upper() != entry


def _entries(provider: Any, attributes: Iterable[str]) -> list[str]:
    return [entry for attribute in attributes for entry in getattr(provider, attribute)]


def _provider(kind: str, locale: str) -> Any:
    try:
        return importlib.import_module(f"faker.providers.{kind}.{locale}").Provider
    except ModuleNotFoundError:
        return None


if __name__ == "__main__":
    main()
