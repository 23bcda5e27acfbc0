"""Votes: what the members of a template that the teacher read say of all its members."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from veil.recognizers.text.sentences import CHECKABLE, CONSTANT, Parsed, shape
from veil.recognizers.text.templates import Slot, Spans, Template

Find = Callable[[Sequence[str]], Sequence[Spans]]

SEEN: Final = 6
SEEN_IN_DOUBT: Final = 24
"""Members that the teacher reads, and those that it reads where they disagree."""
HIDE: Final = 1 / 3
ADMIT: Final = 1 / 10
"""A slot is hidden that this share of many members hides, and left alone under the smaller one; between, each is looked at."""


def voted(seen: Mapping[str, Sequence[tuple[str, Parsed]]], find: Find) -> dict[str, Template]:
    """Return the template of each group of members, which the teacher reads all at once."""
    asked = [sentence for members in seen.values() for sentence, _ in members]
    answers = iter(find(asked) if asked else [])
    return {key: _template(members, [next(answers) for _ in members]) for key, members in seen.items()}


def _template(members: Sequence[tuple[str, Parsed]], answers: Sequence[Spans]) -> Template:
    n_elements = len(members[0][1].kinds)
    slots = tuple(_slot(place, members, answers) for place in range(n_elements))
    return Template(slots, tuple(_are_joined(place, members, answers) for place in range(n_elements - 1)))


def _slot(place: int, members: Sequence[tuple[str, Parsed]], answers: Sequence[Spans]) -> Slot:
    labels = [_label(parsed, place, spans) for (_, parsed), spans in zip(members, answers, strict=True)]
    hits = [label for label in labels if label is not None]
    entity = _most_common(hits)
    share = len(hits) / len(labels)
    kind = members[0][1].kinds[place]
    if kind == CONSTANT:
        return Slot(entity if share >= 0.5 else None)
    if kind != CHECKABLE:
        is_seen_enough = len(labels) > SEEN
        least = HIDE if is_seen_enough else 0.5
        n_capital = sum(not sentence[parsed.starts[place] : parsed.ends[place]].islower() for sentence, parsed in members)
        is_lower = 10 * n_capital <= len(members)
        return Slot(entity if share >= least else None, in_doubt=ADMIT < share < least, is_lower=is_lower, kind=kind)
    return Slot(entity if share >= 0.5 else None, forms=_forms(place, members, labels), kind=CHECKABLE)


def _forms(
    place: int, members: Sequence[tuple[str, Parsed]], labels: Sequence[str | None]
) -> dict[str, tuple[int, int, str | None]]:
    by_form: dict[str, list[str | None]] = defaultdict(list)
    for (sentence, parsed), label in zip(members, labels, strict=True):
        by_form[shape(sentence[parsed.starts[place] : parsed.ends[place]])].append(label)
    found = {form: [label for label in each if label is not None] for form, each in by_form.items()}
    return {form: (len(hits), len(by_form[form]), _most_common(hits)) for form, hits in found.items()}


def _label(parsed: Parsed, place: int, spans: Spans) -> str | None:
    """Return what the teacher calls an element of which it hid at least a third."""
    start, end = parsed.starts[place], parsed.ends[place]
    hidden: Counter[str] = Counter()
    for span in spans:
        hidden[span.entity] += max(0, min(end, span.end) - max(start, span.start))
    return _most_common(list(hidden.elements())) if 3 * hidden.total() >= end - start and hidden.total() else None


def _most_common(labels: Sequence[str]) -> str | None:
    counts = Counter(labels)
    return min(counts, key=lambda label: (-counts[label], label)) if counts else None


def _are_joined(place: int, members: Sequence[tuple[str, Parsed]], answers: Sequence[Spans]) -> bool:
    votes = 0
    for (_, parsed), spans in zip(members, answers, strict=True):
        votes += any(span.start < parsed.ends[place] and span.end > parsed.starts[place + 1] for span in spans)
    return 2 * votes >= len(members)


def form(sentence: str, parsed: Parsed) -> tuple[str, ...]:
    """Return the forms of a sentence's checkable values."""
    checkable = (place for place, kind in enumerate(parsed.kinds) if kind == CHECKABLE)
    return tuple(shape(sentence[parsed.starts[place] : parsed.ends[place]]) for place in checkable)
