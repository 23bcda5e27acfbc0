"""Canonical forms: spellings of one value meet, other values do not, and nothing is refused."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veil.transforms.canonical import CANONICAL, Canonical, canonical


@pytest.mark.parametrize(
    ("kind", "region", "spellings"),
    [
        ("email", None, ["Ann@Example.org", " ann@example.ORG "]),
        ("phone", "BE", ["+32 470 12 34 56", "0470 12 34 56", "0032470123456", "0470/12.34.56"]),
        ("phone", "US", ["(212) 555-0123", "+1 212 555 0123", "212.555.0123"]),
        ("phone", None, ["1 (11) 500 555-0162", "111 500 5550162"]),
        ("numeric-id", None, ["00123", "123", " 0123 "]),
        ("numeric-id", None, ["0", "000"]),
        ("iban", None, ["BE68 5390 0754 7034", "be68539007547034", "BE68-5390-0754-7034"]),
    ],
)
def test_spellings_of_one_value_meet(kind: Canonical, region: str | None, spellings: list[str]) -> None:
    assert len(set(canonical(kind, spellings, region))) == 1


@pytest.mark.parametrize(
    ("kind", "region", "values"),
    [
        ("text", None, ["00123", "123", "123 ", "a", "A"]),
        ("email", None, ["ann@example.org", "ann@example.com", "a.nn@example.org"]),
        ("phone", "BE", ["0470 12 34 56", "0470 12 34 57", "+33 470 12 34 56", "0470 12 34 56 ext. 7", "none"]),
        ("numeric-id", None, ["0123", "1230", "A0123", "A123", "0", "-5", "5"]),
        ("iban", None, ["BE68539007547034", "NL91ABNA0417164300"]),
    ],
)
def test_other_values_do_not_meet(kind: Canonical, region: str | None, values: list[str]) -> None:
    assert len(set(canonical(kind, values, region))) == len(values)


@given(st.sampled_from(CANONICAL), st.lists(st.text(max_size=12), max_size=6), st.sampled_from([None, "BE", "US", "ZZ"]))
def test_any_value_has_a_form_and_the_form_is_its_own(kind: Canonical, values: list[str], region: str | None) -> None:
    forms = canonical(kind, values, region)
    assert len(forms) == len(values)
    assert canonical(kind, values, region) == forms
    if kind != "phone":
        assert canonical(kind, forms, region) == forms


@given(st.text(max_size=20))
def test_text_is_left_as_it_is(value: str) -> None:
    assert canonical("text", [value]) == [value]


def test_the_phone_library_is_loaded_for_phones_only() -> None:
    program = (
        "import sys; from veil.transforms.canonical import canonical\n"
        "canonical('email', ['a']); assert 'phonenumbers' not in sys.modules\n"
        "canonical('phone', ['1']); assert 'phonenumbers' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
