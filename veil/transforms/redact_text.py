"""Redact text: replace the personal data in free text and leave the words around it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from veil.errors import TransformFailed
from veil.model import Span
from veil.transforms.base import Context, Properties, Transform, map_distinct
from veil.transforms.packs import Locale, load
from veil.transforms.surrogates import Kind, NoFakeLeft, fakes_of_values

if TYPE_CHECKING:
    from veil.transforms.base import Cells

FAKES_OF_ENTITIES: dict[str, Kind] = {
    "PERSON": "person_name",
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "STREET_ADDRESS": "street",
    "ADDRESS": "street",
    "LOCATION": "city",
    "CITY": "city",
    "ORGANIZATION": "company",
    "USERNAME": "user_name",
}


class RedactText(Transform):
    """Replace what `find_spans` finds in each distinct text, by presidio-anonymizer.

    `label` writes `<PERSON>`, `mask` writes `*` for each character, and `fake` writes what `fake` would write for the span's text
    in the same keyspace; entities without a fake get their label. Spans that overlap become one, so that no end of any stays.
    What was not found stays in the text: a redacted text is still personal data.
    """

    name: ClassVar[str] = "redact_text"
    properties: ClassVar[Properties] = Properties("suppress", keeps=frozenset({"nulls"}))

    replace: Literal["label", "fake", "mask"] = "label"
    locale: Locale = "en_US"

    @property
    def declared(self) -> Properties:
        """Keyed where fakes are written."""
        return dataclasses.replace(self.properties, effect="fake", keyed=True) if self.replace == "fake" else self.properties

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Redact the distinct texts in one batch."""
        return map_distinct(cells, context, lambda texts: self._redacted(texts, context))

    def _redacted(self, texts: list[str], context: Context) -> list[str]:
        spans = _spans(texts, context)
        if self.replace == "fake":
            operators = _fake_operators(self._fakes(texts, spans, context))
        else:
            operators = _fixed_operators(self.replace, {span.entity for found in spans for span in found})
        return _replaced(texts, spans, operators, context)

    def _fakes(self, texts: Sequence[str], spans: Sequence[Sequence[Span]], context: Context) -> dict[str, dict[str, str]]:
        """Return the fake of each span's text, per entity."""
        found: dict[str, dict[str, str]] = {}
        for text, of_text in zip(texts, spans, strict=True):
            for span in of_text:
                found.setdefault(span.entity, {})[text[span.start : span.end]] = f"<{span.entity}>"
        key, pack, crowded = context.require_key(), load(self.locale), 0
        for entity in sorted(found.keys() & FAKES_OF_ENTITIES.keys()):
            values, kind = list(found[entity]), FAKES_OF_ENTITIES[entity]
            try:
                drawn = fakes_of_values(kind, values, key=key, keyspace=context.keyspace, pack=pack)
                found[entity] = dict(zip(values, drawn, strict=True))
            except NoFakeLeft as error:
                crowded += error.count
        context.refuse([True] * crowded, "hold every name there is")
        return found


def _spans(texts: Sequence[str], context: Context) -> list[list[Span]]:
    if context.find_spans is None:
        raise TransformFailed(context.column.name, "`redact_text` needs recognizers; none were given")
    found = context.find_spans(texts)
    if len(found) != len(texts):
        raise TransformFailed(context.column.name, "the recognizers did not answer for every text")
    outside = [
        any(not 0 <= span.start < span.end <= len(text) for span in spans) for text, spans in zip(texts, found, strict=True)
    ]
    context.refuse(outside, "spans that lie outside the text")
    return [disjoint(spans, text) for text, spans in zip(texts, found, strict=True)]


def disjoint(spans: Iterable[Span], text: str) -> list[Span]:
    """Return spans that do not touch each other and cover all that was found.

    Overlapping spans become one with the entity of the longest, then surest; spans of one entity with only spaces between them
    become one too: `Anna` `Smith` is one person.
    """
    merged: list[Span] = []
    leaders: list[Span] = []
    for span in sorted(spans):
        last = merged[-1] if merged else None
        if last is not None and (span.start < last.end or _continues(last, span, text)):
            leaders[-1] = max(leaders[-1], span, key=lambda one: (one.end - one.start, one.score, one.entity))
            merged[-1] = Span(last.start, max(last.end, span.end), leaders[-1].entity, leaders[-1].score)
        else:
            merged.append(span)
            leaders.append(span)
    return merged


def _continues(last: Span, span: Span, text: str) -> bool:
    return last.entity == span.entity and not text[last.end : span.start].strip(" ")


def _fixed_operators(kind: str, entities: Iterable[str]) -> dict[str, Any]:
    from presidio_anonymizer import OperatorConfig

    if kind == "mask":
        hidden = {"masking_char": "*", "chars_to_mask": 2**31, "from_end": False}
        return {entity: OperatorConfig("mask", hidden) for entity in entities}
    return {entity: OperatorConfig("replace", {"new_value": f"<{entity}>"}) for entity in entities}


def _fake_operators(drawn: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    from presidio_anonymizer import OperatorConfig

    return {entity: OperatorConfig("custom", {"lambda": fakes.__getitem__}) for entity, fakes in drawn.items()}


def _replaced(texts: Sequence[str], spans: Sequence[Sequence[Span]], operators: dict[str, Any], context: Context) -> list[str]:
    from presidio_anonymizer import AnonymizerEngine, RecognizerResult

    engine, failure = AnonymizerEngine(), ""
    results = list(texts)
    try:
        for place, (text, found) in enumerate(zip(texts, spans, strict=True)):
            if found:
                marks = [RecognizerResult(span.entity, span.start, span.end, span.score) for span in found]
                results[place] = engine.anonymize(text, marks, dict(operators), merge_entities_with_spaces=False).text
    except Exception as error:  # noqa: BLE001 - its text can hold a cell, so only its type goes on
        failure = type(error).__name__
    if failure:
        raise TransformFailed(context.column.name, f"presidio-anonymizer stopped with {failure}")
    return results
