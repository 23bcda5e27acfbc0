"""encrypt and fpe: what they accept, what they refuse and how they say so, and what a policy can ask of them."""

import pandas as pd
import pytest
from pydantic import ValidationError

from veil.errors import TransformFailed
from veil.model import Column
from veil.transforms import TRANSFORMS, Context
from veil.transforms.ciphers.checked import is_iban
from veil.transforms.keys import Key, blake2b_macs, macs, roots
from veil.transforms.phone_forms import phone_forms

KEY = Key("main", "2026-11", bytes(range(32)))


def apply(
    name: str, values: list, *, key: Key | None = KEY, column: str = "c", keyspace: str = "k", form: str = "text", **parameters
):
    context = Context(Column(column), key=key, keyspace=keyspace, canonical=form, region="BE", null_values=frozenset({"NA"}))
    return list(TRANSFORMS[name].model_validate(parameters).apply(pd.Series(values, dtype=object), context))


@pytest.mark.parametrize(
    ("of", "value", "reason"),
    [
        ("digits", "12345", "fewer than 6 digits: under 1,000,000 such values could be listed"),
        ("digits", "--", "fewer than 6 digits"),
        ("digits", "1" * 129, "longer than 128"),
        ("digits", "AB123456", "neither digits nor separators; use `token`"),
        ("digits", "12345\u0666", "neither digits nor separators"),
        ("letters", "abcd", "fewer than 5 letters"),
        ("letters", "abcde1", "neither letters nor separators"),
        ("letters", "abcdé", "neither letters nor separators"),
        ("alphanumeric", "AB12", "fewer than 6 digits or 5 letters"),
        ("phone", "n/a", "no telephone numbers with a country code; name the keyspace's `region`"),
        ("phone", "+999 123456789", "no telephone numbers"),
        ("phone", "1-800-FLOWERS", "no telephone numbers"),
        ("phone", "+32 12345", "fewer than 6 digits after the country code"),
        ("card", "4111111111111112", "no `card` in capitals with right check digits"),
        ("iban", "BE68 5390 0754 7035", "no IBANs in capitals with right check digits"),
        ("iban", "be68539007547034", "no IBANs in capitals"),
        ("be_national_number", "85073003329", "no `be_national_number`"),
        ("be_national_number", "85133003328", "no `be_national_number`"),
        ("nl_bsn", "000000000", "no `nl_bsn`"),
        ("fr_nir", "355081416802538", "no `fr_nir`"),
    ],
)
def test_what_has_no_form_or_too_few_values_is_refused(of, value, reason):
    with pytest.raises(TransformFailed) as failed:
        apply("fpe", [value, None, "NA"], of=of)
    assert reason in str(failed.value)
    assert "fewer than 10 values" in str(failed.value)
    assert value not in str(failed.value)


@pytest.mark.parametrize("name", ["encrypt", "fpe"])
def test_no_key_no_cell(name):
    with pytest.raises(TransformFailed, match=r"`c`.*key"):
        apply(name, ["1234567"], key=None)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("fpe", {"of": "email"}),
        ("fpe", {"of": "ssn"}),
        ("fpe", {"tweak": "x"}),
        ("encrypt", {"mode": "cbc"}),
        ("encrypt", {"mode": None}),
        ("encrypt", {"by": "row"}),
        ("hash", {"algorithm": "md5"}),
        ("hash", {"algorithm": None}),
    ],
)
def test_other_parameters_are_refused(name, parameters):
    with pytest.raises(ValidationError):
        TRANSFORMS[name].model_validate(parameters)


def test_separators_case_and_classes_stay():
    assert [each[2::3] for each in apply("fpe", ["12-34-56"], of="digits")] == ["--"]
    word = apply("fpe", ["McDonald O'Neil"], of="letters")[0]
    assert [sign.isupper() for sign in word] == [sign.isupper() for sign in "McDonald O'Neil"]
    plate = apply("fpe", ["1-ABC-123"], of="alphanumeric")[0]
    assert plate[0].isdigit()
    assert plate[1:6:4] == "--"
    assert plate[2:5].isalpha()


