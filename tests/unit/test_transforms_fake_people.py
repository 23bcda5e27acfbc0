"""One person is one fake person: names, sex, place, date of birth and country agree, in every table."""

import re

import numpy as np
import pandas as pd
import pytest

from veil.errors import TransformFailed, UnknownColumn
from veil.model import Column
from veil.transforms import Context
from veil.transforms.fake import Fake
from veil.transforms.fakes.births import within_band
from veil.transforms.fakes.countries import locales_of
from veil.transforms.fakes.draw import UNKNOWN_DAY
from veil.transforms.fakes.inflection import feminine
from veil.transforms.fakes.packs import LOCALES, load
from veil.transforms.fakes.spelling import alphanumeric, fold, folds
from veil.transforms.keys import Key

KEY = Key("main", "2026-11", b"0123456789abcdef0123456789abcdef")
N = 600
SUBJECTS = [f"s{place}" for place in range(N)]
RAW = [f"Raw{place}" for place in range(N)]


def series(cells) -> pd.Series:
    return pd.Series(cells, dtype=object)


def apply(of: str, values=RAW, *, subject=SUBJECTS, related=None, column=None, keyspace="k", **parameters) -> list:
    known = {name: series(cells) for name, cells in (related or {}).items()}
    context = Context(column or Column("c"), key=KEY, keyspace=keyspace, related=known, null_values=frozenset({"NA"}),
                      subject=None if subject is None else series(subject), subject_keyspace="people")  # fmt: skip
    return list(Fake.model_validate({"of": of, **parameters}).apply(series(values), context))


def dates(values, *, pattern="%Y-%m-%d", **others) -> list:
    return apply("date_of_birth", values, column=Column("born", "date", pattern), **others)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_parts_of_a_place_are_those_of_the_whole_address(locale):
    street, code, city, region = (apply(of, locale=locale) for of in ("street", "postcode", "city", "region"))
    line = load(locale).address_line
    lines = [line.format(line=one, postcode=two, city=three, region=four)
             for one, two, three, four in zip(street, code, city, region, strict=True)]  # fmt: skip
    assert apply("address", locale=locale) == lines
    numbers = apply("house_number", locale=locale)
    assert all(re.search(rf"\b{number}\b", one) for number, one in zip(numbers, street, strict=True))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_town_is_in_one_region_and_has_few_post_codes(locale):
    people = [f"s{place}" for place in range(20_000)]
    frame = pd.DataFrame({of: apply(of, people, subject=people, locale=locale) for of in ("city", "region", "postcode")})
    by_city = frame.groupby("city").nunique()
    assert by_city["region"].max() == 1
    assert by_city["postcode"].max() <= 5


def test_a_person_lives_at_one_place_in_every_table_whatever_it_says():
    here = apply("address", [f"a{place}" for place in range(N)], keyspace="orders.street")
    there = apply("address", [f"b{place}" for place in range(N)], keyspace="customers.street")
    assert here == there
    assert apply("city", subject=None) != apply("city", subject=None, keyspace="other")


def test_a_place_can_be_drawn_from_the_columns_that_make_it_up():
    related = {"street": ["High St 1", "High St 1", "Low St 2", "High St 1"], "town": ["Leeds", "Leeds", "York", "York"]}
    known = {"related": related, "from": ["street", "town"], "subject": SUBJECTS[:4]}
    streets, towns, lines = (apply(of, ["w", "x", "y", "z"], **known) for of in ("street", "city", "address"))
    assert (streets[0], towns[0], lines[0]) == (streets[1], towns[1], lines[1])
    assert len(set(lines)) == 3
    assert all(street in line and town in line for street, town, line in zip(streets, towns, lines, strict=True))
    with pytest.raises(UnknownColumn, match="`from` names `town`"):
        apply("city", ["w"], subject=None, related={"street": ["s"]}, **{"from": ["street", "town"]})


