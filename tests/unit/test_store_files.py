from __future__ import annotations

import gzip
import hashlib
import os
import socket
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.store import read_drop, read_table
from veil.errors import DropRefused
from veil.model import Drop

PEOPLE = b"name,age\nAnna,30\nBert,\n"


def drop_of(path: Path, work: Path, **options: object) -> Drop:
    return read_drop(path, work, dataset="crm", received_at="2026-11-01T00:00:00Z", **options)  # type: ignore[arg-type]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def test_a_file_becomes_a_drop_of_one_table(tmp_path: Path, inbox: Path) -> None:
    path = inbox / "Customers 2026-11.CSV"
    path.write_bytes(PEOPLE)
    drop = drop_of(path, tmp_path / "work")
    (file,) = drop.files
    assert (drop.uri, drop.dataset, drop.received_at, drop.size_bytes) == (str(path), "crm", "2026-11-01T00:00:00Z", len(PEOPLE))
    assert (file.name, file.sha256, file.size_bytes) == (path.name, hashlib.sha256(PEOPLE).hexdigest(), len(PEOPLE))
    assert (file.table.name, file.table.n_rows, file.table.stage) == ("customers_2026_11", 2, "ingest")
    assert Path(file.table.uri) == tmp_path / "work" / "customers_2026_11"
    assert read_table(file.table).to_numpy().tolist() == [["Anna", "30"], ["Bert", None]]
    assert path.read_bytes() == PEOPLE


def test_a_folder_becomes_a_drop_of_all_its_files(tmp_path: Path, inbox: Path) -> None:
    (inbox / "b.csv.gz").write_bytes(gzip.compress(PEOPLE, mtime=0))
    (inbox / "a.jsonl").write_bytes(b'{"x":1.50}\n')
    pq.write_table(pa.table({"x": [1, 2]}), inbox / "c.parquet")
    for passed_over in (".hidden.csv", "d.csv.part", "e.tmp"):
        (inbox / passed_over).write_bytes(b"unfinished")
    before = {file: file.stat() for file in inbox.iterdir()}
    drop = drop_of(inbox, tmp_path / "work")
    assert [(file.name, file.table.name, file.format.suffix) for file in drop.files] == [
        ("a.jsonl", "a", ".jsonl"), ("b.csv.gz", "b", ".csv.gz"), ("c.parquet", "c", ".parquet")]
    assert drop.size_bytes == sum(file.size_bytes for file in drop.files)
    assert [table.columns[0].physical for table in drop.tables] == ["number", "string", "int64"]
    after = {file: file.stat() for file in inbox.iterdir()}
    assert [(stat.st_mtime_ns, stat.st_size, stat.st_mode) for stat in before.values()] == [
        (stat.st_mtime_ns, stat.st_size, stat.st_mode) for stat in after.values()]


def test_the_digest_of_a_drop_covers_names_and_contents(tmp_path: Path, inbox: Path) -> None:
    contents = [{"a.csv": PEOPLE, "b.csv": b"x,y\n1,2\n"}, {"b.csv": PEOPLE, "a.csv": b"x,y\n1,2\n"}, {"a.csv": PEOPLE}]
    digests = []
    for number, files in enumerate([*contents, contents[0]]):
        folder = inbox / str(number)
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        digests.append(drop_of(folder, tmp_path / "work").sha256)
    assert len(set(digests)) == 3
    assert digests[0] == digests[3]


@pytest.mark.parametrize(
    ("files", "file", "reason"),
    [
        ({}, "inbox", "a folder without a file"),
        ({".hidden": b""}, "inbox", "a folder without a file"),
        ({"a.csv": PEOPLE, "notes.docx": b"x"}, "notes.docx", "no known format"),
        ({"a.csv": PEOPLE, "A.tsv": b"x\ty\n1\t2\n"}, "a.csv", "another file of the drop also becomes table `a`"),
        ({"---.csv": PEOPLE}, "---.csv", "no letter or digit"),
        ({"a.csv": b""}, "a.csv", "is empty"),
        ({"a.csv": PEOPLE * 2000}, "inbox", "over the limit of 30000"),
    ],
)
def test_a_folder_that_is_no_drop_is_refused(
    tmp_path: Path, inbox: Path, files: dict[str, bytes], file: str, reason: str
) -> None:
    for name, content in files.items():
        (inbox / name).write_bytes(content)
    with pytest.raises(DropRefused) as refused:
        drop_of(inbox, tmp_path / "work", max_bytes=30_000)
    assert refused.value.file == file
    assert reason in refused.value.reason


