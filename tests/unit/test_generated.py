"""A stand-in in partitions: the same rows for any number of processes, and none of them left behind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tasks import generated as module
from tasks import store
from tasks.engine import piped
from tasks.generated import Drawing, Order, generated
from veil.errors import StageFailed, SynthesisFailed
from veil.model import Column
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.conditions import Between, OneOf

COLUMNS = (Column("city", "category"), Column("paid", "decimal", "0.00"), Column("on", "date", "%Y-%m-%d"))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    rng = np.random.default_rng(1)
    cities = np.array(["Ghent", "Bruges", "Namur", None], dtype=object)
    table = pd.DataFrame({
        "city": cities[rng.choice(4, 2_000, p=[0.5, 0.3, 0.15, 0.05])],
        "paid": [f"{int(each)}.99" for each in rng.lognormal(4, 1, 2_000)],
        "on": (pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, 2_000), unit="D")).strftime("%Y-%m-%d"),
    }, dtype=object)  # fmt: skip
    folder = tmp_path_factory.mktemp("model")
    Circuit(states=8, epochs=3).fit(table, COLUMNS, seed=1, progress=lambda *_: None).save(folder)
    return folder


def order(model, n_rows=1_000, **given) -> Order:
    return Order(str(model), n_rows, **{"seed": 5, "partition_rows": 150, **given})


def drawn(ordered: Order, folder, processes=1) -> list[pd.DataFrame]:
    return list(generated(ordered, folder / "scratch", processes=processes))


def test_any_number_of_processes_draws_the_same_rows(model, tmp_path):
    alone, shared = drawn(order(model), tmp_path), drawn(order(model), tmp_path, 3)
    assert [len(part) for part in shared] == [150] * 6 + [100]
    assert all(one.equals(other) for one, other in zip(alone, shared, strict=True))
    assert {type(cell) for cell in shared[1].to_numpy().ravel()} == {str, type(None)}
    assert list((tmp_path / "scratch").iterdir()) == []


def test_partitions_are_drawn_independently_of_each_other(model, tmp_path):
    parts = drawn(order(model), tmp_path)
    assert not parts[0].equals(parts[1])
    assert Drawing(order(model)).partition(4).equals(parts[4])
    assert drawn(order(model, 300), tmp_path)[1].equals(parts[1])
    assert not drawn(order(model, seed=6), tmp_path)[0].equals(parts[0])


@pytest.mark.parametrize(("n_rows", "sizes"), [(0, [0]), (1, [1]), (150, [150]), (151, [150, 1])])
def test_the_last_partition_is_what_is_left(model, tmp_path, n_rows, sizes):
    parts = drawn(order(model, n_rows), tmp_path)
    assert [len(part) for part in parts] == sizes
    assert list(parts[0].columns) == ["city", "paid", "on"]


def test_partitions_can_be_written_as_one_table(model, tmp_path):
    parts = generated(order(model), tmp_path / "scratch")
    table = store.write_table("people", parts, tmp_path / "table", columns=COLUMNS, stage="synthesize", rows=400)
    assert table.n_rows == 1_000
    assert store.read_table(table)["paid"].str.endswith(".99").all()


def test_every_row_of_every_partition_meets_the_conditions(model, tmp_path):
    for part in drawn(order(model, where={"city": OneOf(("Namur", None))}), tmp_path):
        assert set(part["city"]) == {"Namur", None}


def test_an_order_travels_as_one_line_and_hides_its_cells():
    first = order("folder", where={"city": OneOf(("SECRET", None)), "paid": Between("1.99", None)})
    assert Order.from_json(first.to_json()) == first
    assert b"\n" not in first.to_json()
    assert "SECRET" not in repr(first)


def test_what_a_worker_refuses_is_raised_here_without_its_cells(model, tmp_path):
    (tmp_path / "scratch").mkdir()
    job = order(model, where={"city": OneOf(("SECRET",))}).to_json()
    with piped.Pool("synthesize", "tasks.generating", job, 1, [str(tmp_path / "scratch")]) as workers:
        workers.feed(module.deque([0]), 1)
        with pytest.raises(SynthesisFailed, match="`city`") as caught:
            list(module._numbers(workers, wait=True))
    assert "SECRET" not in str(caught.value)


def test_a_worker_that_dies_ends_the_drawing(model, tmp_path, monkeypatch):
    monkeypatch.setattr(piped.sys, "executable", "/bin/false")
    with pytest.raises(StageFailed, match="a worker process ended"):
        drawn(order(model), tmp_path, 2)


def test_nothing_is_left_where_the_reader_stops_early(model, tmp_path):
    parts = generated(order(model, 3_000), tmp_path / "scratch", processes=2)
    next(parts)
    parts.close()
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_missing_model_is_refused(tmp_path):
    with pytest.raises(SynthesisFailed, match=r"model\.json is missing"):
        drawn(order(tmp_path), tmp_path)


@pytest.mark.parametrize("wrong", [{"n_rows": -1}, {"partition_rows": 0}])
def test_an_order_of_nothing_is_refused(wrong):
    with pytest.raises(SynthesisFailed, match="at least 0, by at least 1"):
        order("folder", **wrong)
