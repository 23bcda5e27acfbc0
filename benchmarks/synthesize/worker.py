"""A measured process: one synthesizer learns one table and samples as many rows."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

from benchmarks.measure import Laps


def main() -> None:
    """Read what was asked, do it, leave the rows in `synthetic.parquet` and the laps in `laps.json`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    asked = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    import pandas as pd
    import sklearn.tree
    import torch

    from benchmarks.synthesize.data import load
    from veil.synthesizers import SYNTHESIZERS

    assert torch
    assert sklearn.tree
    torch.set_num_threads(1)
    bench = load(asked["table"], asked["rows"])
    laps = Laps()
    method = SYNTHESIZERS[asked["synthesizer"]](**asked["parameters"])
    with laps("fit"):
        model = method.fit(bench.train, bench.columns, seed=asked["seed"], progress=lambda *_: None)
    with laps("sample"):
        made = model.sample(len(bench.train), seed=asked["seed"])
    pd.DataFrame(made, dtype=object).to_parquet(folder / "synthetic.parquet")
    facts: dict[str, Any] = {"epochs": len(model.history), "last": _last(model.history)}
    laps.write(folder / "laps.json", facts)


def _last(history: Any) -> dict[str, Any]:
    return dataclasses.asdict(history[-1]) if history else {}


if __name__ == "__main__":
    main()
