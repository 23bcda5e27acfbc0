"""A whole text column: what repeats is learnt once from the slow teacher, and every text is then looked up.

Where sentences repeat, they are templates; prose is read by a student where it comes close to the teacher.

After `learn`, the spans of a text depend on that text alone: not on the batch or partition it comes in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final, Protocol

from veil.model import Span
from veil.recognizers.text import json_leaves, prose
from veil.recognizers.text.analyzer import resolved
from veil.recognizers.text.collector import paused
from veil.recognizers.text.json_leaves import is_json
from veil.recognizers.text.known import KnownValues
from veil.recognizers.text.known_words import NAMES
from veil.recognizers.text.levels import REPEATED, Level, held_share, levels_of, repeated_share
from veil.recognizers.text.sentences import Parsed, sentences
from veil.recognizers.text.templates import Spans, Template

SMALL: Final = 300
"""Columns of fewer distinct texts are read by the teacher alone."""
CHECKED: Final = 20
MISSED: Final = 0.15
REMEMBERED: Final = 100_000


class Teacher(Protocol):
    """Finds spans in texts, slowly and well; the answer for a text does not depend on the others."""

    def spans(self, texts: Sequence[str]) -> Sequence[Spans]:
        """Return the spans of each text."""
        ...


class TextColumn:
    """The search of one column. It holds cells in memory: never log, print or save it.

    Attributes
    ----------
    n_asked : texts and sentences that the teacher was asked about so far.
    uses_templates : whether sentences repeat enough to be looked up.
    uses_student : whether a student reads in the teacher's place.
    """

    def __init__(self, teacher: Teacher, patterns: Teacher, known: KnownValues | None = None, *, seed: int = 0) -> None:
        """Prepare the search.

        Parameters
        ----------
        teacher : asked about members of templates, and about all that is no member of any.
        patterns : the part of the teacher that needs no trained model; asked about values whose form is not decided.
        known : values of the structured columns, searched in every text.
        seed : for which members of a template are seen.
        """
        self._teacher, self._patterns, self._known, self._seed = teacher, patterns, known, seed
        self._levels: tuple[Level, ...] = ()
        self._reader: prose.Reader | None = None
        self._remembered: dict[str, Spans] = {}
        self.n_asked = 0

    def __repr__(self) -> str:
        return f"TextColumn(templates={self.n_templates})"

    @property
    def uses_templates(self) -> bool:
        """Whether sentences are looked up in templates."""
        return bool(self._levels)

    @property
    def uses_student(self) -> bool:
        """Whether a student reads what it is sure of."""
        return self._reader is not None

    @property
    def n_templates(self) -> int:
        """How many templates there are."""
        return sum(len(level.templates) for level in self._levels)

    def learn(self, texts: Sequence[str], counts: Sequence[int] | None = None) -> None:
        """Learn what repeats.

        Parameters
        ----------
        texts : distinct texts of the column; all of them, or a sample that does not depend on their order.
        counts : rows of each; 1 if not given. A sentence repeated in many rows is constant, and no slot.
        """
        if len(texts) >= SMALL:
            with paused():
                self._learn(texts, counts if counts is not None else [1] * len(texts))

    def _learn(self, texts: Sequence[str], counts: Sequence[int]) -> None:
        rows: Counter[str] = Counter()
        for text, count in zip(texts, counts, strict=True):
            if not _is_json(text):
                rows.update({sentence: count for _, sentence in sentences(text)})
        if not self._learn_templates(rows):
            self._reader = prose.taught(sorted(texts), self._ask, self._patterns.spans, self._seed)

    def _learn_templates(self, rows: Counter[str]) -> bool:
        """Learn the templates, and return whether they hold most of the column and hide what the teacher hides."""
        levels, rest = levels_of(rows), sorted(rows)
        groups = levels[0].groups(rest)
        if repeated_share(levels, groups, rows) < REPEATED:
            return False
        learnt: tuple[Level, ...] = ()
        for level in levels:
            with_templates, rest = level.learnt(groups if not learnt else level.groups(rest), self._ask, self._seed)
            learnt = (*learnt, with_templates)
        if held_share(rest, rows) >= REPEATED and self._missed_share(learnt, sorted(rows)) <= MISSED:
            self._levels = learnt
        return self.uses_templates

    def spans(self, texts: Sequence[str]) -> list[Spans]:
        """Return the spans of each text, in order, without overlap.

        Parameters
        ----------
        texts : distinct texts, learnt from or not.
        """
        with paused():
            if not self._levels:
                return self._with_known(texts, self._read(texts))
            cut = [list(sentences(text)) if not _is_json(text) else [(0, text)] for text in texts]
            answers, bare = self._of_sentences(dict.fromkeys(sentence for row in cut for _, sentence in row))
            found = [tuple(_moved(span, low) for low, sentence in row for span in answers[sentence]) for row in cut]
            return self._with_known(texts, found, [any(sentence in bare for _, sentence in row) for row in cut])

    def _with_known(self, texts: Sequence[str], found: list[Spans], bare: Sequence[bool] | None = None) -> list[Spans]:
        if self._known is None:
            return found
        known = self._known.find_all(texts, found, bare)
        return [with_known(text, spans, extra) for text, spans, extra in zip(texts, found, known, strict=True)]

    def _read(self, texts: Sequence[str]) -> list[Spans]:
        return self._reader.read(texts, self._ask, self._patterns.spans) if self._reader else self._ask(texts)

    def _ask(self, texts: Sequence[str]) -> list[Spans]:
        """Ask the teacher, each text once."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._remembered]
        if len(self._remembered) + len(missing) > REMEMBERED:
            self._remembered.clear()
            missing = list(dict.fromkeys(texts))
        self.n_asked += len(missing)
        self._remembered.update(zip(missing, map(tuple, self._teacher.spans(missing)), strict=True))
        return [self._remembered[text] for text in texts]

    def _of_sentences(self, distinct: Iterable[str]) -> tuple[Mapping[str, Spans], Set[str]]:
        """Return the spans of each sentence, and the sentences with digits that may be in no span."""
        answers: dict[str, Spans] = {}
        asked, checked, bare = [], [], set()
        for sentence in distinct:
            member = None if _is_json(sentence) else _member(self._levels, sentence)
            if member is None or member[0].in_doubt or member[0].is_odd(sentence, member[1]):
                asked.append(sentence)
                continue
            answers[sentence], is_open, is_covered = member[0].spans(sentence, member[1])
            if is_open:
                checked.append(sentence)
            if not is_covered:
                bare.add(sentence)
        answers.update(zip(asked, self._ask(asked), strict=True))
        for sentence, spans in zip(checked, self._patterns.spans(checked), strict=True):
            answers[sentence] = merged(sentence, answers[sentence], spans)
        return answers, bare.union(asked)

    def _missed_share(self, levels: Sequence[Level], distinct: Sequence[str]) -> float:
        """Return the share of characters that the teacher hides in slots of some more members and the templates do not."""
        chosen = distinct[:: max(1, len(distinct) // (2 * CHECKED))]
        members = [(sentence, member) for sentence in chosen if (member := _member(levels, sentence))][:CHECKED]
        hidden = missed = 0
        for (sentence, (template, parsed)), spans in zip(members, self._ask([sentence for sentence, _ in members]), strict=True):
            told, is_open, _ = template.spans(sentence, parsed)
            if not (template.in_doubt or is_open):
                wanted = _places(spans) & parsed.slot_places()
                hidden, missed = hidden + len(wanted), missed + len(wanted - _places(told))
        return missed / hidden if hidden else 0.0


def _member(levels: Sequence[Level], sentence: str) -> tuple[Template, Parsed] | None:
    """Return the template that a sentence is a member of, and its elements there; None if there is none."""
    for level in levels:
        parsed = level.parsed(sentence)
        template = level.templates.get(parsed.key)
        if template is not None:
            return template, parsed
    return None


def _is_json(text: str) -> bool:
    return ("{" in text or "[" in text) and is_json(text)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by, span.entity, span.score) if by else span


def _places(spans: Sequence[Span]) -> set[int]:
    return {place for span in spans for place in range(span.start, span.end)}


def merged(text: str, *spans: Sequence[Span]) -> Spans:
    """Return spans of several sources without overlap; the longest wins, and nothing that any covers is left uncovered."""
    return resolved([(span, 0) for each in spans for span in each], text)


def with_known(text: str, spans: Spans, known: Sequence[Span]) -> Spans:
    """Return a text's spans and known values as spans without overlap; names side by side are one person."""
    if not known or all(any(span.start <= each.start and each.end <= span.end for span in spans) for each in known):
        return spans
    found = merged(text, spans, _persons(text, known))
    return json_leaves.inside(found, text)


def _persons(text: str, known: Sequence[Span]) -> list[Span]:
    """Return known values with names side by side as one person."""
    others = [span for span in known if span.entity not in NAMES]
    names: list[Span] = []
    for span in sorted(span for span in known if span.entity in NAMES):
        if names and span.start <= names[-1].end + 1 and text[names[-1].end : span.start] in ("", " ", "-"):
            end = max(names[-1].end, span.end)
            names[-1] = Span(names[-1].start, end, "PERSON" if end > names[-1].end else names[-1].entity, span.score)
        else:
            names.append(span)
    return [*names, *others]
