"""The process that mostlyai-engine runs in, and the folder that it works in: its own, private, and gone afterwards.

A process of its own, since the engine seeds the global generators, writes data sets into the cache of the user's home, logs, and
may be installed with versions that Veil's other packages do not go with. Its home, cache and temporary folder are private.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from veil.errors import SynthesisFailed

WORKER = Path(__file__).with_name("worker.py")
INSTALL = ("`argn` needs mostlyai-engine: pip install 'veil-data[argn]', and after it `pip uninstall torchvision torchaudio` "
           "where torch is its build without CUDA; or give the interpreter of another environment that has it as `python`")
SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin"


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """Make a folder that only its owner may enter, and remove it with all that is in it."""
    with tempfile.TemporaryDirectory(prefix="veil-argn-") as name:
        yield Path(name)


def run(folder: Path, job: Mapping[str, Any], python: str | None, heard: Callable[[dict[str, Any]], bool]) -> None:
    """Do a job in a folder.

    Parameters
    ----------
    python : the interpreter that has the engine; None for this one.
    heard : called with what is told after every epoch; returns whether to go on.

    Raises
    ------
    SynthesisFailed : the engine is not installed, or failed; says how, by the type of its error.
    """
    (folder / "job.json").write_text(json.dumps(dict(job)), encoding="utf-8")
    command = [python or sys.executable, "-I", str(WORKER), str(folder)]
    failure = ""
    try:
        environment = _environment(folder, int(job["threads"]))
        process = subprocess.Popen(  # noqa: S603 no shell, and a script of ours
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
            cwd=folder,
        )  # fmt: skip
    except OSError as error:
        failure = type(error).__name__
    if failure:
        raise SynthesisFailed(f"the interpreter given as `python` cannot be run ({failure}). {INSTALL}")
    try:
        _follow(process, heard)
    finally:
        process.kill()
        process.wait()


def _follow(process: subprocess.Popen[str], heard: Callable[[dict[str, Any]], bool]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    for line in process.stdout:
        message = json.loads(line)
        if "missing" in message:
            raise SynthesisFailed(INSTALL)
        if "failed" in message:
            raise SynthesisFailed(f"argn: mostlyai-engine failed ({message['failed']}); nothing was learnt or sampled")
        if "done" in message:
            return
        process.stdin.write("go\n" if heard(message) else "stop\n")
        process.stdin.flush()
    raise SynthesisFailed("argn: the process of mostlyai-engine ended early, maybe for lack of memory; use a smaller model")


def _environment(folder: Path, threads: int) -> dict[str, str]:
    """Return all that the process sees of an environment: nothing of ours, no hub, no telemetry."""
    return {
        "HOME": str(folder), "TMPDIR": str(folder), "HF_HOME": str(folder / "hub"), "JOBLIB_TEMP_FOLDER": str(folder),
        "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1",
        "OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "PASSIVE", "TOKENIZERS_PARALLELISM": "false", "PATH": SEARCH_PATH,
        "PYTHONHASHSEED": "0", "LANG": "C.UTF-8",
    }  # fmt: skip
