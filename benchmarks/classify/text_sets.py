"""Texts with known truth for `text`: generated sentences in six languages, and sentences without personal data."""

from __future__ import annotations

import ast
import re
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES", "it": "it_IT", "nl": "nl_NL"}
TEMPLATES: Final = Path(__file__).with_name("text_templates.txt")
N_SENTENCES: Final = 160
N_DOCSTRINGS: Final = 600
SEED: Final = 20
_SLOT = re.compile(r"\{(\w+)(?:=([^}]*))?\}")
"""`{city}` takes a value; `{title=Frau}` labels a word that stands there."""
_SENTENCE = re.compile(r"[A-Z][^.!?]{25,300}[.!?](?= |$)")
_BIRTH: Final = {"en": "%d %B %Y", "de": "%d.%m.%Y", "fr": "%d/%m/%Y", "es": "%d/%m/%Y", "it": "%d/%m/%Y", "nl": "%d-%m-%Y"}
_TYPES: Final = {
    "name": "PERSON", "first": "PERSON", "last": "PERSON", "street": "STREET_ADDRESS", "city": "GPE", "postcode": "ZIP_CODE",
    "phone": "PHONE_NUMBER", "email": "EMAIL_ADDRESS", "iban": "IBAN_CODE", "birth": "BIRTH_DATE",
    "org": "ORGANIZATION", "age": "AGE", "title": "TITLE", "nrp": "NRP", "date": "DATE_TIME",
}


def sections(path: Path) -> dict[str, list[str]]:
    """Return the lines of each section of a file, in its order."""
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return found


def generated(language: str, half: int) -> list[dict[str, Any]]:
    """Return 160 sentences of one language from its tuned (0) or reported (1) templates, the same at every call."""
    from faker import Faker

    fake = Faker(LANGUAGES[language])
    fake.seed_instance(SEED + half)
    chosen = sections(TEMPLATES)[language][half::2]
    values = makers(fake, language)
    return [filled(chosen[place % len(chosen)], values) for place in range(N_SENTENCES)]


def makers(fake: Any, language: str) -> dict[str, Callable[[], str]]:
    """Return what makes a value for each slot."""
    return {
        "name": lambda: f"{fake.first_name()} {fake.last_name()}", "first": fake.first_name, "last": fake.last_name,
        "street": lambda: _one_line(fake.street_address()), "city": fake.city, "postcode": fake.postcode,
        "phone": fake.phone_number, "email": fake.email, "iban": fake.iban,
        "birth": lambda: fake.date_of_birth(minimum_age=18).strftime(_BIRTH[language]),
    }


def _one_line(value: str) -> str:
    return " ".join(value.split())


def filled(template: str, values: dict[str, Callable[[], str]]) -> dict[str, Any]:
    """Return a sentence with its labelled spans."""
    text, spans, reached = "", [], 0
    for slot in _SLOT.finditer(template):
        text += template[reached : slot.start()]
        value = slot.group(2) or values[slot.group(1)]()
        spans.append({"start_position": len(text), "end_position": len(text) + len(value), "entity_type": _TYPES[slot.group(1)]})
        text, reached = text + value, slot.end()
    return {"full_text": text + template[reached:], "spans": spans}


def docstrings(half: int) -> list[str]:
    """Return 600 sentences from the docstrings of the standard library, every second one of a pool: nobody's data."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    pool = sorted({sentence for path in sorted(folder.glob("*.py")) for sentence in _sentences(path)})
    wanted = pool[half::2]
    step = max(1, len(wanted) // N_DOCSTRINGS)
    return wanted[::step][:N_DOCSTRINGS]


def _sentences(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8", errors="replace"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = _one_line(ast.get_docstring(node) or "")
            yield from (match.group() for match in _SENTENCE.finditer(text))
