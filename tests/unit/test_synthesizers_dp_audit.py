"""Sensitivity looked at directly, and an attack that tells neighbors apart, with a broken mechanism as its control."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.synthesize.private_audit import Recorded, measured_epsilon
from tests.unit.private_tables import COLUMNS, DOMAIN, people
from veil.model import Column
from veil.synthesizers.dp_network import DpNetwork

SETTINGS = {
    "all pairs": {"epsilon": 4.0},
    "all pairs by a target": {"epsilon": 4.0, "target": "buys"},
    "chosen pairs": {"epsilon": 0.15},
    "chosen pairs by a target": {"epsilon": 0.12, "target": "buys"},
    "declared domains": {"epsilon": 4.0, "domain": {**DOMAIN, "age": {"low": 0, "high": 120}}},
    "subjects": {"epsilon": 12.0, "unit": "subject", "rows_per_subject": 3},
}


def changes(settings: dict, canary: pd.DataFrame) -> list[tuple[int, str]]:
    """Return, per query, by how much a unit more changes the true answer (sum over counts, largest of scores), and its kind.

    The second run is told what the first was told, so that both ask the same: sensitivity is that given earlier answers.
    """
    table = people(6_000)
    more = pd.concat([table, canary], ignore_index=True)
    subjects = [*np.arange(6_000) // 4, *[9_999] * len(canary)]
    first = Recorded(share=1.0)
    given = {"states": 4, "steps": 1, **settings}
    own = [{"subjects": subjects[: len(each)]} if "unit" in settings else {} for each in (table, more)]
    DpNetwork(**given, **own[0], noise=first).fit(table, COLUMNS, seed=1, progress=lambda *_: None)
    second = Recorded(first.told)
    model = DpNetwork(**given, **own[1], noise=second).fit(more, COLUMNS, seed=1, progress=lambda *_: None)
    assert [a.shape for a in first.true] == [b.shape for b in second.true]
    ledger = [query["mechanism"] for query in model.parameters["ledger"]]
    differences = [np.abs(a - b) for a, b in zip(first.true, second.true, strict=True)]
    changed = zip(differences, ledger, strict=True)
    return [(int(each.max() if kind == "exponential" else each.sum()), kind) for each, kind in changed]


@pytest.mark.parametrize("name", SETTINGS)
def test_one_unit_more_changes_no_answer_by_more_than_its_sensitivity(name):
    n_rows, limit = (5, 3) if name == "subjects" else (1, 1)
    found = changes(SETTINGS[name], people(n_rows, seed=9))
    assert max(change for change, _ in found) == limit
    assert any(kind == "exponential" for _, kind in found) == name.startswith("chosen")


def test_attack_on_neighbors_proves_no_more_than_epsilon():
    assert measured_epsilon(share=1.0, epsilon=1.0) <= 1.0


def test_attack_bites_where_the_noise_is_a_tenth():
    assert measured_epsilon(share=0.1, epsilon=1.0) > 1.0


def test_level_of_a_single_row_is_never_told():
    """A thousand rows with a value of their own each, in a column whose levels are not declared."""
    table = people(3_000)
    table["city"] = [f"only {row}" if row % 3 == 0 else "Ghent" for row in range(3_000)]
    model = DpNetwork(epsilon=3.0, states=4, steps=2).fit(table, COLUMNS, seed=1, progress=lambda *_: None)
    assert set(model.sample(5_000, seed=1)["city"]) == {"Ghent"}


def test_noise_follows_no_seed():
    table, columns = people(1_000)[["buys"]], (Column("buys", "category"),)
    told = []
    for _ in range(2):
        noise = Recorded(share=1.0)
        DpNetwork(states=2, steps=1, noise=noise).fit(table, columns, seed=7, progress=lambda *_: None)
        told.append(np.concatenate([each.ravel() for each in noise.told]).tolist())
    assert told[0] != told[1]
