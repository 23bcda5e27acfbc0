"""Rows that belong together: subjects, their events, and what cannot be learnt."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.synthesize.longitudinal import LONGITUDINAL, Longitudinal
from benchmarks.synthesize.series import distance, measured, recognized
from veil.columns import to_numbers
from veil.errors import SynthesisFailed, UnknownColumn
from veil.model import Column
from veil.synthesizers.base import EnoughLearnt
from veil.synthesizers.conditions import Between, OneOf
from veil.synthesizers.sequence import Sequence
from veil.synthesizers.sequences.model import read_sequence

SMALL = Sequence(epochs=4, states=16)


def fitted(data, order_by=None, seed=1, method=SMALL, progress=lambda *_: None):
    subjects = pd.Series([f"person {owner}" for owner in data.owners], dtype=object)
    order = data.order_by if order_by is None else order_by
    return method.fit(data.table, data.columns, subjects=subjects, order_by=order, seed=seed, progress=progress)


def made(name, n_subjects, seed=5):
    return LONGITUDINAL[name](n_subjects, np.random.default_rng(seed))


@pytest.fixture(scope="module")
def visits():
    return made("visits", 900)


@pytest.fixture(scope="module")
def model(visits):
    return fitted(visits)


@pytest.fixture(scope="module")
def synthetic(model, visits):
    owners, table = model.sample(900, seed=3)
    return Longitudinal(table, visits.columns, owners, visits.order_by)


def test_what_every_subject_has_once_is_found(model):
    assert [column.name for column in model.static] == ["sex", "birth_year", "insurance"]


def test_every_subject_has_events_and_one_value_of_each_static_column(synthetic):
    assert sorted(set(synthetic.owners)) == list(range(900))
    grouped = synthetic.table[["sex", "birth_year", "insurance"]].groupby(synthetic.owners)
    assert (grouped.nunique(dropna=False) == 1).all().all()


def test_columns_and_formats_are_those_of_the_table(visits, synthetic):
    assert list(synthetic.table) == list(visits.table)
    for column in visits.columns:
        cells = synthetic.table[column.name].dropna()
        if column.type in ("integer", "decimal", "date", "datetime"):
            assert np.isfinite(to_numbers(cells, column)).all()
        else:
            assert set(cells) <= set(visits.table[column.name].dropna())


def test_dates_never_go_back_within_a_subject(synthetic):
    days = to_numbers(synthetic.table["visit_date"], Column("visit_date", "date", "%Y-%m-%d"))
    same = np.diff(synthetic.owners) == 0
    assert (np.diff(days)[same] >= 0).all()


def test_no_event_is_after_the_last_one_that_was_learnt_from(visits, synthetic):
    assert synthetic.table["visit_date"].max() <= visits.table["visit_date"].max()


def test_lengths_gaps_and_autocorrelation_are_kept(visits, synthetic):
    learnt, drawn = measured(visits), measured(synthetic)
    assert distance(learnt.length, drawn.length) < 0.06
    assert distance(learnt.gap, drawn.gap) < 0.08
    for name in ("pressure lag 1", "pressure lag 2", "sugar lag 1", "code lag 1", "gap lag 1"):
        assert abs(learnt.following[name] - drawn.following[name]) < 0.12, name


def test_a_level_that_follows_from_a_number_does(synthetic):
    pressure = to_numbers(synthetic.table["pressure"], Column("pressure", "integer"))
    raised = (synthetic.table["treatment"] == "raised").to_numpy()
    assert (raised == (pressure > 150)).mean() > 0.93


def test_missing_cells_are_as_frequent(visits, synthetic):
    assert abs(visits.table["sugar"].isna().mean() - synthetic.table["sugar"].isna().mean()) < 0.04


def test_members_are_not_recognized(visits, synthetic):
    auc, low, high = recognized(visits, made("visits", 900, seed=77), synthetic, np.random.default_rng(1))
    assert 0.44 < auc < 0.56
    assert low < auc < high


def test_same_seed_same_rows_another_seed_others(visits, model):
    again = fitted(visits)
    first, second, other = (each.sample(50, seed=seed) for each, seed in ((model, 9), (again, 9), (model, 10)))
    pd.testing.assert_frame_equal(first[1], second[1])
    assert (first[0] == second[0]).all()
    assert not first[1].equals(other[1])


def test_threads_do_not_change_a_cell():
    import torch

    before, data = torch.get_num_threads(), made("visits", 200)
    try:
        torch.set_num_threads(1)
        one = fitted(data).sample(20, seed=4)[1]
        torch.set_num_threads(2)
        pd.testing.assert_frame_equal(fitted(data).sample(20, seed=4)[1], one)
    finally:
        torch.set_num_threads(before)


def test_a_saved_model_draws_the_same(model, tmp_path):
    model.save(tmp_path)
    loaded = read_sequence(tmp_path)
    pd.testing.assert_frame_equal(loaded.sample(40, seed=2)[1], model.sample(40, seed=2)[1])
    assert loaded.history == model.history
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} == {".json", ".safetensors"}


def test_a_folder_of_another_kind_is_not_read(model, tmp_path):
    model.events.save(tmp_path)
    assert read_sequence(tmp_path) is None


def test_conditions_on_static_columns_are_met_by_all_subjects(model):
    where = {"sex": OneOf(("f",)), "birth_year": Between("1950", "1970")}
    owners, table = model.sample(60, seed=1, where=where)
    assert len(set(owners)) == 60
    assert set(table["sex"]) == {"f"}
    assert table["birth_year"].astype(int).between(1950, 1970).all()


def test_a_condition_on_an_event_is_refused_and_says_what_is_static(model):
    with pytest.raises(SynthesisFailed, match=r"`pressure`.*not the same in all rows.*`sex`"):
        model.sample(5, seed=1, where={"pressure": OneOf(("120",))})


def test_no_subjects_no_rows(model, visits):
    owners, table = model.sample(0, seed=1)
    assert len(owners) == len(table) == 0
    assert list(table) == list(visits.table)


def test_fewer_than_no_subjects_are_refused(model):
    with pytest.raises(SynthesisFailed, match="cannot sample -1 subjects"):
        model.sample(-1, seed=1)


@pytest.fixture(scope="module")
def accounts():
    data = made("transactions", 250)
    return data, *fitted(data).sample(250, seed=1)


def test_time_stamps_keep_their_hours_and_their_order(accounts):
    data, owners, table = accounts
    column = next(column for column in data.columns if column.name == "at")
    true, ours = (to_numbers(each["at"], column) for each in (data.table, table))
    assert distance(true % 86_400, ours % 86_400) < 0.08
    assert (np.diff(ours)[np.diff(owners) == 0] >= 0).all()


def test_events_come_after_a_date_that_they_always_came_after_and_are_counted(accounts):
    _, owners, table = accounts
    opened = to_numbers(table["opened"], Column("opened", "date", "%d/%m/%Y"))
    at = to_numbers(table["at"], Column("at", "datetime", "%Y-%m-%d %H:%M:%S"))
    assert (at >= opened * 86_400).all()
    assert (table["number"].astype(int) == table.groupby(owners).cumcount() + 1).all()


def test_a_regular_series_keeps_its_steps_and_its_daily_wave():
    data = LONGITUDINAL["readings"](110, np.random.default_rng(2), n_days=3)
    owners, table = fitted(data).sample(110, seed=1)
    column = next(column for column in data.columns if column.name == "read_at")
    assert set(np.diff(to_numbers(table["read_at"], column))[np.diff(owners) == 0]) == {3600.0}
    waves = []
    for each in (data.table, table):
        hour = to_numbers(each["read_at"], column) % 86_400 // 3600
        load = np.log(to_numbers(each["kwh"], Column("kwh", "decimal", "0.000")) + 0.01)
        waves.append(np.array([load[hour == own].mean() for own in range(24)]))
    assert np.corrcoef(*waves)[0, 1] > 0.97


def plain(n_subjects=130, n_events=3):
    rng = np.random.default_rng(0)
    owners = np.repeat(np.arange(n_subjects), n_events)
    cells = {"day": np.tile(np.arange(n_events), n_subjects).astype(str), "kind": rng.choice(["a", "b"], len(owners)),
             "size": rng.normal(size=len(owners)).round(2).astype(str)}  # fmt: skip
    columns = (Column("day", "integer"), Column("kind", "category"), Column("size", "decimal", "0.0#"))
    return Longitudinal(pd.DataFrame(cells, dtype=object), columns, owners, ("day",))


def test_subjects_with_one_event_each_can_be_learnt():
    data = plain(n_events=1)
    owners, table = fitted(data, order_by=("size",)).sample(20, seed=1)
    assert owners.tolist() == list(range(20))
    assert np.isfinite(table["size"].astype(float)).all()


def test_events_without_an_order_column_stay_in_the_order_of_the_table():
    data = plain()
    owners, table = fitted(data, order_by=()).sample(30, seed=1)
    assert (table["day"].astype(int) == pd.Series(owners).groupby(owners).cumcount()).all()


def test_events_at_the_same_time_are_learnt():
    data = plain()
    data.table["day"] = np.where(np.arange(len(data.table)) % 3 == 2, "1", "0")
    _, table = fitted(data).sample(30, seed=1)
    assert set(table["day"]) <= {"0", "1"}


def test_a_second_order_column_orders_what_the_first_does_not():
    data = plain(n_events=4)
    data.table["day"] = np.tile(["1", "1", "2", "2"], 130)
    data.table["size"] = [f"{abs(float(cell)):.2f}" for cell in data.table["size"]]
    owners, table = fitted(data, order_by=("day", "size")).sample(60, seed=1)
    keys = list(zip(owners, table["day"].astype(int), table["size"].astype(float), strict=True))
    assert keys == sorted(keys)


@pytest.mark.parametrize(("change", "order_by", "message"), [
    (lambda table: table.assign(day="4"), ("day",), r"`day` cannot order events: it is the same in all rows of each subject"),
    (lambda table: table.assign(day=[None, *table["day"][1:]]), ("day",), "`day` cannot order events: fewer than 10 cells"),
    (lambda table: table, ("kind",), r"`kind` cannot order events: it holds no numbers and no dates \(category\)"),
])  # fmt: skip
def test_an_order_column_that_orders_nothing_is_refused(change, order_by, message):
    data = plain()
    changed = Longitudinal(change(data.table), data.columns, data.owners, order_by)
    with pytest.raises(SynthesisFailed, match=message):
        fitted(changed)


def test_an_unknown_order_column_is_refused():
    with pytest.raises(UnknownColumn, match="`when` is to order events"):
        fitted(plain(), order_by=("when",))


def test_too_few_subjects_are_refused_with_what_would_be_enough():
    with pytest.raises(SynthesisFailed, match="at least 100 subjects to learn from and has 19"):
        fitted(plain(n_subjects=19))


def test_rows_of_nobody_are_refused():
    data = plain()
    subjects = pd.Series([None, *data.owners[1:].astype(str)], dtype=object)
    with pytest.raises(SynthesisFailed, match="fewer than 10 rows are of no subject"):
        SMALL.fit(data.table, data.columns, subjects=subjects, order_by=("day",), seed=1, progress=lambda *_: None)


def test_a_column_said_to_be_static_that_is_not_is_refused():
    with pytest.raises(SynthesisFailed, match="`kind` is said to be the same in all rows"):
        fitted(plain(), method=Sequence(static=("kind",)))


def test_epochs_are_counted_over_all_parts():
    told = []
    model = fitted(plain(), progress=lambda epoch, n_epochs: told.append((epoch.epoch, n_epochs)))
    assert [epoch for epoch, _ in told] == list(range(1, len(model.history) + 1))
    assert {n_epochs for _, n_epochs in told} == {16}


def test_a_training_that_is_told_enough_still_draws():
    def enough(*_):
        raise EnoughLearnt

    owners, _ = fitted(plain(), progress=enough).sample(10, seed=1)
    assert sorted(set(owners)) == list(range(10))
