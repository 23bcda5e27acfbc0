"""fake: names, addresses and numbers from the pack."""

import re

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from veil.errors import TransformFailed, UnknownColumn
from veil.model import Column
from veil.transforms import TRANSFORMS, Context
from veil.transforms.fake import Fake
from veil.transforms.fakes.kinds import GIVEN_KINDS, KINDS, SUBJECT_KINDS
from veil.transforms.fakes.packs import LOCALES, load
from veil.transforms.fakes.sexes import read_sexes
from veil.transforms.fakes.spelling import fold
from veil.transforms.keys import Key

KEY = Key("main", "2026-11", b"0123456789abcdef0123456789abcdef")
NULLS = [None, "", "NA"]
SUBJECTS = [str(place) for place in range(3_000)]
RAW_NAMES = [f"Given{place} Family{place}" for place in range(3_000)]


def series(values) -> pd.Series:
    return pd.Series(values, dtype=object)


def apply(of: str, values, *, key=KEY, keyspace="person", subject=None, related=None, context=None, **parameters) -> list:
    known = Context(
        Column("c"),
        key=key,
        keyspace=keyspace,
        subject=None if subject is None else series(subject),
        related={name: series(column) for name, column in (related or {}).items()},
        null_values=frozenset({"NA"}),
        **(context or {}),
    )
    return list(TRANSFORMS["fake"].model_validate({"of": of, **parameters}).apply(series(values), known))


PHONES = {
    "en_US": r"\(\d{3}\) 555-01\d\d",
    "en_GB": r"(07700 900|020 7946 0|01632 960|01\d\d? 49[68] 0|029 2018 0)\d{3}",
    "en_IE": r"020 91\d \d{4}",
    "de_DE": r"0(30 23125|69 90009|40 66969|221 4710|89 99998) \d{3}",
    "fr_FR": r"(01 99 00|02 61 91|03 53 01|04 65 71|05 36 49|06 39 98) \d\d \d\d",
    "sv_SE": r"08-465 004 \d\d|031-390 06 \d\d|040-628 04 \d\d|0980-319 2\d\d",
}
LETTERS = "[bcdfghjklmnpqrstvwxz]"
LOOKS = {
    "bic": "QQ[B-Z]{2}[A-Z]{2}[B-Z]0",
    "card": r"99\d{14}",
    "card_expiry": r"(0[1-9]|1[0-2])/3\d",
    "card_security_code": r"\d{3}",
    "email": rf"[a-z]+\.[a-z]+\.{LETTERS}{{10}}@example\.(org|com|net)",
    "house_number": r"[1-9]\d{0,2}",
    "iban": r"[A-Z]{2}\d\d[A-Z0-9]{11,30}",
    "initials": r"[^\W\d_]\.[^\W\d_]\.",
    "ip": r"2[45]\d(\.\d{1,3}){3}",
    "mac": r"[0-9a-f][26ae](:[0-9a-f]{2}){5}",
    "phone": r"\+999\d{12}",
    "url": rf"https://www\.example\.(org|com|net)/{LETTERS}{{15}}",
    "user_name": rf"[a-z]+\.[a-z]+\.{LETTERS}{{10}}",
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
}
DATELESS = sorted(set(KINDS) - {"date_of_birth"})
OTHERS = sorted(set(DATELESS) - GIVEN_KINDS)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("of", DATELESS)
def test_a_fake_has_the_look_of_its_kind(of, locale):
    pack = load(locale)
    lists = {"city": [pack.cities], "company": [pack.companies], "job": [pack.jobs], "region": [pack.regions],
             "first_name": pack.given, "middle_name": pack.given, "title": pack.titles}  # fmt: skip
    for fake in apply(of, RAW_NAMES[:100], locale=locale):
        assert fake == fake.strip()
        assert of not in LOOKS or re.fullmatch(LOOKS[of], fake)
        assert of not in lists or any(fake in set(entries.written) for entries in lists[of])
        assert of not in ("street", "address") or any(street in fake for street in pack.streets.written)


