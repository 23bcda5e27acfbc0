from functools import partial

import numpy as np
import pandas as pd
import pytest

from benchmarks.__main__ import main
from benchmarks.drops import REAL, BenchDrop, find_drop, make_demo
from benchmarks.measure import MIB, Lap, Measurement, WorkerFailed, measure
from benchmarks.peer_rivals import numbered, numeric_columns, written
from benchmarks.peers import (
    CLASSIFIERS,
    SYNTHESIZERS,
    ClassifyFigures,
    SynthesisFigures,
    classify_table,
    compare_classification,
    peer_section,
    synthesis_table,
)
from benchmarks.stages import STAGES, StageFigures, measure_stages, run_table, stage_section, stage_table
from benchmarks.tables import markdown, middle, ratio
from veil.model import Column

SMALL = BenchDrop("small demo", "demo", partial(make_demo, n_customers=300))
COLUMNS = (Column("age", "integer"), Column("paid", "decimal", "0.00"), Column("plan", "category"), Column("few", "integer"))


def silent(_: str) -> None:
    """Say nothing."""


def cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


def measurement(seconds: float, *laps: str, **facts: object) -> Measurement:
    return Measurement(seconds, 500.0, tuple(Lap(name, seconds, seconds / 2, 400.0, 40.0) for name in laps), facts)


def test_a_tiny_run_gives_a_table_of_all_stages():
    figures = measure_stages(SMALL, epochs=1, whole=False, say=silent)

    rows = cells(stage_table(figures))
    assert [row[0] for row in rows[2:]] == [*STAGES, "all"]
    assert {len(row) for row in rows} == {len(rows[0])}
    by_stage = {row[0]: row for row in rows[2:]}
    assert all(float(by_stage[stage][3]) > 50 for stage in STAGES)
    assert float(by_stage["synthesize"][1]) > 0
    assert all(by_stage[stage][5] for stage in ("ingest", "classify", "plan", "transform", "synthesize", "check"))
    assert "300 x 17 + " in run_table([figures])
    assert "small demo" in stage_section([figures])


@pytest.mark.slow
def test_the_classifiers_are_compared_on_a_small_file(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text("email,amount\n" + "".join(f"jane{n}@example.org,{n}\n" for n in range(30)), encoding="utf-8")

    figures = compare_classification(BenchDrop("few.csv", "gdpr", lambda _: path), say=silent)

    assert figures.n_columns == 2
    assert [row[2] for row in cells(classify_table([figures]))[2:]] == [
        "Veil", "Presidio, batch size 1", "Presidio, batch size 256"]  # fmt: skip


def test_memory_is_seen_from_outside_the_measured_process():
    base = measure(["-c", "import time; time.sleep(0.3)"], {}).peak_mib
    more = measure(["-c", "import time; block = bytearray(200 * 2**20); time.sleep(0.3)"], {}).peak_mib
    assert 190 < more - base < 260


def test_memory_of_children_counts_in_a_tree():
    grandchild = "import time; block = bytearray(200 << 20); time.sleep(2)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    assert measure(["-c", child], {}, tree=True).peak_mib > 200 > measure(["-c", child], {}).peak_mib


def test_each_part_of_a_process_has_its_own_peak(tmp_path):
    told = tmp_path / "laps.json"
    program = f"""
from pathlib import Path; import time
from benchmarks.measure import Laps
laps = Laps()
with laps("large"):
    block = bytearray(200 << 20); time.sleep(0.2); del block
with laps("small"):
    time.sleep(0.2)
laps.write(Path({str(told)!r}), {{"rows": 3}})
"""
    measured = measure(["-c", program], {}, told=told)
    large, small = measured.lap("large"), measured.lap("small")
    assert large is not None
    assert small is not None
    assert large.grown_mib > 190
    assert small.grown_mib < 20
    assert large.seconds >= 0.2
    assert measured.peak_mib >= large.peak_mib
    assert measured.facts["rows"] == 3
    assert measured.lap("none") is None


def test_a_process_that_fails_is_an_error_unless_that_is_a_result():
    command = ["-c", "import sys; print('held'); sys.exit(4)"]
    with pytest.raises(WorkerFailed, match="ended with 4: held"):
        measure(command, {})
    assert measure(command, {}, may_fail=True).facts["exit_code"] == 4


def test_what_is_not_there_is_skipped_with_its_reason(tmp_path, capsys):
    out = tmp_path / "results.md"
    assert main(["--files", "nowhere.csv", "--out", str(out)]) == 0
    assert "Skipped nowhere.csv: there is no nowhere.csv in " in capsys.readouterr().out


@pytest.mark.parametrize("name", REAL)
def test_real_files_are_found_or_missing_with_a_reason(name, tmp_path):
    drop = find_drop(name)
    assert drop.policy == "gdpr"
    assert drop.missing or drop.make(tmp_path).is_file()


def test_a_run_that_would_be_held_says_so():
    run = measurement(1.0, "ingest", tables=[[10, 2]], not_passed=["check"], fidelity=[0.5])
    whole = Measurement(20.0, 900.0, facts={"exit_code": 4})
    text = stage_section([StageFigures("x.csv", 0.5, (run,), (whole,))])
    assert "not passed: check" in text
    assert "| x.csv | exit code 4 | 10 x 2 | 20 | 900 | 0.500 | 0.5 |" in text


def test_the_peers_tables_hold_ratios():
    runs = {"veil": [measurement(10.0, "fit", "sample")], "ctgan": [measurement(30.0, "fit", "sample")]}
    scores = {name: [{"shapes": 0.9, "pairs": 0.8, "fidelity": 0.85}] for name in SYNTHESIZERS}
    synthesis = SynthesisFigures("x.csv", 1000, 5, 24, runs, scores)
    assert cells(synthesis_table(synthesis))[-1][1:] == ["3.00", "3.00", "3.00", "1.00", "1.00", "1.00", "1.00"]

    taken = {name: [measurement(2.0 * (place + 1), "load", "classify")] for place, name in enumerate(CLASSIFIERS)}
    classified = ClassifyFigures("x.csv", 10, taken)
    assert [row[-1] for row in cells(classify_table([classified]))[2:]] == ["1.00", "2.00", "3.00"]
    assert "24 epochs" in peer_section([synthesis], [classified])


def test_plain_ctgan_gets_floats_and_strings_and_its_sample_is_written_in_the_formats():
    table = pd.DataFrame({
        "age": [str(n) for n in range(30)],
        "paid": [f"{n}.50" for n in range(29)] + [None],
        "plan": ["gold", None, ""] * 10,
        "few": ["1", "2", "3"] * 10,
    }, dtype=object)  # fmt: skip
    numeric = numeric_columns(table, COLUMNS)
    assert [column.name for column in numeric] == ["age"]

    given = numbered(table, COLUMNS, numeric)
    assert given["age"].dtype == np.float64
    assert given.notna().all().all()
    pd.testing.assert_frame_equal(written(given, COLUMNS, numeric), table)


def test_tables_align_figures_and_show_the_range_of_repeats():
    assert markdown(("a", "b"), [("x", "1")]) == "| a | b |\n| --- | ---: |\n| x | 1 |"
    assert middle([2.0]) == "2.0"
    assert middle([1.0, 4.0, 2.0]) == "2.0 (1.0 to 4.0)"
    assert ratio([3.0, 9.0], [2.0]) == "3.00"
    assert MIB == 1024 * 1024
