"""Dask as a runner: the bytes of every other runner, workers that die, and nothing but paths and counts over the cluster."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
import socketserver
import stat
import threading
from pathlib import Path

import pytest

from tasks import store
from tasks.engine import Job, Runner, cluster, transform_table
from tasks.engine.cluster import dealt_to_cluster, refuse_plain
from tasks.engine.shared import fetched, shared
from tests.unit.test_engine import PEOPLE, job_of
from veil.errors import KeyUnavailable, StageFailed, TransformFailed, VeilError

distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install 'veil-data[dask]'")

SECRET = b"k" * 32
CANARIES = ("Anna", "Smith", "Núñez", "00123", SECRET.hex(), SECRET.decode())


@pytest.fixture(scope="module")
def scheduler():
    """The address of a cluster of two workers that have the key in their environment."""
    before = os.environ.get("VEIL_KEY")
    os.environ["VEIL_KEY"] = SECRET.hex()
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", memory_limit=0, silence_logs=50
    ) as started:
        yield started.scheduler_address
    os.environ.pop("VEIL_KEY") if before is None else os.environ.update(VEIL_KEY=before)


def by_dask(job: Job, scheduler: str = "", workers: int = 2):
    return transform_table(job, lambda *_: {}, Runner("dask", workers, scheduler))


def alone(folder: Path, **others):
    folder.mkdir()
    return transform_table(job_of(folder, **others), lambda *_: {})


def test_the_bytes_and_counts_are_those_of_one_process(tmp_path, scheduler):
    expected = alone(tmp_path / "alone")
    table, counts = by_dask(job_of(tmp_path, rows=100), scheduler)
    assert (table.sha256, counts) == (expected[0].sha256, expected[1])
    assert {path.suffix for path in (tmp_path / "transformed").iterdir()} == {".parquet"}


def test_columns_of_the_whole_table_are_transformed_too(tmp_path, scheduler):
    columns = {"income": "{do: swap, window: 2}", "country": "{do: pram, retain: 0.7}"}
    expected = alone(tmp_path / "alone", **columns)[0].sha256
    assert by_dask(job_of(tmp_path, rows=250, **columns), scheduler)[0].sha256 == expected


def test_without_an_address_a_cluster_is_started_that_speaks_tls_and_leaves_nothing(tmp_path, scheduler, monkeypatch):
    spoken_to = []
    wait_for_workers = distributed.Client.wait_for_workers
    monkeypatch.setattr(distributed.Client, "wait_for_workers", lambda client, *args, **others: (
        spoken_to.append(client.scheduler.address), wait_for_workers(client, *args, **others)))  # fmt: skip
    monkeypatch.setattr(cluster.tempfile, "tempdir", str(tmp_path))
    table, _ = by_dask(job_of(tmp_path, rows=300))
    assert table.sha256 == alone(tmp_path / "alone")[0].sha256
    assert [address.split("//")[0] for address in spoken_to] == ["tls:"]
    assert not list(tmp_path.glob("veil-dask-*"))


def test_a_worker_that_dies_loses_its_partitions_to_the_other(tmp_path, scheduler):
    expected = alone(tmp_path / "alone")[0].sha256
    job = job_of(tmp_path, rows=20)
    Path(job.folder).mkdir(mode=0o700)
    with distributed.Client(scheduler, set_as_default=False) as client:
        before = set(client.run(os.getpid).values())
        parts = []
        for number, (part, _) in enumerate(dealt_to_cluster(job, 60, scheduler, 2)):
            parts.append(part)
            if number == 5:
                os.kill(min(before), signal.SIGKILL)
        assert set(client.run(os.getpid).values()) != before
    table = store.write_table("people", parts, tmp_path / "written", stage="transform")
    assert table.sha256 == expected


def test_a_cluster_that_loses_all_workers_is_told(tmp_path, scheduler, monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS_BETWEEN_LOOKS", 0.2)
    monkeypatch.setattr(cluster, "LOOKS_WITHOUT_WORKERS", 3)
    job = job_of(tmp_path, rows=20)
    Path(job.folder).mkdir(mode=0o700)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0", memory_limit=0, silence_logs=50
    ) as own:
        parts = dealt_to_cluster(job, 60, own.scheduler_address, 1)
        next(parts)
        own.scale(0)
        with pytest.raises(StageFailed, match="no Dask worker is left"):
            list(parts)


def test_an_error_is_told_by_column_and_count_and_by_no_cell(tmp_path, scheduler):
    frame = PEOPLE.assign(income=[*PEOPLE["income"][:-1], "secret"])
    with pytest.raises(TransformFailed, match="column `income`") as caught:
        by_dask(job_of(tmp_path, rows=100, frame=frame), scheduler)
    assert "secret" not in str(caught.value)
    assert not list((tmp_path / "transformed").glob("scratch-*"))
    assert not (tmp_path / "transformed" / "job.json").exists()


def test_no_cell_and_no_key_passes_the_scheduler(tmp_path, scheduler):
    with tapped(scheduler) as (address, heard):
        by_dask(job_of(tmp_path, rows=100), address)
    sent = bytes(heard)
    assert b"transform_partition" in sent
    assert b"job.json" in sent
    assert b"nulls_before" in sent
    assert [canary for canary in CANARIES if canary.encode() in sent] == []


class Tap(socketserver.BaseRequestHandler):
    """Passes bytes on in both directions, and keeps what it heard."""

    def handle(self):
        with socket.create_connection(self.server.behind) as behind:
            back = threading.Thread(target=self.passed, args=(behind, self.request), daemon=True)
            back.start()
            self.passed(self.request, behind)
            back.join(5)

    def passed(self, source, target):
        while data := source.recv(1 << 16):
            self.server.heard.extend(data)
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


class tapped:
    """A cluster's scheduler behind a tap."""

    def __init__(self, scheduler):
        host, port = scheduler.removeprefix("tcp://").split(":")
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tap)
        self.server.daemon_threads, self.server.heard, self.server.behind = True, bytearray(), (host, int(port))

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"tcp://127.0.0.1:{self.server.server_address[1]}", self.server.heard

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def test_the_shared_job_is_private_names_its_keys_and_goes(tmp_path, monkeypatch):
    monkeypatch.setenv("VEIL_KEY", SECRET.hex())
    job = job_of(tmp_path)
    Path(job.folder).mkdir()
    with shared(job) as (path, sha256):
        text = Path(path).read_text(encoding="utf-8")
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        assert "env:VEIL_KEY" in text
        assert not any(canary in text for canary in CANARIES)
        assert fetched(path, sha256) == job
        with pytest.raises(VeilError, match="VEIL_HOME must lie on storage that all workers reach"):
            fetched(path, "0" * 64)
        monkeypatch.setenv("VEIL_KEY", "another key of the worker")
        with pytest.raises(KeyUnavailable, match="key `main`: a Dask worker has another one than this run"):
            fetched(path, sha256)
    assert not Path(path).exists()


