"""Personal data in texts: patterns, known values, a trained model and lists of names, merged into spans that do not overlap."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from veil.errors import StageFailed
from veil.model import Span
from veil.recognizers.models import BATCH, Models, find_models
from veil.recognizers.text import classified, listed, occupations, organizations, places, titles
from veil.recognizers.text.known import KnownValues
from veil.recognizers.values import phones
from veil.recognizers.values.forms import forms

NER_SCORE: Final = 0.7
CHUNK: Final = 5_000
_LABELS: Final = {"PERSON": "PERSON", "PER": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION", "NORP": "NRP"}
_NEVER_NAMES: Final = frozenset(
    {"iban", "ssn", "bic", "swift", "vat", "url", "pin", "atm", "zip", "dob", "e-mail", "email", "phone", "fax", "tel"}
)
"""Words that announce a value and that models, taught on news, read as names."""
_PATTERN, _KNOWN, _CLASSIFIER, _NER, _LISTED = 0, 1, 2, 3, 4

_Ranked = tuple[Span, int]


class TextAnalyzer:
    """Finds personal data in texts. It holds known values in memory and shows none of them."""

    def __init__(
        self, *, known: Mapping[str, Iterable[str]] | None = None, models: Models | None = None, organizations: bool = False
    ) -> None:
        """Prepare the search.

        Parameters
        ----------
        known : entity -> distinct values of the structured columns, searched in every text.
        models : what `find_models` found; None asks it. Without a model, names that no column holds are not found: the
            caller reports `models.missing`.
        organizations : whether the model's organizations are spans too; many are wrong.
        """
        self._models = find_models() if models is None else models
        self._known = KnownValues.of(known or {})
        self._labels = {**_LABELS, "ORG": "ORGANIZATION"} if organizations else _LABELS

    def __repr__(self) -> str:
        return f"TextAnalyzer(models={self._models.installed})"

    def spans(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        """Return the spans of each text, in order, without overlap.

        Parameters
        ----------
        texts : distinct texts; the caller puts results back in rows. Any length, the empty text included.

        Raises
        ------
        StageFailed : a library failed on a text; its type is told, its words are not.
        """
        failure = ""
        try:
            return self._spans(texts)
        except Exception as error:  # noqa: BLE001 - a library's message may hold a text
            failure = type(error).__name__
        raise StageFailed("classify", failure, f"one of {len(texts)} texts")

    def _spans(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        found: list[list[_Ranked]] = [[*self._patterns(text), *self._known_values(text)] for text in texts]
        classifier = self._models.classifier()
        if classifier:
            for ranked, spans in zip(found, classified.find(classifier, texts), strict=True):
                ranked.extend((span, _CLASSIFIER) for span in spans)
        for place, span in self._named(texts):
            found[place].append((span, _NER))
        return [resolved(spans, text) for spans, text in zip(found, texts, strict=True)]

    def _patterns(self, text: str) -> Iterator[_Ranked]:
        for form in forms():
            yield from ((Span(start, end, form.entity, 0.9), _PATTERN) for start, end in form.find(text))
        yield from ((Span(start, end, "PHONE_NUMBER", 0.8), _PATTERN) for start, end in phones.find(text))
        yield from ((span, _PATTERN) for span in places.find(text))
        for finder in (titles, organizations, occupations):
            yield from ((span, _KNOWN) for span in finder.find(text))

    def _known_values(self, text: str) -> Iterator[_Ranked]:
        if self._known:
            yield from ((span, _KNOWN) for span in self._known.find(text))
        yield from ((span, _LISTED) for span in listed.find(text))

    def _named(self, texts: Sequence[str]) -> Iterator[tuple[int, Span]]:
        if not self._models.has_ner:
            return
        chunks = [(text[low:high], (place, low)) for place, text in enumerate(texts) for low, high in _cuts(text)]
        for document, (place, low) in self._models.ner().pipe(chunks, as_tuples=True, batch_size=BATCH):
            for entity in document.ents:
                if entity.label_ in self._labels:
                    span = _trimmed(entity, document.text, self._labels[entity.label_])
                    if span:
                        yield place, Span(span.start + low, span.end + low, span.entity, span.score)


def _cuts(text: str) -> Iterator[tuple[int, int]]:
    """Cut a long text at spaces, so that the model's memory stays bounded."""
    low = 0
    while low < len(text):
        high = min(len(text), low + CHUNK)
        if high < len(text):
            space = max(text.rfind(" ", low, high), text.rfind("\n", low, high))
            high = space if space > low else high
        yield low, high
        low = high


def _trimmed(entity: Any, text: str, name: str) -> Span | None:
    start, end = entity.start_char, entity.end_char
    if text[start:end].endswith(("'s", "\u2019s")):
        end -= 2
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not (text[end - 1].isalnum() or text[end - 1] == "."):
        end -= 1
    if name != "LOCATION" and text[start:end].lower() in _NEVER_NAMES:
        return None
    has_letter = any(char.isalpha() for char in text[start:end])
    return Span(start, end, name, NER_SCORE) if has_letter and end - start >= 2 else None


def resolved(spans: Iterable[_Ranked], text: str) -> tuple[Span, ...]:
    """Return spans that do not overlap and leave nothing uncovered that was covered.

    The order: a pattern or known value before the classifier, that before the language model, that before the lists; within
    one of these the longest, then a pattern before a known value, then the better score. What a loser covers beyond the
    winners stays as a span of its own if it holds a letter or a digit: dropping it would show half a name. It joins a
    winner of the same entity that it touches.
    """
    kept: list[Span] = []
    for span, _ in sorted(spans, key=_precedence):
        for piece in _uncovered(span, kept, text):
            insort(kept, piece)
    return tuple(_merged(kept))


def _precedence(ranked: _Ranked) -> tuple[int, int, int, float, int, str]:
    span, source = ranked
    return max(source, _KNOWN), span.start - span.end, source, -span.score, span.start, span.entity


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    last: Span | None = None
    for span in spans:
        if last and last.end == span.start and last.entity == span.entity:
            last = Span(last.start, span.end, span.entity, max(last.score, span.score))
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def _uncovered(span: Span, kept: Sequence[Span], text: str) -> list[Span]:
    """Return what the span covers beyond `kept`, which is in order and without overlap."""
    pieces: list[Span] = []
    start = span.start
    place = max(0, bisect_right(kept, span.start, key=lambda other: other.start) - 1)
    while place < len(kept) and kept[place].start < span.end:
        if kept[place].end > start:
            pieces.append(Span(start, kept[place].start, span.entity, span.score))
            start = kept[place].end
        place += 1
    pieces.append(Span(start, span.end, span.entity, span.score))
    return [piece for piece in pieces if any(char.isalnum() for char in text[piece.start : piece.end])]
