"""CTGAN, trained for real on small tables: what comes out is valid whatever it learnt."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from veil.columns import from_numbers, to_numbers
from veil.errors import SynthesisFailed
from veil.model import Column, Epoch
from veil.rng import generator
from veil.synthesizers import SYNTHESIZERS, EnoughLearnt, load_model
from veil.synthesizers.ctgan import Ctgan

COLUMNS = (
    Column("country", "category"), Column("member", "boolean", "no|yes"), Column("income", "decimal", "0.00"),
    Column("born", "date", "%d/%m/%Y"), Column("note", "text"), Column("visits", "integer"), Column("nothing", "text"),
)
SMALL = Ctgan(epochs=2)


def _table(n_rows: int = 400) -> pd.DataFrame:
    rng = generator(1, "ctgan tests")
    country = rng.choice(["BE", "FR", "NL"], n_rows, p=[0.6, 0.3, 0.1]).astype(object)
    income = rng.lognormal(10, 0.5, n_rows) * (1 + (country == "FR"))
    income[rng.random(n_rows) < 0.2] = np.nan
    visits = rng.poisson(40, n_rows).astype(float) * (rng.random(n_rows) < 0.7)
    return pd.DataFrame({
        "country": country,
        "member": np.where(rng.random(n_rows) < 0.4, "yes", "no").astype(object),
        "income": from_numbers(income, COLUMNS[2]).to_numpy(),
        "born": from_numbers(rng.integers(-9000, 9000, n_rows).astype(float), COLUMNS[3]).to_numpy(),
        "note": rng.choice(np.array([None, "", "a", "b c"], dtype=object), n_rows),
        "visits": from_numbers(visits, COLUMNS[5]).to_numpy(),
        "nothing": np.full(n_rows, None, dtype=object),
    })


def _quiet(epoch: Epoch, n_epochs: int) -> None:
    """Take no notice."""


@pytest.fixture(scope="module")
def model():
    return SMALL.fit(_table(), COLUMNS, seed=3, progress=_quiet)


@pytest.fixture(scope="module")
def synthetic(model):
    return model.sample(3000, seed=4)


def test_the_policy_name_leads_to_it():
    assert SYNTHESIZERS["ctgan"] is Ctgan
    assert Ctgan(epochs=3).parameters["epochs"] == 3


def test_rows_columns_and_cell_types_are_right(synthetic):
    assert synthetic.shape == (3000, len(COLUMNS))
    assert list(synthetic) == [column.name for column in COLUMNS]
    assert {type(cell) for cell in synthetic.to_numpy().ravel()} == {str, type(None)}


@pytest.mark.parametrize("name", ["country", "member", "note", "nothing"])
def test_levels_are_the_original_ones_and_null_is_not_empty(synthetic, name):
    assert set(synthetic[name]) == set(_table()[name])


@pytest.mark.parametrize("column", [COLUMNS[2], COLUMNS[3], COLUMNS[5]])
def test_numbers_keep_format_nulls_and_range(synthetic, column):
    filled = synthetic[column.name].dropna()
    numbers, original = to_numbers(filled, column), to_numbers(_table()[column.name], column)
    assert (from_numbers(numbers, column).to_numpy() == filled.to_numpy()).all()
    assert np.nanmin(original) <= numbers.min()
    assert numbers.max() <= np.nanmax(original)
    assert abs(synthetic[column.name].isna().mean() - np.isnan(original).mean()) < 0.05


def test_marginals_are_right_after_two_epochs(synthetic):
    for name in ("country", "member", "note"):
        shares = [table[name].value_counts(normalize=True, dropna=False) for table in (_table(), synthetic)]
        assert shares[0].sub(shares[1], fill_value=0).abs().sum() / 2 < 0.06


def test_dependent_columns_stay_dependent():
    table = _table(1500)[["country", "income"]].assign(twin=lambda frame: frame["country"].str.lower())
    columns = (COLUMNS[0], COLUMNS[2], Column("twin", "category"))
    sampled = Ctgan(steps=80).fit(table, columns, seed=1, progress=_quiet).sample(2000, seed=1)
    assert (sampled["country"].str.lower() == sampled["twin"]).mean() > 0.8


def test_same_seed_same_bytes_and_another_seed_others(model):
    again = SMALL.fit(_table(), COLUMNS, seed=3, progress=_quiet)
    assert again.sample(500, seed=4).equals(model.sample(500, seed=4))
    assert not model.sample(500, seed=5).equals(model.sample(500, seed=4))
    assert again.history == model.history


def test_a_saved_model_samples_the_same_bytes(model, tmp_path):
    model.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.json", "weights.safetensors"]
    loaded = load_model(tmp_path)
    assert loaded.sample(5000, seed=9).equals(model.sample(5000, seed=9))
    assert loaded.history == model.history
    assert loaded.parameters == model.parameters
    loaded.save(tmp_path)
    assert load_model(tmp_path).sample(50, seed=9).equals(model.sample(50, seed=9))


def test_a_saved_model_needs_neither_ctgan_nor_pickle(model, tmp_path):
    model.save(tmp_path)
    code = ("import sys; from pathlib import Path; from veil.synthesizers import load_model; "
            f"load_model(Path({str(tmp_path)!r})).sample(10, seed=1); assert 'ctgan' not in sys.modules")
    subprocess.run([sys.executable, "-c", code], check=True)
    assert not any(path.read_bytes()[:1] == b"\x80" for path in tmp_path.iterdir())


@pytest.mark.parametrize("text", [
    None, "{}", '{"format": 99}', '{"format": 1}', "SECRET", '{"format": 1, "encoder": [{"SECRET": 1}]}',
])
def test_a_folder_that_is_no_model_is_refused_without_telling_a_cell(model, tmp_path, text):
    model.save(tmp_path)
    if text is None:
        (tmp_path / "weights.safetensors").unlink()
    else:
        (tmp_path / "model.json").write_text(text)
    with pytest.raises(SynthesisFailed, match="model folder") as refusal:
        load_model(tmp_path)
    assert "SECRET" not in str(refusal.value)
    assert refusal.value.__context__ is None


def test_every_epoch_is_told_and_kept():
    told: list[tuple[int, int]] = []
    model = Ctgan(epochs=3).fit(_table(), COLUMNS, seed=1, progress=lambda epoch, n: told.append((epoch.epoch, n)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert [epoch.epoch for epoch in model.history] == [1, 2, 3]
    assert set(model.history[0].losses) == {"generator", "discriminator", "pairs", "score"}


def test_a_time_too_short_for_an_epoch_is_refused_with_a_way_out():
    with pytest.raises(SynthesisFailed, match=r"max_seconds 0 is too short for one epoch of 4 steps.*fewer rows"):
        Ctgan(epochs=50, max_seconds=0.0).fit(_table(), COLUMNS, seed=1, progress=_quiet)


def test_time_ends_the_training_and_the_best_so_far_is_kept(monkeypatch):
    from veil.synthesizers.gan.training import Clock

    ticks = iter(range(1, 1000))
    monkeypatch.setattr(Clock, "seconds", property(lambda clock: float(next(ticks))))
    model = Ctgan(epochs=50, max_seconds=10.5).fit(_table(), COLUMNS, seed=1, progress=_quiet)
    assert len(model.history) == 2
    assert len(model.sample(10, seed=1)) == 10


def test_enough_learnt_ends_the_training_and_keeps_the_best():
    def enough(epoch: Epoch, n_epochs: int) -> None:
        if epoch.epoch == 3:
            raise EnoughLearnt

    model = Ctgan(epochs=50).fit(_table(), COLUMNS, seed=1, progress=enough)
    assert len(model.history) == 3
    assert len(model.sample(10, seed=1)) == 10


def test_epochs_without_a_better_score_end_the_training():
    model = Ctgan(epochs=400, patience=2, generator_lr=0.0).fit(_table(), COLUMNS, seed=1, progress=_quiet)
    assert len(model.history) == 3


def test_the_weights_are_those_of_the_best_epoch():
    stopped = Ctgan(epochs=4, patience=None, averaged_share=0.0, calibrate=False)
    scores = [epoch.losses["score"] for epoch in stopped.fit(_table(), COLUMNS, seed=2, progress=_quiet).history]

    def enough(epoch: Epoch, n_epochs: int) -> None:
        if epoch.epoch == int(np.argmax(scores)) + 1:
            raise EnoughLearnt

    best = stopped.fit(_table(), COLUMNS, seed=2, progress=enough)
    whole = stopped.fit(_table(), COLUMNS, seed=2, progress=_quiet)
    assert len(best.history) <= len(whole.history)
    assert (best.weights["output.bias"] == whole.weights["output.bias"]).all()


def test_what_progress_raises_comes_out_as_it_is():
    class Cancelled(BaseException):
        pass

    def cancel(epoch: Epoch, n_epochs: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        SMALL.fit(_table(), COLUMNS, seed=1, progress=cancel)


def test_global_randomness_and_threads_are_left_alone():
    torch.set_num_threads(2)
    np.random.seed(5)
    torch.manual_seed(5)
    expected = np.random.random(), torch.rand(1).item()
    np.random.seed(5)
    torch.manual_seed(5)
    SMALL.fit(_table(200), COLUMNS[:3], seed=1, progress=_quiet).sample(10, seed=1)
    assert (np.random.random(), torch.rand(1).item()) == expected
    assert torch.get_num_threads() == 2


def test_threads_outside_do_not_change_a_byte():
    made = []
    before = torch.get_num_threads()
    for n_threads in (1, 2):
        torch.set_num_threads(n_threads)
        made.append(SMALL.fit(_table(), COLUMNS, seed=3, progress=_quiet).sample(200, seed=1))
    torch.set_num_threads(before)
    assert made[0].equals(made[1])


@pytest.mark.parametrize("n_rows", [100, 101, 137, 399, 1001])
def test_small_tables_are_learnt_with_small_batches(n_rows):
    model = Ctgan(epochs=1).fit(_table(n_rows), COLUMNS, seed=1, progress=_quiet)
    assert len(model.sample(7, seed=1)) == 7


@pytest.mark.parametrize("n_rows", [0, 1, 99])
def test_too_few_rows_are_refused_with_what_would_be_enough(n_rows):
    with pytest.raises(SynthesisFailed, match="at least 100 rows"):
        SMALL.fit(_table(n_rows), COLUMNS, seed=1, progress=_quiet)


def test_a_diverged_training_is_refused():
    with pytest.raises(SynthesisFailed, match=r"diverged|stopped in epoch"):
        Ctgan(epochs=30, generator_lr=1e30).fit(_table(), COLUMNS, seed=1, progress=_quiet)


def test_a_table_of_constants_needs_no_network():
    table = pd.DataFrame({"a": ["x"] * 100, "b": [None] * 100}, dtype=object)
    model = SMALL.fit(table, (Column("a"), Column("b")), seed=1, progress=_quiet)
    assert model.history == ()
    assert model.sample(3, seed=1).to_numpy().tolist() == [["x", None]] * 3


@pytest.mark.parametrize("columns", [COLUMNS[2:3], COLUMNS[:1]])
def test_a_single_column_is_enough(columns):
    table = _table()
    sampled = SMALL.fit(table, columns, seed=1, progress=_quiet).sample(50, seed=1)
    assert list(sampled) == [columns[0].name]


def test_a_large_table_trains_on_a_sample_but_keeps_all_levels():
    table = _table(600)
    model = Ctgan(epochs=1, max_rows=200).fit(table, COLUMNS, seed=1, progress=_quiet)
    assert set(model.sample(2000, seed=1)["country"]) == set(table["country"])


def test_no_rows_can_be_sampled_and_fewer_cannot(model):
    assert model.sample(0, seed=1).shape == (0, len(COLUMNS))
    with pytest.raises(SynthesisFailed, match="-1 rows"):
        model.sample(-1, seed=1)


def test_no_repr_holds_a_cell(model):
    assert "b c" not in repr(model)


def test_importing_the_package_is_light():
    code = ("import sys, veil.synthesizers; "
            "assert not {'torch', 'ctgan', 'pandas', 'sklearn', 'safetensors'} & set(sys.modules), sorted(sys.modules)")
    subprocess.run([sys.executable, "-c", code], check=True)


DATA = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="shared/data is not beside the project")
def test_half_empty_meeting_logs_can_be_learnt():
    from veil.columns import infer

    table = pd.read_csv(DATA / "google-meet-mycompany.csv", dtype=str, keep_default_na=False).astype(object).iloc[:1500, 15:]
    columns = tuple(Column(name, *infer(sorted(set(table[name]) - {""}), int((table[name] != "").sum()))) for name in table)
    columns = tuple(column for column in columns if column.type != "text" or not table[column.name].any())
    sampled = Ctgan(epochs=1).fit(table, columns, seed=1, progress=_quiet).sample(500, seed=1)
    assert sampled.notna().all(axis=None)
