"""A rotated epoch makes releases unlinkable: what joins does so no more often than chance."""

import math
from collections import Counter

import pandas as pd
import pytest

from veil.model import Column
from veil.transforms import TRANSFORMS, Context
from veil.transforms.keys import Key

SECRET = bytes(range(32))
N = 20_000
PHONES = [f"+3247{at * 37:07d}" for at in range(N)]
SMALL = [f"{at * 17:07d}" for at in range(N)]
OPEN = math.inf
CASES = {
    "token": ("token", {}, PHONES, OPEN),
    "hash": ("hash", {"length": 20}, PHONES, OPEN),
    "hash blake2b": ("hash", {"algorithm": "blake2b"}, PHONES, OPEN),
    "encrypt": ("encrypt", {}, PHONES, OPEN),
    "fpe digits": ("fpe", {"of": "digits"}, SMALL, 10**7),
    "fpe phone": ("fpe", {"of": "phone"}, PHONES, 9e8),
    "fake email": ("fake", {"of": "email", "unique": True}, PHONES, OPEN),
    "fake name": ("fake", {"of": "person_name"}, PHONES, None),
    "fake first name": ("fake", {"of": "first_name"}, PHONES, None),
}
ROTATED = {"epoch": Key("main", "2", SECRET), "secret": Key("main", "1", bytes(32)), "both": Key("main", "2", bytes(32))}


def released(label: str, key: Key) -> list[str]:
    name, parameters, values, _ = CASES[label]
    cells = pd.Series(values, dtype=object)
    context = Context(Column("c"), key=key, keyspace="phone", subject=cells, subject_keyspace="phone", region="BE")
    return list(TRANSFORMS[name].model_validate(parameters).apply(cells, context))


def chance(before: list[str], after: list[str]) -> float:
    """Return how many rows would agree if the two columns had nothing to do with each other."""
    counts = Counter(after)
    return sum(count * counts[value] for value, count in Counter(before).items()) / len(before)


@pytest.mark.parametrize("rotated", ROTATED)
@pytest.mark.parametrize("label", CASES)
def test_rows_of_two_epochs_join_no_better_than_chance(label, rotated):
    before, after = released(label, Key("main", "1", SECRET)), released(label, ROTATED[rotated])
    assert released(label, Key("main", "1", SECRET)) == before
    hits, expected = sum(one == two for one, two in zip(before, after, strict=True)), chance(before, after)
    assert abs(hits - expected) <= 3 * math.sqrt(expected) + 3 * (expected > 0)


@pytest.mark.parametrize("label", [label for label, (*_, universe) in CASES.items() if universe is not None])
def test_values_of_two_epochs_meet_no_more_often_than_chance(label):
    before, after = released(label, Key("main", "1", SECRET)), released(label, ROTATED["epoch"])
    expected = N * N / CASES[label][3]
    assert len(set(before) & set(after)) <= expected + 3 * math.sqrt(expected)


@pytest.mark.parametrize("label", ["token", "encrypt", "fpe digits", "fpe phone", "fake email"])
def test_the_order_of_pseudonyms_tells_nothing_of_another_epoch(label):
    """Whoever sorts both releases and joins by rank finds no one: the two orders are uncorrelated."""
    ranks = [pd.Series(released(label, key)).rank().to_numpy() for key in (Key("main", "1", SECRET), ROTATED["epoch"])]
    centered = [rank - rank.mean() for rank in ranks]
    correlation = (centered[0] @ centered[1]) / math.sqrt((centered[0] @ centered[0]) * (centered[1] @ centered[1]))
    assert abs(correlation) < 4 / math.sqrt(N)
