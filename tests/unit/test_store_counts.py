from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.classify import classify
from tasks.store import count_columns, distinct, write_table
from tests.unit.stored_columns import n_nulls
from veil.model import Column, Finding, Table
from veil.recognizers.columns.hashed import LONGEST, hashed

CARD = "4242424242424242"
CELLS = st.lists(st.one_of(st.none(), st.sampled_from(["", "a", "b", "é", "a\0b", "a\0c"])), min_size=1, max_size=40)


def table_of(folder: Path, columns: dict[str, list[str | None]], rows: int = 65_536) -> Table:
    batch = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    return write_table("t", [batch], folder, stage="ingest", columns=[Column(name) for name in columns], rows=rows)


def findings(table: Table, null_values: tuple[str, ...] = ()) -> dict[str, Finding]:
    return {finding.column: finding for finding in classify.fn((table,), 0, null_values)[0].findings}


@settings(max_examples=100, deadline=None)
@given(cells=CELLS, rows=st.integers(1, 9), together=st.sampled_from([1, 40, 1000]), often=st.booleans())
def test_all_columns_are_counted_like_a_loop(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str | None], rows: int, together: int, often: bool
) -> None:
    columns = {"x": cells, "y": cells[::-1], "z": [None] * len(cells)}
    table = table_of(tmp_path_factory.getbasetemp() / "counts", columns, rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tasks.store.counts.CELLS_PER_PASS", together)
        patch.setattr("tasks.store.counts.ROWS_PER_PARTITION", 2 if often else 65_536)
        counted = list(count_columns(table))
    assert len(counted) == 3
    for (counts, n_null), (name, own) in zip(counted, columns.items(), strict=True):
        expected = Counter(cell for cell in own if cell is not None)
        assert list(zip(counts.values.to_pylist(), counts.rows.tolist(), strict=True)) == list(expected.items())
        assert n_null == own.count(None) == n_nulls(table, name)


def test_values_that_hardly_come_twice_are_counted_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.store.counts.ROWS_PER_PARTITION", 20)
    cells = [f"k{number}" for number in range(990)] + [f"k{number}" for number in range(10)]
    table = table_of(tmp_path / "t", {"x": [str(cell) for cell in np.random.default_rng(0).permutation(cells)]}, rows=50)
    assert dict(distinct(table, "x")) == Counter(cells)


def test_partitions_laid_side_by_side_are_still_added_up(tmp_path: Path) -> None:
    for n_rows in (4, 5, 16, 17):
        table = table_of(tmp_path / str(n_rows), {"x": ["a"] * n_rows}, rows=1)
        ((counts, _),) = count_columns(table)
        assert (counts.values.to_pylist(), counts.rows.tolist()) == (["a"], [n_rows])


def test_texts_that_share_a_number_are_counted_apart(tmp_path: Path) -> None:
    long = "x" * LONGEST
    cells = [f"{long}{end}" for end in "abacbd"]
    assert len(set(hashed(pa.chunked_array([pa.array(cells, pa.large_string())])).tolist())) == 1
    table = table_of(tmp_path / "t", {"x": [*cells, "y"]}, rows=2)
    ((counts, _),) = count_columns(table)
    assert list(zip(counts.values.to_pylist(), counts.rows.tolist(), strict=True)) == list(Counter([*cells, "y"]).items())


def test_an_empty_table_has_columns_without_values(tmp_path: Path) -> None:
    table = table_of(tmp_path / "t", {"x": [], "y": []})
    assert [(len(counts), n_null) for counts, n_null in count_columns(table)] == [(0, 0), (0, 0)]


def test_one_stray_cell_makes_a_harmless_column_free_text(tmp_path: Path) -> None:
    sizes = [f"{number % 700}x{number % 13}" for number in range(5000)]
    strayed = [*sizes[:4000], f"paid by {CARD}", *sizes[4001:]]
    tables = [table_of(tmp_path / name, {"size": cells}) for name, cells in (("a", sizes), ("b", strayed))]
    before, after = (findings(table)["size"] for table in tables)
    assert (before.entity, before.role) == (None, "other")
    assert (after.entity, after.role, after.free_text, after.recognizer) == ("FREE_TEXT", "direct", True, "screen")
    assert after.reason.startswith("fewer than 10 of ")
    assert after.reason.endswith(" distinct values hold a card number")
    assert CARD not in after.reason


def test_a_column_with_an_entity_keeps_it_and_its_strays_are_counted(tmp_path: Path) -> None:
    mails = [f"user{number}@example.com" for number in range(3000)]
    (classified,) = classify.fn((table_of(tmp_path / "t", {"email": mails, "size": ["a", "b", "c"] * 1000}),), 0)
    assert [finding.entity for finding in classified.findings] == ["EMAIL_ADDRESS", None]
    assert classified.strays == {"email": {"EMAIL_ADDRESS": 3000}, "size": {}}


def test_a_decimal_is_no_stray(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    cells = [f"0.{number}" for number in rng.integers(4 * 10**15, 5 * 10**15, 2000)]
    assert findings(table_of(tmp_path / "t", {"ratio": [*cells, f"0.{CARD}", "low"]}))["ratio"].entity is None


def test_a_finding_says_what_its_sample_can_miss(tmp_path: Path) -> None:
    found = findings(table_of(tmp_path / "t", {"few": ["a", "b"] * 1000, "many": [f"w{number}" for number in range(2000)]}))
    assert found["few"].detectable_share == 0
    assert 0.005 < found["many"].detectable_share < 0.02


def test_null_values_are_neither_counted_nor_screened(tmp_path: Path) -> None:
    (classified,) = classify.fn((table_of(tmp_path / "t", {"size": [*map(str, range(50)), CARD, CARD, None]}),), 0, [CARD])
    profile = classified.profiles[0]
    assert (profile.type, profile.n_null, profile.n_rows, profile.n_distinct) == ("integer", 3, 53, 50)
    assert classified.strays == {"size": {}}


def test_neighbors_are_the_nearest_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, ...]] = []
    monkeypatch.setattr("tasks.classify.NEIGHBORS", 2)
    monkeypatch.setattr("tasks.classify.without_harmless", lambda sampled, _: seen.append(sampled.neighbours) or sampled)
    classify.fn((table_of(tmp_path / "t", {name: ["a"] for name in "abcde"}),), 0)
    assert ["".join(names) for names in seen] == ["bc", "acd", "abde", "bce", "cd"]


def test_the_order_of_rows_does_not_change_what_is_found(tmp_path: Path) -> None:
    cells = [f"{number % 600}-{number % 7}" for number in range(3000)]
    one, other = (findings(table_of(tmp_path / name, {"x": own})) for name, own in (("a", cells), ("b", cells[::-1])))
    assert one == other


def test_a_frame_and_a_table_count_alike(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": pd.Series(["b", None, "a", "b"], dtype=object)})
    table = write_table("t", [frame], tmp_path / "t", stage="ingest", columns=[Column("x")])
    assert distinct(table, "x").to_dict() == frame["x"].value_counts().to_dict()
