"""`python -m benchmarks.synthesize.ctgan`: our CTGAN against the package's, on the same rows, for the same epochs.

Each runs in a process of its own on one thread. Preparation is all that comes before the first step, training the steps;
both are CPU seconds. Memory is what the process grew by after everything was imported and the table was read. `plain` is the
paper's objective and nothing else, `averaged` adds averaged weights, `default` is what a policy's `ctgan` does.

The library is called by its public interface alone: a fit of no epochs is its preparation, the rest of a whole fit its training.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from benchmarks.measure import measure

if TYPE_CHECKING:
    import pandas as pd

    from benchmarks.synthesize.data import Bench
    from veil.synthesizers.network import NetworkModel

PAPER: Mapping[str, Any] = {"pair_weight": 0, "condition_weight": 1, "calibrate": False, "generator_lr": 2e-4,
                            "discriminator_lr": 2e-4, "log_frequency": True, "patience": None, "validation": 0}  # fmt: skip
VARIANTS: Mapping[str, Mapping[str, Any]] = {"plain": {**PAPER, "averaged_share": 0}, "averaged": PAPER, "default": {}}
SHOWN = ("shapes", "pairs", "marg3", "auc_synthetic", "c2st", "nearest_share")
COSTS = ("prepare_cpu", "train_cpu", "step_ms", "grown_mib")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rivals that are asked for and print a line each, and the ratios to the library where it ran."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthesize.ctgan", description=__doc__)
    parser.add_argument("--table", default="adult")
    parser.add_argument("--epochs", type=int, help="100 by default; of a policy's `ctgan` for --conditions")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rivals", nargs="*", default=["library", *VARIANTS], choices=["library", *VARIANTS])
    parser.add_argument("--costs-only", action="store_true", help="do not score what was made")
    parser.add_argument("--conditions", action="store_true", help="raw hit rates of a default model instead")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.worker:
        return _work(options.worker)
    if options.conditions:
        return _hit_rates(options.table, options.epochs, options.seed)
    found = {}
    for rival in options.rivals:
        found[rival] = _measured(rival, options)
        print(rival, " ".join(f"{name} {value:.4g}" for name, value in found[rival].items()), flush=True)
    for rival in found.keys() - {"library"} if "library" in found else ():
        ratios = {name: found["library"][name] / found[rival][name] for name in COSTS}
        print(f"library / {rival}:", " ".join(f"{name} {value:.3g}" for name, value in ratios.items()))
    return 0


def _measured(rival: str, options: argparse.Namespace) -> dict[str, float]:
    import pandas as pd

    from benchmarks.synthesize.data import load
    from benchmarks.synthesize.score import scores

    with tempfile.TemporaryDirectory(prefix="veil-bench-") as name:
        folder = Path(name)
        asked = {"rival": rival, "table": options.table, "epochs": options.epochs or 100, "seed": options.seed}
        (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
        command = ("-m", "benchmarks.synthesize.ctgan", "--worker", name)
        run = measure(command, {"OMP_NUM_THREADS": "1"}, told=folder / "laps.json")
        costs = {**run.facts["costs"], "grown_mib": run.laps[0].grown_mib}
        made = pd.read_parquet(folder / "synthetic.parquet").astype(object)
    judged = {} if options.costs_only else scores(load(options.table), made.where(made.notna(), None))
    return {**{name: judged[name] for name in SHOWN if name in judged}, **costs}


def _work(folder: Path) -> int:
    """In a process of its own: learn, sample as many rows, and write down what it cost."""
    import pandas as pd
    import sklearn.mixture
    import torch

    from benchmarks.measure import Laps
    from benchmarks.synthesize.data import load

    asked = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    if asked["rival"] == "library":
        import ctgan

        assert ctgan
    else:
        import veil.synthesizers.gan.training

        assert veil.synthesizers.gan.training
    assert sklearn.mixture
    torch.set_num_threads(1)
    bench, laps = load(asked["table"]), Laps()
    train = _train_library if asked["rival"] == "library" else _train_fast
    with laps("fit"):
        made, prepare, learn, n_steps = train(bench, asked)
    costs = {"prepare_cpu": prepare, "train_cpu": learn, "step_ms": learn / n_steps * 1e3}
    laps.write(folder / "laps.json", {"costs": costs})
    pd.DataFrame(made, dtype=object).to_parquet(folder / "synthetic.parquet")
    return 0


def _train_library(bench: Bench, asked: Mapping[str, Any]) -> tuple[pd.DataFrame, float, float, int]:
    """Return rows, CPU seconds of preparation and training, and the number of steps.

    A fit of no epoch is a preparation; the whole fit less that is the training.
    """
    from ctgan import CTGAN

    from benchmarks.peer_rivals import numbered, numeric_columns, written

    numeric = numeric_columns(bench.train, bench.columns)
    table = numbered(bench.train, bench.columns, numeric)
    discrete = [column.name for column in bench.columns if column not in numeric]
    seconds = []
    for epochs in (0, asked["epochs"]):
        model = CTGAN(epochs=epochs, enable_gpu=False)
        model.set_random_state(asked["seed"])
        began = time.process_time()
        model.fit(table, discrete)
        seconds.append(time.process_time() - began)
    n_steps = len(table) // 500 * asked["epochs"]
    return written(model.sample(len(table)), bench.columns, numeric), seconds[0], seconds[1] - seconds[0], n_steps


def _train_fast(bench: Bench, asked: Mapping[str, Any]) -> tuple[pd.DataFrame, float, float, int]:
    from veil.synthesizers.ctgan import Ctgan
    from veil.synthesizers.gan.training import Trainer

    laps: list[float] = []
    train = Trainer.train

    def watched(self: Trainer, told: Any) -> Any:
        laps.append(time.process_time())
        weights = train(self, told)
        laps.append(time.process_time())
        return weights

    Trainer.train = watched  # type: ignore[method-assign]
    began = time.process_time()
    model = Ctgan(epochs=asked["epochs"], **VARIANTS[asked["rival"]]).fit(
        bench.train, bench.columns, seed=asked["seed"], progress=lambda *_: None)  # fmt: skip
    ended = time.process_time()
    n_rows = len(bench.train) - min(int(len(bench.train) * VARIANTS[asked["rival"]].get("validation", 0.1)), 5_000)
    n_steps = len(model.history) * (n_rows // 500)
    return model.sample(len(bench.train), seed=asked["seed"]), laps[0] - began + ended - laps[1], laps[1] - laps[0], n_steps


def _hit_rates(table: str, epochs: int | None, seed: int) -> int:
    """Print how many of the network's own rows meet a condition, before any is drawn again.

    One column: every learnt level, the network being asked for it and nothing else. Several: combinations that are rows of the
    holdout, by two and by three columns, the noise being chosen as `sample` does.
    """
    import numpy as np

    from benchmarks.synthesize.data import load
    from veil.synthesizers.conditions import OneOf
    from veil.synthesizers.ctgan import Ctgan
    from veil.synthesizers.encoding import LevelColumn

    bench = load(table)
    model = cast("NetworkModel", Ctgan(epochs=epochs).fit(bench.train, bench.columns, seed=seed, progress=lambda *_: None))
    learnt = [column for column in model.encoder.columns if isinstance(column, LevelColumn) and column.n_codes > 1]
    single = {(column.name, level): model.hit_rate({column.name: OneOf((level,))}, 2_000, seed=seed, chosen=False)
              for column in learnt for level in column.levels}  # fmt: skip
    rates = np.array(list(single.values()))
    print(f"one column, {len(rates)} levels of {len(learnt)} columns: mean {rates.mean():.3f} lowest {rates.min():.3f} "
          f"at least 0.95: {(rates >= 0.95).mean():.3f}", flush=True)  # fmt: skip
    rng = np.random.default_rng(seed)
    known = {column.name: {*column.levels} for column in learnt}
    for n_columns in (2, 3):
        found = []
        while len(found) < 40:
            names = rng.choice([column.name for column in learnt], n_columns, replace=False).tolist()
            row = bench.holdout.iloc[int(rng.integers(len(bench.holdout)))]
            if all(row[name] in known[name] for name in names):
                found.append(model.hit_rate({name: OneOf((row[name],)) for name in names}, 20_000, seed=seed))
        print(f"{n_columns} columns, {len(found)} combinations: mean {np.mean(found):.3f} median {np.median(found):.3f} "
              f"lowest {np.min(found):.3f}", flush=True)  # fmt: skip
    asked = {names: float((model.sample(1_000, seed=seed, where={name: OneOf((row[name],)) for name in names})[list(names)]
                           == [row[name] for name in names]).all(axis=1).mean()) for names in [tuple(names)]}  # fmt: skip
    print(f"rows that `sample` gives: {min(asked.values()):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
