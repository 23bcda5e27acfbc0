"""Probes and the whole table in their codes, against the cells themselves; partition borders must not matter."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks import store
from tasks.store.probes import probe_rows
from veil.errors import VeilError
from veil.model import Table

CELLS = st.one_of(st.none(), st.sampled_from(["", "a", "b", "\N{LATIN SMALL LETTER E WITH ACUTE}", "0", "00"]))
FRAMES = st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=40)


def stored(rows: list[tuple[str | None, ...]], folder: Path, partition: int) -> Table:
    frame = pd.DataFrame(rows, columns=[f"c{place}" for place in range(len(rows[0]))], dtype=object)
    return store.write_table("people", [frame], folder, stage="ingest", rows=partition)


def agree(codes: np.ndarray, cells: list[str | None]) -> bool:
    return len({*zip(codes.tolist(), cells, strict=True)}) == len(set(cells)) == len(set(codes.tolist()))


@settings(max_examples=60, deadline=None)
@given(FRAMES, st.integers(1, 50))
def test_a_small_table_is_its_own_sample(rows: list[tuple[str | None, ...]], partition: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        probed = probe_rows(stored(rows, Path(folder), partition), ["c1", "c0"], 40, 1)
    assert (probed.is_whole, len(probed.others), probed.n_rows) == (True, 0, len(rows))
    assert agree(probed.probes[:, 0], [row[1] for row in rows])
    assert agree(probed.probes[:, 1], [row[0] for row in rows])


@settings(max_examples=60, deadline=None)
@given(FRAMES, st.integers(1, 50), st.integers(0, 3))
def test_all_rows_have_the_codes_of_the_probes(rows: list[tuple[str | None, ...]], partition: int, seed: int) -> None:
    n_probes = max(1, len(rows) // 2)
    with tempfile.TemporaryDirectory() as folder:
        probed = probe_rows(stored(rows, Path(folder), partition), ["c0", "c1"], n_probes, seed)
    if len(rows) == n_probes:
        return
    whole = np.concatenate(probed.others)
    assert len(whole) == len(rows)
    for place in range(2):
        cells = [row[place] for row in rows]
        known = whole[:, place] > 0
        assert agree(whole[known, place], [cell for cell, is_known in zip(cells, known, strict=True) if is_known])
        assert set(probed.probes[:, place]) == set(whole[known, place])


def test_partition_borders_change_nothing(tmp_path: Path) -> None:
    rows: list[tuple[str | None, ...]] = [(str(at % 17), None if at % 5 == 0 else str(at % 23)) for at in range(500)]
    one, other = (probe_rows(stored(rows, tmp_path / str(size), size), ["c0", "c1"], 100, 3) for size in (37, 500))
    assert (one.probes == other.probes).all()
    assert (np.concatenate(one.others) == np.concatenate(other.others)).all()


def test_another_seed_draws_other_rows(tmp_path: Path) -> None:
    table = stored([(str(at),) for at in range(300)], tmp_path, 300)
    one, other = (np.concatenate(probe_rows(table, ["c0"], 50, seed).others)[:, 0] > 0 for seed in (0, 1))
    assert one.sum() == other.sum() == 50
    assert (one != other).any()


def test_a_table_without_rows_has_no_probe(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": pd.Series([], dtype=object)})
    table = store.write_table("empty", [frame], tmp_path, stage="ingest")
    assert probe_rows(table, ["a"], 10, 0).probes.shape[0] == 0


def test_a_damaged_table_is_refused(tmp_path: Path) -> None:
    table = stored([(str(at),) for at in range(50)], tmp_path, 10)
    sorted(tmp_path.glob("part-*.parquet"))[2].unlink()
    for n_probes in (20, 100):
        with pytest.raises(VeilError, match="do not hold the 50 rows"):
            probe_rows(table, ["c0"], n_probes, 0)
