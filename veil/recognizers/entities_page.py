"""The page of entities, `docs/entities.md`: what each is, how it is found, and by which law or standard.

`python -m veil.recognizers.entities_page` writes it. Everything in it is read from the recognizers, so it cannot drift; a test
compares the committed page with a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from veil.recognizers.base import NOTHING
from veil.recognizers.columns.ner import ENTITY_OF
from veil.recognizers.entities import ENTITIES, Entity
from veil.recognizers.presidio_names import PRESIDIO
from veil.recognizers.values.forms import forms
from veil.recognizers.values.kinds import Kind, kinds
from veil.recognizers.words.dictionaries import lists
from veil.recognizers.words.vocabulary import VOCABULARIES, languages

PAGE: Final = Path("docs/entities.md")
_CHECKED_FORMS: Final = {
    "IBAN_CODE": "mod 97", "CREDIT_CARD": "Luhn and issuer", "CRYPTO": "base58check, bech32, EIP-55",
    "US_SSN": "areas not given out", "PHONE_NUMBER": "numbering plan of the country",
}
_SHAPED: Final = frozenset({
    "PHONE_NUMBER", "STREET_ADDRESS", "ADDRESS", "POSTCODE", "COORDINATE", "DATE_TIME", "BIRTH_DATE", "EVENT_DATE", "AGE",
    "USER_NAME", "RECORD_ID",
})
"""Entities with expressions of their own, outside of the tables of forms and kinds."""


def recognizers_of(entity: Entity) -> tuple[str, ...]:
    """Return how an entity can be found, in a fixed order."""
    name = entity.name
    patterns = {form.entity for form in forms()} | _SHAPED
    ways = (
        ("column names", bool(entity.words)),
        ("form", name in patterns),
        ("kinds of numbers", any(kind.entity == name for kind in kinds().values())),
        ("vocabulary", name in VOCABULARIES),
        ("lists of names and places", name in lists() or name == "PERSON"),
        ("model", name in ENTITY_OF.values()),
        ("free-text statistics", name == "FREE_TEXT"),
    )
    return tuple(way for way, holds in ways if holds)


def checks_of(name: str) -> tuple[str, ...]:
    """Return the checks of an entity's values, each once, in the order of their kinds; empty if its form proves nothing."""
    found = [_CHECKED_FORMS[name]] if name in _CHECKED_FORMS else []
    found += [kind.check for kind in kinds().values() if kind.entity == name and kind.check]
    return tuple(dict.fromkeys(found))


def page() -> str:
    """Return the whole page."""
    return "\n".join([*_head(), *_entities(), *_numbers(), *_vocabularies(), *_presidio(), ""])


def _head() -> Iterator[str]:
    yield "# Entities"
    yield ""
    yield "Written by `python -m veil.recognizers.entities_page`; do not edit."
    yield ""
    yield f"Veil tells {len(ENTITIES)} entities apart, {len(kinds())} kinds of numbers among them. *Direct* points to a person"
    yield "by itself, *quasi* together with others, *sensitive* is what an attacker wants to learn. ● marks special categories"
    yield "(Art. 9 and 10 GDPR); ◆ marks values that do not meet by chance: none may be left anywhere after the transform."


def _entities() -> Iterator[str]:
    yield from ("", "| entity | role | | found by | checks | countries | source |", "|---|---|---|---|---|---|---|")
    for entity in ENTITIES.values():
        marks = ("●" if entity.special_category else "") + ("◆" if entity.high_entropy else "")
        ways, checks = ", ".join(recognizers_of(entity)), ", ".join(checks_of(entity.name))
        yield f"| `{entity.name}` | {entity.role} | {marks} | {ways} | {checks} | {_countries(entity.name)} | {entity.source} |"


def _countries(name: str) -> str:
    return " ".join(sorted({country for kind in kinds().values() if kind.entity == name for country in kind.countries}))


def _numbers() -> Iterator[str]:
    yield from ("", "## Kinds of numbers", "")
    yield "One in so many values of the right shape passes the check by chance. A column of values is a kind without its name"
    yield "only where that chance, over all its values, is under one in a million; kinds without a check need a name, or in a"
    yield "text a word before them. In a text, `alone` are those that need no word."
    columns = ("kind", "entity", "what", "countries", "check", "one in", "in texts", "source")
    yield from ("", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|")
    for kind in sorted(kinds().values(), key=lambda kind: (kind.entity == NOTHING, kind.name)):
        yield _number(kind)


def _number(kind: Kind) -> str:
    entity = "goods" if kind.entity == NOTHING else f"`{kind.entity}`"
    in_texts = "" if kind.entity == NOTHING else "alone" if kind.plain else "alone if so written" if kind.written else "announced"
    cells: Iterable[str] = (
        f"`{kind.name}`", entity, kind.title, " ".join(kind.countries), kind.check, str(kind.one_in) if kind.check else "",
        in_texts, kind.source,
    )
    return "| " + " | ".join(cells) + " |"


def _vocabularies() -> Iterator[str]:
    yield from ("", "## Vocabularies", "", "Typed from general knowledge; files in `veil/recognizers/words/vocabularies/`.")
    yield from ("", "| entity | languages |", "|---|---|")
    for name in VOCABULARIES:
        yield f"| `{name}` | {' '.join(languages(name))} |"


def _presidio() -> Iterator[str]:
    yield from ("", "## Presidio's entities", "", "| Presidio | Veil | kind |", "|---|---|---|")
    for name, (entity, kind) in PRESIDIO.items():
        yield f"| `{name}` | `{entity}` | {f'`{kind}`' if kind else ''} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
