"""Column names: phrases in many languages, against words such as `flag`, `count` or `product`, and what the cells look like."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from veil.model import ColumnSample, Evidence
from veil.recognizers.base import NOTHING, counted, known_values, share_of
from veil.recognizers.columns.neighbors import Company, company
from veil.recognizers.columns.numbers import are_measured
from veil.recognizers.columns.shapes import shaped_share
from veil.recognizers.columns.support import ENOUGH, PEOPLE, holds_job, support
from veil.recognizers.entities import ENTITIES
from veil.recognizers.words.heads import HEAD_FIRST
from veil.recognizers.words.lexicon import Match, harmless_in, matches, word_set, words_of

STRONG: Final = 0.88
WEAK: Final = 0.45
IN_COMPANY: Final = 0.68
HARMLESS: Final = 0.7
MIN_SHAPED: Final = 0.5
MIN_JOBS: Final = 0.4
STRANGE_HEAD: Final = 0.62
HALF: Final = 0.5
ALONE: Final = 0.7
"""In a table without a column of anybody, half a name is not enough: such words stand in the names of things too."""
GENERAL: Final = frozenset({"CUSTOMER_ID", "RECORD_ID", "PERSON"})
_NUMBERS: Final = frozenset({"num", "numero", "number", "no", "nr"})
"""`num_pedidos` counts, `num_carta_identita` is a number."""
_AT: Final = frozenset({"at", "on"})
_AGED: Final = frozenset({"at", "in", "years", "year", "group", "band", "range", "current", "now", "of"})
"""Words that may stand beside `age`; `house age` and `age of account` are no ages of people."""


@dataclass(frozen=True)
class ColumnNames:
    """Believes a phrase the more of the name it covers and the more cells have its shape.

    A weak phrase (`name`, `title`, `nome`) is believed more where neighboring columns are about a person.
    """

    name: ClassVar[str] = "names"

    def inspect(self, sample: ColumnSample) -> tuple[Evidence, ...]:
        """Return evidence for each phrase found, and evidence against if a harmless word stands outside of it."""
        words = words_of(sample.name)
        found = _told(matches(words))
        values = known_values(sample)
        beside = company(sample.neighbours) if found else Company()
        spoken = _specific([(match, self._evidence(match, words, sample, values, beside)) for match in found])
        if {match.entity for match in found} >= {"FIRST_NAME", "LAST_NAME"} and sample.profile.mean_words >= 1.7:
            spoken = [dataclasses.replace(each, entity="PERSON") if each and each.entity in PEOPLE else each for each in spoken]
        strongest: dict[str, Evidence] = {}
        for evidence in (evidence for evidence in spoken if evidence):
            if evidence.score > strongest.get(evidence.entity, evidence).score or evidence.entity not in strongest:
                strongest[evidence.entity] = evidence
        return (*strongest.values(), *self._against(words, found, sample))

    def _evidence(
        self, match: Match, words: tuple[str, ...], sample: ColumnSample, values: tuple[str, ...], beside: Company
    ) -> Evidence | None:
        share = shaped_share(match.entity, values, sample.profile)
        if share < MIN_SHAPED:
            return self._job(match, values, beside) if match.entity == "TITLE" else None
        base = (IN_COMPANY if beside.is_of_people else WEAK) if match.phrase.weak else STRONG
        score = base * (0.55 + 0.45 * _coverage(match, words)) * (0.5 + 0.5 * share)
        score *= _headship(match, words, measured=are_measured(values))
        if _coverage(match, words) <= HALF and beside == Company() and not ENTITIES[match.entity].special_category:
            score *= ALONE
        is_doubted = match.phrase.weak and (not beside.is_of_people or len(values) < ENOUGH or match.entity not in PEOPLE)
        score *= support(match.entity, values, weak=is_doubted)
        reason = f"name matches `{match.phrase.text}` ({match.phrase.language}), {counted(share, len(values))} have its shape"
        return Evidence(match.entity, self.name, min(score, 0.95), share, reason)

    def _job(self, match: Match, values: tuple[str, ...], beside: Company) -> Evidence | None:
        """A `title` that is no form of address is a job where the values are jobs, and a book's where they are not."""
        share = share_of(values, holds_job)
        if share < MIN_JOBS:
            return None
        told = counted(share, len(values))
        reason = f"name matches `{match.phrase.text}` ({match.phrase.language}), {told} hold a word for a job"
        return Evidence("OCCUPATION", self.name, (0.8 if beside.is_of_people else 0.65) * (0.6 + 0.4 * share), share, reason)

    def _against(self, words: tuple[str, ...], found: list[Match], sample: ColumnSample) -> tuple[Evidence, ...]:
        word = None if sample.profile.type in ("date", "datetime") else harmless_in(words, found)
        is_numbered = word in _NUMBERS and any(ENTITIES[each.entity].role == "direct" and not each.phrase.weak for each in found)
        if word is None or is_numbered:
            return ()
        return (Evidence(NOTHING, self.name, HARMLESS, 0.0, f"name holds `{word}`"),)


def _specific(told: Sequence[tuple[Match, Evidence | None]]) -> list[Evidence | None]:
    """Of entities that one phrase speaks for, the general one is left out: an employee's number is not told as a customer's."""
    special = {(match.start, match.end) for match, each in told if each and each.entity not in GENERAL and not match.phrase.weak}
    return [None if each and each.entity in GENERAL and (match.start, match.end) in special else each for match, each in told]


def _told(found: list[Match]) -> list[Match]:
    """In `nom commune` and `contact title` the weak phrase belongs to the strong one."""
    strong = [match for match in found if not match.phrase.weak]
    return strong or found


def _coverage(match: Match, words: tuple[str, ...]) -> float:
    fillers = word_set("fillers")
    if match.entity == "AGE" and not _AT.isdisjoint(words[match.end :]):
        return 1.0
    beside = sum(1 for place, word in enumerate(words) if not match.start <= place < match.end and word not in fillers)
    return (match.end - match.start) / (match.end - match.start + beside)


def _headship(match: Match, words: tuple[str, ...], *, measured: bool) -> float:
    """Return less than 1 where a word that nobody knows is the head of the name: `city_population`, `house_age`.

    What the law protects specially is believed all the same, `offense_hist`, but where it is measured, `healthcare_expenses`.
    """
    fillers, people = word_set("fillers"), word_set("people")
    if match.entity == "AGE":
        beside = [word for place, word in enumerate(words) if not match.start <= place < match.end]
        if not _AT.isdisjoint(words[match.end :]):
            return 1.0
        known = all(word in people or word in _AGED or (word in fillers and word != "house") or word.isdigit() for word in beside)
        return 1.0 if known else 0.5
    is_told_anyway = ENTITIES[match.entity].special_category and not measured
    if match.phrase.language in HEAD_FIRST or match.entity in PEOPLE or is_told_anyway:
        return 1.0
    after = [word for word in words[match.end :] if not word.isdigit() and word not in fillers and word not in people]
    return STRANGE_HEAD if after and not any(other.start >= match.end for other in matches(words)) else 1.0