def test_only_regular_files_are_opened(tmp_path: Path, inbox: Path) -> None:
    real = tmp_path / "real.csv"
    real.write_bytes(PEOPLE)
    entry = inbox / "a.csv"
    with socket.socket(socket.AF_UNIX) as listener:
        for make, reason in [
            (lambda: entry.symlink_to(real), "a symbolic link"),
            (lambda: os.mkfifo(entry), "a pipe"),
            (entry.mkdir, "a folder inside the drop"),
            (lambda: listener.bind(str(entry)), "a device or socket"),
        ]:
            make()
            for path in (inbox, entry) if reason != "a folder inside the drop" else (inbox,):
                with pytest.raises(DropRefused, match=reason):
                    drop_of(path, tmp_path / "work")
            entry.rmdir() if entry.is_dir() else entry.unlink()
    with pytest.raises(DropRefused, match="not there"):
        drop_of(entry, tmp_path / "work")


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path, inbox: Path) -> None:
    from tasks.store.source import open_source

    (inbox / "link.csv").symlink_to(tmp_path)
    for path in (inbox / "link.csv", inbox, inbox / "absent.csv"):
        with pytest.raises(DropRefused, match="cannot be opened") as refused:
            open_source(path)
        assert refused.value.__context__ is None


def test_declarations_go_by_file_name_or_pattern(tmp_path: Path, inbox: Path) -> None:
    (inbox / "a.csv").write_bytes("x,y;z\nÉ,2;3\n".encode("cp1252"))
    (inbox / "b.csv").write_bytes("x,y\nÉ,2\n".encode())
    with pytest.raises(DropRefused, match=r"a.csv, line 2: .*declare its encoding"):
        drop_of(inbox, tmp_path / "work")
    drop = drop_of(inbox, tmp_path / "work", encodings={"a.csv": "cp1252", "*": "utf-8"}, delimiters={"a.*": ";"})
    assert [read_table(table).to_numpy().tolist() for table in drop.tables] == [[["É,2", "3"]], [["É", "2"]]]


@pytest.mark.parametrize(
    "content",
    [
        b"Anna,F,30\nBert,M,40\nCarla,F,30\n",
        b"name,age\nAnna,30\nname,age\nBert,40\n",
        b"Anna\nBert\nAnna\n",
    ],
)
def test_a_file_without_a_header_is_refused_before_cells_become_names(tmp_path: Path, inbox: Path, content: bytes) -> None:
    path = inbox / "a.csv"
    if content.startswith(b"Anna,F"):
        content += b"Anna,F,31\n"
    path.write_bytes(content)
    with pytest.raises(DropRefused, match="no header, or has it twice") as refused:
        drop_of(path, tmp_path / "work")
    assert "Anna" not in str(refused.value)


def test_a_decompression_bomb_is_refused(tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.store.source.MAX_INFLATED_BYTES", 1 << 20)
    path = inbox / "a.csv.gz"
    path.write_bytes(gzip.compress(b"x,y\n" + b"1,2\n" * 1_000_000))
    with pytest.raises(DropRefused, match="unpacks to more than 200 times"):
        drop_of(path, tmp_path / "work")


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tasks.store.files as files

    path = inbox / "a.csv"
    path.write_bytes(PEOPLE)
    real_write = files.write_table

    def write_while_growing(*arguments: object, **options: object) -> object:
        table = real_write(*arguments, **options)  # type: ignore[arg-type]
        path.write_bytes(PEOPLE + b"Carl,5\n")
        return table

    monkeypatch.setattr(files, "write_table", write_while_growing)
    with pytest.raises(DropRefused, match="changed while it was read"):
        drop_of(path, tmp_path / "work")


def test_gzip_cut_anywhere_is_refused(tmp_path: Path, inbox: Path) -> None:
    path = inbox / "a.csv.gz"
    whole = gzip.compress(b"x,y\n" + b"".join(b"%d,a\n" % number for number in range(500)), mtime=0)
    for share in range(64):
        path.write_bytes(whole[: len(whole) * share // 64])
        with pytest.raises(DropRefused):
            drop_of(path, tmp_path / "work")
