from __future__ import annotations

import math
import time

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from veil.recognizers.values.forms import form
from veil.recognizers.values.screen import MAX_JUDGED, UNLIKELY, Stray, is_no_chance, screen
from veil.recognizers.values.strays import KINDS, is_card, is_iban

CARD = "4242424242424242"
HARMLESS = ("blue", "green", "red")
HELD = [
    ("jane.doe@example.com", "EMAIL_ADDRESS"),
    ("mail to (jané@x.co.uk) now", "EMAIL_ADDRESS"),
    ("BE68 5390 0754 7034", "IBAN_CODE"),
    ("please pay DE89370400440532013000 soon", "IBAN_CODE"),
    ("GB82 WEST 1234 5698 7654 32 thanks a lot", "IBAN_CODE"),
    ("card 4242 4242 4242 4242 12/27", "CREDIT_CARD"),
    (f"It was {CARD}.", "CREDIT_CARD"),
    ("4242-4242-4242-4242, she said", "CREDIT_CARD"),
    ("3782 822463 10005", "CREDIT_CARD"),
    ("ssn 078-05-1120", "US_SSN"),
    ("call +32 2 555 12 12", "PHONE_NUMBER"),
    ("+1 (650) 253-0000", "PHONE_NUMBER"),
    ("from 10.0.0.1.", "IP_ADDRESS"),
    ("http://81.82.200.3/x", "IP_ADDRESS"),
    ("2001:db8::1", "IP_ADDRESS"),
    ("00:1B:44:11:3A:B7", "MAC_ADDRESS"),
    ("001b.4411.3ab7", "MAC_ADDRESS"),
    ("ftp://bob:secret@files/x", "URL"),
    ("1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "CRYPTO"),
    ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "CRYPTO"),
    ("0x52908400098527886E0F7030069857D2E4169EE7", "CRYPTO"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVm", "SESSION_ID"),
    ("-----BEGIN RSA PRIVATE KEY-----", "PASSWORD"),
]
NOT_HELD = [
    f"0.{CARD}", f"{CARD}.00", f"1,{CARD}", f"{CARD},5", "0.756353788717556", "7.4242424242424242e-5", "1234567890123",
    "1111111111111111",
    "4242424242424241", "2024-01-31 10:00:00", "1712345678901", "12:30:45", "std::abc::def", "1.2.3.4", "version 10.0.0.1",
    "Chrome/12.0.742.112", "rv:1.9.2.20", "300.1.1.10", "12-34-56-78-90-12", "AA:BB:CC:DD:EE:FF:00:11", "987-65-4321",
    "000-12-3456",
    "1078-05-1120", "BE69 5390 0754 7034", "BE68 5390 0754 703", "XX68 5390 0754 7034", "@home", "a@b", "user@localhost",
    "https://example.com/a:b", "1BoatSLRHtKNngkdXEeobR76b53LETtpyU", "+0.123456789", "123e4567-e89b-12d3-a456-426614174000",
]  # fmt: skip


@pytest.mark.parametrize(("cell", "entity"), HELD)
def test_an_identifier_is_found_wherever_it_stands(cell: str, entity: str) -> None:
    assert screen([*HARMLESS, cell])[entity] == Stray(entity, screen([*HARMLESS, cell])[entity].title, 1, 4)


@pytest.mark.parametrize("cell", NOT_HELD)
def test_what_only_looks_like_one_is_left(cell: str) -> None:
    assert screen([*HARMLESS, cell]) == {}


@pytest.mark.parametrize("cell", [f"0.{CARD}", f"{CARD}.5", f"1,{CARD}"])
def test_a_decimal_is_no_card_number_in_a_text_either(cell: str) -> None:
    assert not list(form("CREDIT_CARD").find(cell))
    assert list(form("CREDIT_CARD").find(f"card {CARD}."))


def test_the_groups_of_an_iban_are_no_card_number() -> None:
    rng = np.random.default_rng(1)
    bbans = [f"{number:018d}" for number in rng.integers(10**17, 10**18, 400)]
    written = ["DE" + f"{98 - int(f'{bban}131400') % 97:02d}" + bban for bban in bbans]
    grouped = [" ".join(iban[place : place + 4] for place in range(0, 22, 4)) for iban in written]
    assert all(map(is_iban, grouped))
    assert list(screen([*grouped[:8], *(f"text {number}" for number in range(50))])) == ["IBAN_CODE"]


def test_one_value_counts_once_and_arrow_counts_like_a_list() -> None:
    values = ["a@b.org and c@d.org", "e@f.org", "none", CARD]
    for arrow in (pa.array(values), pa.array(values, pa.large_string()), pa.chunked_array([values[:1], values[1:]])):
        assert screen(arrow) == screen(values)
    assert {entity: stray.n_holding for entity, stray in screen(values).items()} == {"EMAIL_ADDRESS": 2, "CREDIT_CARD": 1}


@pytest.mark.parametrize("values", [[], [""], ["a"]])
def test_nothing_is_found_in_nothing(values: list[str]) -> None:
    assert screen(values) == {}


@pytest.mark.parametrize("prefix", ["4", "51", "6011"])
def test_random_numbers_are_no_card_numbers(prefix: str) -> None:
    rng = np.random.default_rng(7)
    numbers = [prefix + "".join(map(str, rng.integers(0, 10, 16 - len(prefix)))) for _ in range(3000)]
    assert "CREDIT_CARD" not in screen(numbers)
    cards = [number for number in numbers if is_card(number)]
    assert screen(cards)["CREDIT_CARD"].n_holding == len(cards)


@pytest.mark.parametrize(("cell", "entity"), [("078-05-{:04d}", "US_SSN"), ("10.0.11.{}", "IP_ADDRESS")])
def test_a_form_without_a_check_counts_only_in_the_minority(cell: str, entity: str) -> None:
    formed = [cell.format(number) for number in range(1, 101)]
    assert screen(formed) == {}
    assert screen([*formed, *(f"row {number}" for number in range(101))])[entity].n_holding == 100


@pytest.mark.parametrize(
    ("n_formed", "n_passing", "n_values", "chance", "believed"),
    [
        (9, 1, 100, 0.1, True), (9, 0, 100, 0.1, False), (10, 1, 100, 0.1, False), (10, 10, 100, 0.1, True),
        (3, 3, 3, 0.1, False), (5, 5, 5, 0.1, True), (2, 2, 4, 0.1, False), (1, 1, 4, 0.1, True), (1000, 100, 1000, 0.1, False),
        (1000, 200, 1000, 0.1, True),
        (1000, 10, 1000, 1 / 97, False), (1000, 40, 1000, 1 / 97, True), (1000, 1, 1000, 0.0, True), (0, 0, 5, 0.1, False),
    ],
)  # fmt: skip
def test_passes_count_unless_chance_explains_them(
    n_formed: int, n_passing: int, n_values: int, chance: float, believed: bool
) -> None:
    assert is_no_chance(n_formed, n_passing, n_values, chance) == believed


@given(st.integers(10, 2000), st.floats(0.01, 0.6))
def test_what_is_believed_is_rarer_than_the_limit(n_formed: int, chance: float) -> None:
    """The Chernoff bound is an upper bound of the binomial tail."""
    least = next((k for k in range(n_formed + 1) if is_no_chance(n_formed, k, n_formed, chance)), None)
    if least is None:
        return
    terms = (
        math.lgamma(n_formed + 1) - math.lgamma(k + 1) - math.lgamma(n_formed - k + 1)
        + k * math.log(chance) + (n_formed - k) * math.log1p(-chance)
        for k in range(least, n_formed + 1)
    )  # fmt: skip
    assert sum(map(math.exp, terms)) <= UNLIKELY * (1 + 1e-9)


def test_beyond_the_limit_counts_are_scaled_and_say_so() -> None:
    n_values = 5 * MAX_JUDGED
    stray = screen([f"user{number}@example.org" for number in range(n_values)])["EMAIL_ADDRESS"]
    assert (stray.n_holding, stray.is_exact) == (n_values, False)
    assert stray.reason == "about 100,000 of 100,000 distinct values hold an e-mail address"


def test_a_reason_hides_small_counts_and_every_cell() -> None:
    stray = screen([*(f"row {number}" for number in range(1234)), f"see {CARD}"])["CREDIT_CARD"]
    assert stray.reason == "fewer than 10 of 1,235 distinct values hold a card number"


@pytest.mark.parametrize(
    "piece", ["a@", "1.", "1:", "4242 ", "12-", "eyJ", "eyJaaaaaaaaaaaa.", "x://", "BE68 ", "+1 ", "a-", "0x", "-----BEGIN "]
)
def test_a_hostile_cell_takes_no_time(piece: str) -> None:
    begun = time.process_time()
    screen([piece * (300_000 // len(piece))])
    assert time.process_time() - begun < 2


def test_every_kind_has_an_example() -> None:
    assert {entity for _, entity in HELD} == {kind.entity for kind in KINDS}
