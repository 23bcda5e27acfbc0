"""Vocabulary evidence: what people write about religion, health, marital status and the like; codes of diagnoses and genes.

Few distinct values are enough, because such columns have few. Words such as `white`, `single` or `high` are ordinary too; so the
values of a column must nearly all be of one vocabulary, and without a name that agrees the evidence alone is just believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from veil.model import ColumnSample, Evidence
from veil.recognizers.base import counted, known_values
from veil.recognizers.words.vocabulary import coded_share, vocabulary_shares

JUDGED: Final = 60
MIN_SHARE: Final = 0.8
MIN_DISTINCT: Final = 3
SPOKEN: Final = 0.62
CODED: Final = 0.7
LONGEST_VALUES: Final = 8.0
_CODED: Final = ("HEALTH", "GENETIC")
_OFTEN_ORDINARY: Final = frozenset({"BIOMETRIC", "SUFFIX", "EDUCATION"})
"""Their words are about as often about other things; they only support a name."""


@dataclass(frozen=True)
class Vocabularies:
    """Counts the distinct values that speak of an entity, in at least ten languages."""

    name: ClassVar[str] = "vocabulary"

    def inspect(self, sample: ColumnSample) -> tuple[Evidence, ...]:
        """Return evidence for the vocabulary that fits best, and for codes that nearly all values are."""
        if sample.profile.type not in ("text", "category") or sample.profile.mean_words > LONGEST_VALUES:
            return ()
        values = known_values(sample)[:JUDGED]
        if len(values) < MIN_DISTINCT:
            return ()
        return (*self._spoken(values), *self._coded(values))

    def _spoken(self, values: Sequence[str]) -> Iterator[Evidence]:
        shares = vocabulary_shares(values)
        best = max(shares.values(), default=0.0)
        for entity, share in sorted(shares.items()):
            if share >= MIN_SHARE and share == best:
                score = SPOKEN * share * (0.5 if entity in _OFTEN_ORDINARY else 1.0)
                yield Evidence(entity, self.name, score, share, f"{counted(share, len(values))} are words for {entity}")

    def _coded(self, values: Sequence[str]) -> Iterator[Evidence]:
        for entity in _CODED:
            share = coded_share(values, entity)
            if share >= MIN_SHARE:
                yield Evidence(entity, self.name, CODED * share, share, f"{counted(share, len(values))} are codes for {entity}")
