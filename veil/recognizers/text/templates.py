"""Templates: sentences that differ only in slots. The teacher sees a few of each; the majority decides for all.

A wrong vote is wrong for every row. So votes lean towards hiding; a slot on which members disagree is put before the teacher
sentence by sentence; values whose form can be checked are labelled by their form, and where the members seen do not decide a
form, patterns look at every value.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from veil.model import Span
from veil.recognizers.text.letters import folded
from veil.recognizers.text.sentences import CHECKABLE, CONSTANT, WORDS, Parsed, is_checkable, parse, shape, words_of
from veil.recognizers.words.dictionaries import lists
from veil.recognizers.words.lexicon import word_set
from veil.rng import generator

Spans = tuple[Span, ...]
Find = Callable[[Sequence[str]], Sequence[Spans]]

MIN_MEMBERS: Final = 8
SEEN: Final = 6
SEEN_IN_DOUBT: Final = 24
HIDE: Final = 1 / 3
ADMIT: Final = 1 / 10
COARSE: Final = (20, 80)
"""A word is constant in the coarse levels if one row in so many holds it."""
REPEATED: Final = 0.7
"""Templates are used where they hold at least this share of the rows' sentences."""
CONSTANT_SHARE: Final = 0.6
"""A template has at least so many constant words for each slot."""
MIN_DIGITS: Final = 7
"""Two numbers of fewer digits and the same form, in the same place of the same sentence, are the same kind of thing."""
SCORE: Final = 0.8


@dataclass(frozen=True)
class Slot:
    """What an element is: an entity or nothing, or `in_doubt`. `forms` are votes by form, for checkable ones.

    `is_lower`: the values seen had no capital.
    """

    entity: str | None
    in_doubt: bool = False
    is_lower: bool = True
    kind: int = CONSTANT
    forms: Mapping[str, tuple[int, int, str | None]] = field(default_factory=dict)

    @property
    def is_sure(self) -> bool:
        """Whether every form that was seen is of the same entity, so that the form of a value does not matter."""
        return self.entity is not None and all(hits and entity == self.entity for hits, _, entity in self.forms.values())


class Told(NamedTuple):
    """What a template says of a sentence.

    `is_open`: patterns have to look at it, for a form was not decided. `is_covered`: every value with digits is in a span.
    """

    spans: Spans
    is_open: bool
    is_covered: bool


@dataclass(frozen=True)
class Template:
    """The slots of a template, and whether each is of one span with the next."""

    slots: tuple[Slot, ...]
    joined: tuple[bool, ...]

    @cached_property
    def in_doubt(self) -> bool:
        """Whether the members disagreed on an element, so that each has to be looked at."""
        return any(slot.in_doubt for slot in self.slots)

    def spans(self, sentence: str, parsed: Parsed) -> Told:
        """Return the spans of a member."""
        labels = list(self._labels)
        is_open = False
        for place in self._formed:
            labels[place], undecided = _by_form(self.slots[place], sentence[parsed.starts[place] : parsed.ends[place]])
            is_open = is_open or undecided
        return Told(self._joined(labels, parsed), is_open, None not in [labels[place] for place in self._checkable])

    @cached_property
    def _labels(self) -> tuple[str | None, ...]:
        return tuple(slot.entity for slot in self.slots)

    @cached_property
    def _checkable(self) -> tuple[int, ...]:
        return tuple(place for place, slot in enumerate(self.slots) if slot.kind == CHECKABLE)

    @cached_property
    def _formed(self) -> tuple[int, ...]:
        return tuple(place for place in self._checkable if not self.slots[place].is_sure)

    def is_odd(self, sentence: str, parsed: Parsed) -> bool:
        """Return whether a slot that holds nothing personal holds a name in this sentence, by its look or by the lists."""
        starts, ends = parsed.starts, parsed.ends
        return any(_looks_like_name(sentence[starts[place] : ends[place]], self.slots[place]) for place in self._plain)

    @cached_property
    def _plain(self) -> tuple[int, ...]:
        return tuple(place for place, slot in enumerate(self.slots) if slot.kind == WORDS and slot.entity is None)

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


def _looks_like_name(value: str, slot: Slot) -> bool:
    if value.islower():
        return False
    words = [word for word in value.split() if word[:1].isupper()]
    return bool(words) and (slot.is_lower or any(_is_listed(folded(word)) for word in words))


def _is_listed(word: str) -> bool:
    return (word in lists()["FIRST_NAME"] or word in lists()["LAST_NAME"]) and word not in word_set("common")


def _by_form(slot: Slot, value: str) -> tuple[str | None, bool]:
    """Return a checkable value's entity, and whether patterns have to look at it."""
    hits, seen, entity = slot.forms.get(shape(value), (0, 0, None))
    if seen >= 2 and hits * 2 >= seen:
        return entity, False
    if seen >= 2 and not hits:
        return None, sum(map(str.isdigit, value)) >= MIN_DIGITS or "@" in value or "/" in value
    return slot.entity, slot.entity is None


