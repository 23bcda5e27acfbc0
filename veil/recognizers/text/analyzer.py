"""Personal data in texts: patterns, known values, a trained model and lists of names, merged into spans that do not overlap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from veil.errors import StageFailed
from veil.model import Span
from veil.recognizers.models import BATCH, Models, find_models
from veil.recognizers.text import (
    classified,
    hints,
    json_leaves,
    listed,
    nationalities,
    occupations,
    organizations,
    places,
    titles,
)
from veil.recognizers.text.addresses import assembled
from veil.recognizers.text.believed import believed
from veil.recognizers.text.companions import with_companions
from veil.recognizers.text.known import KnownValues
from veil.recognizers.text.language import LANGUAGES, language_of
from veil.recognizers.text.merging import CLASSIFIER, HINTED, KNOWN, LISTED, NER, PATTERN, Ranked, resolved
from veil.recognizers.text.skipped import needs_no_model
from veil.recognizers.values import phones
from veil.recognizers.values.forms import forms
from veil.recognizers.values.identifiers import find_numbers

__all__ = ["Finder", "TextAnalyzer", "resolved"]

NER_SCORE: Final = 0.7
NUMBER_SCORE: Final = 0.88
CHUNK: Final = 5_000
_LABELS: Final = {"PERSON": "PERSON", "PER": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION", "NORP": "NRP", "ORG": "ORGANIZATION"}


class Finder(Protocol):
    """Finds spans in a text; the policy's own recognizers are such."""

    def find(self, text: str) -> Iterator[Span]:
        """Yield spans, in any order; they may overlap."""
        ...


class TextAnalyzer:
    """Finds personal data in texts. It holds known values in memory and shows none of them."""

    def __init__(
        self, *, known: Mapping[str, Iterable[str]] | None = None, models: Models | None = None, organizations: bool = False,
        languages: tuple[str, ...] | None = None, custom: Sequence[Finder] = (), names: bool = True,
    ) -> None:
        """Prepare the search.

        Parameters
        ----------
        known : entity -> distinct values of the structured columns, searched in every text.
        models : what `find_models` found; None asks it. Without a model, names that no column holds are not found: the
            caller reports `models.missing`. What is installed changes what is found: record `models.installed`.
        organizations : whether the language model's organizations of several words are spans too; three of five are wrong.
        languages : ISO 639-1 codes that texts can be in, the one of short texts first; None is English and five others.
        custom : recognizers of the policy; they count as much as patterns.
        names : whether names are looked for. Without, only patterns are, for numbers, links, addresses, titles and the like:
            for texts whose names something else finds.
        """
        self._models = find_models() if models is None else models
        self._known = KnownValues.of(known or {})
        self._labels = _LABELS if organizations else {label: name for label, name in _LABELS.items() if label != "ORG"}
        self._languages = languages or LANGUAGES
        self._custom = tuple(custom)
        self._has_names = names

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
            return self._spans([_encodable(text) for text in texts])
        except Exception as error:  # noqa: BLE001 - a library's message may hold a text
            failure = type(error).__name__
        raise StageFailed("classify", failure, f"one of {len(texts)} texts")

    def _spans(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        if not self._has_names:
            return [json_leaves.inside(assembled(resolved(self._patterns(text), text), text), text) for text in texts]
        found: list[list[Ranked]] = [[*self._patterns(text), *self._known_values(text)] for text in texts]
        languages = [self._language(text) for text in texts]
        read = [place for place, text in enumerate(texts) if self._models.installed and not needs_no_model(text)]
        for place, said in self._modelled([texts[place] for place in read], [languages[place] for place in read]):
            found[read[place]].append(said)
        for ranked, text, language in zip(found, texts, languages, strict=True):
            ranked.extend((span, HINTED) for span in hints.find(text, language))
        return [
            json_leaves.inside(with_companions(assembled(resolved(believed(spans, text, language), text), text), text), text)
            for spans, text, language in zip(found, texts, languages, strict=True)
        ]

    def _modelled(self, texts: Sequence[str], languages: Sequence[str]) -> Iterator[tuple[int, Ranked]]:
        """Yield what the trained models say, with the text's place; nothing without them."""
        classifier = self._models.classifier()
        if classifier:
            for place, spans in enumerate(classified.find(classifier, texts)):
                yield from ((place, (span, CLASSIFIER)) for span in spans)
        for place, span in self._named(texts, languages):
            yield place, (span, NER)

    def _language(self, text: str) -> str:
        return language_of(text, self._languages) if self._models.installed and _has_words(text) else self._languages[0]

    def _patterns(self, text: str) -> Iterator[Ranked]:
        for finder in self._custom:
            yield from ((span, PATTERN) for span in finder.find(text))
        for form in forms():
            yield from ((Span(start, end, form.entity, 0.9), PATTERN) for start, end in form.find(text))
        yield from ((Span(start, end, "PHONE_NUMBER", 0.8), PATTERN) for start, end in phones.find(text))
        yield from ((_yielding(span), PATTERN) for span in find_numbers(text))
        yield from ((span, PATTERN) for span in places.find(text))
        for words in (titles, organizations, occupations, nationalities):
            yield from ((span, KNOWN) for span in words.find(text))

    def _known_values(self, text: str) -> Iterator[Ranked]:
        if self._known:
            yield from ((span, KNOWN) for span in self._known.find(text))
        yield from ((span, LISTED) for span in listed.find(text))

    def _named(self, texts: Sequence[str], languages: Sequence[str]) -> Iterator[tuple[int, Span]]:
        """Yield the names that the language model of each text's language finds, with the text's place; nothing without one."""
        if not self._models.has_ner:
            return
        for language in (each for each in self._languages if self._models.spacy_for(each)):
            chosen = [(place, text) for place, text in enumerate(texts) if languages[place] == language]
            yield from self._named_in(language, chosen)

    def _named_in(self, language: str, texts: Sequence[tuple[int, str]]) -> Iterator[tuple[int, Span]]:
        chunks = [(text[low:high], (place, low)) for place, text in texts for low, high in _cuts(text)]
        for document, (place, low) in self._models.ner(language).pipe(chunks, as_tuples=True, batch_size=BATCH):
            for entity in document.ents:
                if entity.label_ in self._labels:
                    span = _trimmed(entity, document.text, self._labels[entity.label_])
                    if span:
                        yield place, Span(span.start + low, span.end + low, span.entity, span.score)


def _yielding(span: Span) -> Span:
    """A number of a person gives way to a card or an account of the same length: any passes some other check digit too."""
    return Span(span.start, span.end, span.entity, min(span.score, NUMBER_SCORE))


def _encodable(text: str) -> str:
    """Return the text with a question mark for each lone half of a surrogate pair: libraries take none. Places stay."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _has_words(text: str) -> bool:
    return any(char.isalpha() for char in text)


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
    has_letter = any(char.isalpha() for char in text[start:end])
    return Span(start, end, name, NER_SCORE) if has_letter and end - start >= 2 else None
