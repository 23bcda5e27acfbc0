"""Column names: phrases in nine languages, against words such as `flag`, `count` or `product`, and what the cells look like."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Final

from veil.model import ColumnSample, Evidence
from veil.recognizers.base import NOTHING, counted, known_values
from veil.recognizers.columns.shapes import shaped_share
from veil.recognizers.words.lexicon import Match, matches, word_set, words_of

STRONG: Final = 0.85
WEAK: Final = 0.45
IN_COMPANY: Final = 0.65
HARMLESS: Final = 0.7
MIN_SHAPED: Final = 0.5
_PERSONAL: Final = frozenset({
    "EMAIL_ADDRESS", "PHONE_NUMBER", "FIRST_NAME", "LAST_NAME", "BIRTH_DATE", "STREET_ADDRESS", "POSTCODE", "GENDER", "AGE",
    "NATIONAL_ID", "CUSTOMER_ID", "EMPLOYEE_ID", "NATIONALITY", "MARITAL_STATUS", "IBAN_CODE", "PASSPORT",
})


@dataclass(frozen=True)
class ColumnNames:
    """Believes a phrase the more of the name it covers and the more cells have its shape.

    A weak phrase (`name`, `title`, `nome`) is believed more where two neighbouring columns are about a person.
    """

    name: ClassVar[str] = "names"

    def inspect(self, sample: ColumnSample) -> tuple[Evidence, ...]:
        """Return evidence for each phrase found, and evidence against if a harmless word stands outside of it."""
        words = words_of(sample.name)
        found = matches(words)
        values = known_values(sample)
        company = is_about_people(sample.neighbours)
        spoken = (self._evidence(match, words, sample, values, company) for match in found)
        strongest: dict[str, Evidence] = {}
        for evidence in (evidence for evidence in spoken if evidence):
            if evidence.score > strongest.get(evidence.entity, evidence).score or evidence.entity not in strongest:
                strongest[evidence.entity] = evidence
        return (*strongest.values(), *self._against(words, found, sample))

    def _evidence(
        self, match: Match, words: tuple[str, ...], sample: ColumnSample, values: tuple[str, ...], company: bool
    ) -> Evidence | None:
        share = shaped_share(match.entity, values, sample.profile)
        if share < MIN_SHAPED:
            return None
        base = (IN_COMPANY if company else WEAK) if match.phrase.weak else STRONG
        score = base * (0.55 + 0.45 * _coverage(match, words)) * (0.5 + 0.5 * share)
        reason = f"name matches `{match.phrase.text}` ({match.phrase.language}), {counted(share, len(values))} have its shape"
        return Evidence(match.entity, self.name, score, share, reason)

    def _against(self, words: tuple[str, ...], found: list[Match], sample: ColumnSample) -> tuple[Evidence, ...]:
        if sample.profile.type in ("date", "datetime"):
            return ()
        taken = {place for match in found if not match.phrase.weak for place in range(match.start, match.end)}
        harmless = [word for place, word in enumerate(words) if place not in taken and word in word_set("harmless")]
        if not harmless:
            return ()
        return (Evidence(NOTHING, self.name, HARMLESS, 0.0, f"name holds `{harmless[-1]}`"),)


def _coverage(match: Match, words: tuple[str, ...]) -> float:
    fillers = word_set("fillers")
    beside = sum(1 for place, word in enumerate(words) if not match.start <= place < match.end and word not in fillers)
    return (match.end - match.start) / (match.end - match.start + beside)


def is_about_people(names: tuple[str, ...]) -> bool:
    """Return whether at least two of the column names speak of a person's data."""
    return sum(_speaks_of_a_person(name) for name in names) >= 2


@lru_cache(maxsize=4096)
def _speaks_of_a_person(name: str) -> bool:
    return any(match.entity in _PERSONAL and not match.phrase.weak for match in matches(words_of(name)))
