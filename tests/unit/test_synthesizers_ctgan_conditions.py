"""Conditions on rows of a network: every row meets them, and the network's own output nearly always does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from veil.columns import from_numbers, to_numbers
from veil.errors import SynthesisFailed
from veil.model import Column, Epoch
from veil.rng import generator
from veil.synthesizers.conditions import Between, OneOf, met
from veil.synthesizers.ctgan import Ctgan
from veil.synthesizers.gan.support import allowed_members

COLUMNS = (Column("kind", "category"), Column("size", "category"), Column("amount", "decimal", "0.00"),
           Column("on", "date", "%d/%m/%Y"), Column("same", "text"))


def _table(n_rows: int = 1500) -> pd.DataFrame:
    rng = generator(1, "conditions tests")
    kind = rng.choice(["a", "b", "c", "d"], n_rows, p=[0.6, 0.3, 0.08, 0.02]).astype(object)
    size = np.where(rng.random(n_rows) < 0.8, np.char.upper(kind.astype(str)), "A").astype(object)
    amount = rng.lognormal(3, 1, n_rows) * (1 + (kind == "b"))
    amount[rng.random(n_rows) < 0.3] = np.nan
    return pd.DataFrame({
        "kind": kind, "size": size, "amount": from_numbers(amount, COLUMNS[2]).to_numpy(),
        "on": from_numbers(rng.integers(-5000, 9000, n_rows).astype(float), COLUMNS[3]).to_numpy(),
        "same": np.full(n_rows, "x", dtype=object),
    })


def _quiet(epoch: Epoch, n_epochs: int) -> None:
    """Take no notice."""


@pytest.fixture(scope="module")
def model():
    return Ctgan(steps=120).fit(_table(), COLUMNS, seed=3, progress=_quiet)


ASKED = [
    {"kind": OneOf(("b",))}, {"kind": OneOf(("d", "c"))}, {"kind": OneOf(("c",)), "size": OneOf(("A",))},
    {"amount": OneOf((None,))}, {"amount": Between("20.00", "40.00")}, {"amount": Between(None, "10.00"), "kind": OneOf(("a",))},
    {"on": Between("01/01/1980", "31/12/1984")}, {"same": OneOf(("x",))},
    {"kind": OneOf(("b",)), "size": OneOf(("B",)), "amount": Between("15", None), "on": Between("01/01/1975", None)},
]


@pytest.mark.parametrize("where", ASKED, ids=[" ".join(where) for where in ASKED])
def test_every_row_meets_its_conditions_and_none_is_missing(model, where):
    drawn = model.sample(300, seed=5, where=where)
    assert len(drawn) == 300
    assert met(drawn, COLUMNS, where).all()
    assert drawn.equals(model.sample(300, seed=5, where=where))


@pytest.mark.parametrize("where", [{"kind": OneOf((level,))} for level in "abcd"] + [{"size": OneOf(("C",))}])
def test_the_network_gives_what_it_is_asked_for(model, where):
    assert model.hit_rate(where, 2000, seed=6, chosen=False) >= 0.95


def test_the_network_gives_several_things_at_once_when_noise_is_chosen(model):
    where = {"kind": OneOf(("b",)), "size": OneOf(("B",))}
    assert model.hit_rate(where, 6000, seed=6) >= 0.9
    assert model.hit_rate(where, 6000, seed=6) >= model.hit_rate(where, 6000, seed=6, chosen=False) - 0.01


def test_what_goes_with_a_condition_comes_with_it(model):
    table = _table()
    for kind in "ab":
        drawn = model.sample(1500, seed=7, where={"kind": OneOf((kind,))})
        expected = (table.loc[table["kind"] == kind, "size"] == "A").mean()
        assert (drawn["size"] == "A").mean() == pytest.approx(expected, abs=0.2)


def test_levels_that_are_asked_for_keep_their_shares(model):
    drawn = model.sample(2000, seed=8, where={"kind": OneOf(("a", "c"))})
    assert (drawn["kind"] == "c").mean() == pytest.approx(0.08 / 0.68, abs=0.06)


@pytest.mark.parametrize(("where", "said"), [
    ({"kind": OneOf(("SECRET",))}, "no support"), ({"same": OneOf((None,))}, "no support"),
    ({"amount": Between("100000.00", "200000.00")}, "no support"), ({"amount": OneOf(("99999999.00",))}, "no support"),
    ({"absent": OneOf(("x",))}, "not learnt"), ({"kind": Between("a", "b")}, "no numbers and no dates"),
])  # fmt: skip
def test_a_condition_that_nothing_supports_is_refused(model, where, said):
    with pytest.raises(SynthesisFailed, match=said) as refusal:
        model.sample(10, seed=1, where=where)
    assert "SECRET" not in str(refusal.value)


def test_allowed_members_are_those_whose_values_may_meet_a_condition(model):
    encoded = model.encoder.encode(_table())
    members, _ = model.layout.members(encoded, generator(9))
    for where in ({"amount": Between("20.00", "40.00")}, {"on": Between(None, "01/01/1970")}, {"kind": OneOf(("b", "c"))},
                  {"amount": OneOf((*_table()["amount"].dropna()[:3], None))}):  # fmt: skip
        ((place, allowed),) = allowed_members(model.encoder, model.layout, where).items()
        rows = met(_table(), COLUMNS, where)
        assert allowed[members[rows, place]].mean() > 0.97
        assert not allowed.all()


def test_no_rows_meet_a_condition_too(model):
    assert model.sample(0, seed=1, where={"kind": OneOf(("a",))}).shape == (0, len(COLUMNS))


def test_numbers_in_a_range_are_spread_over_it(model):
    drawn = to_numbers(model.sample(1000, seed=2, where={"amount": Between("10.00", "60.00")})["amount"], COLUMNS[2])
    assert np.histogram(drawn, bins=5, range=(10, 60))[0].min() > 10
