"""Canonical forms: spellings of one value meet, other values do not, and nothing is refused."""

import subprocess
import sys
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import SUPPORTED_REGIONS, example_number_for_type, format_number

from veil.transforms.canonical import CANONICAL, Canonical, canonical
from veil.transforms.phone_forms import _parsed, phone_forms, split_form


@pytest.mark.parametrize(
    ("kind", "region", "spellings"),
    [
        ("email", None, ["Ann@Example.org", " ann@example.ORG "]),
        ("phone", "BE", ["+32 470 12 34 56", "0470 12 34 56", "0032470123456", "0470/12.34.56"]),
        ("phone", "US", ["(212) 555-0123", "+1 212 555 0123", "212.555.0123"]),
        ("phone", "BE", ["0470123456", "32470123456", "470123456", "3.2470123456e+10", "32470123456.00", "470123456.0"]),
        ("phone", None, ["1 (11) 500 555-0162", "111 500 5550162"]),
        ("numeric-id", None, ["00123", "123", " 0123 "]),
        ("numeric-id", None, ["0", "000", "0.0"]),
        ("numeric-id", None, ["32470123456", "3.2470123456e+10", "32470123456.000", "032470123456", "3.2470123456E10"]),
        ("numeric-id", None, ["1000000000000000", "1e+15", "1.000e+15"]),
        (
            "email",
            None,
            ["jörg@bücher.example", "JÖRG@BÜCHER.example", "jo\u0308rg@bu\u0308cher.example", "jörg@xn--bcher-kva.example"],
        ),
        ("email", None, ["ann@example.org", "ann@ｅｘａｍｐｌｅ.org"]),
        ("name", None, ["Zoë  Weiß", " zoe\u0308 WEISS ", "ZOË\tWEISS"]),
        ("vat", None, ["BE 0403.170.701", "be0403170701", "BE-0403-170-701"]),
        ("id", None, ["AB-12 34", "ab1234", "AB_12/34"]),
        ("id", None, ["1234567", "1234567.0", "1.234567e6"]),
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
        ("numeric-id", None, ["1.5", "15", "1.5e0", "1e-3", "1000"]),
        ("phone", "US", ["555.0000", "555", "5550001"]),
        ("email", None, ["jorg@bucher.example", "jörg@bucher.example", "jörg@bücher.example"]),
        ("name", None, ["Zoë Weiß", "Zoe Weiss", "Zoë Weiß Weiß", "ZoëWeiß"]),
        ("vat", None, ["BE0403170701", "NL0403170701"]),
        ("id", None, ["AB1234", "AB01234"]),
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


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("%d/%m/%Y", "08/04/1966"),
        ("%Y-%m-%d", "1966-04-08"),
        ("%Y-%m-%d %H:%M:%S", "1966-04-08 00:00:00"),
        ("%Y%m%d", "19660408"),
    ],
)
def test_a_date_is_iso_whatever_its_column_writes(pattern: str, written: str) -> None:
    assert canonical("date", [written, f" {written} ", "none"], None, pattern) == ["1966-04-08", "1966-04-08", "none"]


def test_a_time_of_day_is_part_of_a_date() -> None:
    stamps = ["1966-04-08 09:30:00", "1966-04-08 09:31:00"]
    assert canonical("date", stamps, None, "%Y-%m-%d %H:%M:%S") == ["1966-04-08T09:30:00", "1966-04-08T09:31:00"]
    assert canonical("date", stamps) == stamps
    assert canonical("date", [], None, "%Y") == []


def numbers_of(region: str, seed: int) -> list[str]:
    """Return real-looking numbers of a region in several ways of writing, and others with digits and signs changed."""
    random = Random(seed)
    examples = [example_number_for_type(region, kind) for kind in range(8)]
    written = [format_number(example, form) for example in examples if example for form in range(4)]
    changed = [
        "".join(random.choice("0123456789" if sign.isdigit() else "()-/. ") if random.random() < 0.2 else sign for sign in number)
        for number in written
        for _ in range(3)
    ]
    anything = ["".join(random.choice("0123456789") for _ in range(random.randint(3, 16))) for _ in range(20)]
    every = written + changed + anything
    return every + [number.lstrip("+") for number in every] + [f"+{number}" for number in anything]


@pytest.mark.parametrize("region", sorted(SUPPORTED_REGIONS))
def test_numbers_are_read_as_the_library_reads_them(region: str) -> None:
    numbers = numbers_of(region, 3)
    for known in (region, None):
        assert phone_forms(numbers, known) == [_parsed(number, known) for number in numbers]


@pytest.mark.parametrize(
    ("form", "parts"),
    [("+32470123456", ("32", "470123456", "")), ("+12125550123;7", ("1", "2125550123", "7")), ("0470", None), ("+999", None)],
)
def test_a_form_has_a_country_a_number_and_an_extension(form: str, parts: tuple[str, str, str] | None) -> None:
    assert split_form(form) == parts


@pytest.mark.parametrize("kind", CANONICAL)
def test_a_megabyte_takes_no_time(kind: Canonical) -> None:
    hostile = [
        "1" * 1_000_000,
        "1." + "0" * 1_000_000,
        "é@" + "ü." * 500_000,
        "- " * 500_000,
        "1e" + "9" * 1_000_000,
        "\u0308" * 1_000_000,
    ]
    start = process_time()
    assert len(canonical(kind, hostile, "BE", "%Y-%m-%d")) == len(hostile)
    assert process_time() - start < 10


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
