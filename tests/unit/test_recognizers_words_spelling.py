"""What words are by their letters alone: columns of names that are on no list against columns of ordinary words."""

from __future__ import annotations

import pytest

from veil.recognizers.words.letters import folded, words_once
from veil.recognizers.words.spelling import BUCKETS, KINDS, places_of, spelled

UNLISTED = ["Brzozowicki", "Kowalewiczak", "Vandermeulen", "Papadimitriadis", "Hadžihasanović", "Szentgyörgyvölgyi"]
ORDINARY = ["shipping", "warehouse", "payment", "quantity", "department", "engineering", "marketing", "management"]


def test_names_of_no_list_are_spelled_as_names() -> None:
    shares = spelled(UNLISTED)
    assert spelled(ORDINARY)["word"] > 0.5 > 0.35 > shares["word"]
    assert max(shares, key=lambda kind: shares[kind]) == "family"


def test_shares_add_up_and_do_not_depend_on_order() -> None:
    shares = spelled(UNLISTED)
    assert list(shares) == list(KINDS)
    assert sum(shares.values()) == pytest.approx(1.0)
    assert spelled(UNLISTED[::-1]) == pytest.approx(shares)


@pytest.mark.parametrize("values", [[], [""], ["12345", "1"], ["-", "?"], ["a"]])
def test_no_word_has_no_shares(values: list[str]) -> None:
    assert spelled(values) == {}


def test_places_are_within_the_buckets_and_bounded_for_long_words() -> None:
    assert all(0 <= place < BUCKETS for place in places_of(folded("Müller")))
    assert len(places_of("x" * 100_000)) < 20


def test_words_of_a_list_are_told_once() -> None:
    assert words_once("a b\n a  c") == {"a", "b", "c"}
