"""How cost grows: with rows, with levels of a category, with columns, and over partitions of a large stand-in.

`python -m benchmarks.synthesize growth [rows|levels|columns|partitions]`. Each figure is of a process of its own; memory is its
highest resident size, imports and tables included. The rows are Adult's, drawn with replacement, their numbers jittered.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.measure import Laps, Measurement, measure
from benchmarks.synthesize.data import columns_of, load
from benchmarks.tables import markdown

if TYPE_CHECKING:
    import pandas as pd

SEED = 20260101
ROWS = (10_000, 100_000, 1_000_000)
LEVELS = (100, 10_000, 100_000)
COLUMNS = (50, 500)
DRAWN = (1_000_000, 10_000_000)
N_ROWS_OF_LEVELS, N_ROWS_OF_COLUMNS, N_ROWS_LEARNT = 300_000, 5_000, 20_000
JITTERED_LEVELS = 1_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the parts that are asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthesize growth", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[])
    parser.add_argument("--synthesizer", default="circuit")
    parser.add_argument("--sizes", type=int, nargs="*", help="rows, levels, columns or rows to draw")
    parser.add_argument("--processes", type=int, nargs="*", default=[1, 2], help="that draw partitions")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.worker:
        work(options.worker)
        return 0
    for part in options.parts or PARTS:
        print(f"\n### {part}\n")
        print(PARTS[part](options), flush=True)
    return 0


def by_rows(options: argparse.Namespace) -> str:
    """Return the cost of learning and sampling tables of more and more rows, and the exponent of its growth."""
    rows, sizes = [], options.sizes or ROWS
    runs = [_fitted(options.synthesizer, {"rows": size}) for size in sizes]
    for size, run in zip(sizes, runs, strict=True):
        rows.append([f"{size:,}", *_costs(run, size)])
    table = markdown(["rows x 15", *COSTS], rows)
    if len(sizes) < 2:
        return table
    total = [sum(lap.cpu_seconds for lap in run.laps) for run in runs]
    exponent = float(np.polyfit(np.log(sizes), np.log(total), 1)[0])
    return f"{table}\n\ntime grows with rows to the power of {exponent:.2f}"


def by_levels(options: argparse.Namespace) -> str:
    """Return the cost of a category of more and more levels, beside three other columns."""
    sizes = options.sizes or LEVELS
    runs = [_fitted(options.synthesizer, {"levels": size}) for size in sizes]
    pairs = zip(sizes, runs, strict=True)
    shown = [[f"{size:,}", *_costs(run, N_ROWS_OF_LEVELS), f"{run.facts['made']:,}"] for size, run in pairs]
    return markdown([f"levels in {N_ROWS_OF_LEVELS:,} rows", *COSTS, "levels made"], shown)


def by_columns(options: argparse.Namespace) -> str:
    """Return the cost of tables of more and more columns."""
    sizes = options.sizes or COLUMNS
    runs = [_fitted(options.synthesizer, {"columns": size}) for size in sizes]
    shown = [[f"{size:,}", *_costs(run, N_ROWS_OF_COLUMNS)] for size, run in zip(sizes, runs, strict=True)]
    return markdown([f"columns of {N_ROWS_OF_COLUMNS:,} rows", *COSTS], shown)


def by_partitions(options: argparse.Namespace) -> str:
    """Return the cost of drawing a stand-in by partitions, by one process and several, and the digest of what they drew."""
    with tempfile.TemporaryDirectory(prefix="veil-bench-") as name:
        folder = Path(name)
        (folder / "model").mkdir()
        _measured(folder, {"synthesizer": options.synthesizer, "rows": N_ROWS_LEARNT, "save": True})
        sizes = options.sizes or DRAWN
        runs = [
            (size, processes, _measured(folder, {"draw": size, "processes": processes}, tree=True))
            for size in sizes for processes in options.processes
        ]  # fmt: skip
    shown = [_drawn_row(size, processes, run) for size, processes, run in runs]
    header = ["rows drawn and written", "processes", "s", "CPU s", "rows/CPU s", "main process MiB", "all MiB", "digest"]
    return markdown(header, shown)


def _drawn_row(n_rows: int, processes: int, run: Measurement) -> list[str]:
    facts = run.facts
    return [f"{n_rows:,}", str(processes), f"{run.laps[0].seconds:.0f}", f"{facts['cpu']:.1f}", f"{n_rows / facts['cpu']:,.0f}",
            f"{facts['own_mib']:,.0f}", f"{run.peak_mib:,.0f}", facts["sha256"][:12]]  # fmt: skip


PARTS: dict[str, Callable[[argparse.Namespace], str]] = {
    "rows": by_rows, "levels": by_levels, "columns": by_columns, "partitions": by_partitions,
}  # fmt: skip
COSTS = ("fit CPU s", "sample CPU s", "rows/s", "peak MiB", "MiB of table", "epochs")


def _costs(run: Measurement, n_rows: int) -> list[str]:
    fit, sample = run.laps
    return [f"{fit.cpu_seconds:.1f}", f"{sample.cpu_seconds:.1f}", f"{n_rows / sample.cpu_seconds:,.0f}", f"{run.peak_mib:,.0f}",
            f"{run.facts['table_mib']:,.0f}", str(run.facts["epochs"])]  # fmt: skip


def _fitted(synthesizer: str, asked: Mapping[str, Any]) -> Measurement:
    with tempfile.TemporaryDirectory(prefix="veil-bench-") as name:
        return _measured(Path(name), {"synthesizer": synthesizer, **asked})


def _measured(folder: Path, asked: Mapping[str, Any], *, tree: bool = False) -> Measurement:
    if "draw" not in asked:
        make(asked).to_parquet(folder / "table.parquet")
    (folder / "asked.json").write_text(json.dumps(dict(asked)), encoding="utf-8")
    command = ("-m", "benchmarks.synthesize.growth", "--worker", str(folder))
    return measure(command, {"OMP_NUM_THREADS": "1"}, told=folder / "laps.json", tree=tree)


def make(asked: Mapping[str, Any]) -> pd.DataFrame:
    """Return the table that is asked for."""
    if "rows" in asked:
        return jittered_adult(asked["rows"])
    return many_levels(asked["levels"]) if "levels" in asked else many_columns(asked["columns"])


def jittered_adult(n_rows: int) -> pd.DataFrame:
    """Return so many of Adult's rows, drawn with replacement; a column of many numbers is moved by up to 2 %."""
    import pandas as pd

    train = load("adult").train
    rng = np.random.default_rng(SEED)
    rows = rng.integers(len(train), size=n_rows)
    cells: dict[str, Any] = {}
    for column in columns_of(train):
        own = train[column.name].to_numpy(dtype=object)[rows]
        if column.type == "integer" and train[column.name].nunique() > JITTERED_LEVELS:
            moved = np.round(own.astype(np.float64) * rng.uniform(0.98, 1.02, n_rows)).astype(np.int64)
            own = moved.astype(str).astype(object)
        cells[column.name] = own
    return pd.DataFrame(cells, dtype=object)


