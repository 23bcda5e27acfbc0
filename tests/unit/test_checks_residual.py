"""The residual-identifier scan: what is found of the source in output cells, and what only looks like it."""

import base64
import json
import re
import time
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veil.checks.residual import ResidualScan, normal, residual_result

SOURCES = {
    "PHONE": ["1 (11) 500 555-0162", "0475/12.34.56"],
    "CUSTOMER": ["11000", "AB1", "x", "12"],
    "STREET": ["12, Main St."],
    "PERSON": ["José Ço", "Straße Groß"],
    "EMAIL": ["a.b@c.com"],
    "IBAN": ["BE71 0961 2345 6769"],
}
SCAN = ResidualScan.build(SOURCES)


@pytest.mark.parametrize(
    ("cell", "entity"),
    [
        ("1 (11) 500 555-0162", "PHONE"),
        ("+1 11 500.5550162", "PHONE"),
        ("call 0475123456 now", "PHONE"),
        ("tel0475123456x", "PHONE"),
        ("11000", "CUSTOMER"),
        ("no. 11000, again", "CUSTOMER"),
        ("11000\n", "CUSTOMER"),
        ("ab1", "CUSTOMER"),
        ("apt 3, 12 MAIN ST", "STREET"),
        ("12mainst", "STREET"),
        ("josé ço", "PERSON"),
        ("Dear Jose Co,", "PERSON"),
        ("STRASSE GROSS", "PERSON"),
        ("mailto:A.B@C.COM>", "EMAIL"),
        ("be71096123456769", "IBAN"),
        ("IBAN BE71.0961.2345.6769 ok", "IBAN"),
        ("1\uff11000", "CUSTOMER"),
        ("𝒳 11000 \ud800", "CUSTOMER"),
    ],
)
def test_an_identifier_is_found_however_it_is_spelled(cell, entity):
    assert SCAN.scan([cell])[entity] == 1


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "x",
        "12",
        "110001",
        "111000",
        "A11000",
        "11000B",
        "1,1000",
        "11 000",
        "ab1 x",
        "112 main st",
        "12 main stx",
        "aa.b@c.com",
        "a.b@c.community",
        "0475123456789",
        "90475123456",
        "joseco",
        "jose  c o",
        "main st",
        "\n\n",
        "-",
        "11\n000",
    ],
)
def test_what_only_looks_like_an_identifier_is_not(cell):
    assert not any(SCAN.scan([cell]).values())


PARTED = ResidualScan.build({
    "PHONE_NUMBER": ["+32 470 12 34 56", "+1 (415) 555-0162", "+32 2 123 45 67"], "EMAIL_ADDRESS": ["jon24@adventure-works.com"],
    "EMPLOYEE_ID": ["EMP-00471234567"], "CUSTOMER_ID": ["11000"],
})  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "entity"),
    [
        ("0470/12.34.56", "PHONE_NUMBER"), ("470123456", "PHONE_NUMBER"), ("(415) 555 0162", "PHONE_NUMBER"),
        ("02 123 45 67", "PHONE_NUMBER"), ("user jon24.", "EMAIL_ADDRESS"), ("no. 471234567", "EMPLOYEE_ID"),
    ],
)  # fmt: skip
def test_parts_that_identify_alone_are_found(cell, entity):
    assert PARTED.scan([cell])[entity] == 1


@pytest.mark.parametrize("cell", ["+999 4701 2345 6000", "5470123456", "jon25", "471234568", "adventure-works.com", "jon"])
def test_other_numbers_and_parts_are_not(cell):
    assert not any(PARTED.scan([cell]).values())


MAIL = "jon24@adventure-works.com"


@pytest.mark.parametrize(
    "encoded",
    [
        base64.b64encode(MAIL.encode()).decode(),
        base64.urlsafe_b64encode(b"x " + MAIL.encode()).decode().rstrip("="),
        base64.b64encode(b'{"a":1,"mail":"' + MAIL.encode() + b'"}').decode(),
        MAIL.encode().hex(),
        MAIL.encode().hex().upper(),
        MAIL.replace("@", "%40").replace("-", "%2D"),
        "".join(f"%{byte:02x}" for byte in MAIL.encode()),
        MAIL.replace("@", "=40"),
        MAIL.replace("@", "&#64;").replace(".", "&period;"),
        MAIL.replace("@", "\\u0040"),
        MAIL.encode("utf-16-le").hex(),
        quote(base64.b64encode(MAIL.encode()).decode()),
    ],
)
def test_an_encoded_identifier_is_found_alone_in_text_and_in_json(encoded):
    for cell in (encoded, f"see {encoded}, please", json.dumps({"a": [encoded]})):
        assert PARTED.scan([cell])["EMAIL_ADDRESS"] == 1, cell


def test_the_memory_of_the_filter_does_not_grow_and_both_readings_agree():
    values = [f"id{number:09d}" for number in range(20_000)]
    streamed = ResidualScan.of({"A": lambda: (pa.array(values[at : at + 999]) for at in range(0, 20_000, 999))})
    cells = [f"x {value} y" for value in values[::7]] + [f"id{number:09d}9" for number in range(20_000)]
    assert streamed.scan(cells) == ResidualScan.build({"A": values}).scan(cells) == {"A": len(values[::7])}


