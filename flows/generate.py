"""The command line: `veil generate`, which invents tables from a schema. No original data, no Prefect, no network."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

FORMATS = ("csv", "parquet", "jsonl")


def add_command(commands: Any) -> None:
    """Add the command to a parser's commands."""
    generate = commands.add_parser("generate", help="invent tables from a schema, without any original data")
    generate.add_argument("schema", metavar="SCHEMA", help="a YAML file that says which tables and columns there are")
    generate.add_argument(
        "--rows", metavar="N", action="append", type=_rows, default=[],
        help="rows of the first table, or TABLE=N of another; more than once (default: the schema's)",
    )  # fmt: skip
    generate.add_argument("--out", metavar="FOLDER", required=True, help="a new folder, which appears whole or not at all")
    generate.add_argument("--seed", type=int, default=2026, help="the same seed gives the same bytes (default: 2026)")
    generate.add_argument("--locale", metavar="LOCALE", help="of names and addresses, such as nl_BE (default: the schema's)")
    generate.add_argument("--format", choices=FORMATS, default="csv", help="of the files (default: csv)")
    generate.set_defaults(command=_generate)


def _rows(text: str) -> tuple[str, int]:
    """Read `1000` or `orders=1000`; the first is for no table in particular."""
    table, _, count = text.rpartition("=")
    if not (count.isascii() and count.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number of rows nor TABLE=N")
    return table, int(count)


def _generate(options: argparse.Namespace) -> int:
    from tasks.generate import generate

    generated = generate(
        Path(options.schema), Path(options.out).absolute(), seed=options.seed, rows=dict(options.rows), locale=options.locale,
        kind=options.format,
    )  # fmt: skip
    for table in generated.tables:
        sys.stdout.write(f"{table.name}: {table.n_rows:,} rows in {generated.folder / generated.files[table.name]}\n")
    return 0
