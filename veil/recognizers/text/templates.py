"""Templates: sentences that differ only in slots. The teacher sees a few of each; the majority decides for all.

A wrong vote is wrong for every row. So votes lean towards hiding; a slot on which members disagree is put before the teacher
sentence by sentence; values whose form can be checked are labelled by their form, and where the members seen do not decide a
form, patterns look at every value.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from veil.model import Span
from veil.recognizers.text.sentences import CHECKABLE, CONSTANT, WORDS, Parsed, parse, shape
from veil.rng import generator

Spans = tuple[Span, ...]
Find = Callable[[Sequence[str]], Sequence[Spans]]

MIN_MEMBERS: Final = 8
SEEN: Final = 8
SEEN_IN_DOUBT: Final = 24
HIDE: Final = 1 / 3
ADMIT: Final = 1 / 10
MIN_DIGITS: Final = 7
"""Two numbers of fewer digits and the same form, in the same place of the same sentence, are the same kind of thing."""
SCORE: Final = 0.8


@dataclass(frozen=True)
class Slot:
    """What an element is: an entity or nothing, or `in_doubt`. `forms` are votes by form, for checkable ones."""

    entity: str | None
    in_doubt: bool = False
    forms: Mapping[str, tuple[int, int, str | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Template:
    """The slots of a template, and whether each is of one span with the next."""

    slots: tuple[Slot, ...]
    joined: tuple[bool, ...]

    @property
    def in_doubt(self) -> bool:
        """Whether the members disagreed on an element, so that each has to be looked at."""
        return any(slot.in_doubt for slot in self.slots)

    def spans(self, sentence: str, parsed: Parsed) -> tuple[Spans, bool]:
        """Return the spans of a member, and whether its patterns have to be searched because a form was not decided."""
        labels: list[str | None] = []
        is_open = False
        for place, slot in enumerate(self.slots):
            label = slot.entity
            if parsed.kinds[place] == CHECKABLE:
                label, undecided = _by_form(slot, sentence[parsed.starts[place] : parsed.ends[place]])
                is_open = is_open or undecided
            labels.append(label)
        return self._joined(labels, parsed), is_open

    def _joined(self, labels: Sequence[str | None], parsed: Parsed) -> Spans:
        spans: list[Span] = []
        for place, label in enumerate(labels):
            if label is None:
                continue
            if place and label == labels[place - 1] and self.joined[place - 1]:
                spans[-1] = Span(spans[-1].start, parsed.ends[place], label, SCORE)
            else:
                spans.append(Span(parsed.starts[place], parsed.ends[place], label, SCORE))
        return tuple(spans)


def _by_form(slot: Slot, value: str) -> tuple[str | None, bool]:
    """Return a checkable value's entity, and whether patterns have to look at it."""
    hits, seen, entity = slot.forms.get(shape(value), (0, 0, None))
    if seen >= 2 and hits * 2 >= seen:
        return entity, False
    if seen >= 2 and not hits:
        return None, sum(map(str.isdigit, value)) >= MIN_DIGITS or "@" in value or "/" in value
    return slot.entity, slot.entity is None


def constant_words(counts: Mapping[str, int], words: Sequence[Sequence[str]], weights: Sequence[int]) -> frozenset[str]:
    """Return the words that a column repeats: all but those rare in its rows.

    A capital makes a name likely, so a word with one has to be ten times as frequent. Too many constants only split a
    template, which costs time; too few would mix sentences that are not alike.
    """
    n_rows = sum(weights)
    for sentence, weight in zip(words, weights, strict=True):
        for word in set(sentence):
            counts[word] += weight  # type: ignore[index]
    low, high = max(5, n_rows // 2_000), max(5, n_rows // 200)
    return frozenset(
        word for word, count in counts.items() if count >= (low if word.islower() else high) and not any(map(str.isdigit, word))
    )


def is_template(parsed: Parsed) -> bool:
    """Return whether enough of a sentence is constant to know it again."""
    n_slots = len(parsed.kinds) - parsed.n_constant
    return parsed.n_constant >= 1 and parsed.n_constant * 2 >= n_slots


def learn(sentences: Sequence[str], constants: Collection[str], find: Find, seed: int) -> dict[str, Template]:
    """Return the templates of a column, by key.

    Parameters
    ----------
    sentences : distinct, in any order: they are put in order here.
    find : the teacher.
    seed : for which members are seen.
    """
    groups = _groups(sentences, constants)
    seen = {key: _chosen(key, members, seed)[:SEEN] for key, members in groups.items()}
    templates = _voted(seen, find)
    in_doubt = [key for key, members in groups.items() if templates[key].in_doubt and len(members) > SEEN]
    return templates | _voted({key: _chosen(key, groups[key], seed) for key in in_doubt}, find)


def _groups(sentences: Iterable[str], constants: Collection[str]) -> dict[str, list[tuple[str, Parsed]]]:
    groups: dict[str, list[tuple[str, Parsed]]] = defaultdict(list)
    for sentence in sorted(sentences):
        parsed = parse(sentence, constants)
        groups[parsed.key].append((sentence, parsed))
    return {key: members for key, members in groups.items() if len(members) >= MIN_MEMBERS and is_template(members[0][1])}


def _chosen(key: str, members: Sequence[tuple[str, Parsed]], seed: int) -> list[tuple[str, Parsed]]:
    """Return up to 24 members in the order in which they are seen: drawn, but two of each form of value first."""
    drawn = generator(seed, "templates", key).permutation(len(members))[: 8 * SEEN_IN_DOUBT]
    forms: Counter[tuple[str, ...]] = Counter()
    first: list[tuple[str, Parsed]] = []
    rest: list[tuple[str, Parsed]] = []
    for place in drawn:
        form = _form(*members[place])
        (first if form and forms[form] < 2 else rest).append(members[place])
        forms[form] += 1
    return (first[: SEEN - 2] + rest + first[SEEN - 2 :])[:SEEN_IN_DOUBT]


def _form(sentence: str, parsed: Parsed) -> tuple[str, ...]:
    checkable = (place for place, kind in enumerate(parsed.kinds) if kind == CHECKABLE)
    return tuple(shape(sentence[parsed.starts[place] : parsed.ends[place]]) for place in checkable)


def _voted(seen: Mapping[str, Sequence[tuple[str, Parsed]]], find: Find) -> dict[str, Template]:
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
    if kind == WORDS:
        is_seen_enough = len(labels) > SEEN
        least = HIDE if is_seen_enough else 0.5
        return Slot(entity if share >= least else None, in_doubt=ADMIT < share < least)
    return Slot(entity if share >= 0.5 else None, forms=_forms(place, members, labels))


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