@pytest.mark.parametrize("locale", sorted(PHONES))
def test_fictional_phones_are_in_the_range_kept_for_films(locale):
    phones = apply("phone", SUBJECTS, locale=locale, style="fictional")
    assert all(re.fullmatch(PHONES[locale], phone) for phone in phones)
    assert len(set(phones)) > 250


@pytest.mark.parametrize("of", DATELESS)
def test_nulls_pass_and_equal_values_get_equal_fakes(of):
    fakes = apply(of, ["Anna", *NULLS, "Bert", "Anna"])
    assert fakes[1:4] == NULLS
    assert fakes[0] == fakes[5]
    assert fakes[0] != fakes[4] or of in {"first_name", "last_name"} | GIVEN_KINDS


@pytest.mark.parametrize("of", OTHERS)
def test_fakes_depend_on_key_epoch_and_keyspace(of):
    results = [
        apply(of, RAW_NAMES[:100]),
        apply(of, RAW_NAMES[:100], keyspace="other"),
        apply(of, RAW_NAMES[:100], key=Key("main", "2026-12", KEY.secret)),
        apply(of, RAW_NAMES[:100], key=Key("main", "2026-11", b"z" * 32)),
    ]
    for place, one in enumerate(results):
        for other in results[:place]:
            assert np.mean([left == right for left, right in zip(one, other, strict=True)]) < 0.12


def test_no_key_no_fake():
    with pytest.raises(TransformFailed, match=r"`c`.*key"):
        apply("city", ["Gent"], key=None)


@pytest.mark.parametrize("sexes", [None, ["F", "M", ""] * 1_000])
def test_a_subject_has_one_name_everywhere(sexes):
    given = [name.split()[0] for name in RAW_NAMES]
    family = [name.split()[1] for name in RAW_NAMES]
    mails = [f"g{place}@company.test" for place in range(3_000)]
    known = {"subject": SUBJECTS, "related": {"sex": sexes, "name": RAW_NAMES} if sexes else {"name": RAW_NAMES}}
    sexed = {"sex_from": "sex"} if sexes else {}
    first = apply("first_name", given, **known, **sexed)
    last = apply("last_name", family, **known)
    assert apply("person_name", RAW_NAMES, **known, **sexed) == [f"{one} {two}" for one, two in zip(first, last, strict=True)]
    slugs = [f"{fold(one)}.{fold(two)}." for one, two in zip(first, last, strict=True)]
    mail = apply("email", mails, **{"from": "name"}, **known, **sexed)
    assert all(address.startswith(slug) for address, slug in zip(mail, slugs, strict=True))
    users = apply("user_name", mails, **{"from": "name"}, **known, **sexed)
    assert [address.partition("@")[0] for address in mail] == users
    assert len(set(mail)) == len(SUBJECTS)


def test_a_subject_has_one_name_in_any_table_and_another_register_has_other_subjects():
    here = apply("person_name", RAW_NAMES, subject=SUBJECTS)
    there = apply("person_name", RAW_NAMES[::-1], subject=SUBJECTS[::-1], keyspace="orders.contact")
    assert here == there[::-1]
    register = apply("person_name", RAW_NAMES, subject=SUBJECTS, context={"subject_keyspace": "employees"})
    assert np.mean(np.array(here) == np.array(register)) < 0.01


def test_phones_accounts_and_firms_belong_to_the_value_not_the_subject():
    for of in sorted(set(KINDS) - SUBJECT_KINDS):
        assert len(set(apply(of, ["same value"] * 100, subject=SUBJECTS[:100]))) == 1


def test_names_of_others_than_the_subject_belong_to_the_value():
    managers = ["Ann Boss", "Bob Boss", "Ann Boss"]
    fakes = apply("person_name", managers, subject=["1", "1", "2"], by="value")
    assert fakes[0] == fakes[2] != fakes[1]
    assert fakes == apply("person_name", managers)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_sex_column_decides_the_given_name(locale):
    female, male = (set(entries.written) for entries in load(locale).given)
    female, male = female - male, male - female
    words = {"es_ES": ("F", "H")}.get(locale, ("f", "M"))
    names = apply("first_name", RAW_NAMES, locale=locale, sex_from="sex", related={"sex": [*words, None] * 1_000})
    assert not set(names[0::3]) & male
    assert not set(names[1::3]) & female
    assert set(names[2::3]) & male
    assert set(names[2::3]) & female