PIECES = ["11", "000", "11000", "ab", "AB1", "Ço", "jose", "x", "12", "main", "st", "-", " ", ",", "/"]
WORDS = st.lists(st.sampled_from(PIECES), max_size=9)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS.map("".join), max_size=4), st.lists(WORDS.map("".join), max_size=4), st.booleans())
def test_it_finds_what_a_slow_search_finds(sources, cells, numbers):
    expected = sum(any(stands_in(source, cell, numbers) for source in sources) for cell in dict.fromkeys(cells))
    assert ResidualScan.build({"STREET_ADDRESS": sources}).scan(cells, numbers=numbers)["STREET_ADDRESS"] == expected


def stands_in(source, cell, numbers):
    """Try every stretch of the cell, character by character."""
    own = [char for char in normal(source) if char.isalnum()]
    text = normal(cell)
    kept = [at for at, char in enumerate(text) if char.isalnum()]
    if len(own) < 3 or (numbers and len(own) < 7 and "".join(own).isdigit()):
        return False
    for first in range(len(kept) - len(own) + 1):
        places = kept[first : first + len(own)]
        if [text[at] for at in places] == own and stands_alone(text, places, len(own), n_gaps(normal(source)), len(kept)):
            return True
    return False


def n_gaps(text):
    return len([word for word in re.split(r"[^\w]|_", text) if word])


def stands_alone(text, places, length, gaps, n_kept):
    before, after = text[places[0] - 1 : places[0]], text[places[-1] + 1 : places[-1] + 2]
    words = not before.isalnum() and not after.isalnum()
    if length >= 7:
        turns = [bool(other) and other.isalnum() and other.isdigit() != own.isdigit()
                 for other, own in ((before, text[places[0]]), (after, text[places[-1]]))]  # fmt: skip
        return all(not other.isalnum() or turn for other, turn in zip((before, after), turns, strict=True))
    same = n_gaps(text[places[0] : places[-1] + 1]) == gaps
    return words and same and (length > 3 or n_kept == length)


def test_a_value_is_not_found_across_cells():
    assert not any(SCAN.scan(["12 main", "st", "110", "00", "a.b@c", ".com"]).values())


def test_cells_are_counted_once_and_per_entity():
    both = ResidualScan.build({"A": ["abcdefgh", "ijklmnop"], "B": ["ABCDEFGH"]})
    assert both.scan(["abcdefgh ijklmnop abcdefgh", "abcdefgh", "nothing here"]) == {"A": 2, "B": 2}


def test_overlapping_identifiers_are_all_found():
    scan = ResidualScan.build({"long": ["Anna Maria Bell"], "short": ["Maria Bell"], "tail": ["Bell Tower"]})
    assert scan.scan(["anna maria bell tower"]) == {"long": 1, "short": 1, "tail": 1}


def test_short_numbers_are_not_looked_for_among_amounts_but_long_ones_are():
    assert SCAN.scan(["11000", "0475123456", "AB1"], numbers=True) == {
        "PHONE": 1,
        "CUSTOMER": 1,
        "STREET": 0,
        "PERSON": 0,
        "EMAIL": 0,
        "IBAN": 0,
    }


@pytest.mark.parametrize("sources", [{}, {"A": []}, {"A": ["", "x", "..."]}])
def test_without_identifiers_nothing_is_found(sources):
    assert ResidualScan.build(sources).scan(["anything", ""]) == dict.fromkeys(sources, 0)
    assert SCAN.scan([]) == dict.fromkeys(SOURCES, 0)


def test_no_identifier_is_in_the_representation():
    assert "11000" not in repr(SCAN)
    assert "jose" not in repr(SCAN)


def test_chunks_give_the_same_counts(monkeypatch):
    cells = [f"cell {at} 11000" if at % 3 else f"cell {at}" for at in range(100)]
    whole = SCAN.scan(cells)
    monkeypatch.setattr("veil.checks.residual_windows.CHUNK", 50)
    assert SCAN.scan(cells) == whole
    assert whole["CUSTOMER"] == 66


def test_normal_form_drops_case_and_accents():
    assert normal("ÉCOLE Straße") == "ecole strasse"
    assert normal("ﬁne") == "fine"


def test_it_is_fast_enough_for_a_large_drop():
    rng = np.random.default_rng(0)
    sources = {
        name: [f"{name} {number}" for number in rng.integers(10**8, 10**9, 16_519)] for name in ("aa", "bb", "cc", "dd", "ee")
    }
    cells = [
        f"some words {number} and {other}"
        for number, other in zip(range(100_000), rng.integers(10**8, 10**9, 100_000), strict=True)
    ]
    started = time.perf_counter()
    ResidualScan.build(sources).scan([*cells, sources["cc"][7]])
    assert time.perf_counter() - started < 20  # about 1.5 s on a free core


def test_result_holds_counts_only():
    clean = residual_result("t", {"PHONE": 0, "EMAIL": 0}, 50)
    assert (clean.value, clean.high, clean.better) == (0.0, 0.0, "lower")
    found = residual_result("t", {"PHONE": 3, "EMAIL": 0}, 50)
    assert (found.check, found.value, found.detail) == ("residual_identifiers", 3.0, "PHONE: fewer than 10 cells")