@dataclass(frozen=True)
class Level:
    """Templates under one idea of which words are constant. It holds words of texts: never log, print or save it.

    The coarse level knows few constants and thus few templates; what is not alike enough there is left to the fine one.
    """

    constants: frozenset[str] = field(repr=False)
    counted: bool
    templates: Mapping[str, Template] = field(default_factory=dict, repr=False)

    def parsed(self, sentence: str) -> Parsed:
        """Return the sentence's elements under this level's constants."""
        return parse(sentence, self.constants, counted=self.counted)

    def groups(self, sentences: Sequence[str]) -> dict[str, list[str]]:
        """Return the sentences that are alike, by key."""
        groups: dict[str, list[str]] = defaultdict(list)
        for sentence in sentences:
            groups[self.parsed(sentence).key].append(sentence)
        return groups

    def learnt(self, groups: Mapping[str, Sequence[str]], find: Find, seed: int) -> tuple[Level, list[str]]:
        """Return the level with the templates that the teacher decides clearly, and the sentences of no template.

        Parameters
        ----------
        groups : distinct sentences that are alike, in an order that does not depend on their order in the column.
        find : the teacher.
        seed : for which members are seen.
        """
        large = {key: members for key, members in groups.items() if self.is_template(members)}
        chosen = {key: self._chosen(key, members, seed) for key, members in large.items()}
        templates = _voted({key: members[:SEEN] for key, members in chosen.items()}, find)
        in_doubt = [key for key in large if templates[key].in_doubt and len(large[key]) > SEEN]
        templates |= _voted({key: chosen[key] for key in in_doubt}, find)
        if not self.counted:
            templates = {key: template for key, template in templates.items() if not template.in_doubt}
        rest = [sentence for key, members in groups.items() if key not in templates for sentence in members]
        return Level(self.constants, self.counted, templates), rest

    def is_template(self, members: Sequence[str]) -> bool:
        """Return whether sentences are enough, and enough of them is constant to know them again."""
        if len(members) < MIN_MEMBERS:
            return False
        parsed = self.parsed(members[0])
        n_slots = len(parsed.kinds) - parsed.n_constant
        return parsed.n_constant >= 1 and parsed.n_constant >= CONSTANT_SHARE * n_slots

    def _chosen(self, key: str, members: Sequence[str], seed: int) -> list[tuple[str, Parsed]]:
        """Return up to 24 members in the order in which they are seen: drawn, but two of each form of value first."""
        drawn = generator(seed, "templates", key).permutation(len(members))[: 8 * SEEN_IN_DOUBT]
        forms: Counter[tuple[str, ...]] = Counter()
        first: list[tuple[str, Parsed]] = []
        rest: list[tuple[str, Parsed]] = []
        for place in drawn:
            member = members[place], self.parsed(members[place])
            form = _form(*member)
            (first if form and forms[form] < 2 else rest).append(member)
            forms[form] += 1
        return (first[: SEEN - 2] + rest + first[SEEN - 2 :])[:SEEN_IN_DOUBT]


def levels(rows: Mapping[str, int]) -> tuple[Level, ...]:
    """Return the levels of a column from coarse to fine, without templates yet.

    Constant are words that are frequent in the column's rows. A capital makes a name likely, so a word with one has to be
    more frequent. Too many constants only split a template, which costs time; too few would mix sentences that are not alike.

    Parameters
    ----------
    rows : sentence -> rows that hold it. Rows and not sentences are counted: a sentence repeated verbatim is all constant.
    """
    counts: Counter[str] = Counter()
    for sentence, weight in rows.items():
        for word in words_of(sentence):
            counts[word] += weight
    n_rows = sum(rows.values())
    words = {word: count for word, count in counts.items() if not is_checkable(word)}
    coarse = (Level(_frequent(words, n_rows // least, n_rows // least), False) for least in COARSE)
    return *coarse, Level(_frequent(words, n_rows // 2_000, n_rows // 200), True)


def repeated_share(levels: Sequence[Level], groups: Mapping[str, Sequence[str]], rows: Mapping[str, int]) -> float:
    """Return the share of rows whose sentences are alike enough of others, before any is asked about.

    Parameters
    ----------
    groups : of the first level; the finer ones are only looked at if it does not hold most.
    """
    total, held = sum(rows.values()), 0
    for place, level in enumerate(levels):
        large = {key for key, members in groups.items() if level.is_template(members)}
        held += sum(rows[sentence] for key in large for sentence in groups[key])
        if held >= REPEATED * total or place + 1 == len(levels):
            break
        rest = [sentence for key, members in groups.items() if key not in large for sentence in members]
        groups = levels[place + 1].groups(rest)
    return held / total if total else 0.0


def _frequent(counts: Mapping[str, int], low: int, high: int) -> frozenset[str]:
    return frozenset(word for word, count in counts.items() if count >= max(5, low if word.islower() else high))


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
        n_capital = sum(not sentence[parsed.starts[place] : parsed.ends[place]].islower() for sentence, parsed in members)
        is_lower = 10 * n_capital <= len(members)
        return Slot(entity if share >= least else None, in_doubt=ADMIT < share < least, is_lower=is_lower, kind=WORDS)
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
