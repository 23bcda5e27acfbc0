"""Presidio as a peer on texts: its batch analyzer with the small English model and all its default recognizers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final

from veil.model import Span
from veil.recognizers.models import NER_MODEL

BATCH: Final = 256


def presidio() -> Callable[[Sequence[str]], list[tuple[Span, ...]]]:
    """Return a function that finds spans with Presidio, overlaps resolved as its anonymizer does: the better score wins."""
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    configuration = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": NER_MODEL}]}
    engine = AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=configuration).create_engine())
    batch = BatchAnalyzerEngine(engine)

    def find(texts: Sequence[str]) -> list[tuple[Span, ...]]:
        results = batch.analyze_iterator(list(texts), language="en", batch_size=BATCH)
        return [_resolved([Span(each.start, each.end, each.entity_type, each.score) for each in found]) for found in results]

    return find


def _resolved(spans: Sequence[Span]) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (-span.score, span.start - span.end, span)):
        if not any(span.start < other.end and other.start < span.end for other in kept):
            kept.append(span)
    return tuple(sorted(kept))
