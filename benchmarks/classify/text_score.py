"""Scores spans against labelled ones: right and found where at least half is covered by spans of an accepted type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

Labelled = tuple[int, int, str]
Accepted = dict[str, tuple[str, ...]]

_PLACES = ("LOCATION", "CITY", "REGION", "COUNTRY")
ACCEPTED: Final = {
    "PERSON": ("PERSON", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME"),
    "STREET_ADDRESS": ("STREET_ADDRESS", "ADDRESS", "ADDRESS_LINE", "POSTCODE", *_PLACES),
    "GPE": (*_PLACES, "STREET_ADDRESS", "ADDRESS"),
    "TITLE": ("TITLE", "OCCUPATION"),
    "NRP": ("NRP", "NATIONALITY"),
    "DATE_TIME": ("DATE_TIME", "BIRTH_DATE", "EVENT_DATE"),
    "BIRTH_DATE": ("DATE_TIME", "BIRTH_DATE", "EVENT_DATE"),
    "ZIP_CODE": ("POSTCODE",),
    "DOMAIN_NAME": ("URL",),
    "US_DRIVER_LICENSE": ("DRIVING_LICENSE", "US_DRIVER_LICENSE"),
}
"""Which of our entities may stand for a labelled type; any other type stands for itself only. An address and the place in it
accept each other, because the labelled sentences cut addresses now here, now there. `STRICT` is the same without that."""
STRICT: Final = {**ACCEPTED, "STREET_ADDRESS": ("STREET_ADDRESS", "ADDRESS"), "GPE": _PLACES}


@dataclass
class Tally:
    """Counts of one labelled type, or of all."""

    gold: int = 0
    found: int = 0
    told: int = 0
    right: int = 0

    def figures(self) -> tuple[float, float, float]:
        """Return precision, recall and F1."""
        precision = self.right / self.told if self.told else 0.0
        recall = self.found / self.gold if self.gold else 0.0
        return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass
class Scores:
    """Tallies by labelled type, and how many labelled characters any span hides."""

    by_type: dict[str, Tally] = field(default_factory=dict)
    hidden: int = 0
    characters: int = 0
    errors: list[tuple[str, str, str, int, int, int]] = field(default_factory=list)
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)

    def total(self) -> Tally:
        """Return the sum over types."""
        tallies = self.by_type.values()
        return Tally(*(sum(getattr(tally, name) for tally in tallies) for name in ("gold", "found", "told", "right")))

    def any_recall(self) -> float:
        """Return the share of labelled characters under any span."""
        return self.hidden / self.characters if self.characters else 0.0


def score(gold: Sequence[Iterable[Labelled]], told: Sequence[Iterable[Labelled]], accepted: Accepted) -> Scores:
    """Score all texts.

    A told span that no labelled one accepts counts against the first labelled type, in `accepted`'s order, that its own type
    could have stood for.
    """
    scores = Scores()
    for place, (labelled, spans) in enumerate(zip(gold, told, strict=True)):
        _score_text(scores, place, list(labelled), list(spans), accepted)
    return scores


def _score_text(scores: Scores, place: int, gold: list[Labelled], told: list[Labelled], accepted: Accepted) -> None:
    for start, end, kind in gold:
        tally = scores.by_type.setdefault(kind, Tally())
        fits = [span for span in told if span[2] in accepted.get(kind, (kind,))]
        is_found = 2 * _covered(start, end, fits) >= end - start
        tally.gold, tally.found = tally.gold + 1, tally.found + is_found
        scores.hidden += _covered(start, end, told)
        scores.characters += end - start
        if not is_found:
            others = [span[2] for span in told if span[0] < end and span[1] > start]
            scores.errors.append(("missed", kind, others[0] if others else "-", place, start, end))
            scores.confusions[(kind, others[0] if others else "-")] += 1
    for start, end, entity in told:
        fits = [span for span in gold if entity in accepted.get(span[2], (span[2],))]
        is_right = 2 * _covered(start, end, fits) >= end - start
        touching = [span[2] for span in fits if span[0] < end and span[1] > start]
        tally = scores.by_type.setdefault(touching[0] if touching else _stands_for(entity, accepted), Tally())
        tally.told, tally.right = tally.told + 1, tally.right + is_right
        if not is_right:
            over = [span[2] for span in gold if span[0] < end and span[1] > start]
            scores.errors.append(("false", entity, over[0] if over else "-", place, start, end))


def _stands_for(entity: str, accepted: Accepted) -> str:
    exact = [kind for kind, entities in accepted.items() if entities[0] == entity]
    return (exact or [kind for kind, entities in accepted.items() if entity in entities] or [entity])[0]


def _covered(start: int, end: int, spans: Iterable[Labelled]) -> int:
    places: set[int] = set()
    for low, high, _ in spans:
        places.update(range(max(start, low), min(end, high)))
    return len(places)
