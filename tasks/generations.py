"""Collapse watch: is a drop itself a stand-in that was released here, in which generation, and how far do trainings drift apart?

A model that learns from what a model made loses the rare first and in the end everything (Shumailov et al. 2024, doi
10.1038/s41586-024-07566-y). So every release says of which generation its stand-ins are: 1 if it was made from original data, one
more than the highest among its sources otherwise. A source is known by its bytes, or, in another file format, by its cells.
Rows of a stand-in that were mixed with others or edited are not known again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks import store
from tasks.stage import log
from veil.checks import retraining_drift
from veil.errors import VeilError
from veil.model import CheckResult, Column, Drop, Synthesis

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Ancestry:
    """The generation of a drop: 0 is original data. `parents` names the files that are stand-ins, and their releases."""

    generation: int = 0
    parents: tuple[str, ...] = ()


ORIGINAL = Ancestry()


def ancestry(drop: Drop, releases: Path) -> Ancestry:
    """Return whether files of a drop are stand-ins of a release in this folder, of any data set."""
    known = dict(_released(releases))
    found = [(file, known.get(file.sha256) or known.get(file.table.sha256)) for file in drop.files]
    parents = tuple(f"{file.name} is a stand-in of {told[1]}" for file, told in found if told)
    return Ancestry(max((told[0] for _, told in found if told), default=0), parents)


def _released(releases: Path) -> Iterator[tuple[str, tuple[int, str]]]:
    """Return every stand-in that was released: its digest, its generation, and the release."""
    for manifest in sorted(releases.glob("*/*/manifest.json")):
        told = _read(manifest)
        generation = int(told.get("synthetic", {}).get("generation", 1))
        place = f"{manifest.parent.parent.name}/{manifest.parent.name}"
        for digests in (told.get("files", {}), told.get("tables", {})):
            for name, sha256 in digests.items():
                if name.startswith("synthetic/"):
                    yield sha256, (generation, place)


def _read(manifest: Path) -> Mapping[str, Any]:
    try:
        told = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


@dataclass(frozen=True)
class Before:
    """The data set's release before this one: its folder, where it is read to, and how its files are declared to be encoded."""

    folder: Path
    work: Path
    encodings: Mapping[str, str]

    def drift(
        self, syntheses: Sequence[Synthesis], learned: Mapping[str, tuple[Column, ...]], seed: int
    ) -> tuple[CheckResult, ...]:
        """Compare each stand-in with the earlier one of its table; where there is none, there is no result."""
        frames = _earlier(self.folder, self.work, self.encodings) if syntheses else {}
        results = []
        for each in syntheses:
            name = each.synthetic.name
            if name in frames:
                now = store.read_table(each.synthetic, columns=[column.name for column in learned[name]])
                results.append(retraining_drift(name, learned[name], frames[name], now, release=self.folder.name, seed=seed))
        return tuple(results)


def release_before(releases: Path, dataset: str, work: Path, encodings: Mapping[str, str]) -> Before | None:
    """Return the data set's latest release that holds a stand-in, by the time when its run ended."""
    ended = [
        (str(_read(folder / "run.json").get("ended_at", "")), folder)
        for folder in sorted((releases / dataset).glob("*"))
        if folder.name != "held" and (folder / "manifest.json").is_file() and (folder / "synthetic").is_dir()
    ]
    return Before(max(ended)[1], work / "before", encodings) if ended else None


def _earlier(before: Path, work: Path, encodings: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    try:
        drop = store.read_drop(before / "synthetic", work, dataset="before", received_at="", encodings=encodings)
    except VeilError as error:
        log("earlier release not read", error=type(error).__name__)
        return {}
    return {file.table.name: store.read_table(file.table) for file in drop.files}
