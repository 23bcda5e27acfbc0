"""`unique`: distinct values get distinct fakes, by permutation or by length, and are refused where there are too few."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from veil.errors import TransformFailed
from veil.model import Column
from veil.transforms import Context
from veil.transforms.fake import Fake
from veil.transforms.fakes import cards, phones
from veil.transforms.fakes.kinds import KINDS, UNIQUE_KINDS
from veil.transforms.fakes.packs import LOCALES
from veil.transforms.fakes.universe import COLLISION_CHANCE, is_permuted, size_needed, unique_values, universe
from veil.transforms.keys import Key

KEY = Key("main", "2026-11", b"0123456789abcdef0123456789abcdef")
MILLION = 1_000_000


def apply(of: str, values, *, key=KEY, keyspace="k", canonical="text", region=None, **parameters) -> pd.Series:
    context = Context(Column("c"), key=key, keyspace=keyspace, canonical=canonical, region=region)
    return Fake.model_validate({"of": of, "unique": True, **parameters}).apply(pd.Series(values, dtype=object), context)


@pytest.mark.parametrize(
    ("of", "values"),
    [
        ("phone", [f"+32{470_000_000 + place}" for place in range(MILLION)]),
        ("email", [f"p{place}@firm.test" for place in range(MILLION)]),
    ],
    ids=["phone", "email"],
)
def test_a_million_values_get_a_million_fakes(of, values):
    assert apply(of, values, by="value").nunique() == MILLION


@pytest.mark.parametrize("of", ["card", "iban", "ip", "url", "user_name", "uuid"])
def test_many_values_get_as_many_fakes(of):
    payloads = [f"{4_000_000_000 + place}00000" for place in range(20_000)]
    values = [next(card + check for check in "0123456789" if cards.card_number(card + check) >= 0) for card in payloads]
    style = {"style": "unreachable"} if of == "iban" else {}
    assert apply(of, values, by="value", **style).nunique() == len(values)


def test_every_canonical_phone_has_a_number_of_its_own():
    assert phones.phone_number("+32470123456") == 32470123456
    ends = ["+1", "+999999999999999", "0", "9", "00", "99", "0470123456", "000000000000000", "999999999999999"]
    places = [phones.phone_number(text) for text in ends]
    assert places == sorted(set(places))
    assert places[0:4] == [1, 10**15 - 1, 10**15, 10**15 + 9]
    assert places[-1] == phones.UNIQUE_PHONES - 1 < 10**phones.UNIQUE_DIGITS


@pytest.mark.parametrize(
    "text", ["", "+", "+0470", "+32 470", "+1234567890123456", "1" * 16, "+３２", "²", "+32;ext", "abc", "++1"]
)
def test_what_is_no_canonical_phone_has_no_number(text):
    assert phones.phone_number(text) == -1


def test_cards_of_every_length_are_numbered_without_a_gap_or_a_clash():
    ends = {12: ("0000000000000", "9999999999992"), 15: ("0000000000000000", "9999999999999995")}
    places = [cards.card_number(text) for length in sorted(ends) for text in ends[length]]
    assert places == sorted(set(places))
    assert (places[0], places[1], places[-1]) == (0, 10**12 - 1, cards.UNIQUE_CARDS - 1)
    assert cards.card_number("00000000000000") == 10**12
    refused = ["4111111111111112", "4111 1111 1111 1111", "411111111111", "41111111111111111", "４111111111111111", ""]
    assert {cards.card_number(text) for text in refused} == {-1}


def test_one_phone_in_many_spellings_gets_one_fake():
    spellings = ["+32 470 12 34 56", "0470/12.34.56", "0032470123456", "0470123456"]
    fakes = apply("phone", spellings, canonical="phone", region="BE")
    assert fakes.nunique() == 1
    assert fakes[0].startswith("+999")
    assert len([sign for sign in fakes[0] if sign.isdigit()]) == 19


@pytest.mark.parametrize("of", ["phone", "card"])
def test_what_is_no_number_of_the_kind_gets_a_fake_that_no_number_gets(of):
    numbers = [f"+32{470_000_000 + place}" if of == "phone" else f"v{place}" for place in range(500)]
    texts = [f"unknown {place}" for place in range(500)]
    fakes = apply(of, numbers + texts)
    assert fakes.nunique() == 1_000
    assert list(apply(of, texts)) == list(fakes[500:])


def test_a_permutation_is_refused_where_subjects_have_keys_of_their_own():
    class Keys:
        def covers(self, keyspace: str) -> bool:
            return keyspace == "k"

    with pytest.raises(TransformFailed, match="leave out `unique` or `erasable`"):
        apply("phone", ["+32470123456"], key=Key("main", "2026-11", b"0" * 32, Keys()))


def test_another_keyspace_or_epoch_permutes_in_another_way():
    values = [f"+32{470_000_000 + place}" for place in range(500)]
    here = apply("phone", values)
    for changed in (
        {"keyspace": "other"},
        {"key": Key("main", "2026-12", KEY.secret)},
        {"key": Key("main", "2026-11", b"z" * 32)},
    ):
        assert not (here == apply("phone", values, **changed)).any()


def test_too_few_fakes_for_the_values_are_refused_with_the_size_needed():
    values = [f"v{place}" for place in range(3_000)]
    with pytest.raises(
        TransformFailed, match=r"values: would share a fake: there are 1,000,000, and 4,498,500,000,000 are needed"
    ):
        apply("national_id", values, locale="es_ES", by="value")
    assert apply("national_id", values[:20], locale="es_ES", by="value").nunique() == 20


def test_the_size_needed_is_where_values_meet_once_in_a_million_times():
    assert size_needed(2) == 1 / COLLISION_CHANCE
    assert size_needed(MILLION) == pytest.approx(MILLION**2 / 2 / COLLISION_CHANCE, rel=1e-5)
    assert size_needed(1_000_000) < 2**64


@pytest.mark.parametrize("of", KINDS)
def test_how_many_values_can_have_one_fake_each(of):
    n_values = unique_values(of, "nl_BE", style="unreachable" if of == "iban" else None)
    if of not in UNIQUE_KINDS:
        assert n_values == 0
        with pytest.raises(ValidationError, match="whose list is finite"):
            Fake(of=of, unique=True)
    elif is_permuted(of, None):
        assert n_values == universe(of, "nl_BE", unique=True) >= 10**15
    elif of in ("email", "iban", "ip", "url", "user_name", "uuid"):
        assert n_values > 5_000_000


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("of", ["email", "user_name", "url", "uuid"])
def test_what_is_unique_by_length_has_a_universe_of_two_to_the_64(of, locale):
    assert universe(of, locale, unique=True) >= 2**64


@pytest.mark.parametrize(
    "of", [of for of in KINDS if of not in ("date_of_birth", "address", "email", "user_name", "person_name")]
)
def test_a_universe_is_not_larger_than_what_can_be_drawn(of):
    """Where the universe is small, enough values draw nearly all of it, and never more than it has."""
    size = universe(of, "en_GB")
    if size > 3_000:
        return
    context = Context(Column("c"), key=KEY, keyspace="k")
    values = pd.Series([f"v{place}" for place in range(12 * size + 100)], dtype=object)
    drawn = Fake(of=of, locale="en_GB", by="value").apply(values, context).nunique()
    assert 0.8 * size <= drawn <= size + (of == "initials") * size


def test_fakes_are_drawn_evenly():
    values = pd.Series([f"v{place}" for place in range(60_000)], dtype=object)
    context = Context(Column("c"), key=KEY, keyspace="k")
    counts = Fake(of="card_security_code", by="value").apply(values, context).value_counts()
    assert len(counts) == 1_000
    assert np.sum((counts - 60) ** 2 / 60) < 1_000 + 5 * np.sqrt(2_000)
