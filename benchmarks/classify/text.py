"""`python -m benchmarks.classify text`: how well personal data is found in texts, and what that costs."""

from __future__ import annotations

import argparse
import json
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.classify.text_score import ACCEPTED, STRICT, Scores, score
from veil.model import Span

DATA: Final = Path(__file__).parents[3] / "shared" / "data" / "pii_sentences_dev.json"
Find = Callable[[Sequence[str]], list[tuple[Span, ...]]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print precision, recall and F1 by type for each half of the templates, with the errors by kind."""
    parser = argparse.ArgumentParser(prog="benchmarks.classify text", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="labelled sentences in the form of presidio-research")
    parser.add_argument("--errors", type=int, default=0, help="show so many errors of the tuned half (invented public data)")
    given = parser.parse_args(arguments)
    from veil.recognizers import TextAnalyzer

    analyzer = TextAnalyzer()
    entries = json.loads(given.data.read_text(encoding="utf-8"))
    for name, chosen in (("tuned half", 0), ("held-out half", 1)):
        half = [entry for entry in entries if half_of(entry["template_id"]) == chosen]
        measure(name, half, analyzer.spans, given.errors * (1 - chosen))
    return 0


def half_of(template: object) -> int:
    """Return 0 for templates that rules were written after, 1 for the others; the same on every machine."""
    return zlib.crc32(str(template).encode()) % 2


def measure(name: str, entries: Sequence[dict[str, Any]], find: Find, n_errors: int) -> None:
    """Find the spans of all entries and print their scores."""
    texts = [entry["full_text"] for entry in entries]
    started = time.process_time()
    told = [[(span.start, span.end, span.entity) for span in spans] for spans in find(texts)]
    seconds = time.process_time() - started
    gold = [[(span["start_position"], span["end_position"], span["entity_type"]) for span in entry["spans"]] for entry in entries]
    scores = score(gold, told, ACCEPTED)
    print(f"\n{name}: {len(texts)} texts, {1000 * seconds / len(texts):.1f} CPU ms a text")
    show(scores)
    print("  strict: F1 " + f"{score(gold, told, STRICT).total().figures()[2]:.3f}")
    for kind, entity, other, place, start, end in scores.errors[:n_errors]:
        print(f"  {kind} {entity} ({other}): {texts[place][start:end]!r} in {texts[place][max(0, start - 40) : end + 40]!r}")


def show(scores: Scores) -> None:
    """Print one line for all, then one for each type, then the errors by kind."""
    line = "  {:<18} n={:<5} P {:.3f} R {:.3f} F1 {:.3f}"
    total = scores.total()
    print(line.format("micro", total.gold, *total.figures()) + f"; any-type character recall {scores.any_recall():.3f}")
    for kind, tally in sorted(scores.by_type.items(), key=lambda item: -item[1].gold):
        print(line.format(kind, tally.gold, *tally.figures()))
    kinds = Counter((kind, entity, other) for kind, entity, other, *_ in scores.errors)
    print("  errors: " + ", ".join(f"{kind} {entity} ({other}) {n}" for (kind, entity, other), n in kinds.most_common(14)))
