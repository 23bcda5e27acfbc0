"""Read the descriptions of tables.

A table begins with `= name locale domain rows=N people=N`; then a line per column, four parts with ` | ` between them:
header, truth, maker with its argument, options. The truth is an entity, several with `/` where they are equally right, `-` for
harmless, `?` for what nobody can decide. Options: `null=SHARE` in percent, `null=SHARE:TEXT` to write nulls as a text,
`upper`, `lower` or `mixed` (a third of the cells in capitals, as in tables that two systems filled), `stray=SHARE` for blanks
before or after that share of the cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.classify.tables.model import HALVES, ColumnSpec, Half, TableSpec, Truth

FOLDER: Final = Path(__file__).resolve().parent / "specs"


def read_specs(half: Half) -> tuple[TableSpec, ...]:
    """Return the tables of one half, in the order of files and lines."""
    if half not in HALVES:
        raise ValueError(f"no half `{half}`; there are {', '.join(HALVES)}")
    folder = FOLDER / half.replace("-", "_")
    return tuple(spec for path in sorted(folder.glob("*.txt")) for spec in _tables(path, half))


def _tables(path: Path, half: Half) -> Iterator[TableSpec]:
    for block in ("\n" + path.read_text(encoding="utf-8")).split("\n= ")[1:]:
        head, *lines = block.splitlines()
        name, locale, domain, *options = head.split()
        sizes = {key: int(value) for key, _, value in (option.partition("=") for option in options)}
        described = (line for line in lines if line.strip() and not line.startswith("#"))
        columns = tuple(_column(line, f"{path.name}, table `{name}`") for line in described)
        yield TableSpec(name, locale, domain, half, sizes.get("rows", 150), sizes.get("people", 0), columns)


def _column(line: str, where: str) -> ColumnSpec:
    parts = [part.strip() for part in line.split(" | ")]
    if len(parts) not in (3, 4):
        raise ValueError(f"{where}: `{line}` has {len(parts)} parts; write header | truth | maker | options")
    header, truth, making, options = (*parts, "")[:4]
    maker, _, argument = making.partition(" ")
    shares = [option.removeprefix("null=") for option in options.split() if option.startswith("null=")]
    share, _, text = shares[0].partition(":") if shares else ("0", "", "")
    case = next((option for option in options.split() if option in ("upper", "lower", "mixed")), "")
    stray = next((option.removeprefix("stray=") for option in options.split() if option.startswith("stray=")), "0")
    return ColumnSpec(header, _truth(truth), maker, argument.strip(), int(share) / 100, text or None, case, int(stray) / 100)


def _truth(written: str) -> Truth:
    accepted = written.split("/")
    if "?" in accepted or "ignore" in accepted:
        return "ignore"
    return None if written == "-" else tuple(None if entity == "-" else entity for entity in accepted)