def test_the_country_of_a_row_decides_its_locale_for_the_whole_person():
    countries = ["BE", "Deutschland", "it", "Narnia", None, "fr-BE"] * 100
    known = {"locale": "nl_NL", "locale_from": "country", "related": {"country": countries}}
    expected = ["nl_BE", "de_DE", "it_IT", "nl_NL", "nl_NL", "fr_BE"] * 100
    for of in ("person_name", "email", "street", "city", "country", "phone", "iban", "national_id", "vat"):
        fakes = apply(of, **known)
        alone = {locale: apply(of, locale=locale) for locale in sorted(set(expected))}
        assert fakes == [alone[locale][place] for place, locale in enumerate(expected)]


@pytest.mark.parametrize(
    ("country", "fallback", "locale"),
    [
        ("BE", "fr_BE", "fr_BE"), ("be", "en_US", "nl_BE"), ("Belgique", "fr_FR", "nl_BE"), ("nl_BE", "fr_BE", "nl_BE"),
        ("fr-be", "nl_BE", "fr_BE"), (" U.S.A. ", "nl_BE", "en_US"), ("ÖSTERREICH", "nl_BE", "de_AT"), ("Éire", "nl_BE", "en_IE"),
        ("Czech  Republic", "nl_BE", "cs_CZ"), ("", "nl_BE", "nl_BE"), ("Belgium and France", "it_IT", "it_IT"),
        ("BE" * 10**6, "it_IT", "it_IT"),
    ],
)  # fmt: skip
def test_a_country_has_many_spellings(country, fallback, locale):
    expected = locale if country != "Czech  Republic" else fallback
    assert locales_of([country], fallback) == [expected]


@pytest.mark.parametrize("band", [1, 5, 10, 50])
@pytest.mark.parametrize("subject", [SUBJECTS, None])
def test_a_date_of_birth_moves_within_its_band_and_never_stays(band, subject):
    born = [str(day) for day in np.datetime64("1899-12-25") + np.arange(N) * 77]
    fakes = dates(born, band=band, subject=subject)
    for fake, birth in zip(fakes, born, strict=True):
        assert int(fake[:4]) // band == int(birth[:4]) // band
        assert fake != birth
    assert len(set(fakes)) > N / 3


def test_a_date_of_birth_is_the_same_in_any_format_and_written_as_it_came():
    born = ["1966-04-08", "2000-02-29", None, "", "NA", "1951-12-31"]
    iso = dates(born, subject=SUBJECTS[:6])
    english = ["08/04/1966", "29/02/2000", None, "", "NA", "31/12/1951"]
    other = dates(english, pattern="%d/%m/%Y", subject=SUBJECTS[:6])
    assert iso[2:5] == other[2:5] == [None, "", "NA"]
    assert [f"{date[8:]}/{date[5:7]}/{date[:4]}" for date in iso if date and date != "NA"] == [
        date for date in other if date and date != "NA"
    ]
    assert dates(born[:2], subject=None) == dates(born[:2], subject=None)


@pytest.mark.parametrize(
    ("values", "pattern"), [(["Qzvaxelmund"], "%Y-%m-%d"), (["1966-04-08"], None), (["1966-13-08"], "%Y-%m-%d")]
)
def test_what_is_no_date_is_refused(values, pattern):
    with pytest.raises(TransformFailed, match="needs a column of dates") as refused:
        dates(values, pattern=pattern, subject=None)
    assert "Qzvaxelmund" not in str(refused.value)


def test_birth_dates_in_another_format_are_refused_with_the_way_out():
    with pytest.raises(TransformFailed, match=r"fewer than 10 values: `birth_from`: .*`birth_format`"):
        apply("national_id", ["x"], subject=["1"], related={"b": ["08.04.1966"]}, birth_from="b", locale="nl_BE")


