"""Dictionary evidence: how many of a column's values are in a list of names, places or jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from veil.model import ColumnSample, Evidence
from veil.recognizers.base import counted, known_values, share_of
from veil.recognizers.words.dictionaries import folded, is_full_name, lists

CAP: Final = 0.7
MIN_DISTINCT: Final = 8
MIN_SHARE: Final = 0.4


@dataclass(frozen=True)
class Dictionary:
    """Counts the distinct values that are in a list. Few values, or values with digits, are not judged."""

    name: ClassVar[str] = "dictionary"

    def inspect(self, sample: ColumnSample) -> tuple[Evidence, ...]:
        """Return evidence for each list that at least two fifths of the values are in."""
        if sample.profile.type not in ("text", "category") or sample.profile.mean_words > 4.5:
            return ()
        values = tuple(folded(value) for value in known_values(sample) if not any(char.isdigit() for char in value))
        if len(values) < max(MIN_DISTINCT, 0.7 * len(sample.values)):
            return ()
        shares = {entity: share_of(values, words.__contains__) for entity, words in lists().items()}
        shares["PERSON"] = share_of(values, is_full_name)
        return tuple(self._evidence(entity, share, len(values)) for entity, share in shares.items() if share >= MIN_SHARE)

    def _evidence(self, entity: str, share: float, n_values: int) -> Evidence:
        reason = f"{counted(share, n_values)} are in the list of {_TITLES[entity]}"
        return Evidence(entity, self.name, min(CAP, 0.35 + 0.5 * share), share, reason)


_TITLES: Final[Mapping[str, str]] = {
    "FIRST_NAME": "given names", "LAST_NAME": "family names", "PERSON": "given and family names, as full names", "CITY": "cities",
    "REGION": "regions", "COUNTRY": "countries", "OCCUPATION": "jobs",
}
