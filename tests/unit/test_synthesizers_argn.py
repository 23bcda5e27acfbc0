"""The adapter to mostlyai-engine, against a small engine that works: its protocol, its silence, and what it leaves behind."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers import EnoughLearnt, load_model
from veil.synthesizers.argn import Argn
from veil.synthesizers.conditions import OneOf
from veil.synthesizers.encoding import TableEncoder
from veil.synthesizers.engines.frames import engine_frame, table_of
from veil.synthesizers.engines.process import private_folder

COLUMNS = (
    Column("city", "category"), Column("income", "decimal", "0.00"), Column("age", "integer"), Column("born", "date", "%d/%m/%Y"),
    Column("kind", "category"),
)  # fmt: skip

ENGINE = '''
"""An engine that draws each column from the rows that it was given. It prints and logs cells and calls out, as bad ones do."""
import json, logging, os, pathlib, socket
import numpy as np, pandas as pd, torch

HOW = pathlib.Path(__file__).with_name("how.txt")

def set_random_state(seed):
    np.random.seed(seed)

def split(*, tgt_data, workspace_dir, **_):
    if "fail" in HOW.read_text():
        raise ValueError("Ghent is a cell")
    folder = pathlib.Path(workspace_dir)
    for name in ("OriginalData", "ModelStore/tgt-stats", "ModelStore/model-data"):
        (folder / name).mkdir(parents=True)
    tgt_data.to_parquet(folder / "OriginalData" / "rows.parquet")
    (pathlib.Path.home() / "left-behind.txt").write_text("Ghent")
    print("Ghent")
    logging.getLogger("mostlyai.engine").error("Ghent")
    os.write(1, b"Ghent")

def analyze(*, workspace_dir): pass
def encode(*, workspace_dir): pass

def train(*, workspace_dir, update_progress, max_epochs, **given):
    if "die" in HOW.read_text():
        os._exit(3)
    try:
        socket.create_connection(("127.0.0.1", 9), timeout=1)
        network = "reached"
    except PermissionError:
        network = "refused"
    except OSError:
        network = "tried"
    folder = pathlib.Path(workspace_dir)
    update_progress(completed=0, total=1)
    epochs = 0
    for epoch in range(1, max_epochs + 1):
        epochs = epoch
        message = {"epoch": float(epoch), "trn_loss": 3.0 / epoch, "val_loss": 4.0 / epoch}
        if (update_progress(message=message) or {}).get("stopExecution"):
            break
    rows = pd.read_parquet(folder / "OriginalData" / "rows.parquet")
    stats = {"rows": rows.astype(object).where(rows.notna(), None).astype(str).to_dict("list"), "epochs": epochs,
             "types": {name: str(kind) for name, kind in rows.dtypes.items()}, "network": network, "given": given,
             "home": os.environ["HOME"], "names": sorted(os.environ)}
    (folder / "ModelStore/tgt-stats/stats.json").write_text(json.dumps(stats))
    (folder / "ModelStore/model-data/model-configs.json").write_text("{}")
    torch.save({"weight": torch.arange(6.0).reshape(2, 3)}, folder / "ModelStore/model-data/model-weights.pt")

def generate(*, sample_size, workspace_dir, **_):
    folder = pathlib.Path(workspace_dir)
    stats = json.loads((folder / "ModelStore/tgt-stats/stats.json").read_text())
    assert torch.load(folder / "ModelStore/model-data/model-weights.pt", weights_only=True)["weight"].sum() == 15
    made = {}
    for name, cells in stats["rows"].items():
        drawn = pd.Series(np.random.choice(np.array(cells, dtype=object), sample_size)).replace("None", None)
        read = pd.to_datetime if "date" in stats["types"][name] else pd.to_numeric
        made[name] = drawn if name[0] == "c" else read(drawn)
    (folder / "SyntheticData").mkdir()
    pd.DataFrame(made).to_parquet(folder / "SyntheticData" / "part.000001.parquet")
'''


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """Return a folder with an interpreter, `python`, that finds the small engine."""
    folder = tmp_path_factory.mktemp("engine")
    (folder / "mostlyai").mkdir()
    (folder / "mostlyai" / "engine.py").write_text(ENGINE)
    (folder / "mostlyai" / "how.txt").write_text("well")
    interpreter = folder / "python"
    interpreter.write_text(f'#!/bin/sh\nshift\nPYTHONPATH="{folder}" exec "{sys.executable}" "$@"\n')
    interpreter.chmod(interpreter.stat().st_mode | stat.S_IXUSR)
    return folder


def people(n: int = 300, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    born = pd.Timestamp("1970-01-01") + pd.to_timedelta(rng.integers(0, 15_000, n), unit="D")
    table = pd.DataFrame(
        {
            "city": rng.choice(["Ghent", "Namur", "Mons"], n),
            "income": [f"{each:.2f}" for each in rng.lognormal(10, 0.5, n)],
            "age": rng.integers(18, 90, n).astype(str),
            "born": born.strftime("%d/%m/%Y"),
            "kind": "person",
        },
        dtype=object,
    )
    table.loc[rng.random(n) < 0.2, "income"] = None
    table.loc[rng.random(n) < 0.1, "income"] = ""
    return table


def silent(*_):
    pass


def method(engine: Path, **given) -> Argn:
    return Argn(python=str(engine / "python"), max_epochs=3, **given)


@pytest.fixture(scope="module")
def model(engine):
    return method(engine).fit(people(), COLUMNS, seed=7, progress=silent)


def stats_of(model) -> dict:
    return json.loads(model.files["ModelStore/tgt-stats/stats.json"])


def test_the_history_is_what_the_engine_tells(model):
    assert [epoch.losses for epoch in model.history] == [{"train": 3 / n, "validation": 4 / n} for n in (1, 2, 3)]


def test_the_engine_sees_numbers_for_names_and_levels(model):
    stats = stats_of(model)
    assert {"c0", "c1", "n1", "n3"} <= set(stats["rows"]) <= {f"{kind}{place}" for kind in "cn" for place in range(4)}
    assert set(stats["rows"]["c0"]) == {"v0", "v1", "v2"}
    assert stats["types"]["n3"].startswith("datetime64")
    assert not {"Ghent", "city", "person"} & set(map(str, stats["rows"]["c0"] + list(stats["rows"])))


def test_the_engine_cannot_call_out_and_its_home_is_private_and_gone(model):
    stats = stats_of(model)
    assert stats["network"] == "refused"
    assert not Path(stats["home"]).exists()
    assert not any(name.startswith(("VEIL", "PREFECT", "AWS")) for name in stats["names"])


def test_what_the_engine_prints_and_logs_goes_nowhere(engine, capfd):
    method(engine).fit(people(), COLUMNS, seed=1, progress=silent)
    printed = capfd.readouterr()
    assert "Ghent" not in printed.out + printed.err


def test_the_batch_is_chosen_by_the_rows_and_not_by_the_memory_that_is_free(model):
    given = stats_of(model)["given"]
    assert given == {"model": "MOSTLY_AI/Medium", "max_training_time": 60.0, "batch_size": 8, "device": "cpu"}


def test_rows_come_back_in_their_formats_with_null_and_empty_apart(model):
    drawn = model.sample(400, seed=3)
    assert list(drawn) == [column.name for column in COLUMNS]
    assert set(drawn["city"]) == {"Ghent", "Namur", "Mons"}
    assert drawn["income"].isna().any()
    assert (drawn["income"] == "").any()
    assert drawn["income"].dropna().replace("", "0.00").str.fullmatch(r"\d+\.\d\d").all()
    assert pd.to_datetime(drawn["born"], format="%d/%m/%Y").notna().all()
    assert set(drawn["kind"]) == {"person"}


def test_a_saved_model_samples_the_same_rows_and_holds_no_pickle(tmp_path, model):
    model.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.json", "weights.safetensors"]
    read = load_model(tmp_path)
    assert read.sample(100, seed=9).equals(model.sample(100, seed=9))
    assert read.history == model.history


def test_every_row_meets_the_condition(model):
    drawn = model.sample(40, seed=5, where={"city": OneOf(("Mons",))})
    assert drawn["city"].tolist() == ["Mons"] * 40


def test_training_ends_where_progress_says_enough(engine):
    def stop(*_):
        raise EnoughLearnt

    model = method(engine).fit(people(), COLUMNS, seed=7, progress=stop)
    assert len(model.history) == stats_of(model)["epochs"] == 1


def test_an_interrupt_ends_the_process_and_removes_its_folder(engine):
    def interrupt(*_):
        raise KeyboardInterrupt

    before = set(Path("/tmp").glob("veil-argn-*"))
    with pytest.raises(KeyboardInterrupt):
        method(engine).fit(people(), COLUMNS, seed=7, progress=interrupt)
    assert set(Path("/tmp").glob("veil-argn-*")) <= before


@pytest.mark.parametrize(("how", "told"), [("fail", r"failed \(ValueError\)"), ("die", "ended early")])
def test_a_failure_is_told_by_its_type_only(engine, how, told):
    (engine / "mostlyai" / "how.txt").write_text(how)
    try:
        with pytest.raises(SynthesisFailed, match=told) as caught:
            method(engine).fit(people(), COLUMNS, seed=7, progress=silent)
    finally:
        (engine / "mostlyai" / "how.txt").write_text("well")
    assert "Ghent" not in str(caught.value)


def test_without_the_engine_the_way_to_install_it_is_told(tmp_path):
    interpreter = tmp_path / "python"
    interpreter.write_text(f'#!/bin/sh\nshift\nexec "{sys.executable}" -S "$@"\n')
    interpreter.chmod(0o700)
    with pytest.raises(SynthesisFailed, match=r"pip install 'veil-data\[argn\]'"):
        Argn(python=str(interpreter)).fit(people(), COLUMNS, seed=1, progress=silent)


@pytest.mark.parametrize(
    ("parameters", "rows", "told"),
    [
        ({"python": "/nowhere/python"}, 200, "cannot be run"),
        ({}, 60, "at least 100 rows to learn from and has 60"),
        ({"model": "huge"}, 200, "say one of small, medium, large"),
        ({"max_epochs": 0}, 200, "at least one epoch"),
        ({"max_minutes": 0.0}, 200, "more than no minutes"),
    ],
)
def test_what_cannot_be_learnt_is_refused_before_anything_runs(parameters, rows, told):
    with pytest.raises(SynthesisFailed, match=told):
        Argn(**parameters).fit(people(rows), COLUMNS, seed=1, progress=silent)


def test_a_table_of_constants_is_refused():
    table = people()[["kind"]]
    encoder = TableEncoder.fit(table, COLUMNS[4:])
    with pytest.raises(SynthesisFailed, match="one value only"):
        engine_frame(encoder, encoder.encode(table))


def test_what_the_engine_leaves_open_is_drawn_from_its_other_rows():
    table = people()
    encoder = TableEncoder.fit(table, COLUMNS)
    frame, _ = engine_frame(encoder, encoder.encode(table))
    frame.loc[:9, "c0"] = "_RARE_"
    frame["c1"] = f"v{encoder.columns[1].n_codes - 1}"
    back = table_of(encoder, frame, np.random.default_rng(1))
    assert set(back["city"]) == {"Ghent", "Namur", "Mons"}
    assert back["income"].str.fullmatch(r"\d+\.\d\d").all()


def test_a_table_comes_back_as_it_went():
    table = people()
    encoder = TableEncoder.fit(table, COLUMNS)
    frame, encodings = engine_frame(encoder, encoder.encode(table))
    assert list(encodings) == list(frame)
    back = table_of(encoder, frame, np.random.default_rng(1))
    for name in ("city", "age", "kind"):
        assert back[name].equals(table[name])
    assert back["income"].isna().equals(table["income"].isna())


def test_the_folder_is_for_its_owner_only_and_removed():
    with private_folder() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "cells.txt").write_text("Ghent")
    assert not folder.exists()
