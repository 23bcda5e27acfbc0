"""From a stored table to the columns that single out, and the demand on those that a policy keeps."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tasks import store
from tasks.classify import Classification, classify
from tasks.gates import classify_gate
from tasks.kept import kept_together
from tasks.singled_out import singled_out
from veil.errors import StageFailed, UnknownColumn
from veil.model import FileFormat, Finding, SourceFile, Table
from veil.policy import Policy, load_policy
from veil.recognizers.columns import quasi
from veil.recognizers.columns.quasi import Budget, Search, SingledOut
from veil.report import ReportContent, render_html

POLICY = """\
version: 1
tables:
  people:
    match: {files: "people*"}
    columns:
      id: {do: drop}
      note: {do: drop}
      month: {do: keep, reason: needed}
      town: {do: keep, reason: needed}
      shift: {do: SHIFT, reason: needed}
      answer: {do: keep, reason: constant}
      size: {do: keep, reason: needed}
gates: {classify: {require_models: false, singled_out: LIMIT}}
"""


def people(n_rows: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    draw = {"month": 12, "town": 7, "shift": 9}
    cells = {name: [f"{name[0]}{number}" for number in rng.integers(0, n, n_rows)] for name, n in draw.items()}
    return pd.DataFrame({
        "id": [f"u{row}@example.org" for row in range(n_rows)],
        "note": [f"called about order {row}, mail u{row}@example.org" for row in range(n_rows)],
        **cells,
        "answer": ["yes"] * n_rows,
        "size": [str(size) if size < 99 else None for size in rng.integers(90, 100, n_rows)],
    })  # fmt: skip


def stored(folder: Path, frame: pd.DataFrame, partition: int = 10_000) -> Table:
    return store.write_table("people", [frame.astype(object)], folder, stage="ingest", rows=partition)


@pytest.fixture
def classified(tmp_path: Path) -> Classification:
    (done,) = classify.fn((stored(tmp_path, people()),), 5)
    return done


def policy(limit: object, shift: str = "keep") -> Policy:
    return load_policy(POLICY.replace("LIMIT", str(limit)).replace("SHIFT", shift))


def source(table: Table) -> SourceFile:
    return SourceFile("people_1.csv", "0", 1, FileFormat("csv"), table)


def share_of(frame: pd.DataFrame, *columns: str) -> float:
    counts = Counter(frame[list(columns)].itertuples(index=False, name=None))
    return sum(count == 1 for count in counts.values()) / len(frame)


def test_classify_finds_what_singles_out_among_what_is_no_identifier(classified: Classification) -> None:
    search, frame = classified.search, people()
    assert set(search.columns) == {"month", "town", "shift", "size"}
    assert search.sets
    assert all(each.share == pytest.approx(share_of(frame, *each.columns)) for each in search.sets)
    assert {each.columns for each in search.sets} == {("month", "town", "shift"), ("month", "town", "size"),
                                                      ("month", "shift", "size"), ("town", "shift", "size")}
    assert "u1@" not in repr(search)


def test_partition_borders_change_nothing(tmp_path: Path) -> None:
    one, other = (classify.fn((stored(tmp_path / str(size), people(), size),), 5)[0].search for size in (57, 600))
    assert one == other


def test_rows_alone_are_counted_with_null_as_a_value(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x", "x", "y", None, ""], "b": [None, None, "1", "1", "2"]})
    (done,) = classify.fn((stored(tmp_path, frame),), 0)
    assert done.n_alone == {"a": 3, "b": 1}


def test_a_table_without_rows_singles_nobody_out(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": pd.Series([], dtype=object)})
    assert classify.fn((stored(tmp_path, frame),), 0)[0].search.sets == ()


def test_a_long_table_is_probed_by_a_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.singled_out.N_PROBES", 150)
    (done,) = classify.fn((stored(tmp_path, people(), 70),), 5)
    assert done.search.n_probed == 150
    assert "150 of 600 rows" in done.search.told
    assert all(each.low < each.share < each.high for each in done.search.sets)
    assert all(abs(each.share - share_of(people(), *each.columns)) < 0.15 for each in done.search.sets)


def test_the_least_telling_columns_are_left_out_and_that_is_told(
    classified: Classification, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.singled_out.MOST_CANDIDATES", 3)
    facts = classified.table, classified.findings, classified.profiles, classified.n_alone
    search = singled_out(*facts, 5)
    assert (search.columns, search.n_left_out) == (("month", "town", "shift"), 1)
    assert "(1 left out)" in search.told


def test_kept_columns_that_single_out_fail_the_demand(classified: Classification) -> None:
    demand = kept_together(policy(0.05), source(classified.table), classified)
    worst = max(share_of(people(), *each) for each in (("month", "town", "shift"), ("month", "shift", "size")))
    assert demand.observed == pytest.approx(worst, abs=0.02)
    assert demand.at_most == 0.05
    assert "band or drop one of them" in demand.reason
    assert not classify_gate.fn(policy(0.05), [classified], [source(classified.table)]).passed


@pytest.mark.parametrize(("limit", "shift"), [(0.9, "keep"), (0.999, "drop")])
def test_kept_columns_that_single_out_less_pass(classified: Classification, limit: float, shift: str) -> None:
    gate = classify_gate.fn(policy(limit, shift), [classified], [source(classified.table)])
    assert gate.passed
    assert 0 < (gate.expectations[-1].observed or 0) <= limit


def test_a_column_that_is_not_kept_is_not_counted(classified: Classification) -> None:
    demand = kept_together(policy(0.05, "drop"), source(classified.table), classified)
    assert demand.observed == pytest.approx(share_of(people(), "month", "town", "size"))
    assert "`shift`" not in demand.reason


def test_a_search_that_was_cut_short_has_measured_nothing(classified: Classification, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.kept.THOROUGH", Budget(sets=1))
    demand = kept_together(policy(0.95), source(classified.table), classified)
    assert demand.observed is None
    assert "not looked at" in demand.reason
    assert not classify_gate.fn(policy(0.95), [classified], [source(classified.table)]).passed


def test_without_the_demand_nothing_is_searched_again(classified: Classification) -> None:
    gate = classify_gate.fn(load_policy(POLICY.replace(", singled_out: LIMIT", "").replace("SHIFT", "keep")), [classified])
    assert not [each for each in gate.expectations if "single" in each.name]


def test_a_demand_without_files_is_an_error_and_no_pass(classified: Classification) -> None:
    with pytest.raises(StageFailed, match="gate-classify"):
        classify_gate.fn(policy(0.5), [classified])


def test_a_policy_that_names_another_column_cannot_be_judged(classified: Classification) -> None:
    wrong = load_policy(POLICY.replace("LIMIT", "0.5").replace("SHIFT", "keep").replace("  town:", "  city:"))
    with pytest.raises(UnknownColumn, match="no column `city`"):
        kept_together(wrong, source(classified.table), classified)


def test_few_rows_are_told_as_few(tmp_path: Path) -> None:
    frame = people(40)
    (done,) = classify.fn((stored(tmp_path, frame),), 5)
    demand = kept_together(policy(0.05), source(done.table), done)
    assert ("fewer than 10 rows" in demand.reason) == (quasi.ABOVE < (demand.observed or 0) < 10 / 40)


def test_the_report_lists_the_sets_and_tells_few_rows_as_few() -> None:
    finding = Finding("people", "a<b", None, "other", "", 0.0, 0.0, 1, "nothing")
    sets = (SingledOut(("a<b", "c"), 0.25, 0.21, 0.29), SingledOut(("d",), 0.0501, 0.0501, 0.0501))
    search = Search(sets, n_rows=150, n_probed=100, columns=("a<b", "c", "d"), n_tried=6, n_untried=2)
    html = render_html(ReportContent("people", "held", findings=(finding,), searches={"people": search}))
    assert "Columns that together single out" in html
    assert "100 of 150 rows against all, 3 columns, 6 sets (2 left out)" in html
    assert "25.0%" in html
    assert "21.0% to 29.0%" in html
    assert "fewer than 10" in html
    assert "every row counted" in html
    assert "a<b" not in html