@pytest.mark.parametrize("written", ["+32 470 12 34 56", "+32470123456", "0032 470 12 34 56", "0470/12.34.56", "470123456"])
def test_a_number_keeps_country_and_writing_and_is_one_pseudonym(written):
    made = apply("fpe", [written], of="phone")[0]
    assert [sign for sign in made if not sign.isdigit()] == [sign for sign in written if not sign.isdigit()]
    assert phone_forms([made], "BE") == apply("fpe", ["+32470123456"], of="phone")
    assert apply("fpe", [written], form="phone") == phone_forms([made], "BE")


@pytest.mark.parametrize(
    "region", ["+1 212 555 0123", "+39 06 1234 5678", "+7 912 345 67 89", "+54 9 11 1234 5678", "+378 0549 123456"]
)
def test_numbers_of_many_plans_read_back(region):
    made = apply("fpe", [region], of="phone")
    assert phone_forms(phone_forms(made, None), None) == phone_forms(made, None)
    assert len(phone_forms(made, None)[0]) == len(phone_forms([region], None)[0])


def test_an_iban_keeps_its_country_and_checks():
    for written in ("BE68 5390 0754 7034", "NL91ABNA0417164300"):
        made = apply("fpe", [written], of="iban")[0]
        assert made[:2] == written[:2]
        assert made != written
        assert is_iban(made.replace(" ", ""))


def test_what_values_are_follows_from_the_keyspace():
    assert apply("fpe", ["be68 5390 0754 7034"], form="iban") == apply("fpe", ["BE68539007547034"], of="iban")
    assert apply("fpe", ["0470/12.34.56"], form="phone") == apply("fpe", ["+32470123456"], of="phone")
    assert apply("fpe", ["00123456"], form="numeric-id") == apply("fpe", ["123456"], of="digits")


def test_kinds_and_keyspaces_share_nothing():
    card = "4111111111111111"
    made = [apply("fpe", [card], of="digits"), apply("fpe", [card], of="card"), apply("fpe", [card], of="alphanumeric"),
            apply("fpe", [card], of="digits", keyspace="other")]  # fmt: skip
    assert len({each[0] for each in made}) == 4


@pytest.mark.parametrize(
    ("keyspace", "joins"), [("person", True), ("", False), ("entity:EMAIL_ADDRESS", False), ("column:c", False)]
)
def test_columns_join_where_a_keyspace_is_named(keyspace, joins):
    here, there = (apply("encrypt", ["Anna"], column=column, keyspace=keyspace) for column in ("a", "b"))
    assert (here == there) is joins


def test_random_cells_keep_how_a_value_was_written():
    method = TRANSFORMS["encrypt"](mode="random")
    context = Context(Column("c"), key=KEY, keyspace="k", canonical="email")
    made = method.apply(pd.Series([" Ann@X.example"], dtype=object), context)
    assert list(method.reverse(made, context)) == [" Ann@X.example"]
    assert list(TRANSFORMS["encrypt"]().reverse(pd.Series(apply("encrypt", [" Ann@X.example"], form="email")), context)) == [
        "ann@x.example"
    ]


@pytest.mark.parametrize(
    ("parameters", "deterministic", "by_value", "needs_subject", "joins"),
    [
        ({}, True, True, False, True),
        ({"mode": "random"}, False, False, False, False),
        ({"by": "subject"}, True, False, True, False),
    ],
)
def test_encrypt_declares_what_it_does(parameters, deterministic, by_value, needs_subject, joins):
    method = TRANSFORMS["encrypt"].model_validate(parameters)
    declared = method.declared
    assert (declared.deterministic, method.by_value, declared.needs_subject) == (deterministic, by_value, needs_subject)
    assert ("equality" in declared.keeps) is joins
    assert declared.reversible
    assert declared.effect == "encrypt"


def test_the_two_hashes_have_keys_of_their_own():
    drawn = [next(macs(KEY, "k", ["a"])), next(blake2b_macs(KEY, "k", ["a"])), roots(KEY, "k", ["a"])]
    assert len(set(drawn)) == 3
    assert apply("hash", ["a"], algorithm="blake2b", length=64) == [drawn[1].hex()]
    assert apply("hash", ["a"], algorithm="hmac-sha256", length=64) == [drawn[0].hex()]
