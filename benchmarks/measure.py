"""Run a measurement in a process of its own and watch its memory from outside, where no interpreter lock holds the watch up."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
MIB = 2**20
SECONDS_BETWEEN_SAMPLES = 0.02
SECONDS_BETWEEN_LOOKS_FOR_CHILDREN = 0.5


class WorkerFailed(Exception):
    """A measured process ended with an error."""


@dataclass(frozen=True)
class Lap:
    """One part of a measured process.

    Attributes
    ----------
    seconds, cpu_seconds : wall time, and processor time over all threads.
    peak_mib : highest resident memory of the process while the part ran, in MiB, what was there before included.
    grown_mib : how far that is above where the part began.
    """

    name: str
    seconds: float
    cpu_seconds: float
    peak_mib: float
    grown_mib: float


@dataclass(frozen=True)
class Measurement:
    """A measured process: its parts, what it told of itself, and the whole of it."""

    seconds: float
    peak_mib: float
    laps: tuple[Lap, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def lap(self, name: str) -> Lap | None:
        """Return the part of that name, if it ran."""
        return {lap.name: lap for lap in self.laps}.get(name)


class Laps:
    """Kept inside a measured process: when each part began and ended, and how much processor time it took."""

    def __init__(self) -> None:
        self.marks: list[dict[str, Any]] = []
        self._process = psutil.Process()

    @contextlib.contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        first, start, cpu = self._process.memory_info().rss, time.monotonic(), time.process_time()
        yield
        end, cpu_end = time.monotonic(), time.process_time()
        last = self._process.memory_info().rss
        self.marks.append({"name": name, "start": start, "end": end, "cpu": cpu_end - cpu, "rss": [first, last]})

    def write(self, path: Path, facts: Mapping[str, Any]) -> None:
        """Leave marks and facts for the process that watches."""
        path.write_text(json.dumps({"marks": self.marks, "facts": facts}), encoding="utf-8")


class MemoryWatch(threading.Thread):
    """Samples the resident memory of a process; with `tree`, the sum over it and all that it started."""

    def __init__(self, pid: int, *, tree: bool = False) -> None:
        super().__init__(daemon=True)
        self.samples: list[tuple[float, int]] = []
        self._root, self._tree = psutil.Process(pid), tree
        self._family, self._looked = [self._root], 0.0
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(SECONDS_BETWEEN_SAMPLES):
            now = time.monotonic()
            if self._tree and now - self._looked > SECONDS_BETWEEN_LOOKS_FOR_CHILDREN:
                self._looked = now
                with contextlib.suppress(psutil.Error):
                    self._family = [self._root, *self._root.children(recursive=True)]
            self.samples.append((now, sum(map(_resident, self._family))))

    def stop(self) -> None:
        """End the watch."""
        self._over.set()
        self.join()


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def measure(command: Sequence[str], environment: Mapping[str, str], *, tree: bool = False, told: Path | None = None,
            may_fail: bool = False) -> Measurement:
    """Run a command and return what it took.

    Parameters
    ----------
    command : arguments of this Python, such as ("-m", "benchmarks.worker", ...).
    environment : variables beside those of this process.
    tree : whether memory is summed over the processes that it starts.
    told : file in which the process leaves its `Laps`.
    may_fail : whether an exit code other than 0 is a result, told in `facts`.

    Raises
    ------
    WorkerFailed : it ended with an error; says with which exit code and the last line that it wrote.
    """
    start = time.monotonic()
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env={**os.environ, **environment}, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    watch = MemoryWatch(process.pid, tree=tree)
    watch.start()
    output, _ = process.communicate()
    seconds = time.monotonic() - start
    watch.stop()
    if process.returncode and not may_fail:
        last_line = (output.splitlines() or ["no output"])[-1]
        raise WorkerFailed(f"{' '.join(command[:3])} ended with {process.returncode}: {last_line}")
    kept = json.loads(told.read_text(encoding="utf-8")) if told else {"marks": [], "facts": {}}
    facts = {**kept["facts"], "exit_code": process.returncode, "output": output}
    laps = tuple(_lap(mark, watch.samples) for mark in kept["marks"])
    peak = max([sample for _, sample in watch.samples] + [lap.peak_mib * MIB for lap in laps], default=0)
    return Measurement(seconds, peak / MIB, laps, facts)


def _lap(mark: Mapping[str, Any], samples: Sequence[tuple[float, int]]) -> Lap:
    inside = [sample for moment, sample in samples if mark["start"] <= moment <= mark["end"]]
    peak = max([*inside, *mark["rss"]])
    return Lap(mark["name"], mark["end"] - mark["start"], mark["cpu"], peak / MIB, (peak - mark["rss"][0]) / MIB)
