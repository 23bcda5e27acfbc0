"""Times Veil on a table in a process of its own: the classify stage with its scan, then the spans of the note column."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


def main() -> None:
    """Write CPU seconds by part, what was found, and the spans of the note column.

    `speed_veil.py TABLE.json OUT.json`
    """
    source, target = sys.argv[1:3]
    columns = json.loads(Path(source).read_text(encoding="utf-8"))
    from tasks.classify import classify

    _warm()
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="veil-speed-") as folder:
        table = _table(columns, Path(folder))
        (classified,) = _timed(seconds, "classify, all columns and all cells", lambda: classify.fn((table,), 2026))
        known = _timed(seconds, "known values", lambda: _known(classified))
        searches = _timed(seconds, "learn the note column", lambda: _searches(table, known))
        distinct = list(dict.fromkeys(columns["note"]))
        found = _timed(seconds, "spans of the note column", lambda: searches["note"].spans(distinct))
        spans = _by_row(dict(zip(distinct, found, strict=True)), columns["note"])
    told = {
        "parts": seconds, "seconds": sum(seconds.values()), "notes": spans, "asked": searches["note"].n_asked,
        "templates": searches["note"].n_templates, "entities": {each.column: each.entity for each in classified.findings},
    }  # fmt: skip
    Path(target).write_text(json.dumps(told), encoding="utf-8")


def _timed(seconds: dict[str, float], name: str, run: Callable[[], T]) -> T:
    started = time.process_time()
    result = run()
    seconds[name] = time.process_time() - started
    return result


def _warm() -> None:
    """Load what is loaded once per process: models, lists and patterns."""
    from veil.recognizers.models import Models
    from veil.recognizers.text.analyzer import TextAnalyzer
    from veil.recognizers.text.known import KnownValues
    from veil.recognizers.words.dictionaries import lists

    lists()
    KnownValues.of({"FIRST_NAME": ["Anna"], "BIRTH_DATE": ["1980-03-12"]})
    for analyzer in (TextAnalyzer(), TextAnalyzer(models=Models())):
        analyzer.spans(["Call Anna Smith in Paris on +32 470 12 34 56 before May 5.",
                        "Bonjour, je suis né le 12 mars 1980 à Lyon."])


def _table(columns: dict[str, list[str]], folder: Path) -> Any:
    import pyarrow as pa

    from tasks import store

    return store.write_table("customers", [pa.table(columns)], folder, stage="ingest")


def _known(classified: Any) -> dict[str, list[str]]:
    from tasks import store

    known: dict[str, dict[str, None]] = {}
    for finding in classified.findings:
        if finding.entity is not None and not finding.free_text:
            values = store.distinct(classified.table, finding.column).index
            known.setdefault(finding.entity, {}).update(dict.fromkeys(values))
    return {entity: list(values) for entity, values in known.items()}


def _searches(table: Any, known: dict[str, list[str]]) -> Any:
    from tasks.texts import text_columns

    return text_columns(table, ["note"], known)


def _by_row(found: dict[str, Any], notes: list[str]) -> list[list[tuple[int, int, str]]]:
    return [[(span.start, span.end, span.entity) for span in found[note]] for note in notes]


if __name__ == "__main__":
    main()
