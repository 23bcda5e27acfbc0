"""The makers, by the name that a description calls them with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from benchmarks.classify.tables import identifiers, numbers, persons, systems, texts
from benchmarks.classify.tables.model import Maker

MAKERS: Final[Mapping[str, Maker]] = {
    **persons.MAKERS, **numbers.MAKERS, **identifiers.MAKERS, **texts.MAKERS, **systems.MAKERS,
}
