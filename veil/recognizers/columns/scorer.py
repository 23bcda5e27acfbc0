"""The one scorer: evidence about a column becomes one finding.

1. Evidence for an entity from different sources is combined as independent: 1 - Π(1 - score), the best per source. Patterns,
   codes and statistics are one source: all look at the form of the values.
2. Kin help each other at half weight, so that "looks like a given name" supports `last_name` without overruling it.
3. Evidence against (NOTHING) multiplies what names, dictionaries, models and loose patterns say by 1 - score. It cannot
   touch proof: a score of 0.9 or more (check digits, e-mail form), types that are dates, and strays of personal data found
   in a text. Special categories, gender and marital status are often written as flags and are discounted half; so are values
   of which nearly all are in one list of names: a `host_name` may be a person's. Values that are all words of one vocabulary
   lose little by it: a `status` of single and widowed people is a marital one.
4. A confidence is the total on a calibrated scale (`calibration`): of findings of 0.9 or more, nine in ten are right.
5. The highest entity wins if it reaches 0.5; equal ones are told apart by name, so that the result never depends on order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from veil.model import ColumnSample, Evidence, Finding
from veil.recognizers.base import NOTHING
from veil.recognizers.columns.calibration import calibrated
from veil.recognizers.entities import ENTITIES

THRESHOLD: Final = 0.5
PROOF: Final = 0.9
LISTED: Final = 0.85
SPOKEN: Final = 0.97
KIN_WEIGHT: Final = 0.5
OFTEN_FLAGS: Final = frozenset({"GENDER", "MARITAL_STATUS"})
_SOURCES: Final = {"patterns": "form", "statistics": "form", "codes": "form"}
KIN: Final = (
    frozenset({"PERSON", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME"}),
    frozenset({"CITY", "REGION", "COUNTRY", "LOCATION"}),
    frozenset({"STREET_ADDRESS", "ADDRESS_LINE"}),
    frozenset({"BIRTH_DATE", "EVENT_DATE"}),
    frozenset({"RECORD_ID", "CUSTOMER_ID", "EMPLOYEE_ID", "SESSION_ID", "DEVICE_ID", "ACCOUNT_NUMBER", "PASSWORD", "PASSPORT",
               "DRIVING_LICENSE", "LICENSE_PLATE", "VIN", "MEDICAL_LICENSE", "MEDICAL_RECORD_ID", "USER_NAME"}),
    frozenset({"US_SSN", "NATIONAL_ID", "TAX_ID", "VAT_ID", "HEALTH_INSURANCE_ID"}),
)


def fuse(sample: ColumnSample, evidence: Sequence[Evidence], *, table: str = "") -> Finding:
    """Return the finding of one column.

    Parameters
    ----------
    sample : the column; its name and the number of sampled values go into the finding.
    evidence : what all recognizers said of it, in any order.
    table : name of the table, for the finding.
    """
    against = max((each for each in evidence if each.entity == NOTHING), key=lambda each: each.score, default=None)
    spoken = [each for each in evidence if each.entity in ENTITIES]
    totals = {entity: _total(entity, spoken, against) for entity in sorted({each.entity for each in spoken})}
    best = max(totals, key=lambda entity: totals[entity], default=None)
    if best is None or totals[best] < THRESHOLD:
        return _nothing(sample, spoken, against, totals.get(best or "", 0.0), table)
    return _found(sample, best, totals[best], spoken, table)


def _total(entity: str, spoken: Iterable[Evidence], against: Evidence | None) -> float:
    kin = next((group for group in KIN if entity in group), frozenset())
    scores: dict[str, float] = {}
    for each in spoken:
        if each.entity == entity or each.entity in kin:
            weight = 1.0 if each.entity == entity else KIN_WEIGHT
            score = weight * each.score * _discount(each, against)
            source = _SOURCES.get(each.recognizer, each.recognizer)
            scores[source] = max(scores.get(source, 0.0), score)
    missed = 1.0
    for source in sorted(scores):
        missed *= 1.0 - scores[source]
    return 1.0 - missed


def _discount(evidence: Evidence, against: Evidence | None) -> float:
    if against is None or _is_proof(evidence):
        return 1.0
    is_often_a_flag = ENTITIES[evidence.entity].special_category or evidence.entity in OFTEN_FLAGS
    if evidence.recognizer == "vocabulary" and evidence.matched_share >= SPOKEN and evidence.entity != "GENDER":
        return 1.0 - 0.2 * against.score
    is_listed = evidence.recognizer == "dictionary" and evidence.matched_share >= LISTED
    return 1.0 - against.score * (0.45 if is_listed else 0.5 if is_often_a_flag else 1.0)


def _is_proof(evidence: Evidence) -> bool:
    is_date = evidence.recognizer == "statistics" and evidence.entity in ("EVENT_DATE", "BIRTH_DATE")
    is_stray = evidence.recognizer == "patterns" and evidence.entity == "FREE_TEXT"
    return evidence.score >= PROOF or is_date or is_stray


def _found(sample: ColumnSample, entity: str, total: float, spoken: Sequence[Evidence], table: str) -> Finding:
    own = sorted((each for each in spoken if each.entity == entity), key=lambda each: (-each.score, each.recognizer))
    told = tuple(_told_once(own))
    return Finding(
        table=table,
        column=sample.name,
        entity=entity,
        role=ENTITIES[entity].role,
        recognizer=" + ".join(each.recognizer for each in told),
        confidence=round(calibrated(total), 3),
        matched_share=round(max(each.matched_share for each in own), 3),
        n_sampled=len(sample.values),
        reason="; ".join(each.reason for each in told),
        special_category=ENTITIES[entity].special_category,
        free_text=entity == "FREE_TEXT",
    )


def _told_once(own: Iterable[Evidence]) -> Iterator[Evidence]:
    told: set[str] = set()
    for each in own:
        if each.recognizer not in told:
            told.add(each.recognizer)
            yield each


def _nothing(sample: ColumnSample, spoken: Sequence[Evidence], against: Evidence | None, total: float, table: str) -> Finding:
    reason = "no recognizer found personal data"
    if against:
        reason = f"{reason}; {against.reason}"
    if total >= THRESHOLD / 2:
        doubt = max(spoken, key=lambda each: (each.score, each.entity))
        reason = f"{reason}; not enough for {doubt.entity}: {doubt.reason}"
    return Finding(
        table=table,
        column=sample.name,
        entity=None,
        role="other",
        recognizer=against.recognizer if against else "none",
        confidence=round(1.0 - total, 3),
        matched_share=0.0,
        n_sampled=len(sample.values),
        reason=reason,
    )
