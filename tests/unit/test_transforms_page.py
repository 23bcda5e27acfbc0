"""The operator table: up to date, its marks computed, and what it claims of the language is in the language."""

from __future__ import annotations

import pytest

from veil.policy import json_schema
from veil.policy.schema import keys_at
from veil.transforms import TRANSFORMS, operator_table
from veil.transforms.page import PAGE, counts, page
from veil.transforms.peers import OPERATORS, PEERS, Operator, is_met, mark


def test_the_page_is_up_to_date() -> None:
    """If this fails: `python -m veil.transforms.page`."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_transform_and_parameter_is_on_the_page() -> None:
    text = page()
    for each in operator_table():
        assert f"### `{each['transform']}`" in text
        assert all(f"`{parameter}`" in text for parameter in each["parameters"])


def test_the_rows_are_those_of_the_research_each_with_all_peers() -> None:
    assert [operator.number for operator in OPERATORS] == list(range(1, 35))
    assert all(len(operator.peers) == len(PEERS) == 11 and set(operator.peers) <= set("ypn?") for operator in OPERATORS)
    assert all(operator.needs or operator.language for operator in OPERATORS)


def test_the_counts_of_the_peers_are_those_that_were_read() -> None:
    told = counts()
    assert {peer: told[peer] for peer in ("openmed", "Google DLP", "Greenmask", "CRATE", "PostgreSQL Anonymizer", "ARX")} == {
        "openmed": 15, "Google DLP": 13, "Greenmask": 11, "CRATE": 11, "PostgreSQL Anonymizer": 10, "ARX": 9,
    }  # fmt: skip
    assert told["Veil"] == sum(mark(operator, TRANSFORMS) == "y" for operator in OPERATORS)


@pytest.mark.parametrize("operator", [operator for operator in OPERATORS if operator.language], ids=lambda each: each.name)
def test_what_the_language_is_said_to_have_is_in_it(operator: Operator) -> None:
    for place in operator.language:
        *above, key = place.split(".")
        assert key in keys_at(json_schema(), above), place


def test_a_mark_follows_from_what_is_registered() -> None:
    operator = Operator(0, "x", "", ("mask", "noise.ratio", "encrypt.mode=random"))
    assert mark(operator, TRANSFORMS) == "y"
    assert mark(operator, {"mask": TRANSFORMS["mask"]}) == "p"
    assert mark(operator, {}) == "n"


@pytest.mark.parametrize(
    ("need", "met"),
    [
        ("mask", True),
        ("blur", False),
        ("mask.keep_last", True),
        ("mask.keep_middle", False),
        ("fake.from", True),
        ("fake.source", False),
        ("encrypt.mode=random", True),
        ("encrypt.mode=base64", False),
        ("fake.locale=nl_BE", True),
        ("postcode_prefix.country=US", True),
    ],
)
def test_a_need_is_a_transform_a_parameter_or_a_word(need: str, met: bool) -> None:
    assert is_met(need, TRANSFORMS) is met
