"""Release: publish tables, report and evidence in one atomic step, or keep the evidence of a run that was held.

    <releases>/<data set>/<drop>-<policy>/            transformed/ synthetic/ evidence/ report.html manifest.json run.json
    <releases>/<data set>/held/<drop>-<policy>-001/   evidence/ report.html manifest.json run.json; never a row

Everything is written to a staging folder beside the target, flushed, and renamed: a reader sees all of it or nothing.
`manifest.json` and all that it lists are the same bytes for the same drop, policy, key, seed and version. What the clock
says of a run (when, how long, which Prefect run) stands in `run.json`, outside of it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks import store
from tasks.settings import read_signing_key
from tasks.signing import sign
from tasks.stage import log, stage
from veil.errors import KeyUnavailable, ReleaseFailed
from veil.model import Drop, Release, SourceFile, Table, to_json
from veil.report import ReportContent, render_html

FOLDER_MODE, FILE_MODE = 0o700, 0o600


@dataclass(frozen=True)
class Publication:
    """What is published: the report's content, the evidence by file name, and the tables of a release.

    `formulas` says what becomes of cells of a CSV file that a spreadsheet would compute.
    """

    content: ReportContent
    manifest: Mapping[str, Any]
    evidence: Mapping[str, Any]
    run: Mapping[str, Any]
    transformed: tuple[Table, ...] = ()
    synthetic: tuple[Table, ...] = ()
    models: Path | None = None
    formulas: store.Formulas = "escape"


def identity(drop_sha256: str, policy_sha256: str) -> str:
    """Name a release by what went in: twelve digits of the drop's digest and of the policy's."""
    return f"{drop_sha256[:12] or 'unread'}-{policy_sha256[:12] or 'unread'}"


def released_before(releases: Path, dataset: str, drop_sha256: str, policy_sha256: str) -> Path | None:
    """Return the folder in which this drop was released under this policy, if it was."""
    folder = releases / dataset / identity(drop_sha256, policy_sha256)
    return folder if (folder / "manifest.json").is_file() else None


@stage("release")
def release(publication: Publication, drop: Drop, releases: str, released_at: str) -> Release:
    """Publish a release atomically.

    Raises
    ------
    ReleaseFailed : the folder cannot be written, or another run released the same in the meantime; nothing is visible.
    """
    content = publication.content
    name = identity(drop.sha256, content.policy.sha256 if content.policy else "")
    target = Path(releases) / content.dataset / name
    formats = {file.table.name: file for file in drop.files}
    with_tables = {"transformed": publication.transformed, "synthetic": publication.synthetic}

    def write(folder: Path) -> None:
        for kind, tables in with_tables.items():
            for table in tables:
                _write_table(table, formats[table.name], folder / kind, publication.formulas)
        if publication.models is not None:
            shutil.copytree(publication.models, folder / "models")

    manifest_sha256 = _publish(publication, target, write)
    log("released", dataset=content.dataset, tables=len(publication.transformed))
    named = [(kind, table.name) for kind, tables in with_tables.items() for table in tables]
    names = tuple(f"{kind}/{table}{formats[table].format.suffix}" for kind, table in named)
    return _release(publication, target, names, manifest_sha256, released_at)


@stage("hold")
def hold(publication: Publication, releases: str, released_at: str) -> Release:
    """Keep report and evidence of a run that was held, in a new folder per attempt; no row is copied."""
    content = publication.content
    name = identity(content.drop_sha256, content.policy.sha256 if content.policy else "")
    folder = Path(releases) / content.dataset / "held"
    attempt = 1
    while (target := folder / f"{name}-{attempt:03d}").exists():
        attempt += 1
    manifest_sha256 = _publish(publication, target, lambda _: None)
    log("held", dataset=content.dataset, reasons=len(content.reasons))
    return _release(publication, target, (), manifest_sha256, released_at)


def _release(publication: Publication, target: Path, tables: tuple[str, ...], manifest: str, released_at: str) -> Release:
    content = publication.content
    return Release(
        uri=str(target),
        dataset=content.dataset,
        decision=content.decision,
        reasons=content.reasons,
        tables=tables,
        report=str(target / "report.html"),
        drop_sha256=content.drop_sha256,
        policy_sha256=content.policy.sha256 if content.policy else "",
        manifest_sha256=manifest,
        released_at=released_at,
    )


def _write_table(table: Table, source: SourceFile, folder: Path, formulas: store.Formulas) -> None:
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    store.write_output(table, source.format, folder / f"{table.name}{source.format.suffix}", formulas=formulas)


def _publish(publication: Publication, target: Path, write: Any) -> str:
    staging = target.parent / f".staging-{uuid.uuid4().hex}"
    staging.mkdir(mode=FOLDER_MODE, parents=True)
    try:
        write(staging)
        for name, value in publication.evidence.items():
            _write_text(staging / "evidence" / f"{name}.json", to_json(value))
        _write_text(staging / "report.html", render_html(publication.content))
        manifest = to_json({**publication.manifest, "files": _digests(staging)})
        _write_text(staging / "manifest.json", manifest)
        _sign(staging, manifest, released=publication.content.decision == "released")
        _write_text(staging / "run.json", to_json(publication.run))
        _flush(staging)
        _rename(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return hashlib.sha256(manifest.encode()).hexdigest()


def _sign(folder: Path, manifest: str, *, released: bool) -> None:
    """Sign a manifest where a key is named. A held run stays unsigned if the key cannot be had: it may be held for that."""
    seed = None
    try:
        seed = read_signing_key()
    except KeyUnavailable:
        if released:
            raise
    if seed is not None:
        _write_text(folder / "manifest.sig", to_json(sign(manifest.encode(), seed)))


def _rename(staging: Path, target: Path) -> None:
    taken = False
    try:
        os.rename(staging, target)  # fails if the target exists and is not empty: the first of two runs wins
    except OSError:
        taken = True
    if taken:
        raise ReleaseFailed(f"{target} cannot be published: it exists already or cannot be written; nothing was changed")
    _sync(target.parent)


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(FILE_MODE)


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _sha256(path) for path in files}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