@pytest.mark.parametrize(
    ("labels", "locale", "sexes"),
    [
        (["F", "female", "Mrs.", " woman "], "en_US", [0, 0, 0, 0]),
        (["M", "male", "Mr", "H"], "en_US", [1, 1, 1, 1]),
        (["x", "", "1", "divers", None], "en_US", [-1, -1, -1, -1, -1]),
        (["w", "Frau", "männlich"], "de_DE", [0, 0, 1]),
        (["v", "m"], "nl_NL", [0, 1]),
        (["k", "m"], "pl_PL", [0, 1]),
        (["M", "H", "V", "mujer"], "es_ES", [-1, 1, 1, 0]),
    ],
)
def test_labels_of_sex(labels, locale, sexes):
    assert list(read_sexes(np.array(labels, dtype=object), locale)) == sexes


@pytest.mark.parametrize("has_subject", [False, True])
@pytest.mark.parametrize("locale", LOCALES)
def test_a_fake_never_holds_the_name_it_replaces(locale, has_subject):
    pack = load(locale)
    given, family = pack.given[0], pack.family
    for of, raw in {
        "first_name": [name for entries in pack.given for name in entries.written],
        "last_name": list(family.written),
        "city": list(pack.cities.written),
        "company": list(pack.companies.written),
        "street": list(pack.streets.written),
        "person_name": [f"{one} {two}" for one in given.written[:40] for two in family.written[:40]],
    }.items():
        for values in (raw, [name.upper() for name in raw], [f" {name} " for name in raw]):
            subject = SUBJECTS[: len(values)] if has_subject else None
            fakes = apply(of, values, locale=locale, subject=subject)
            folded = [(fold(fake), fold(value)) for fake, value in zip(fakes, values, strict=True)]
            assert not [1 for fake, value in folded if fake == value.strip()]
            assert of != "person_name" or not [1 for fake, value in folded if fake.split()[0] in value.split()]


@pytest.mark.parametrize("spelling", ["{} Low", "Low, {}", "low-{}", "Dr. {} O'Low"])
def test_a_name_is_looked_for_as_a_word_in_any_order(spelling):
    given = [name for entries in load("en_US").given for name in entries.written]
    fakes = apply("person_name", [spelling.format(name) for name in given] * 4, subject=SUBJECTS[: 4 * len(given)])
    assert not [1 for fake, name in zip(fakes, given * 4, strict=True) if fake.startswith(f"{name} ")]


def test_an_address_never_holds_the_name_of_the_one_it_replaces():
    pack = load("en_US")
    raw = [f"{one}.{two}@x.test" for one in pack.given[1].slugs[:50] for two in pack.family.slugs[:50]]
    for subject in (None, SUBJECTS[: len(raw)]):
        for fake, value in zip(apply("email", raw, subject=subject), raw, strict=True):
            assert not set(fake.split("@")[0].split(".")) & set(value.split("@")[0].split("."))


@pytest.mark.parametrize("of", OTHERS)
def test_a_second_run_over_its_own_output_changes_it_again(of):
    once = apply(of, RAW_NAMES[:500], subject=SUBJECTS[:500])
    twice = apply(of, once, subject=SUBJECTS[:500])
    assert not [1 for before, after in zip(once, twice, strict=True) if before == after]


def test_an_address_that_would_come_out_as_it_went_in_changes_its_domain():
    known = {"subject": SUBJECTS[:500], "related": {"name": RAW_NAMES[:500]}}
    once = apply("email", ["x"] * 500, **known, **{"from": "name"})
    twice = apply("email", once, **known, **{"from": "name"})
    assert [before.split("@")[0] for before in once] == [after.split("@")[0] for after in twice]
    assert not [1 for before, after in zip(once, twice, strict=True) if before == after]


