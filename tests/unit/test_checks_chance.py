"""Own values on their own rows, and coincidences against chance."""

import numpy as np
import pandas as pd
import pytest

from veil.checks.chance import (
    Chance,
    FullNames,
    chance_collisions,
    chance_dates,
    chance_result,
    own_value_chance,
    own_value_result,
    own_value_survivors,
)


def cells(*values):
    return pd.Series(list(values), dtype=object)


@pytest.mark.parametrize(
    ("own", "output", "survives"),
    [
        ("Jon Yang", "Jon Yang", 1),
        ("Jon Yang", "JON  YANG", 1),
        ("Jon Yang", "call jon yang today", 1),
        ("José Ço", "jose co", 1),
        ("Jon Yang", "Jonathan Yang", 0),
        ("Jon Yang", "Yang Jon", 0),
        ("Jon Yang", None, 0),
        (None, "Jon Yang", 0),
        ("", "", 0),
        ("Al", "Al", 1),
        ("Al", "Al Gore", 0),
        ("1966-04-08", "1966/04/08", 1),
        ("1966-04-08", "19660408", 1),
        ("1966-04-08", "1966-04-09", 0),
        (None, None, 0),
        ("...", "...", 0),
    ],
)
def test_own_values_that_survive(own, output, survives):
    assert own_value_survivors(cells(own), cells(output)) == survives


def test_survivors_are_counted_by_row_whatever_the_index():
    source = pd.Series(["Ann Lee", "Bob Ray", "Ann Lee"], index=[5, 6, 7], dtype=object)
    assert own_value_survivors(source, cells("Ann Lee", "Ann Lee", "ann lee")) == 2
    result = own_value_result("own_names", "t", ("name",), 2, 3)
    assert (result.value, result.detail) == (2.0, "fewer than 10 of 3 rows hold their own source value")


FIRST, LAST = [f"First{at}" for at in range(30)], [f"Last{at}" for at in range(30)]


def names(rng, n):
    return pd.Series(rng.choice(FIRST, n), dtype=object), pd.Series(rng.choice(LAST, n), dtype=object)


def test_independent_fakes_are_within_chance_and_kept_names_are_not():
    rng = np.random.default_rng(0)
    first, last = names(rng, 400)
    source = list(zip(*names(rng, 200), strict=True))
    fakes = chance_collisions(first, last, source)
    assert 0 < fakes.observed <= fakes.upper
    assert fakes.expected == pytest.approx(400 * len(set(source)) / 900, rel=0.1)
    leaked = first.copy(), last.copy()
    for at in range(100):
        leaked[0][at], leaked[1][at] = source[at]
    kept = chance_collisions(*leaked, source)
    assert kept.observed > kept.upper
    assert chance_result("names_by_chance", "t", ("name",), kept, 400).value == kept.observed - kept.upper
    assert chance_result("names_by_chance", "t", ("name",), fakes, 400).value == 0


def test_spelling_and_nulls_in_names():
    chance = chance_collisions(
        cells("JOSÉ", None, "Ann", "Bob"), cells("Co", "Co", None, "Ray"), [("Jose", "CO"), ("Ann", "Lee")]
    )
    assert chance.observed == 1


def test_no_source_pairs_collide_never():
    assert chance_collisions(cells("A"), cells("B"), []) == Chance(0, 0.0, 1.0)


def test_coherent_locales_need_their_strata():
    rng = np.random.default_rng(1)
    locale = pd.Series(rng.choice(["nl", "fr"], 600), dtype=object)

    def draw(n, of):
        return [f"{part}-{number}" for part, number in zip(of, rng.integers(0, 12, n), strict=True)]

    first, last = pd.Series(draw(600, locale), dtype=object), pd.Series(draw(600, locale), dtype=object)
    source_locale = rng.choice(["nl", "fr"], 150)
    source = list(zip(draw(150, source_locale), draw(150, source_locale), strict=True))
    assert (chance := chance_collisions(first, last, source)).observed > chance.upper
    assert (chance := chance_collisions(first, last, source, strata=locale)).observed <= chance.upper


def test_moved_dates_are_within_chance_and_kept_dates_are_not():
    rng = np.random.default_rng(0)
    source = rng.integers(0, 15_000, 3000).astype(float)
    moved = source + rng.integers(-180, 180, 3000)
    within = chance_dates(np.append(moved, np.nan), np.append(source, np.nan), rng)
    assert 0 < within.observed <= within.upper
    kept = chance_dates(source, source, rng)
    assert kept.observed == 3000 > kept.upper


def test_own_short_numbers_against_chance():
    rng = np.random.default_rng(0)
    own = pd.Series([str(number) for number in rng.integers(0, 50, 1000)], dtype=object)
    other = pd.Series([str(number) for number in rng.integers(0, 50, 1000)], dtype=object)
    assert (chance := own_value_chance(own, other, rng)).observed <= chance.upper
    assert chance.expected == pytest.approx(20, rel=0.2)
    assert own_value_chance(own, own, rng).observed == 1000


def test_chance_result_holds_no_small_count():
    result = chance_result("names_by_chance", "t", ("name",), Chance(3, 2.4, 6.0), 100)
    few = "fewer than 10"
    assert result.detail == f"{few} rows coincide with the source; by chance {few}, upper 99.99 % limit {few}"


@pytest.mark.parametrize("seed", range(4))
def test_the_limit_of_names_is_that_of_shuffling_them(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    first, last = names(rng, 300)
    last[::17] = None
    source = list(zip(*names(rng, 200), strict=True))
    known = {(one, two) for pair in source for one, two in (pair, pair[::-1])}
    met = [sum(pair in known for pair in zip(first, rng.permutation(last), strict=True)) for _ in range(2000)]
    chance = chance_collisions(first, last, source)
    assert chance.expected == pytest.approx(np.mean(met), rel=0.02)
    monkeypatch.setattr("scipy.stats.poisson.ppf", lambda *_: 0)
    assert chance_collisions(first, last, source).upper == pytest.approx(np.mean(met) + 3.72 * np.std(met), rel=0.04)
    assert chance.upper >= chance_collisions(first, last, source).upper


def test_names_counted_piece_by_piece_are_those_of_the_whole():
    rng = np.random.default_rng(3)
    (first, last), source = names(rng, 300), pd.DataFrame(dict(zip("ab", names(rng, 200), strict=True)))
    pieces = FullNames()
    for at in range(0, 200, 60):
        pieces.add_known(source["a"][at : at + 60], source["b"][at : at + 60])
    for at in range(0, 300, 70):
        pieces.add(first[at : at + 70], last[at : at + 70])
    whole = chance_collisions(first, last, source.itertuples(index=False, name=None))
    assert pieces.chance() == pytest.approx(whole)
    assert "First" not in repr(pieces)


def test_a_name_in_the_other_order_is_met_too():
    assert chance_collisions(cells("Smith"), cells("Anna"), [("Anna", "Smith")]).observed == 1
