"""`python -m benchmarks.classify columns`: how well columns are typed, on labelled tables with known truth."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.classify.column_report import detail_lines, error_lines, summary_lines
from benchmarks.classify.column_run import run_veil
from benchmarks.classify.column_score import score
from benchmarks.classify.column_tables import BadTables, read_tables, write_tables
from benchmarks.classify.tables import HALVES, LabelledTable, build

NOT_SHOWN = "errors of a held-out half are not shown, so that nobody tunes on them; --spend shows them and uses the half up"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 2 if the tables cannot be read."""
    options = _parser().parse_args(arguments)
    try:
        for title, tables, is_secret in _groups(options):
            if options.write:
                write_tables(tables, options.write / title if options.half == "all" else options.write)
                continue
            _measure(title, tables, options, is_secret=is_secret)
    except BadTables as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _measure(title: str, tables: Sequence[LabelledTable], options: argparse.Namespace, *, is_secret: bool) -> None:
    run = run_veil(tables, hide_headers=options.hide_headers)
    scores = score(run.judged)
    name = f"Veil, {title}{', headers hidden' if options.hide_headers else ''}, {len(tables)} tables"
    print("\n".join((*summary_lines(name, scores, run.seconds), *detail_lines(scores))))
    if options.errors:
        print("\n".join(error_lines(run)) if options.spend or not is_secret else f"  {NOT_SHOWN}")
    if options.reliability:
        from benchmarks.classify.reliability import reliability_svg

        picture = reliability_svg(scores.bins, title=f"Reliability of confidence, {title}")
        options.reliability.write_text(picture, encoding="utf-8")
    if options.peers:
        from benchmarks.classify.column_peers import peer_lines

        print("\n".join(peer_lines(tables, title, run.seconds)))


def _groups(options: argparse.Namespace) -> list[tuple[str, tuple[LabelledTable, ...], bool]]:
    if options.tables:
        return [(options.tables.name, read_tables(options.tables), False)]
    return [(half, build(half), half != "dev") for half in HALVES if options.half in (half, "all")]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.classify columns", description=__doc__)
    parser.add_argument("--half", choices=(*HALVES, "all"), default="dev", help="which tables (default: dev)")
    parser.add_argument("--hide-headers", action="store_true", help="name the columns c1, c2, …")
    parser.add_argument("--peers", action="store_true", help="run presidio-structured and DataProfiler on the same tables")
    parser.add_argument("--tables", type=Path, metavar="DIR", help="evaluate a folder of NAME.csv and truth.json instead")
    parser.add_argument("--write", type=Path, metavar="DIR", help="write the tables there, and measure nothing")
    parser.add_argument("--errors", action="store_true", help="a line for every wrong column; not for a held-out half")
    parser.add_argument("--spend", action="store_true", help="show held-out errors after all; the half is held out no longer")
    parser.add_argument("--reliability", type=Path, metavar="FILE.svg", help="draw the share right by confidence")
    return parser
