from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from veil.recognizers.base import NOTHING
from veil.recognizers.entities import ENTITIES
from veil.recognizers.entities_page import PAGE, checks_of, page, recognizers_of
from veil.recognizers.presidio_names import PRESIDIO
from veil.recognizers.values.kinds import kinds

ROOT = Path(__file__).parents[2]
SERVICES = {"AZURE_AI_LANGUAGE", "PHI"}


def presidio_entities() -> set[str]:
    """All entities of all predefined recognizers that can be made without a service or a further package."""
    from presidio_analyzer import EntityRecognizer, predefined_recognizers

    found: set[str] = set()
    for _, recognizer in inspect.getmembers(predefined_recognizers, inspect.isclass):
        if issubclass(recognizer, EntityRecognizer):
            try:
                found.update(recognizer().supported_entities)
            except Exception:  # noqa: BLE001 - a service that is not configured, a package that is not installed
                continue
    return found


def test_the_committed_page_is_what_the_recognizers_say() -> None:
    assert (ROOT / PAGE).read_text("utf-8") == page()


def test_every_entity_of_presidio_has_a_place() -> None:
    assert presidio_entities() <= set(PRESIDIO)
    assert list(PRESIDIO) == sorted(PRESIDIO)


@pytest.mark.parametrize("name", PRESIDIO)
def test_presidio_names_lead_to_entities_and_kinds(name: str) -> None:
    entity, kind = PRESIDIO[name]
    assert entity in ENTITIES
    assert kind is None or kinds()[kind].entity == entity


def test_every_entity_can_be_found_somehow_and_says_its_source() -> None:
    texts_only = {"NRP"}
    assert {name for name, entity in ENTITIES.items() if not recognizers_of(entity)} <= texts_only
    assert all(entity.source for entity in ENTITIES.values())


@pytest.mark.parametrize(("name", "check"), [
    ("IBAN_CODE", "mod 97"), ("CREDIT_CARD", "Luhn and issuer"), ("NATIONAL_ID", "mod 11"), ("VIN", "mod 11"),
])
def test_checks_are_named(name: str, check: str) -> None:
    assert check in checks_of(name)
    assert checks_of("FREE_TEXT") == ()


def test_the_page_names_each_entity_and_each_kind() -> None:
    text = page()
    assert all(f"| `{name}` |" in text for name in ENTITIES)
    assert all(f"| `{name}` |" in text for name in kinds())
    assert all(kind.source in text for kind in kinds().values() if kind.entity != NOTHING)
    assert all(line.isprintable() for line in text.splitlines())
