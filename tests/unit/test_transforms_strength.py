"""Strength figures for the linter, and the pack that they count."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest

from veil.transforms.date_shift import DateShift
from veil.transforms.fakes.kinds import KINDS
from veil.transforms.fakes.packs import LOCALES, PACK_VERSION, load
from veil.transforms.fakes.spelling import fold
from veil.transforms.strength import collision_chance, fake_universe, hash_bits, shift_choices, token_bits


def test_the_shortest_pseudonyms_have_eighty_bits():
    assert token_bits(19) > 80 > token_bits(18)
    assert hash_bits(20) == 80


@pytest.mark.parametrize(("n", "bits"), [(2, 1), (23, math.log2(365)), (100, 20), (5, 10)])
def test_collision_chance_is_near_the_exact_birthday_chance(n, bits):
    size = round(2**bits)
    free = Fraction(1)
    for taken in range(n):
        free *= Fraction(size - taken, size)
    assert collision_chance(n, bits) == pytest.approx(float(1 - free), rel=0.25)


@pytest.mark.parametrize(("n", "bits", "chance"), [(0, 80, 0), (1, 80, 0), (10**9, 80, 4.1e-7), (10**6, 20, 1.0)])
def test_collision_chance_at_the_ends(n, bits, chance):
    assert collision_chance(n, bits) == pytest.approx(chance, rel=0.02)


@pytest.mark.parametrize("days", [(-180, 180), (1, 30), (-7, 7), (0, 0)])
@pytest.mark.parametrize("weeks_only", [False, True])
def test_shift_choices_are_those_of_the_transform(days, weeks_only):
    choices = shift_choices(days, weeks_only=weeks_only)
    if choices >= 2:
        assert choices == len(DateShift(days=days, weeks_only=weeks_only).shifts)


@pytest.mark.parametrize("locale", LOCALES)
def test_fake_universes(locale):
    pack = load(locale)
    sizes = {of: fake_universe(of, locale) for of in KINDS}
    assert sizes["last_name"] == len(pack.family) ** (2 if locale in ("es_ES", "pt_PT") else 1)
    assert sizes["person_name"] == sizes["first_name"] * sizes["last_name"] > 9_000
    assert sizes["street"] > 200_000
    assert sizes["phone"] == 10**12
    assert sizes["email"] == 3 * sizes["user_name"]
    assert collision_chance(10**6, math.log2(sizes["user_name"])) < 1e-5
    assert collision_chance(10**8, math.log2(fake_universe("user_name", locale, unique=True))) < 1e-7
    kept_for_films = {"de_DE": 5_000, "en_GB": 16_000, "en_US": 4_000, "fr_FR": 60_000, "en_IE": 100_000, "sv_SE": 400}
    assert fake_universe("phone", locale, fictional=True) == kept_for_films.get(locale, 0)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_pack_has_enough_distinct_entries(locale):
    pack = load(locale)
    lists = {"female": pack.given[0], "male": pack.given[1], "family": pack.family, "streets": pack.streets}
    lists |= {"cities": pack.cities, "companies": pack.companies}
    least = {"female": 40, "male": 40, "family": 80, "streets": 500, "cities": 300, "companies": 1_000}
    for name, entries in lists.items():
        assert len(entries) >= least[name]
        assert len(set(entries.folded)) == len(entries)
        assert all(entry == entry.strip() and "~" not in entry and entry for entry in entries.written)
    names = [*pack.given[0].written, *pack.given[1].written, *pack.family.written]
    assert all(len(name) >= 3 and any(word[0].isupper() for word in name.replace("'", " ").split()) for name in names)
    slugs = [slug for entries in (*pack.given, pack.family) for slug in entries.slugs]
    assert all(slug.isascii() and slug.isalpha() and slug.islower() for slug in slugs)


def test_the_pack_is_read_once_and_has_a_version():
    assert load("en_US") is load("en_US")
    assert PACK_VERSION == 2
    assert list(LOCALES) == sorted(LOCALES)
    assert all(one < two for one, two in pairwise(LOCALES))


@pytest.mark.parametrize(
    ("one", "other"),
    [("José", "JOSE"), ("Jose\u0301", "josé"), ("Weiß", "WEISS"), ("Łukasz", "lukasz"), ("Ｊｏｎ", "jon"), ("ﬁn", "FIN")],
)
def test_spellings_of_a_name_fold_to_one(one, other):
    assert fold(one) == fold(other)
