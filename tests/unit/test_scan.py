"""The full scan: one name among thousands of harmless values is found, and what was read is not said to be sampled."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tasks import store
from tasks.classify import Classification, classify
from tasks.gates import classify_gate
from veil.model import Table
from veil.policy import load_policy
from veil.recognizers.custom import Listed

POLICY = """\
version: 1
tables: {parts: {match: {files: "*"}}}
gates: {classify: {require_models: false, scan: SCAN}}
"""
NAME = "ask Mr. Reginald Ashworth"


def parts(stray: str | None = NAME, n_rows: int = 900) -> pd.DataFrame:
    labels = [f"valve {row % 30}-{row} mm" for row in range(n_rows)]
    if stray is not None:
        labels[-1] = stray
    return pd.DataFrame({"label": labels, "size": [str(row * 7 % 811) for row in range(n_rows)]}, dtype=object)


def stored(folder: Path, frame: pd.DataFrame) -> Table:
    return store.write_table("parts", [frame], folder, stage="ingest", rows=200)


def classified(folder: Path, frame: pd.DataFrame, scan: str, **others: object) -> Classification:
    return classify.fn((stored(folder, frame),), 3, scan=scan, **others)[0]


def test_a_name_that_a_sample_misses_is_found_by_the_full_scan(tmp_path: Path) -> None:
    sampled, full = (classified(tmp_path / scan, parts(), scan).findings[0] for scan in ("sample", "full"))
    assert (sampled.entity, sampled.detectable_share > 0) == (None, True)
    assert (full.entity, full.role, full.free_text, full.recognizer) == ("FREE_TEXT", "direct", True, "scan")
    assert (full.detectable_share, full.n_sampled) == (0.0, 900)
    assert full.reason == "of 900 distinct values, all of them read, fewer than 10 hold a person's name"
    assert "Ashworth" not in repr(full)


def test_columns_without_names_stay_harmless_and_were_read_whole(tmp_path: Path) -> None:
    findings = classified(tmp_path, parts(None), "full").findings
    assert [(each.entity, each.detectable_share) for each in findings] == [(None, 0.0), (None, 0.0)]


def test_null_values_and_values_listed_as_harmless_are_not_read_for_names(tmp_path: Path) -> None:
    harmless = Listed("plain", "NOTHING", (NAME, "Reginald Ashworth", "Mr. Reginald Ashworth"))
    cases = {"nulls": {"null_values": (NAME,)}, "listed": {"custom": (harmless,)}}
    for name, given in cases.items():
        assert classified(tmp_path / name, parts(), "full", **given).findings[0].entity is None


def test_the_gate_demands_that_all_was_read_where_the_policy_says_so(tmp_path: Path) -> None:
    sampled, full = (classified(tmp_path / scan, parts(None), scan) for scan in ("sample", "full"))
    demanding, content = (load_policy(POLICY.replace("SCAN", scan)) for scan in ("full", "sample"))
    verdict = classify_gate.fn(demanding, [sampled])
    assert verdict.failed == ("parts: columns of which a sample was read",)
    assert "`label`" in verdict.expectations[-1].reason
    assert classify_gate.fn(demanding, [full]).passed
    assert classify_gate.fn(content, [sampled]).passed


@pytest.mark.parametrize("scan", ["sample", "full"])
def test_an_empty_table_can_be_scanned(scan: str, tmp_path: Path) -> None:
    findings = classified(tmp_path, parts(None, 0), scan).findings
    assert [each.entity for each in findings] == [None, None]
