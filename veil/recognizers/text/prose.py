"""Prose in a column: how much of it a student may read in the teacher's place, measured on sentences that both have read.

All is done by the sentence: what repeats is read once, and where the student is not sure of one, the teacher need not read the
others of its text. Texts of several lines stay whole, since an address goes over lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from veil.model import Span
from veil.recognizers.text.json_leaves import is_json
from veil.recognizers.text.merging import resolved
from veil.recognizers.text.sentences import is_checkable, sentences
from veil.recognizers.text.student import Student, teach
from veil.recognizers.text.templates import Spans
from veil.recognizers.text.votes import Find
from veil.rng import generator

FEWEST: Final = 2_500
"""Columns of fewer distinct texts are not worth a student."""
ROUNDS: Final = (400, 800, 1_600)
"""Texts that the student learns from; more where fewer were not enough."""
JUDGED: Final = 200
FEWEST_SPANS: Final = 30
"""A student is judged by at least so many spans of the teacher. Where names are rare, what it misses cannot be measured, and
so the teacher reads all."""
RETURNED: Final = (0.03, 0.06, 0.12, 0.25)
"""Shares of the texts, the least sure ones, that the teacher reads; the smallest with which the student is close enough."""
MISSED: Final = 0.055
"""Share of the teacher's characters that may stay open. `python -m benchmarks.classify speed` says what that leaves open of the
labeled characters."""


@dataclass(frozen=True)
class Reader:
    """A student that is close enough to its teacher where it is at least so sure."""

    student: Student = field(repr=False)
    least_sure: float

    def read(self, texts: Sequence[str], find: Find, patterns: Find) -> list[Spans]:
        """Return the spans of each text: the student's and those of the patterns, or the teacher's."""
        cut = [_pieces(text) for text in texts]
        distinct = list(dict.fromkeys(piece for row in cut for _, piece in row))
        answers = dict(zip(distinct, self._read(distinct, find, patterns), strict=True))
        return [tuple(_moved(span, low) for low, piece in row for span in answers[piece]) for row in cut]

    def _read(self, texts: Sequence[str], find: Find, patterns: Find) -> list[Spans]:
        found, sure = self.student.read(texts)
        asked = [place for place, text in enumerate(texts) if sure[place] < self.least_sure or is_json(text)]
        merged = with_patterns(texts, found, patterns)
        for place, spans in zip(asked, find([texts[place] for place in asked]), strict=True):
            merged[place] = spans
        return merged


def taught(texts: Sequence[str], find: Find, patterns: Find, seed: int) -> Reader | None:
    """Return the reader of a column that costs least; None where no student comes close to
    the teacher, or there are few texts or few spans in them.

    The more a student was taught, the fewer sentences go back: it is taught more for as long as that can pay. At last it also
    learns from those that it was judged by, for they were read anyway.

    Parameters
    ----------
    texts : distinct texts, in an order that does not depend on their order in the column.
    find : the teacher.
    patterns : what needs no model and finds no names; it always looks at sentences with digits.
    seed : for which texts are taught, and how.
    """
    if len(texts) < FEWEST:
        return None
    pieces = list(dict.fromkeys(piece for text in texts for _, piece in _pieces(text)))
    drawn = generator(seed, "prose").permutation(len(pieces))[: ROUNDS[-1] + JUDGED]
    chosen = [pieces[place] for place in drawn]
    judged, rest = chosen[:JUDGED], chosen[JUDGED:]
    wanted = list(find(judged))
    if sum(map(len, wanted)) < FEWEST_SPANS:
        return None
    reader, cost, learnt = None, len(pieces), judged
    for size in ROUNDS:
        if size >= cost:
            break
        student = teach(rest[:size], find(rest[:size]), seed)
        found, sure = student.read(judged)
        share = _returned(wanted, with_patterns(judged, found, patterns), sure.tolist())
        if share is not None and size + share * len(pieces) < cost:
            reader, cost = Reader(student, float(np.quantile(sure, share))), size + int(share * len(pieces))
            learnt = [*judged, *rest[:size]]
    return Reader(teach(learnt, find(learnt), seed), reader.least_sure) if reader else None


def _returned(wanted: Sequence[Spans], found: Sequence[Spans], sure: Sequence[float]) -> float | None:
    """Return the share of texts that the teacher has to read so that little is missed; None if that is too large."""
    missed = np.array([len(_places(one) - _places(other)) for one, other in zip(wanted, found, strict=True)])
    hidden = max(1, sum(len(_places(spans)) for spans in wanted))
    for share in RETURNED:
        if missed[np.array(sure) >= float(np.quantile(sure, share))].sum() <= MISSED * hidden:
            return share
    return None


def with_patterns(texts: Sequence[str], found: Sequence[Spans], patterns: Find) -> list[Spans]:
    """Return the spans with those that patterns find in sentences with digits; the longest wins."""
    cut = [[each for each in sentences(text) if is_checkable(each[1])] for text in texts]
    distinct = list(dict.fromkeys(sentence for row in cut for _, sentence in row))
    answers = dict(zip(distinct, patterns(distinct), strict=True))
    merged = []
    for text, spans, row in zip(texts, found, cut, strict=True):
        moved = ((low, span) for low, sentence in row for span in answers[sentence])
        more = [_moved(span, low) for low, span in moved]
        merged.append(resolved([(span, 0) for span in (*more, *spans)], text) if more else tuple(spans))
    return merged


def _pieces(text: str) -> list[tuple[int, str]]:
    """Return where each sentence of a text starts, and the sentence; one of several lines or of JSON stays whole."""
    return [(0, text)] if "\n" in text or is_json(text) else list(sentences(text))


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by, span.entity, span.score) if by else span


def _places(spans: Spans) -> set[int]:
    return {place for span in spans for place in range(span.start, span.end)}
