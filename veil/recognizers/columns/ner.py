"""spaCy's named entities, on distinct values of text columns that nothing else could decide."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar, Final

from veil.model import ColumnSample, Evidence
from veil.recognizers.base import counted, known_values, share_of
from veil.recognizers.columns.support import holds_name
from veil.recognizers.models import BATCH, Models, find_models
from veil.recognizers.words.dictionaries import folded

JUDGED: Final = 60
MIN_DISTINCT: Final = 10
MIN_SHARE: Final = 0.5
LISTED_TOO: Final = 0.2
"""A model trained on English news reads French towns as people: some of the words must be in a list of names as well."""
ENTITY_OF: Final = {"PERSON": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION", "FAC": "STREET_ADDRESS", "ORG": "ORGANIZATION"}
_CAPS: Final = {"PERSON": 0.7, "LOCATION": 0.6, "STREET_ADDRESS": 0.4, "ORGANIZATION": 0.45}


@dataclass(frozen=True)
class NamedEntities:
    """Asks the model what the values are. An organization alone is not believed: products and teams look alike."""

    name: ClassVar[str] = "ner"
    models: Models = field(default_factory=find_models)

    def inspect(self, sample: ColumnSample) -> tuple[Evidence, ...]:
        """Return evidence for each entity that covers most of at least half of the values; empty without a model."""
        values = [value for value in known_values(sample) if any(char.isalpha() for char in value)][:JUDGED]
        if not self.models.has_ner or len(values) < MIN_DISTINCT or not _is_wordy(sample):
            return ()
        votes = Counter(vote for vote in map(_vote, self.models.ner().pipe(values, batch_size=BATCH)) if vote)
        return tuple(
            Evidence(entity, self.name, min(_CAPS[entity], 0.35 + 0.4 * n / len(values)), n / len(values),
                     f"{counted(n / len(values), len(values))} read as {entity}")
            for entity, n in sorted(votes.items())
            if n >= MIN_SHARE * len(values) and (entity != "PERSON" or share_of(values, _reads_as_name) >= LISTED_TOO)
        )


def _reads_as_name(value: str) -> bool:
    return " " in value and holds_name(folded(value))


def _vote(document: object) -> str | None:
    covered: Counter[str] = Counter()
    for entity in document.ents:  # type: ignore[attr-defined]
        if entity.label_ in ENTITY_OF:
            covered[ENTITY_OF[entity.label_]] += entity.end_char - entity.start_char
    if not covered:
        return None
    best, length = covered.most_common(1)[0]
    return best if length >= 0.6 * len(str(document)) else None


def _is_wordy(sample: ColumnSample) -> bool:
    profile = sample.profile
    return profile.type in ("text", "category") and 1.0 <= profile.mean_words <= 6 and profile.mean_length >= 3