def test_unknown_dates_stay_unknown_and_leap_days_exist_only_where_they_do():
    births = np.array([UNKNOWN_DAY, 0, 11016], dtype=np.int64)
    moved = within_band(births, np.array([5, 2**64 - 1, 59], dtype=np.uint64), 1)
    assert moved[0] == UNKNOWN_DAY
    assert 0 < moved[1] <= 364
    assert str(moved[2].astype("datetime64[D]"))[:4] == "2000"


@pytest.mark.parametrize(
    ("locale", "man", "woman"),
    [
        ("cs_CZ", "Novák", "Nováková"), ("cs_CZ", "Černý", "Černá"), ("cs_CZ", "Svoboda", "Svobodová"),
        ("cs_CZ", "Hájek", "Hájková"),
        ("cs_CZ", "Němec", "Němcová"), ("cs_CZ", "Havel", "Havlová"), ("cs_CZ", "Krejčí", "Krejčí"),
        ("cs_CZ", "Marek", "Mareková"),
        ("cs_CZ", "Kopecký", "Kopecká"), ("pl_PL", "Kowalski", "Kowalska"), ("pl_PL", "Zawadzki", "Zawadzka"),
        ("pl_PL", "Nowicki", "Nowicka"), ("pl_PL", "Nowak", "Nowak"), ("nl_BE", "Janssens", "Janssens"),
    ],
)  # fmt: skip
def test_family_names_of_women(locale, man, woman):
    assert feminine(man, locale) == woman


@pytest.mark.parametrize("locale", ["cs_CZ", "pl_PL"])
def test_a_woman_has_a_woman_s_family_name_in_every_column(locale):
    known = {"locale": locale, "sex_from": "sex", "related": {"sex": ["F", "M"] * (N // 2)}}
    whole, last = apply("person_name", **known), apply("last_name", **known)
    women, men = (set(entries.written) for entries in load(locale).families)
    assert all(name.endswith(f" {family}") for name, family in zip(whole, last, strict=True))
    assert set(last[0::2]) <= women
    assert set(last[1::2]) <= men
    assert apply("last_name", locale=locale)[0] in whole[0] or load(locale).families[0] is not load(locale).families[1]


@pytest.mark.parametrize("locale", ["es_ES", "pt_PT"])
def test_people_of_spain_and_portugal_have_two_family_names(locale):
    families = set(load(locale).family.written)
    for name in apply("last_name", locale=locale):
        assert any(name[:at] in families and name[at + 1 :] in families for at in range(len(name)) if name[at] == " ")


@pytest.mark.parametrize("locale", LOCALES)
def test_parts_of_a_name_agree(locale):
    known = {"locale": locale, "sex_from": "sex", "related": {"sex": ["Mrs" if locale != "es_ES" else "Sra", "Mr"] * (N // 2)}}
    first, middle, last, short, title, user = (
        apply(of, **known) for of in ("first_name", "middle_name", "last_name", "initials", "title", "user_name")
    )
    female, male = (set(entries.written) for entries in load(locale).given)
    assert set(first[0::2]) | set(middle[0::2]) <= female
    assert set(first[1::2]) | set(middle[1::2]) <= male
    assert not [1 for one, two in zip(first, middle, strict=True) if one == two]
    assert [text[0] for text in short] == [name[0] for name in first]
    assert set(title[0::2]) == {load(locale).titles[0].written[0]} != set(title[1::2])
    for name, family, address in zip(first, last, user, strict=True):
        given, surname, _ = address.split(".")
        assert given == alphanumeric(fold(name))
        assert alphanumeric(fold(family)).startswith(surname)


def test_many_texts_fold_as_one_does():
    texts = ["José", " Weiß ", "", "\x1e", "a\x1eb", "Ｊｏｎ", "\u0301x", "\ud83d", "İ", "x" * 10**5]
    assert list(folds(texts)) == [fold(text).strip() for text in texts]
    assert list(folds(["Ä", "b "])) == ["a", "b"]
    assert len(folds([])) == 0
