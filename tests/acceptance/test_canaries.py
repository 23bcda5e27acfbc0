"""The canary test: planted values are looked for in every byte that a run leaves anywhere. It is never weakened.

200 people have values that occur nowhere else, in every personal column and in their notes. Runs are released, held, and crashed
inside each stage by errors that carry a cell in their text, with every logger at DEBUG. Then logs, the Prefect database,
artifacts, report, manifest, evidence, models, temporary files and released tables are searched, compressed files inside out.
"""

from __future__ import annotations

import csv
import gzip
import io
import logging
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from stdnum import iban

from tests.acceptance.conftest import Run
from tests.acceptance.small import HEADER, POLICY, person

N_CANARIES = 200  # customer numbers have twelve digits: six would stand in some timestamp or digest by chance
N_ROWS = 400
KEY = "00112233445566778899aabbccddeeff"
LETTERS = "bcdfghjklmnpqrstvwxz"


def _word(number: int) -> str:
    return "".join(LETTERS[(number // 20**place) % 20] for place in range(3))


def _canary(number: int) -> dict[str, str]:
    """Return what is planted in each personal column; nobody else in the drop was born before 1940."""
    first, last = f"Kanari{_word(number)}", f"Vinkel{_word(number)}"
    account = f"{539_007_000 + number:010d}"
    return {
        "customer_id": f"{880_001_000_003 + 700_000_007 * number}",
        "full_name": f"{first} {last}",
        "email": f"kooi{_word(number)}@zangvogel-{number}.be",
        "birth_date": f"19{31 + number % 9}-{1 + number % 12:02d}-{1 + number % 28:02d}",
        "phone": f"+32 47{number % 10} {number // 100 + 11} {number % 100:02d} {97 - number % 87}",
        "street": f"Kanariestraat{_word(number)} {100 + number}",
        "iban": iban.format(f"BE{_check(account)}{account}{int(account) % 97 or 97:02d}"),
    }


def _check(account: str) -> str:
    body = f"{account}{int(account) % 97 or 97:02d}"
    return f"{98 - int(body + '111400') % 97:02d}"


def _cells(number: int) -> list[str]:
    """Return the planted texts that must be found nowhere, with the parts and spellings that tell as much."""
    planted = _canary(number)
    first, last = planted["full_name"].split()
    packed = [planted[name].replace(" ", "") for name in ("phone", "iban")]
    return [*planted.values(), *packed, first, last, planted["email"].split("@")[0], planted["street"].split()[0]]


EXTRA = ("phone", "street", "iban")
WITH_EXTRA = POLICY.replace(
    "      gender:",
    "      phone: {do: fake, of: phone}\n      street: {do: fake, of: street}\n      iban: {do: token}\n      gender:",
)


NOTES = (
    "{full_name} (customer {customer_id}) wrote from {email}, call back",
    "Moved to {street}; new number {phone}",
    "{full_name}, born {birth_date}, pays from {iban}",
)


def _write_drop(folder: Path) -> Path:
    rng = np.random.default_rng(3)
    folder.mkdir(parents=True)
    path = folder / "people.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*HEADER, *EXTRA])
        for row in range(N_ROWS):
            cells = dict(zip(HEADER, person(row, rng), strict=True))
            cells |= {"phone": f"+32 480 55 {row // 100:02d} {row % 100:02d}", "street": f"Dorpsstraat {row}", "iban": ""}
            if row % 2 == 0:
                planted = _canary(row // 2)
                cells |= {**planted, "note": NOTES[row // 2 % len(NOTES)].format(**planted)}
            writer.writerow([cells[name] for name in (*HEADER, *EXTRA)])
    return path


class _Traces:
    """Everything a run leaves: its folders, temporary files, the Prefect database, and what was logged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = io.StringIO()

    def texts(self) -> Iterator[tuple[str, bytes]]:
        yield "log", self.log.getvalue().encode("utf-8", "replace")
        for place in (self.folder / "home", self.folder / "releases", self.folder / "tmp", *_database_files()):
            files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
            for path in files:
                yield from _layers(str(path), path.read_bytes())


def _layers(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a file as it is and, where it is compressed, what is in it."""
    yield name, content
    if content[:2] == b"\x1f\x8b":
        yield f"{name} (gunzipped)", gzip.decompress(content)
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield f"{name}/{member}", archive.read(member)
    elif content[:4] == b"PAR1":
        import pyarrow.parquet as pq

        yield f"{name} (cells)", repr(pq.read_table(io.BytesIO(content)).to_pydict()).encode()
    for match in re.finditer(rb"x[\x01\x5e\x9c\xda]", content):
        try:
            yield f"{name} (deflated at {match.start()})", zlib.decompressobj().decompress(content[match.start() :])
        except zlib.error:
            continue


def _database_files() -> list[Path]:
    from prefect.settings import get_current_settings

    url = get_current_settings().server.database.connection_url.get_secret_value()
    base = Path(url.split("///", 1)[1].split("?")[0])
    files = [path for path in base.parent.glob(base.name + "*") if path.is_file()]
    assert files, "the Prefect database was not found, so it was not searched"
    return files


@pytest.fixture
def traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Traces]:
    """Collect what is logged by anybody at DEBUG, and let temporary files fall into a folder of the test."""
    found = _Traces(tmp_path)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv("VEIL_TEST_KEY", KEY)
    handler = logging.StreamHandler(found.log)
    loggers = [logging.getLogger(name) for name in ("", "veil", "prefect", "prefect.flow_runs", "prefect.task_runs")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.addHandler(handler)
    yield found
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def _assert_silent(traces: _Traces) -> None:
    needles = [cell.encode() for number in range(N_CANARIES) for cell in _cells(number)] + [KEY.encode(), bytes.fromhex(KEY)]
    found: dict[str, int] = {}
    n_bytes = 0
    for name, content in traces.texts():
        n_bytes += len(content)
        folded = content.lower()
        hits = sum(needle.lower() in folded for needle in needles)
        if hits:
            found[name] = hits
    assert n_bytes > 100_000, "nearly nothing was searched"
    assert found == {}


def _flush_prefect() -> None:
    """Wait until the log and event workers of Prefect have sent what they hold, so that the database has all of it."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogHandler

    APILogHandler().flush()
    EventsWorker.drain_all(timeout=10)


def test_a_planted_value_is_seen_by_the_search(traces: _Traces, tmp_path: Path):
    """The search itself bites: a canary in a compressed file in the work folder is found."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "left.bin").write_bytes(gzip.compress(b"padding" * 40_000 + _cells(17)[3].encode()))
    with pytest.raises(AssertionError, match=r"left\.bin"):
        _assert_silent(traces)


def test_a_released_run_leaves_no_canary(run: Run, traces: _Traces, tmp_path: Path):
    ended = run(_write_drop(tmp_path / "drop"), WITH_EXTRA)
    _flush_prefect()
    assert ended.name == "Released", ended.message
    _assert_silent(traces)


@pytest.mark.parametrize("stage", ["transform", "check"])
def test_a_held_run_leaves_no_canary(stage: str, run: Run, traces: _Traces, tmp_path: Path):
    policy = {
        "transform": WITH_EXTRA.replace("note: {do: redact_text}", "note: {do: keep, reason: wrongly thought harmless}"),
        "check": WITH_EXTRA.replace("fidelity: 0.2", "fidelity: 0.999"),
    }[stage]
    ended = run(_write_drop(tmp_path / "drop"), policy)
    _flush_prefect()
    assert ended.name == "Held"
    assert ended.message.startswith(f"{stage} gate")
    _assert_silent(traces)


def _break(monkeypatch: pytest.MonkeyPatch, target: str, name: str) -> None:
    """Make a library call inside a stage fail with a message that holds cells, as pandas, pyarrow and spaCy do."""
    text = "; ".join(_cells(5))

    def failing(*_: object, **__: object) -> None:
        logging.getLogger("presidio-analyzer").debug("looking at %s", text)
        raise ValueError(f"could not convert string to float: {text}")

    monkeypatch.setattr(f"{target}.{name}", failing)


CRASHES: dict[str, tuple[str, str]] = {
    "ingest": ("tasks.ingest.store", "read_drop"),
    "classify": ("tasks.classify.recognizers", "classify"),
    "plan": ("tasks.plan", "make_plan"),
    "transform": ("veil.transforms.fake.Fake", "apply"),
    "synthesize": ("veil.synthesizers.ctgan.Ctgan", "fit"),
    "check": ("tasks.check", "identifier_results"),
    "release": ("tasks.release.store", "write_output"),
}


@pytest.mark.parametrize("stage", CRASHES)
def test_a_run_that_crashes_in_a_stage_leaves_no_canary(
    stage: str, run: Run, traces: _Traces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    drop = _write_drop(tmp_path / "drop")
    _break(monkeypatch, *CRASHES[stage])
    ended = run(drop, WITH_EXTRA)
    _flush_prefect()
    assert ended.name == "Failed"
    assert f"stage {stage}" in ended.message
    assert "ValueError" in ended.message
    assert not list((tmp_path / "home" / "work").glob("*"))
    _assert_silent(traces)


