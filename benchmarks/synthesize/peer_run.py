"""`python -m benchmarks.synthesize.peer_run --peer argn --table adult`: a peer in its own environment, scored as ours are.

Make an environment with `python3 -m venv .venv-peers-NAME` and `pip install -r benchmarks/synthesize/peers-NAME.txt`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.synthesize.data import TABLES, Bench, load
from benchmarks.synthesize.score import scores

if TYPE_CHECKING:
    import pandas as pd

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ENVIRONMENTS = {"argn": ".venv-peers-synth", "sdv": ".venv-peers-sdv", "synthpop": ".venv-peers-synthpop"}
NULL = "\\N"


def peer_scores(peer: str, table: str, *, seed: int = 1, rows: int | None = None, options: Sequence[str] = ()) -> dict[str, Any]:
    """Return scores and costs of a peer on a table.

    Raises
    ------
    FileNotFoundError : the peer's environment is not there; says how it is made.
    """
    bench = load(table, rows)
    with tempfile.TemporaryDirectory(prefix="veil-bench-") as name:
        made, told = _run(peer, bench, Path(name), seed, options)
    return {**scores(bench, made), **told}


def _run(peer: str, bench: Bench, folder: Path, seed: int, options: Sequence[str]) -> tuple[pd.DataFrame, dict[str, float]]:
    import pandas as pd

    python = ROOT / ENVIRONMENTS[peer] / "bin" / "python"
    if not python.exists():
        raise FileNotFoundError(f"{python}: make it with python3 -m venv, and pip install -r {HERE / f'peers-{peer}.txt'}")
    bench.train.where(bench.train.notna(), NULL).to_csv(folder / "train.csv", index=False)
    columns = [{"name": each.name, "type": each.type, "format": each.format} for each in bench.columns]
    (folder / "columns.json").write_text(json.dumps(columns), encoding="utf-8")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TMPDIR": str(folder)}
    subprocess.run([str(python), str(HERE / f"peer_{peer}.py"), str(folder), "--seed", str(seed), *options], check=True,
                   env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    made = pd.read_csv(folder / "synthetic.csv", dtype=str, keep_default_na=False, na_values=[]).astype(object)
    told: dict[str, float] = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    return made.where(made != NULL, None), told


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line of scores per seed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthesize.peer_run", description=__doc__)
    parser.add_argument("--peer", required=True, choices=sorted(ENVIRONMENTS))
    parser.add_argument("--table", required=True, choices=sorted(TABLES))
    parser.add_argument("--seed", type=int, nargs="*", default=[1])
    parser.add_argument("--rows", type=int, help="learn from so many rows only")
    parser.add_argument("--max-epochs", type=int, help="of `argn`")
    given = parser.parse_args(arguments)
    options = () if given.max_epochs is None else ("--max-epochs", str(given.max_epochs))
    for seed in given.seed:
        found = peer_scores(given.peer, given.table, seed=seed, rows=given.rows, options=options)
        print(" ".join(f"{name} {value:.4g}" for name, value in found.items()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
