"""A measured process of the comparison with peers: prepare their input, run one of them, or score what they made."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Laps
from tasks.settings import set_prefect_defaults
from veil.model import Column

if TYPE_CHECKING:
    import pandas as pd

N_SAMPLED = 200


def main() -> None:
    """Read the arguments, do one job, leave the laps in `<job>.json` in the folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("job", choices=sorted(JOBS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--which", default="", help="the rival")
    parser.add_argument("--drop", type=Path)
    parser.add_argument("--policy")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--epochs", type=int)
    options = parser.parse_args()
    os.umask(0o077)
    set_prefect_defaults(quiet=True)
    laps = Laps()
    facts = JOBS[options.job](options, laps)
    laps.write(options.folder / f"{options.job}{options.which}.json", facts)


def prepare(options: argparse.Namespace, laps: Laps) -> dict[str, Any]:
    """Transform a drop, set the holdout aside as a run does, and keep the learnt columns of its largest table."""
    from benchmarks.journey import Journey
    from tasks import store
    from tasks.split import split_by_subject
    from tasks.standins import parts_of

    journey = Journey(laps, options.policy, options.folder, seed=options.seed)
    planned = journey.transform(options.drop)
    record = journey.record
    splits = split_by_subject(journey.policy, record.classified, record.plans, record.transformed.tables, options.seed)
    table, plan = max(zip(record.transformed.tables, record.plans, strict=True), key=lambda pair: pair[0].n_rows)
    links = [link for link in planned.references if link.child == table.name]
    columns = parts_of(table, plan, links).learned
    frame = store.read_table(table, columns=[column.name for column in columns])
    held_out = splits[table.name].in_holdout
    _keep(frame[~held_out], options.folder / "train.parquet")
    _keep(frame[held_out], options.folder / "holdout.parquet")
    (options.folder / "columns.json").write_text(json.dumps([dataclasses.asdict(column) for column in columns]), encoding="utf-8")
    return {"rows": int((~held_out).sum()), "columns": len(columns)}


def synthesize(options: argparse.Namespace, laps: Laps) -> dict[str, Any]:
    """Let one rival learn and sample."""
    from benchmarks.peer_rivals import SYNTHESIZERS

    train, columns = _read(options.folder / "train.parquet"), _columns(options.folder)
    made, epochs = SYNTHESIZERS[options.which](train, columns, len(train), seed=options.seed, epochs=options.epochs, laps=laps)
    _keep(made, options.folder / f"{options.which}.parquet")
    return {"epochs": epochs}


def score(options: argparse.Namespace, _: Laps) -> dict[str, Any]:
    """Measure what one rival made, with Veil's fidelity check."""
    from veil.checks import CheckInput
    from veil.checks.fidelity import Fidelity

    folder = options.folder
    train, holdout, made = (_read(folder / f"{name}.parquet") for name in ("train", "holdout", options.which))
    given = CheckInput("bench", _columns(folder), (), train=train, holdout=holdout, synthetic=made, seed=options.seed)
    return {result.check: result.value for result in Fidelity().measure(given)}


def sample(options: argparse.Namespace, _: Laps) -> dict[str, Any]:
    """Keep rows of a drop's first table, drawn at random."""
    from tasks import store
    from veil.rng import generator

    drop = store.read_drop(options.drop, options.folder / "raw", dataset="bench", received_at="", encodings={})
    frame = store.read_table(drop.tables[0])
    rows = generator(options.seed, "bench", "sample").permutation(len(frame))[:N_SAMPLED]
    _keep(frame.iloc[sorted(rows)], options.folder / "sample.parquet")
    return {"columns": len(frame.columns)}


def classify(options: argparse.Namespace, laps: Laps) -> dict[str, Any]:
    """Let one rival look at the sample."""
    from benchmarks.peer_rivals import CLASSIFIERS

    CLASSIFIERS[options.which](_read(options.folder / "sample.parquet"), laps)
    return {}


def _keep(frame: pd.DataFrame, path: Path) -> None:
    frame.reset_index(drop=True).to_parquet(path)


def _read(path: Path) -> pd.DataFrame:
    import pandas as pd

    frame = pd.read_parquet(path).astype(object)
    return frame.where(frame.notna(), None)


def _columns(folder: Path) -> tuple[Column, ...]:
    return tuple(Column(**fields) for fields in json.loads((folder / "columns.json").read_text(encoding="utf-8")))


JOBS = {"prepare": prepare, "synthesize": synthesize, "score": score, "sample": sample, "classify": classify}

if __name__ == "__main__":
    main()
