"""The demo drop: the same for the same seed, whole references, valid numbers, and dependencies worth learning."""

import csv
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import phonenumbers
import pytest
from stdnum import iban

from tasks.demo.drop import CUSTOMER_COLUMNS, PRODUCTS, make_drop

N = 1500
POSTCODE_LENGTHS = {"GB": 8, "DE": 5, "FR": 5, "NL": 7, "BE": 4, "ES": 5, "IT": 5, "PL": 6}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def digests(paths: tuple[Path, ...]) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


@pytest.fixture(scope="module")
def drop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return make_drop(tmp_path_factory.mktemp("drop"), n_customers=N)


@pytest.fixture(scope="module")
def customers(drop: tuple[Path, ...]) -> list[dict[str, str]]:
    return rows_of(drop[0])


@pytest.fixture(scope="module")
def orders(drop: tuple[Path, ...]) -> list[dict[str, str]]:
    return rows_of(drop[1])


def test_same_seed_gives_the_same_bytes(drop: tuple[Path, ...], tmp_path: Path) -> None:
    assert digests(make_drop(tmp_path, n_customers=N)) == digests(drop)


def test_another_seed_gives_other_people(drop: tuple[Path, ...], tmp_path: Path) -> None:
    assert set(digests(make_drop(tmp_path, n_customers=N, seed=1))).isdisjoint(digests(drop))


def test_bytes_do_not_depend_on_hash_seed_locale_or_time_zone(drop: tuple[Path, ...], tmp_path: Path) -> None:
    program = f"from pathlib import Path; from tasks.demo import make_drop; make_drop(Path({str(tmp_path)!r}), n_customers={N})"
    elsewhere = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONUTF8": "0"}
    subprocess.run([sys.executable, "-c", program], env=elsewhere, check=True)
    assert digests((tmp_path / "customers.csv", tmp_path / "orders.csv")) == digests(drop)


def test_sizes(customers: list[dict[str, str]], orders: list[dict[str, str]]) -> None:
    assert len(customers) == N
    assert tuple(customers[0]) == CUSTOMER_COLUMNS
    assert 2.0 < len(orders) / N < 2.4
    assert 0.82 < len({order["customer_id"] for order in orders}) / N < 0.88
    assert 0.55 < np.mean([bool(customer["note"]) for customer in customers]) < 0.65


@pytest.mark.parametrize("n", [1, 2, 30])
def test_small_drops_are_whole(n: int, tmp_path: Path) -> None:
    first, second = make_drop(tmp_path / "new" / "folder", n_customers=n)
    known = {customer["customer_id"] for customer in rows_of(first)}
    assert len(known) == n
    assert all(order["customer_id"] in known for order in rows_of(second))


@pytest.mark.parametrize("n", [0, -1])
def test_no_customers_is_refused(n: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        make_drop(tmp_path, n_customers=n)
    assert not list(tmp_path.iterdir())


def test_identifiers_are_unique_and_references_whole(customers: list[dict[str, str]], orders: list[dict[str, str]]) -> None:
    for column in ("customer_id", "email"):
        assert len({customer[column] for customer in customers}) == N
    assert len({order["order_id"] for order in orders}) == len(orders)
    assert {order["customer_id"] for order in orders} <= {customer["customer_id"] for customer in customers}


def test_account_numbers_have_valid_checksums(customers: list[dict[str, str]]) -> None:
    numbers = [(customer["iban"], customer["country"]) for customer in customers if customer["iban"]]
    assert len(numbers) > 0.8 * N
    assert all(iban.is_valid(number) and number.startswith(country) for number, country in numbers)
    assert {country for _, country in numbers} == set(POSTCODE_LENGTHS)


def test_phones_are_valid_where_they_are_given(customers: list[dict[str, str]]) -> None:
    phones = [(customer["phone"], customer["country"]) for customer in customers if customer["phone"]]
    assert len(phones) > 0.9 * N
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(phone, country)) for phone, country in phones)


def test_postcodes_are_as_long_as_their_country_writes_them(customers: list[dict[str, str]]) -> None:
    assert all(len(customer["postcode"]) == POSTCODE_LENGTHS[customer["country"]] for customer in customers)


def test_people_are_grown_up_when_they_sign_up_and_order_afterwards(
        customers: list[dict[str, str]], orders: list[dict[str, str]]) -> None:
    signup = {customer["customer_id"]: customer["signup_at"] for customer in customers}
    assert all(order["ordered_at"] > signup[order["customer_id"]][:10] for order in orders)
    born = np.array(["-".join(reversed(customer["birth_date"].split("/"))) for customer in customers], dtype="datetime64[D]")
    joined = np.array([customer["signup_at"][:10] for customer in customers], dtype="datetime64[D]")
    assert ((joined - born).astype(int) / 365.25).min() >= 18


def test_totals_are_exact(orders: list[dict[str, str]]) -> None:
    def cents(amount: str) -> int:
        return int(amount.replace(".", ""))

    assert all(cents(order["total"]) == int(order["quantity"]) * cents(order["unit_price"]) for order in orders)


@pytest.mark.parametrize("column", ["full_name", "email", "phone", "street"])
def test_some_notes_name_their_own_customer(column: str, customers: list[dict[str, str]]) -> None:
    noted = [customer for customer in customers if customer["note"] and customer[column]]
    assert np.mean([customer[column] in customer["note"] for customer in noted]) > 0.05


def test_notes_name_own_orders_and_other_people(customers: list[dict[str, str]], orders: list[dict[str, str]]) -> None:
    owner = {order["order_id"]: order["customer_id"] for order in orders}
    mentioned = [(word, customer["customer_id"]) for customer in customers
                 for word in re.findall(r"R\d{8}", customer["note"])]
    assert len(mentioned) > 0.05 * N
    assert all(owner.get(order) == customer for order, customer in mentioned)
    names = {customer["full_name"] for customer in customers}
    others = [customer for customer in customers if any(name in customer["note"] for name in names - {customer["full_name"]})]
    assert len(others) > 0.03 * N


def test_no_note_has_an_unfilled_blank(customers: list[dict[str, str]]) -> None:
    assert not any("{" in customer["note"] or "}" in customer["note"] for customer in customers)


def test_segment_decides_value_and_age_the_newsletter(customers: list[dict[str, str]]) -> None:
    def median(segment: str) -> float:
        return float(np.median([float(customer["lifetime_value"]) for customer in customers if customer["segment"] == segment]))

    assert median("private") * 3 < median("business") < median("premium") / 1.5
    subscribed = {young: np.mean([customer["newsletter"] == "yes" for customer in customers
                                  if (int(customer["birth_date"][6:]) > 1990) == young]) for young in (True, False)}
    assert subscribed[True] > subscribed[False] + 0.2


def test_country_decides_payment_and_product_the_returns(customers: list[dict[str, str]], orders: list[dict[str, str]]) -> None:
    country = {customer["customer_id"]: customer["country"] for customer in customers}

    def share(code: str, payment: str) -> float:
        return float(np.mean([order["payment"] == payment for order in orders if country[order["customer_id"]] == code]))

    assert share("NL", "sepa") > share("GB", "sepa") + 0.3
    assert share("DE", "invoice") > share("FR", "invoice") + 0.2
    often = {product.name for product in PRODUCTS if product.returned_share > 0.25}
    returned = {kind: np.mean([order["returned"] == "yes" for order in orders if (order["product"] in often) == kind])
                for kind in (True, False)}
    assert returned[True] > 2 * returned[False]
    assert {order["product"] for order in orders} == {product.name for product in PRODUCTS}
