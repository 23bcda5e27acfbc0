"""Write the scores of a run as text."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.classify.column_run import Run
from benchmarks.classify.column_score import Detection, Ratio, Scores, is_right


def summary_lines(title: str, scores: Scores, seconds: float) -> Iterator[str]:
    """Yield the aggregate figures, a line each."""
    yield f"{title}: {scores.n_columns} columns that can be decided"
    yield f"  direct identifiers   {_detection(scores.direct)}"
    yield f"  direct, strict       {_detection(scores.direct_strict)}"
    yield f"  false alarms         {_ratio(scores.false_alarms)} of harmless columns"
    yield f"  typed right          {_ratio(scores.typed)} of personal columns; micro {_detection(scores.micro)}"
    yield f"  CPU                  {1000 * seconds / max(1, scores.n_columns):.2f} ms a column, after loading"


def detail_lines(scores: Scores) -> Iterator[str]:
    """Yield the tables by language, entity and confidence."""
    yield "  language   direct recall        person columns       address columns      false alarms"
    for language, ratios in scores.by_language.items():
        yield f"  {language:10s} {'  '.join(f'{_ratio(ratio):19s}' for ratio in ratios)}"
    recalls = (f"{entity} {ratio.right}/{ratio.total}" for entity, ratio in scores.by_entity.items())
    yield f"  recall by entity: {', '.join(recalls)}"
    yield "  confidence     findings  right"
    for each in scores.bins:
        share = each.ratio.share
        yield f"  {each.low:.1f} to {each.high:.1f}   {each.ratio.total:8d}  {'none' if share is None else f'{share:.3f}'}"


def error_lines(run: Run) -> Iterator[str]:
    """Yield one line per wrong column: names, entities, confidence and the finding's reason; no cell."""
    for each in run.judged:
        if each.truth != "ignore" and not is_right(each):
            truth = "-" if each.truth is None else "/".join(entity or "-" for entity in each.truth)
            yield f"  {each.table}.{each.column}: is {truth}, found {each.found or '-'} ({each.confidence:.2f}) {each.reason}"


def _detection(detection: Detection) -> str:
    counts = f"{detection.hits} hits, {detection.false} false, {detection.missed} missed"
    return f"P {detection.precision:.3f}  R {detection.recall:.3f}  F1 {detection.f1:.3f}  ({counts})"


def _ratio(ratio: Ratio) -> str:
    return "none" if ratio.share is None else f"{ratio.share:.3f} ({ratio.right}/{ratio.total})"
