"""Score what was found in columns against what is true of them.

**Direct identifiers.** A column is direct if all entities accepted for it have the role `direct`. It is found if the finding
is direct and of the same family as an accepted entity (`FAMILIES`: a full name found as a last name points to the person all
the same and is transformed alike). A finding with the role direct on any other column, or of another family, is a false one.
*Strict* asks for an accepted entity itself. **Harmless** columns are those whose truth is null; any entity found there is a
false alarm. Columns where null is among the accepted are right either way, unless another entity is found; they count
neither for recall nor as harmless. **Typed right** is the share of personal columns whose entity is an accepted one; **micro
F1** counts a wrong entity as both a false and a missed one, and a false alarm as a false one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from benchmarks.classify.column_run import Judged
from veil.recognizers.entities import ENTITIES

FAMILIES: Final = (
    frozenset({"PERSON", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME"}),
    frozenset({"STREET_ADDRESS", "ADDRESS", "ADDRESS_LINE"}),
    frozenset({"NATIONAL_ID", "TAX_ID", "US_SSN", "HEALTH_INSURANCE_ID", "PASSPORT", "DRIVING_LICENSE", "VAT_ID"}),
    frozenset({"CUSTOMER_ID", "EMPLOYEE_ID", "RECORD_ID", "MEDICAL_RECORD_ID", "ACCOUNT_NUMBER", "USER_NAME"}),
    frozenset({"DEVICE_ID", "SESSION_ID", "MAC_ADDRESS"}),
    frozenset({"ACCOUNT_NUMBER", "IBAN_CODE"}),
)
PERSON_COLUMNS: Final = FAMILIES[0]
ADDRESS_COLUMNS: Final = FAMILIES[1] | {"HOUSE_NUMBER", "POSTCODE", "CITY"}
BINS: Final = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True)
class Ratio:
    """Right ones among all; `share` is None where there are none to judge."""

    right: int
    total: int

    @property
    def share(self) -> float | None:
        """Right over total."""
        return self.right / self.total if self.total else None


@dataclass(frozen=True)
class Detection:
    """Counts of a yes-or-no question, and the three figures."""

    hits: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 if nothing was found."""
        return self.hits / (self.hits + self.false) if self.hits + self.false else 1.0

    @property
    def recall(self) -> float:
        """Share of what there is that was found; 1 if there is nothing."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        both = 2 * self.hits + self.false + self.missed
        return 2 * self.hits / both if both else 1.0


@dataclass(frozen=True)
class Bin:
    """Findings whose confidence lies in [low, high): how many, and the share whose entity is right."""

    low: float
    high: float
    ratio: Ratio


@dataclass(frozen=True)
class Scores:
    """All figures of one run."""

    n_columns: int
    direct: Detection
    direct_strict: Detection
    false_alarms: Ratio
    typed: Ratio
    micro: Detection
    by_language: Mapping[str, tuple[Ratio, Ratio, Ratio, Ratio]]
    by_entity: Mapping[str, Ratio]
    bins: tuple[Bin, ...]


def score(judged: Iterable[Judged]) -> Scores:
    """Return the figures over all columns that can be decided."""
    columns = [each for each in judged if each.truth != "ignore"]
    personal = [each for each in columns if is_personal(each)]
    harmless = [each for each in columns if each.truth is None]
    alarms = sum(each.found is not None for each in harmless)
    right = sum(is_right(each) for each in personal)
    wrong = sum(each.found is not None and not is_right(each) for each in columns)
    return Scores(
        len(columns), _direct(columns, same_family), _direct(columns, is_right),
        Ratio(alarms, len(harmless)), Ratio(right, len(personal)),
        Detection(right, wrong, len(personal) - right), _languages(columns), _entities(personal), _bins(columns),
    )


def accepted(judged: Judged) -> tuple[str | None, ...]:
    """Return what is right for a column, None standing for nothing."""
    return (None,) if judged.truth is None else tuple(judged.truth)


def is_right(judged: Judged) -> bool:
    """Whether exactly an accepted entity, or rightly nothing, was found."""
    return judged.found in accepted(judged)


def is_personal(judged: Judged) -> bool:
    """Whether something must be found."""
    return None not in accepted(judged)


def is_direct(judged: Judged) -> bool:
    """Whether every accepted entity is a direct identifier."""
    return is_personal(judged) and all(_role(entity) == "direct" for entity in accepted(judged))


def same_family(judged: Judged) -> bool:
    """Whether a direct entity of an accepted one's family was found."""
    if is_right(judged):
        return True
    families = [family for family in FAMILIES if judged.found in family]
    return _role(judged.found) == "direct" and any(entity in family for family in families for entity in accepted(judged))


def _role(entity: str | None) -> str:
    return ENTITIES[entity].role if entity is not None and entity in ENTITIES else "other"


def _direct(columns: Sequence[Judged], is_found: Callable[[Judged], bool]) -> Detection:
    direct = [each for each in columns if is_direct(each)]
    hits = sum(is_found(each) for each in direct)
    false = sum(_role(each.found) == "direct" and not (is_found(each) if is_direct(each) else is_right(each)) for each in columns)
    return Detection(hits, false, len(direct) - hits)


def _languages(columns: Sequence[Judged]) -> Mapping[str, tuple[Ratio, Ratio, Ratio, Ratio]]:
    """Per language: direct recall, person columns, address columns, false alarms."""
    made = {}
    for language in sorted({each.language for each in columns}):
        here = [each for each in columns if each.language == language]
        personal = [each for each in here if is_personal(each)]
        person = [each for each in personal if accepted(each)[0] in PERSON_COLUMNS]
        address = [each for each in personal if accepted(each)[0] in ADDRESS_COLUMNS]
        harmless = [each for each in here if each.truth is None]
        made[language] = (
            _ratio([each for each in here if is_direct(each)], same_family),
            _ratio(person, same_family), _ratio(address, same_family),
            Ratio(sum(each.found is not None for each in harmless), len(harmless)),
        )
    return made


def _entities(personal: Sequence[Judged]) -> Mapping[str, Ratio]:
    """Recall by the first accepted entity."""
    grouped: dict[str, list[Judged]] = defaultdict(list)
    for each in personal:
        grouped[str(accepted(each)[0])].append(each)
    return {entity: _ratio(grouped[entity], is_right) for entity in sorted(grouped)}


def _ratio(columns: Sequence[Judged], holds: Callable[[Judged], bool]) -> Ratio:
    return Ratio(sum(map(holds, columns)), len(columns))


def _bins(columns: Sequence[Judged]) -> tuple[Bin, ...]:
    found = [each for each in columns if each.found is not None]
    edges = (*BINS, 1.0000001)
    return tuple(Bin(low, min(high, 1.0), _ratio([each for each in found if low <= each.confidence < high], is_right))
                 for low, high in pairwise(edges))