def test_a_key_of_this_run_alone_is_refused_before_anything_is_sent(tmp_path):
    job = dataclasses.replace(job_of(tmp_path), key_sources={"main": "ephemeral"})
    with pytest.raises(KeyUnavailable, match="give it a place, env:NAME or file:PATH"):
        by_dask(job, "tcp://127.0.0.1:1")


@pytest.mark.parametrize(
    ("address", "unencrypted", "refused"),
    [
        ("", False, False),
        ("tcp://127.0.0.1:8786", False, False),
        ("tcp://localhost:8786", False, False),
        ("tcp://[::1]:8786", False, False),
        ("tls://scheduler.example:8786", False, False),
        ("tcp://scheduler.example:8786", False, True),
        ("tcp://10.0.0.7:8786", False, True),
        ("ws://10.0.0.7:8786", False, True),
        ("tcp://localhost.example:8786", False, True),
        ("tcp://10.0.0.7:8786", True, False),
    ],
)
def test_another_machine_is_spoken_to_by_tls_only(address, unencrypted, refused):
    if refused:
        with pytest.raises(VeilError, match="not a tls:// address"):
            refuse_plain(address, unencrypted=unencrypted)
    else:
        refuse_plain(address, unencrypted=unencrypted)


def test_a_scheduler_that_does_not_answer_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 1)
    with pytest.raises(StageFailed, match="no Dask scheduler with a worker answers"):
        by_dask(job_of(tmp_path), "tcp://127.0.0.1:1")


def test_without_dask_the_way_out_is_told(tmp_path, monkeypatch):
    def absent(_):
        raise ImportError

    monkeypatch.setattr(cluster, "import_module", absent)
    with pytest.raises(VeilError, match=r"pip install 'veil-data\[dask\]'"):
        by_dask(job_of(tmp_path))
