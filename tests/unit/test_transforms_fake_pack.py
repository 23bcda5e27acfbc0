"""The pack of fakes, and the digits that are taken for them."""

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from veil.transforms.fakes import digits, freeze
from veil.transforms.fakes.packs import LOCALES, load
from veil.transforms.fakes.retry import settled
from veil.transforms.fakes.source import Source

NAMES = Path(freeze.FOLDER)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_locale_has_every_list_and_patterns_in_ascii(locale):
    pack = load(locale)
    assert pack.country
    assert len(pack.regions) >= 5
    assert len(pack.jobs) >= 60
    assert "{line}" in pack.address_line
    assert "{city}" in pack.address_line
    for patterns in (pack.postcodes, pack.plates, pack.national_phones, pack.fictional_phones):
        assert all(pattern.isascii() and pattern.count("#") >= 1 for pattern in patterns)
    assert [len(titles) for titles in pack.titles] == [1, 1]
    assert len(pack.families[0]) == len(pack.families[1])


@pytest.mark.parametrize("locale", LOCALES)
def test_frozen_names_say_where_they_are_from(locale):
    head, *lines = (NAMES / f"{locale}.txt").read_text("utf-8").splitlines()
    assert "Faker (MIT License" in head
    lists = {line.partition(":")[0]: line.partition(": ")[2].split(", ") for line in lines}
    assert {"female", "male", "family"} <= set(lists)
    for name, entries in lists.items():
        assert entries == sorted(set(entries))
        assert len(entries) <= freeze.MOST[name]


def test_freezing_takes_each_spelling_once_and_leaves_odd_names():
    written = ["Anna", "ANNA", "Ánna", "Bob", "Al", "van den Berg", "x1", "Dr. No", "Smith, John", "NULL", "O'Brien", "Jean-Luc"]
    assert freeze._line("female", written, freeze._NAME) == "female: Bob, Jean-Luc, O'Brien, van den Berg, Ánna"


@pytest.mark.parametrize("sizes", [(10, 7, 3), (2**20, 2**20, 2**20, 2**20), (5,) * 12])
def test_fields_are_within_their_size_and_count_the_universe(sizes):
    rng = random.Random(5)
    source = Source(np.array([[rng.getrandbits(64) for _ in range(4)] for _ in range(500)], dtype=np.uint64))
    taken = [source.take(size) for size in sizes]
    assert all(0 <= field.min() <= field.max() < size for field, size in zip(taken, sizes, strict=True))
    assert source.size == np.prod([float(size) for size in sizes])
    assert len(set(zip(*(field.tolist() for field in taken), strict=True))) > min(source.size, 500) * 0.6


def test_fields_of_a_number_are_its_digits():
    source = Source(np.arange(10 * 7 * 3, dtype=np.uint64)[:, None], exact=True)
    assert len(set(zip(*(source.take(size).tolist() for size in (10, 7, 3)), strict=True))) == 210


def test_patterns_are_filled_one_after_the_other():
    patterns = ("A#", "B-@", "C#@")
    texts = digits.filled(patterns, np.arange(sum(digits.pattern_sizes(patterns))))
    assert len(set(texts)) == len(texts) == 10 + 20 + 200
    assert (texts[0], texts[9], texts[10], texts[29], texts[30], texts[-1]) == ("A0", "A9", "B-B", "B-Z", "C0B", "C9Z")


@pytest.mark.parametrize("length", [1, 9, 15, 16, 31])
def test_check_digits_are_those_of_slow_and_obvious_versions(length):
    rng = random.Random(length)
    rows = np.array([[rng.randrange(10) for _ in range(length)] for _ in range(200)])
    texts = ["".join(map(str, row)) for row in rows.tolist()]
    assert digits.mod_97(rows).tolist() == [int(text) % 97 for text in texts]
    assert digits.luhn(rows).tolist() == [next(d for d in range(10) if _luhn(f"{text}{d}")) for text in texts]
    assert list(digits.written(rows)) == texts
    if length <= 18:
        assert digits.number(rows).tolist() == [int(text) for text in texts]
        assert digits.digits(digits.number(rows), length).tolist() == rows.tolist()


def _luhn(text: str) -> bool:
    doubled = [int(sign) * (2 if place % 2 else 1) for place, sign in enumerate(reversed(text))]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def test_a_serial_without_a_check_digit_gives_way_to_the_next():
    def make(serials, rows):
        return serials[:, None], serials % 3 == 0

    assert settled(np.array([0, 1, 2, 8]), 9, make)[:, 0].tolist() == [0, 3, 3, 0]


def test_no_letter_is_preferred():
    counts = Counter("".join(digits.texts(digits.letters(np.arange(20)[:, None]).astype(np.uint8))))
    assert counts == Counter(digits.CONSONANTS)
    assert len(counts) == 20
