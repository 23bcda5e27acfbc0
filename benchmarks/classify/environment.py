"""`python -m benchmarks.classify peers-env`: make the environments of the peers, apart from Veil's own.

Two of them, because tensorflow and spaCy do not agree on their dependencies: `.venv-peers` from `peers.txt`, and
`.venv-dataprofiler` from `peers-dataprofiler.txt`. One that cannot be installed does not keep the other from being used.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]


@dataclass(frozen=True)
class Environment:
    """A peer's interpreter and the file that pins what is in it."""

    folder: Path
    requirements: Path

    @property
    def python(self) -> Path:
        """The interpreter, whether it is there or not."""
        return self.folder / "bin" / "python"


ENVIRONMENTS: Final = {
    "presidio-structured": Environment(ROOT / ".venv-peers", HERE / "peers.txt"),
    "DataProfiler": Environment(ROOT / ".venv-dataprofiler", HERE / "peers-dataprofiler.txt"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Make every environment that is asked for; 1 if one could not be made."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.classify peers-env", description=__doc__)
    parser.add_argument("--only", choices=sorted(ENVIRONMENTS), help="make one of them")
    options = parser.parse_args(arguments)
    wanted = [options.only] if options.only else sorted(ENVIRONMENTS)
    failed = [name for name in wanted if not install(ENVIRONMENTS[name])]
    return 1 if failed else 0


def install(environment: Environment) -> bool:
    """Make an environment and install its requirements; False, with pip's words on standard error, if that fails."""
    making = subprocess.run([sys.executable, "-m", "venv", str(environment.folder)], check=False)
    if making.returncode:
        return False
    command = [str(environment.python), "-m", "pip", "install", "--quiet", "-r", str(environment.requirements)]
    return subprocess.run(command, check=False).returncode == 0
