"""`python -m benchmarks.classify columns|text|speed|peers-env …`: measure the classify stage; each has its own --help."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Final

COMMANDS: Final = {
    "columns": "benchmarks.classify.columns",
    "text": "benchmarks.classify.text",
    "speed": "benchmarks.classify.speed",
    "scale": "benchmarks.classify.scale",
    "peers-env": "benchmarks.classify.environment",
}
"""Command to the module whose `main` takes the remaining arguments; imported when asked for, since each has dear imports."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; 2 if there is no such command."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] not in COMMANDS:
        print(f"usage: python -m benchmarks.classify {{{','.join(COMMANDS)}}} [--help] …", file=sys.stderr)
        return 2
    return int(importlib.import_module(COMMANDS[given[0]]).main(given[1:]) or 0)


if __name__ == "__main__":
    sys.exit(main())
