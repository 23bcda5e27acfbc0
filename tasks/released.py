"""A column of a release: its plan, where its pseudonyms live, and its cells, each checked against the manifest."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks import store
from tasks.settings import read_settings
from veil.errors import RevealRefused, UnknownColumn
from veil.model import Column, Plan, Step
from veil.plan import keyspaces
from veil.transforms import TRANSFORMS, Context

if TYPE_CHECKING:
    import pandas as pd

    from veil.model import Table
    from veil.policy import Policy
    from veil.transforms.keys import Key


def keyspace_facts(policy: Policy, plans: Sequence[Plan], tables: Sequence[Table]) -> dict[str, Any]:
    """Return what a release tells about its keyspaces, so that it can be reversed without its policy; no cell, no key."""
    raw = {table.name: table for table in tables}
    return {
        "null_values": policy.defaults.null_values,
        "erasable": sorted(name for name, keyspace in policy.keyspaces.items() if keyspace.erasable),
        "tables": {
            plan.table: {
                name: {"keyspace": place.name, "key": place.key, "canonical": place.canonical, "region": place.region,
                       "type": raw[plan.table].column(name).type, "format": raw[plan.table].column(name).format}
                for name, place in keyspaces(policy, plan).items()
            }
            for plan in plans
        },
    }  # fmt: skip


@dataclass(frozen=True)
class ReleasedColumn:
    """A column of a release."""

    folder: Path
    table: str
    name: str

    @property
    def place(self) -> str:
        """How the column is named in messages."""
        return f"`{self.table}.{self.name}`"

    def context(self, column: str, key: Key) -> Context:
        """Return what the transform of one of the table's columns knew, without rows."""
        place = self.places[column]
        return Context(
            column=Column(column, place["type"], place["format"]),
            key=key,
            keyspace=place["keyspace"],
            canonical=place["canonical"],
            region=place["region"],
            null_values=frozenset(self.facts["null_values"]),
        )

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """The release's manifest."""
        return _json(self.folder / "manifest.json")

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """What the release tells about its keyspaces."""
        return self._evidence("keyspaces")

    def _evidence(self, name: str) -> Mapping[str, Any]:
        file = self.folder / "evidence" / f"{name}.json"
        if self.manifest["files"].get(f"evidence/{name}.json") != (store.file_sha256(file) if file.is_file() else ""):
            raise RevealRefused(f"evidence/{name}.json is not the file that was released; restore it, or release the drop again")
        return _json(file)

    @cached_property
    def plan(self) -> Mapping[str, Any]:
        """The plan of the column's table."""
        plans = self._evidence("plan")
        if self.table not in plans:
            raise UnknownColumn(f"the release has no table `{self.table}`")
        found: Mapping[str, Any] = plans[self.table]
        return found

    @property
    def step(self) -> Step:
        """What became of the column."""
        return self.step_of(self.name)

    @property
    def places(self) -> Mapping[str, Any]:
        """Where the pseudonyms of each column of the table live."""
        found: Mapping[str, Any] = self.facts["tables"][self.table]
        return found

    @property
    def subject_place(self) -> Mapping[str, Any]:
        """Where the data subjects of the table live."""
        subject = self.plan["subject"]
        if subject is None:
            raise RevealRefused(
                f"table `{self.table}` has no data subject: each row was shifted by itself, which nothing reverses"
            )
        found: Mapping[str, Any] = self.places[subject]
        return found

    @property
    def key_facts(self) -> Mapping[str, Any]:
        """What the manifest tells about the column's key."""
        name = self.places[self.name]["key"]
        return next((each for each in self.manifest["keys"] if each["name"] == name), {"name": str(name), "epoch": ""})

    @contextmanager
    def frame(self, columns: Sequence[str]) -> Iterator[pd.DataFrame]:
        """Read columns of the released table; its rows lie in the work folder no longer than that."""
        work = read_settings().work / f"reveal-{uuid.uuid4().hex}"
        work.mkdir(mode=0o700, parents=True)
        try:
            file = self._file()
            drop = store.read_drop(file, work, dataset="reveal", received_at="", **self._declared(file))
            yield store.read_table(drop.files[0].table, list(dict.fromkeys(columns)))
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _file(self) -> Path:
        names = [name for name in self.manifest["files"] if name.startswith("transformed/")]
        found = [name for name in names if name.removeprefix("transformed/").split(".")[0] == self.table]
        if len(found) != 1:
            raise UnknownColumn(f"the release has no table `{self.table}`")
        file: Path = self.folder / found[0]
        if not file.is_file() or store.file_sha256(file) != self.manifest["files"][found[0]]:
            raise RevealRefused(f"{found[0]} is not the file that was released; restore it")
        return file

    def _declared(self, file: Path) -> dict[str, Any]:
        """Return how the file is written, as the evidence says."""
        written = [each for name, each in self._evidence("formats").items() if name.split(".")[0] == self.table]
        if not written or written[0]["kind"] != "csv":
            return {}
        return {"encodings": {file.name: written[0]["encoding"]}, "delimiters": {file.name: written[0]["delimiter"]}}

    def step_of(self, column: str) -> Step:
        """Return what became of one of the table's columns."""
        written = {step["column"]: step for step in self.plan["steps"]}.get(column)
        if written is None:
            raise UnknownColumn(f"table `{self.table}` has no column `{column}`")
        if written["transform"] not in TRANSFORMS:
            raise RevealRefused(f"`{column}` became `{written['transform']}`, which this version does not know")
        return Step(**written)


def _json(file: Path) -> Mapping[str, Any]:
    if not file.is_file():
        raise RevealRefused(f"{file.parent} is no release: it has no {file.name}")
    found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found
