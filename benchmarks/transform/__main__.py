"""`python -m benchmarks.transform [PART ...]`: measure transforming, print Markdown, and keep it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.machine import machine_lines

RESULTS = Path(__file__).resolve().parents[1] / "results"
PARTS = {
    "speed": "CSV in, twelve transforms, CSV out",
    "memory": "Memory from one million rows to ten",
    "digests": "One digest for all ways",
    "k_count": "Counting equivalence classes",
    "ciphers": "Encryption and format-preserving encryption",
    "fakes": "Fakes from the frozen pack, against Faker per cell",
    "keyless": "An attacker without the key",
    "notes": "A subject's own identifiers in notes",
    "residual": "Searching every cell for identifiers of the source",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the parts that are asked for; each is kept in a file of its own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.transform", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (default: all)")
    options = parser.parse_args(arguments)
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no part `{unknown[0]}`; there are {', '.join(PARTS)}")
    for part in options.parts or PARTS:
        measured: Callable[[], list[str]] = import_module(f"benchmarks.transform.{part}").main
        text = "\n".join([f"# {PARTS[part]}", "", f"Written by `python -m benchmarks.transform {part}`.", "",
                          *machine_lines(1), "", *measured()]) + "\n"  # fmt: skip
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"transform_{part}.md").write_text(text, encoding="utf-8")
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