def many_levels(n_levels: int) -> pd.DataFrame:
    """Return a category whose levels are as frequent as words are, beside a group of levels, an amount and an outcome."""
    import pandas as pd

    rng = np.random.default_rng(SEED)
    shares = 1 / (np.arange(n_levels) + 10)
    item = rng.choice(n_levels, N_ROWS_OF_LEVELS, p=shares / shares.sum())
    amount = np.round(np.exp(rng.standard_normal(N_ROWS_OF_LEVELS) + item % 5), 2)
    outcome = rng.random(N_ROWS_OF_LEVELS) < 0.2 + 0.6 * (item % 2)
    names = np.array([f"item {place:06d}" for place in range(n_levels)], dtype=object)
    return pd.DataFrame(
        {
            "item": names[item],
            "group": names[item % 20],
            "amount": [f"{each:.2f}" for each in amount],
            "outcome": np.where(outcome, "yes", "no"),
        },
        dtype=object,
    )


def many_columns(n_columns: int) -> pd.DataFrame:
    """Return an invented table of so many columns, as the wide table of the scores is made."""
    import pandas as pd

    rng = np.random.default_rng(SEED)
    traits = rng.standard_normal((N_ROWS_OF_COLUMNS, 6))
    cells: dict[str, Any] = {}
    for place in range(n_columns):
        score = traits @ rng.standard_normal(6) + rng.standard_normal(N_ROWS_OF_COLUMNS) * 2
        if place % 2:
            cells[f"column {place:03d}"] = np.array(list("abcdefgh"), dtype=object)[np.clip(score + 4, 0, 7).astype(int)]
        else:
            cells[f"column {place:03d}"] = np.array([f"{each:.2f}" for each in np.exp(score / 3)], dtype=object)
    return pd.DataFrame(cells, dtype=object)


def work(folder: Path) -> None:
    """Be the measured process."""
    asked = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    laps = Laps()
    facts = draw(folder, asked, laps) if "draw" in asked else learn(folder, asked, laps)
    laps.write(folder / "laps.json", facts)


def learn(folder: Path, asked: Mapping[str, Any], laps: Laps) -> dict[str, Any]:
    """Learn the table and sample as many rows; or save the model."""
    import psutil
    import pyarrow.parquet as pq
    import torch

    from veil.synthesizers import SYNTHESIZERS

    torch.set_num_threads(1)
    before = psutil.Process().memory_info().rss
    table = pq.read_table(folder / "table.parquet").to_pandas()
    columns, table_mib = columns_of(table), (psutil.Process().memory_info().rss - before) / 2**20
    with laps("fit"):
        model = SYNTHESIZERS[asked["synthesizer"]]().fit(table, columns, seed=1, progress=lambda *_: None)
    if asked.get("save"):
        model.save(folder / "model")
        return {}
    with laps("sample"):
        made = model.sample(len(table), seed=1)
    return {"epochs": len(model.history), "table_mib": table_mib, "made": int(made.iloc[:, 0].nunique())}


def draw(folder: Path, asked: Mapping[str, Any], laps: Laps) -> dict[str, Any]:
    """Draw a stand-in by partitions and write each as Parquet, which is removed at once: it is memory that is measured."""
    import resource

    from tasks import store
    from tasks.generated import Order, generated

    order, digest = Order(str(folder / "model"), asked["draw"], 1), hashlib.sha256()
    with laps("draw"):
        for part in generated(order, folder / "scratch", processes=asked["processes"]):
            written = store.write_table("part", iter([part]), folder / "out", stage="synthesize")
            digest.update(written.sha256.encode())
    own, workers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = laps.marks[0]["cpu"] + workers.ru_utime + workers.ru_stime
    return {"sha256": digest.hexdigest(), "own_mib": own.ru_maxrss / 1024, "cpu": cpu}


if __name__ == "__main__":
    sys.exit(main())