def test_an_address_is_built_from_the_faked_value_where_there_is_no_subject():
    names, given, family = ["Jon Yang", "Eva Roth", None], ["Jon", "Eva", ""], ["Yang", "Roth", "Low"]
    mails = ["jy@x.test", "er@x.test", "low@x.test"]
    whole = apply("person_name", names, keyspace="t.name")
    mail = apply("email", mails, keyspace="mail", related={"name": names}, context={"related_keyspaces": {"name": "t.name"}},
                 **{"from": "name"})  # fmt: skip
    assert [address.split(".")[:2] for address in mail[:2]] == [fold(name).split() for name in whole[:2]]
    assert mail[2] == apply("email", mails, keyspace="mail")[2]
    firsts = apply("first_name", given, keyspace="p")
    lasts = apply("last_name", family, keyspace="p")
    mail = apply("email", mails, keyspace="p", related={"given": given, "family": family}, **{"from": ["given", "family"]})
    assert [address.split(".")[:2] for address in mail[:2]] == [
        [fold(one), fold(two)] for one, two in zip(firsts[:2], lasts[:2], strict=True)
    ]
    assert mail[2].split(".")[1] == fold(lasts[2])


def test_unique_addresses_have_more_letters():
    for mail in apply("email", RAW_NAMES[:50], unique=True):
        assert re.fullmatch(r"[a-z]+\.[a-z]+\.[b-z]{15}@example\.(org|com|net)", mail)


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(UnknownColumn, match="`sex_from` names `gender`"):
        apply("first_name", ["Anna"], sex_from="gender")
    with pytest.raises(UnknownColumn, match="`from` names `name`"):
        apply("email", ["Anna"], **{"from": "name"})
    assert Fake(of="email", source="name", sex_from="gender").columns_needed == ("name", "gender")
    assert Fake(of="email", source=["a", "b"], sex_from="a").columns_needed == ("a", "b")


@pytest.mark.parametrize(
    "parameters",
    [
        {}, {"of": "person"}, {"of": "email", "locale": "xx_XX"}, {"of": "job", "from": "name"},
        {"of": "city", "unique": True}, {"of": "person_name", "from": "name"}, {"of": "city", "sex_from": "sex"},
        {"of": "email", "from": ["a", "b", "c"]}, {"of": "phone", "unique": True, "by": "subject"}, {"of": "iban", "band": 7},
        {"of": "email", "birth_from": "b"}, {"of": "national_id", "birth_format": "%Y"}, {"of": "date_of_birth", "band": 0},
        {"of": "phone", "style": "fictional", "locale_from": "country"}, {"of": "phone", "style": "fictional", "unique": True,
        "locale": "it_IT"}, {"of": "card", "style": "national"}, {"of": "phone", "style": "fictional", "locale": "nl_BE"},
        {"of": "city", "style": "fictional"}, {"of": "email", "by": "row"},
    ],
)  # fmt: skip
def test_parameters_that_do_not_fit_are_refused(parameters):
    with pytest.raises(ValidationError):
        TRANSFORMS["fake"].model_validate(parameters)


def test_a_value_that_holds_every_name_is_refused():
    everything = " ".join(name for entries in load("en_US").given for name in entries.written)
    with pytest.raises(TransformFailed, match="fewer than 10 values: hold every name"):
        apply("first_name", [everything, "Anna"])


def test_an_address_takes_over_what_its_name_was_given():
    name = Fake(of="person_name", locale="nl_BE", sex_from="gender")
    mail = Fake(of="email", source="n").agreeing_with(name)
    assert (mail.of, mail.source, mail.locale, mail.sex_from) == ("email", ("n",), "nl_BE", "gender")
    assert Fake(of="email", source="n", locale="de_DE").agreeing_with(name).locale == "de_DE"


def test_spellings_of_one_value_get_one_fake_where_the_policy_says_so():
    fakes = apply("email", ["A@x.test", " a@X.test"], context={"canonical": "email"})
    assert fakes[0] == fakes[1]


def test_what_a_fake_promises_depends_on_whom_it_is_drawn_from():
    assert Fake(of="email").declared.keeps == {"nulls"}
    assert Fake(of="email", by="value", unique=True).declared.injective
    assert not Fake(of="phone").declared.injective
    assert Fake(of="phone").declared.keeps == {"nulls", "equality"}
    assert Fake(of="phone", locale_from="country").declared.keeps == Fake(of="city").declared.keeps == {"nulls"}
    assert Fake(of="phone").by_value
    assert not Fake(of="city").by_value
