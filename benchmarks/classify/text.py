"""`python -m benchmarks.classify text`: how well personal data is found in texts, and what that costs.

The labelled sentences of presidio-research, generated sentences in six languages, and texts without personal data: rules were
written after the tuned half of each; the other half is what counts. `unseen` is a set apart, of which only figures are read.
`--peers` asks Presidio in the same run.
"""

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
from benchmarks.classify.text_sets import LANGUAGES, docstrings, generated
from benchmarks.classify.text_unseen import unseen
from veil.model import Span

DATA: Final = Path(__file__).parents[3] / "shared" / "data" / "pii_sentences_dev.json"
HALVES: Final = (("tuned half", 0), ("held-out half", 1))
Find = Callable[[Sequence[str]], list[tuple[Span, ...]]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print precision, recall and F1 by type for each half of the templates, with the errors by kind."""
    given = _parser().parse_args(arguments)
    from veil.recognizers import TextAnalyzer, find_models

    models = find_models() if given.models == "installed" else find_models().required_only
    print(f"models: {', '.join(models.installed) or 'none'}")
    finders: dict[str, Find] = {"veil": TextAnalyzer(models=models).spans}
    if given.peers:
        from benchmarks.classify.text_peers import presidio

        finders["presidio"] = presidio()
    for name, find in finders.items():
        find(["My name is Anna Smith and I live in Berlin."])
        for part in given.sets:
            PARTS[part](name, find, given)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.classify text", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="labelled sentences in the form of presidio-research")
    parser.add_argument("--errors", type=int, default=0, help="show so many errors of the tuned halves (invented public data)")
    parser.add_argument("--peers", action="store_true", help="ask Presidio too, with the small English model, at batch size 256")
    parser.add_argument("--models", choices=("installed", "required"), default="installed")
    parser.add_argument("--sets", nargs="+", choices=tuple(PARTS), default=tuple(PARTS))
    return parser


def labelled(name: str, find: Find, given: argparse.Namespace) -> None:
    """Measure the labelled sentences; skip them where the file is not there."""
    if not given.data.exists():
        print(f"{name}: no labelled sentences at {given.data}")
        return
    entries = json.loads(given.data.read_text(encoding="utf-8"))
    for title, chosen in HALVES:
        half = [entry for entry in entries if half_of(entry["template_id"]) == chosen]
        measure(f"{name}, labelled sentences, {title}", half, find, given.errors * (1 - chosen))


def languages(name: str, find: Find, given: argparse.Namespace) -> None:
    """Measure the generated sentences of each language."""
    for title, chosen in HALVES:
        figures = {}
        for language in LANGUAGES:
            scores, _ = scored(generated(language, chosen), find)
            figures[language] = scores.total().figures()[2]
            if given.errors and not chosen:
                show_errors(scores, [entry["full_text"] for entry in generated(language, chosen)], given.errors // 4)
            print(f"  {language} missed or false: " + _kinds(scores))
        mean = sum(figures.values()) / len(figures)
        listing = ", ".join(f"{language} {figure:.3f}" for language, figure in figures.items())
        print(f"{name}, six languages, {title}: mean F1 {mean:.3f}; {listing}")


def harmless(name: str, find: Find, given: argparse.Namespace) -> None:
    """Count the spans in sentences without personal data."""
    for title, chosen in HALVES:
        texts = docstrings(chosen)
        found = find(texts)
        count = sum(map(len, found))
        print(f"\n{name}, {len(texts)} sentences of docstrings, {title}: {count} false spans: "
              + ", ".join(f"{kind} {n}" for kind, n in Counter(span.entity for spans in found for span in spans).most_common()))
        for text, spans in zip(texts, found, strict=True):
            for span in spans if given.errors and not chosen else ():
                print(f"  {span.entity}: {text[span.start : span.end]!r} in {text[max(0, span.start - 40) : span.end + 40]!r}")


def unseen_sentences(name: str, find: Find, _: argparse.Namespace) -> None:
    """Measure the third set by language and by type; its errors are never shown."""
    together: list[dict[str, Any]] = []
    figures = {}
    for language in LANGUAGES:
        entries = unseen(language)
        figures[language] = scored(entries, find)[0].total().figures()[2]
        together += entries
    listing = ", ".join(f"{language} {figure:.3f}" for language, figure in figures.items())
    print(f"\n{name}, unseen sentences: mean F1 {sum(figures.values()) / len(figures):.3f}; {listing}")
    measure(f"{name}, unseen sentences of all languages", together, find, 0, kinds=False)


PARTS: Final = {"labelled": labelled, "languages": languages, "harmless": harmless, "unseen": unseen_sentences}


def half_of(template: object) -> int:
    """Return 0 for templates that rules were written after, 1 for the others; the same on every machine."""
    return zlib.crc32(str(template).encode()) % 2


def scored(entries: Sequence[dict[str, Any]], find: Find, *, strict: bool = False) -> tuple[Scores, float]:
    """Find the spans of all entries; return their scores and the CPU seconds."""
    started = time.process_time()
    found = find([entry["full_text"] for entry in entries])
    seconds = time.process_time() - started
    told = [[(span.start, span.end, span.entity) for span in spans] for spans in found]
    gold = [[(span["start_position"], span["end_position"], span["entity_type"]) for span in entry["spans"]] for entry in entries]
    return score(gold, told, STRICT if strict else ACCEPTED), seconds


def measure(name: str, entries: Sequence[dict[str, Any]], find: Find, n_errors: int, *, kinds: bool = True) -> None:
    """Print the scores of all entries, by type, and the errors by kind."""
    scores, seconds = scored(entries, find)
    print(f"\n{name}: {len(entries)} texts, {1000 * seconds / len(entries):.1f} CPU ms a text")
    show(scores, kinds=kinds)
    print("  strict: F1 " + f"{scored(entries, find, strict=True)[0].total().figures()[2]:.3f}")
    show_errors(scores, [entry["full_text"] for entry in entries], n_errors)


def show_errors(scores: Scores, texts: Sequence[str], n_errors: int) -> None:
    """Print some errors in their sentences: only for invented or public texts."""
    for kind, entity, other, place, start, end in scores.errors[:n_errors]:
        text = texts[place]
        print(f"  {kind} {entity} ({other}): {text[start:end]!r} in {text[max(0, start - 40) : end + 40]!r}")


def show(scores: Scores, *, kinds: bool = True) -> None:
    """Print one line for all, then one for each type, then the errors by kind."""
    line = "  {:<18} n={:<5} P {:.3f} R {:.3f} F1 {:.3f}"
    total = scores.total()
    print(line.format("micro", total.gold, *total.figures()) + f"; any-type character recall {scores.any_recall():.3f}")
    for kind, tally in sorted(scores.by_type.items(), key=lambda item: -item[1].gold):
        print(line.format(kind, tally.gold, *tally.figures()))
    if kinds:
        print("  errors: " + _kinds(scores))


def _kinds(scores: Scores) -> str:
    kinds = Counter((kind, entity, other) for kind, entity, other, *_ in scores.errors)
    return ", ".join(f"{kind} {entity} ({other}) {n}" for (kind, entity, other), n in kinds.most_common(14)) or "nothing"
