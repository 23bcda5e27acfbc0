"""The drops that are measured: three real files, and the invented drop of `veil demo`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import ROOT

DATA = ROOT.parent / "shared" / "data"
REAL = ("adventure-works-bike-buying.csv", "adult.csv", "google-meet-mycompany.csv")
DEMO = "demo"


@dataclass(frozen=True)
class BenchDrop:
    """A drop and its policy; `make` puts it into a folder if need be and returns its path."""

    name: str
    policy: str
    make: Callable[[Path], Path]
    missing: str = ""


def find_drop(name: str) -> BenchDrop:
    """Return a drop by name: a real file (or any path), or `demo`; `missing` says why it cannot be measured."""
    if name == DEMO:
        return BenchDrop(DEMO, "demo", make_demo)
    path = DATA / name if (DATA / name).is_file() else Path(name).resolve()
    missing = "" if path.is_file() else f"there is no {name} in {DATA}"
    return BenchDrop(path.name, "gdpr", lambda _: path, missing)


def make_demo(folder: Path, n_customers: int = 10_000) -> Path:
    """Write the demo drop into a folder and return it."""
    from tasks.demo import make_drop

    make_drop(folder / DEMO, n_customers=n_customers)
    return folder / DEMO
