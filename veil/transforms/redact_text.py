"""Redact text: replace the personal data in free text and leave the words around it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

import numpy as np
from pydantic import BeforeValidator, model_validator

from veil.errors import TransformFailed
from veil.model import Span
from veil.transforms.base import Context, Properties, Transform, distinct_rows, present, replaced
from veil.transforms.fakes.draw import NoFakeLeft
from veil.transforms.fakes.kinds import Kind, fakes_of_values
from veil.transforms.fakes.packs import Locale, load
from veil.transforms.redaction import Replacement, joined, spliced

if TYPE_CHECKING:
    from veil.transforms.base import Cells
    from veil.transforms.own import Found

FAKES_OF_ENTITIES: dict[str, Kind] = {
    "PERSON": "person_name",
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "STREET_ADDRESS": "street",
    "ADDRESS": "street",
    "LOCATION": "city",
    "CITY": "city",
    "POSTCODE": "postcode",
    "REGION": "region",
    "ORGANIZATION": "company",
    "USERNAME": "user_name",
}
Fakes: TypeAlias = dict[tuple[str, str], str]
Source = Literal["ner", "patterns", "subject"]
Language = Literal["en", "de", "fr", "es", "it", "nl"]


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


class RedactText(Transform):
    """Replace what is found in each text: names by a model, patterns, and the subject's own values in the columns of the drop.

    `label` writes `<PERSON>`, `mask` writes `*` for each character, and `fake` writes for an own value what its column became, in
    the form in which the text writes it, and for any other span what `fake` would write for its text in the same keyspace; what
    has no fake gets its label. Spans that overlap become one, so that no end of any stays; the longest says what it is.
    What was not found stays in the text: a redacted text is still personal data.

    Parameters
    ----------
    using : what finds personal data: `ner`, `patterns`, `subject`.
    language : the languages that texts can be in, that of short texts first; all six where it is left out.
    """

    name: ClassVar[str] = "redact_text"
    properties: ClassVar[Properties] = Properties("suppress", keeps=frozenset({"nulls"}))

    replace: Literal["label", "fake", "mask"] = "label"
    using: Annotated[tuple[Source, ...], BeforeValidator(_listed)] = ("ner", "patterns", "subject")
    language: Annotated[tuple[Language, ...], BeforeValidator(_listed)] = ()
    locale: Locale = "en_US"

    @model_validator(mode="after")
    def _finds_something(self) -> RedactText:
        for name, values in (("using", self.using), ("language", self.language)):
            if len(set(values)) < len(values):
                raise ValueError(f"`{name}` names one twice")
        if not self.using:
            raise ValueError(
                "`using` is empty, so nothing would be found; name `ner`, `patterns` or `subject`, or `keep` the column"
            )
        if "ner" in self.using and "patterns" not in self.using:
            raise ValueError("`using: ner` without `patterns` leaves numbers and addresses in the text; write [ner, patterns]")
        return self

    @property
    def declared(self) -> Properties:
        """Keyed where fakes are written."""
        return dataclasses.replace(self.properties, effect="fake", keyed=True) if self.replace == "fake" else self.properties

    @property
    def by_value(self) -> bool:
        """The subject's own values are replaced in the subject's own texts."""
        return "subject" not in self.using

    @property
    def finds(self) -> bool:
        """Whether `context.find_spans` is asked."""
        return "patterns" in self.using

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Redact the distinct pairs of text and owner in one batch."""
        there = present(cells, context).to_numpy(dtype=bool)
        texts = cells.to_numpy(dtype=object)[there]
        owners = _owners(context, there) if "subject" in self.using else np.full(len(texts), -1)
        codes, firsts = distinct_rows(texts, owners)
        results = np.empty(len(firsts), dtype=object)
        if len(firsts):
            results[:] = self.redacted(list(texts[firsts]), owners[firsts].tolist(), context)
        return replaced(cells, there, codes, results)

    def redacted(self, texts: Sequence[str], owners: Sequence[int], context: Context) -> list[str]:
        """Return each text without what is found in it.

        Parameters
        ----------
        texts, owners : distinct pairs; the owner is one of `context.own.owners`, or -1.
        """
        pieces = self.replacements(texts, owners, context)
        return [spliced(text, found) for text, found in zip(texts, pieces, strict=True)]

    def replacements(self, texts: Sequence[str], owners: Sequence[int], context: Context) -> list[list[Replacement]]:
        """Return what is replaced in each text, in order, without overlap, and by what."""
        spans: Sequence[Iterable[Span]] = _spans(texts, context) if self.finds else [()] * len(texts)
        own: Sequence[Sequence[Found]] = [()] * len(texts)
        if context.own is not None and "subject" in self.using:
            own = context.own.find(texts, owners)
        found = [joined(text, of_text, of_owner) for text, of_text, of_owner in zip(texts, spans, own, strict=True)]
        fakes = self._fakes(texts, found, context) if self.replace == "fake" else {}
        return [
            [Replacement(each.span, self._written(text[each.span.start : each.span.end], each, fakes)) for each in of_text]
            for text, of_text in zip(texts, found, strict=True)
        ]

    def _written(self, piece: str, found: Replacement, fakes: Fakes) -> str:
        if self.replace == "mask":
            return "*" * len(piece)
        if self.replace == "fake":
            return found.new or fakes[found.span.entity, piece]
        return f"<{found.span.entity}>"

    def _fakes(
        self, texts: Sequence[str], found: Sequence[Sequence[Replacement]], context: Context
    ) -> dict[tuple[str, str], str]:
        """Return the fake, or else the label, of each piece of text that no column has a fake for, by its entity."""
        pieces: dict[str, dict[str, None]] = {}
        for text, of_text in zip(texts, found, strict=True):
            for each in of_text:
                if not each.new:
                    pieces.setdefault(each.span.entity, {})[text[each.span.start : each.span.end]] = None
        key, pack, crowded = context.require_key(), load(self.locale), 0
        written = {(entity, piece): f"<{entity}>" for entity, every in pieces.items() for piece in every}
        for entity in sorted(pieces.keys() & FAKES_OF_ENTITIES.keys()):
            values, kind = list(pieces[entity]), FAKES_OF_ENTITIES[entity]
            try:
                drawn = fakes_of_values(kind, values, key=key, keyspace=context.keyspace, pack=pack)
                written.update(zip([(entity, value) for value in values], drawn, strict=True))
            except NoFakeLeft as error:
                crowded += error.count
        context.refuse([True] * crowded, "hold every name there is")
        return written


def _owners(context: Context, there: Any) -> Any:
    return context.own.rows[there] if context.own is not None else np.full(int(there.sum()), -1)


def _spans(texts: Sequence[str], context: Context) -> list[Iterable[Span]]:
    """Return what the recognizers find; each distinct text is shown to them once."""
    if context.find_spans is None:
        raise TransformFailed(context.column.name, "`redact_text` needs recognizers; none were given")
    distinct = list(dict.fromkeys(texts))
    found = context.find_spans(distinct)
    if len(found) != len(distinct):
        raise TransformFailed(context.column.name, "the recognizers did not answer for every text")
    outside = [
        any(not 0 <= span.start < span.end <= len(text) for span in spans) for text, spans in zip(distinct, found, strict=True)
    ]
    context.refuse(outside, "spans that lie outside the text")
    by_text = dict(zip(distinct, found, strict=True))
    return [by_text[text] for text in texts]
