"""What is replaced in a text: stretches that do not touch, and what is written for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from veil.model import Span
from veil.transforms.own import Found

if TYPE_CHECKING:
    from presidio_anonymizer import AnonymizerEngine

_KINDS: Final = (
    frozenset({"PERSON", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME"}),
    frozenset({"BIRTH_DATE", "EVENT_DATE", "DATE_TIME", "DATE"}),
    frozenset({"STREET_ADDRESS", "ADDRESS", "ADDRESS_LINE", "LOCATION", "CITY", "POSTCODE", "REGION", "ORGANIZATION"}),
    frozenset({"EMAIL_ADDRESS", "URL", "USER_NAME", "USERNAME"}),
)
_KIND_OF: Final = {entity: at for at, kind in enumerate(_KINDS) for entity in kind}
_NUMBERS: Final = len(_KINDS)


@dataclass(frozen=True)
class Replacement:
    """A stretch of a text and what is written in its place; `new` is None where that is not known yet."""

    span: Span
    new: str | None = field(default=None, repr=False)
    is_own: bool = False


def joined(text: str, spans: Iterable[Span], own: Iterable[Found]) -> list[Replacement]:
    """Return stretches that do not touch each other and cover all that was found.

    Overlapping spans become one that the longest of them names, then the surest. Where that is of the same kind as an own value
    that it overlaps, a name with a title for instance, it is written as that value is: the same fake as in the column. Spans of
    one entity with only spaces between them become one too: `Anna` `Smith` is one person.
    """
    every = [Replacement(span) for span in spans] + [Replacement(each.span, each.new, True) for each in own]
    groups: list[list[Replacement]] = []
    end = 0
    for each in sorted(every, key=lambda one: (one.span, one.is_own, one.new or "")):
        if groups and (each.span.start < end or _continues(groups[-1], each, end, text)):
            groups[-1].append(each)
            end = max(end, each.span.end)
        else:
            groups.append([each])
            end = each.span.end
    return [_one(group) for group in groups]


def _continues(group: Sequence[Replacement], each: Replacement, end: int, text: str) -> bool:
    leader = _leader(group)
    same = leader.span.entity == each.span.entity and not (leader.is_own and each.is_own)
    return same and not text[end : each.span.start].strip(" ")


def _one(group: Sequence[Replacement]) -> Replacement:
    leader = _leader(group)
    start, end = min(each.span.start for each in group), max(each.span.end for each in group)
    return Replacement(Span(start, end, leader.span.entity, leader.span.score), leader.new, leader.is_own)


def _leader(group: Sequence[Replacement]) -> Replacement:
    longest = max(group, key=_weight)
    of_kind = [each for each in group if each.is_own and _kind(each) == _kind(longest)]
    return max(of_kind, key=_weight) if of_kind else longest


def _weight(each: Replacement) -> tuple[int, float, str, str]:
    return each.span.end - each.span.start, each.span.score, each.span.entity, each.new or ""


def _kind(each: Replacement) -> int:
    return _KIND_OF.get(each.span.entity, _NUMBERS)


def spliced(text: str, replacements: Sequence[Replacement]) -> str:
    """Return the text with each stretch replaced, by presidio-anonymizer; they are in order and do not overlap.

    Each stretch is an entity of its own to the engine, so that it neither joins nor resolves what `joined` has settled.
    """
    if not replacements:
        return text
    from presidio_anonymizer import OperatorConfig, RecognizerResult

    marks = [RecognizerResult(str(at), each.span.start, each.span.end, 1.0) for at, each in enumerate(replacements)]
    operators = {
        str(at): OperatorConfig("custom", {"lambda": partial(_written, each.new or "")}) for at, each in enumerate(replacements)
    }
    return str(_engine().anonymize(text, marks, operators, merge_entities_with_spaces=False).text)


def _written(new: str, _: str) -> str:
    return new


@cache
def _engine() -> AnonymizerEngine:
    from presidio_anonymizer import AnonymizerEngine

    return AnonymizerEngine()
