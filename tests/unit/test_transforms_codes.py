"""regex, hierarchy, ip_prefix, postcode_prefix and top_bottom by quantiles."""

import ipaddress
import json
import random

import pytest
from pydantic import ValidationError

from tests.unit.whole_columns import KEY, NULLS, transformed
from veil.errors import PolicyInvalid, TransformFailed
from veil.policy import load_policy
from veil.transforms import TRANSFORMS
from veil.transforms.keys import Key
from veil.transforms.postcode_prefix import SPARSE_ZIP3

OTHER = Key("main", "2026-12", KEY.secret)


@pytest.mark.parametrize(
    ("value", "parameters", "expected"),
    [
        ("AB-1234", {"pattern": r"\d+", "replace": "0"}, "AB-0"),
        ("a1b22", {"pattern": r"\d+", "replace": "#"}, "a#b#"),
        ("AB-1234", {"pattern": r"(\w+)-(\d)\d*", "replace": r"\2 of \1"}, "1 of AB"),
        ("a/b", {"pattern": "/", "replace": r"\\"}, "a\\b"),
        ("AB-1234", {"pattern": "-.*"}, "AB"),
        ("x", {"pattern": r"\d", "unmatched": "keep"}, "x"),
        ("x-y", {"pattern": r"\d", "unmatched": "mask"}, "*-*"),
        ("(", {"pattern": r"\(", "replace": "["}, "["),
        ("é1", {"pattern": r"\d", "replace": "é"}, "éé"),
        ("a\x001", {"pattern": r"\d", "replace": "0"}, "a\x000"),
        ("\ud8001", {"pattern": r"\d", "unmatched": "mask"}, "**"),
    ],
)
def test_regex_replaces_every_match(value, parameters, expected):
    assert transformed("regex", [value, *NULLS], parameters=parameters) == [expected, *NULLS]


@pytest.mark.parametrize("value", ["secret", "\ud8001"])
def test_regex_refuses_what_does_not_match(value):
    with pytest.raises(TransformFailed, match="fewer than 10 values: nothing matches `pattern`") as failed:
        transformed("regex", ["1", value], parameters={"pattern": r"\d"})
    assert failed.value.__cause__ is failed.value.__context__ is None


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"pattern": "("}, "missing \\)"),
        ({"pattern": "a*"}, "matches the empty text"),
        ({"pattern": "^"}, "matches the empty text"),
        ({"pattern": "(?=a)"}, "RE2"),
        ({"pattern": "(a{1000}){1000}"}, "RE2"),
        ({"pattern": "a", "replace": r"\1"}, "group 1 of a pattern that has 0"),
        ({"pattern": "a", "replace": r"\0"}, "no digit from 1 to 9"),
        ({"pattern": "a", "replace": "\\"}, "no digit from 1 to 9"),
        ({"pattern": "a", "replace": r"\n"}, "no digit from 1 to 9"),
        ({"pattern": ""}, "at least 1"),
        ({"pattern": "a", "unmatched": "drop"}, "unmatched"),
    ],
)
def test_regex_refuses_patterns_that_cannot_be_run(parameters, told):
    with pytest.raises(ValidationError, match=told):
        TRANSFORMS["regex"].model_validate(parameters)


def test_regex_is_linear_in_what_it_reads():
    text = "a" * 1_000_000
    [cell] = transformed("regex", [text + "!"], parameters={"pattern": "(a|aa)+!", "replace": "b"})
    assert cell == "b"


TREE = {"services": {"health": ["nurse", "doctor"], "tech": ["dev"]}, "none": {"idle": ["retired"]}}
ROWS = [
    ["nurse", "health", "services"],
    ["doctor", "health", "services"],
    ["dev", "tech", "services"],
    ["retired", "idle", "none"],
]


@pytest.mark.parametrize("levels", [TREE, ROWS])
@pytest.mark.parametrize(("level", "expected"), [(1, ["health", "tech", "idle"]), (2, ["services", "services", "none"])])
def test_hierarchy_writes_the_group(levels, level, expected):
    parameters = {"levels": levels, "level": level}
    assert transformed("hierarchy", ["nurse", "dev", "retired", *NULLS], parameters=parameters) == [*expected, *NULLS]


def test_hierarchy_refuses_or_hides_what_it_does_not_know():
    with pytest.raises(TransformFailed, match="fewer than 10 values: not in the hierarchy") as failed:
        transformed("hierarchy", ["nurse", "secret"], parameters={"levels": ROWS})
    assert "secret" not in str(failed.value)
    assert transformed("hierarchy", ["nurse", "secret"], parameters={"levels": ROWS, "unknown": "hide"}) == ["health", "*"]


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({}, "give `levels` or the `file`"),
        ({"levels": []}, "no rows"),
        ({"levels": [["a"]]}, "same number of levels"),
        ({"levels": [["a", "b"], ["c", "d", "e"]]}, "same number of levels"),
        ({"levels": [["a", "b"], ["a", "c"]]}, "same value twice"),
        ({"levels": [["a", "b", "x"], ["c", "b", "y"]]}, "lies below two names"),
        ({"levels": [["a", ""]]}, "empty"),
        ({"levels": {"x": {"y": "z"}}}, "without values"),
        ({"levels": {"x": [1]}}, "put it in quotes"),
        ({"levels": ROWS, "level": 3}, "`level: 3` of a hierarchy that has 2"),
        ({"file": "nowhere.csv"}, "cannot be read"),
        ({"file": "/etc/passwd"}, "beside the policy"),
        ({"file": "../jobs.csv"}, "beside the policy"),
    ],
)
def test_hierarchy_refuses_what_is_none(parameters, told):
    with pytest.raises(ValidationError, match=told):
        TRANSFORMS["hierarchy"].model_validate(parameters)


POLICY = """
version: 1
tables:
  people:
    match: {files: people.csv}
    subject: null
    columns:
      job: {do: hierarchy, file: jobs.csv}
"""


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_hierarchy_file_becomes_part_of_the_policy(tmp_path, separator):
    (tmp_path / "policy.yaml").write_text(POLICY)
    file = tmp_path / "jobs.csv"
    file.write_text("\ufeff" + "\n".join(separator.join(row) for row in ROWS) + "\n", encoding="utf-8")
    policy = load_policy(tmp_path / "policy.yaml")
    assert policy.tables["people"].columns["job"].written["levels"] == ROWS
    before = policy.sha256
    file.write_text("nurse,care\n")
    assert load_policy(tmp_path / "policy.yaml").sha256 != before
    assert policy.sha256 == before


def test_a_policy_says_levels_or_a_file(tmp_path):
    text = POLICY.replace("file: jobs.csv", "file: jobs.csv, levels: [[a, b]]")
    (tmp_path / "policy.yaml").write_text(text)
    (tmp_path / "jobs.csv").write_text("a,b\n")
    with pytest.raises(PolicyInvalid, match="not both"):
        load_policy(tmp_path / "policy.yaml")


def test_a_step_of_a_plan_needs_the_file_no_more(tmp_path):
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "jobs.csv").write_text("a,b\n")
    written = load_policy(tmp_path / "policy.yaml").tables["people"].columns["job"].written
    (tmp_path / "jobs.csv").unlink()
    assert TRANSFORMS["hierarchy"].model_validate_json(json.dumps(written)).levels == (("a", "b"),)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"nurse,care\nnurse,work\n", "same value twice"),
        (b"nurse\n", "same number of levels"),
        (b'nurse,"care\n', "no CSV"),
        (b"nurse,\xff\n", "not UTF-8 at byte 6"),
        (b"", "no rows"),
        (None, "cannot be read"),
    ],
)
def test_a_hierarchy_file_that_is_none_is_told_by_place(tmp_path, content, told):
    (tmp_path / "policy.yaml").write_text(POLICY)
    if content is not None:
        (tmp_path / "jobs.csv").write_bytes(content)
    with pytest.raises(PolicyInvalid, match=told) as refused:
        load_policy(tmp_path / "policy.yaml")
    assert "line 8" in str(refused.value)


@pytest.mark.parametrize(
    ("value", "parameters", "expected"),
    [
        ("203.0.113.77", {}, "203.0.113.0"),
        ("203.0.113.77", {"v4": 16}, "203.0.0.0"),
        ("255.255.255.255", {"v4": 31}, "255.255.255.254"),
        ("2001:db8:1:2:3:4:5:6", {}, "2001:db8:1::"),
        ("2001:db8:1:2:3:4:5:6", {"v6": 64}, "2001:db8:1:2::"),
        ("::1", {}, "::"),
    ],
)
def test_ip_prefix_leaves_the_network(value, parameters, expected):
    assert transformed("ip_prefix", [value, *NULLS], parameters=parameters) == [expected, *NULLS]


ADDRESSES = [str(ipaddress.IPv4Address(number)) for number in random.Random(2).sample(range(2**32), 60)]
NEIGHBORS = [f"203.0.113.{host}" for host in range(20)] + [f"203.0.112.{host}" for host in range(20)]
SIXES = [f"2001:db8:{host:x}::{host}" for host in range(20)]


def shared_bits(first, second):
    numbers = [int(ipaddress.ip_address(address)) for address in (first, second)]
    bits = 32 if "." in first else 128
    return bits - (numbers[0] ^ numbers[1]).bit_length()


@pytest.mark.parametrize("addresses", [ADDRESSES, NEIGHBORS, SIXES])
def test_keyed_ip_prefix_keeps_how_long_two_addresses_agree_and_no_more(addresses):
    after = transformed("ip_prefix", addresses, parameters={"mode": "keyed"})
    assert len(set(after)) == len(addresses)
    pairs = [(first, second) for first in range(len(addresses)) for second in range(first)]
    assert all(shared_bits(addresses[a], addresses[b]) == shared_bits(after[a], after[b]) for a, b in pairs)
    assert sum(new == old for old, new in zip(addresses, after, strict=True)) <= 1
    assert transformed("ip_prefix", addresses, parameters={"mode": "keyed"}, key=OTHER) != after
    assert transformed("ip_prefix", addresses[:3], parameters={"mode": "keyed"}) == after[:3]


def test_keyed_ip_prefix_is_declared_a_pseudonym():
    declared = TRANSFORMS["ip_prefix"](mode="keyed").declared
    assert (declared.effect, declared.keyed, declared.injective) == ("pseudonymize", True, True)
    assert not TRANSFORMS["ip_prefix"]().declared.keyed


@pytest.mark.parametrize(
    "bad",
    ["secret", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4/24", "fe80::1%eth0", " 1.2.3.4", "1" * 10_000, "\ud800", "١.2.3.4"],
)
def test_ip_prefix_refuses_what_is_no_address(bad):
    with pytest.raises(TransformFailed, match="fewer than 10 values: no IP addresses"):
        transformed("ip_prefix", ["1.2.3.4", bad])


def test_sparse_zip_codes_are_those_of_both_censuses():
    assert len(SPARSE_ZIP3) == 23
    assert {"036", "063", "893", "369"} <= SPARSE_ZIP3
    assert all(len(prefix) == 3 and prefix.isdigit() for prefix in SPARSE_ZIP3)


@pytest.mark.parametrize(
    ("keep", "value", "expected"),
    [(3, "90210", "902**"), (3, "03601", "000**"), (3, "87901-1234", "000**-****"), (2, "03601", "00***"), (2, "90210", "90***")],
)
def test_postcode_prefix_hides_sparse_regions(keep, value, expected):
    assert transformed("postcode_prefix", [value, *NULLS], parameters={"keep": keep, "country": "US"}) == [expected, *NULLS]


@pytest.mark.parametrize("bad", ["3601", "9021", "ABCDE", "٩٠٢١٠"])
def test_postcode_prefix_refuses_what_is_no_zip_code(bad):
    with pytest.raises(TransformFailed, match="no ZIP codes"):
        transformed("postcode_prefix", [bad], parameters={"keep": 3, "country": "US"})
    with pytest.raises(ValidationError, match="three digits at most"):
        TRANSFORMS["postcode_prefix"](keep=4, country="US")


def test_postcode_prefix_hides_what_few_rows_share():
    values = ["1000", "1050", "1060", "2000", "1000-001"]
    after = transformed("postcode_prefix", [*values, *NULLS], parameters={"keep": 2, "min_rows": 2})
    assert after == ["10**", "10**", "10**", "****", "****-***", *NULLS]


HUNDRED = [str(number) for number in range(1, 101)]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"top_quantile": 0.9}, [min(number, 91) for number in range(1, 101)]),
        ({"bottom_quantile": 0.1}, [max(number, 10) for number in range(1, 101)]),
        ({"bottom_quantile": 0.2, "top": 95}, [min(max(number, 20), 95) for number in range(1, 101)]),
    ],
)
def test_top_bottom_by_quantiles(parameters, expected):
    values = random.Random(1).sample(HUNDRED, 100)
    after = transformed("top_bottom", [*values, *NULLS], kind="integer", parameters=parameters, cuts=(30,))
    assert after == [str(expected[int(value) - 1]) for value in values] + NULLS
    assert transformed("top_bottom", NULLS, kind="integer", parameters=parameters) == NULLS


@pytest.mark.parametrize(
    ("parameters", "told"),
    [({"top_quantile": 0.95}, "fewer than 10 rows beyond"), ({"top_quantile": 0.5, "bottom": 80}, "beyond the other bound")],
)
def test_top_bottom_refuses_a_quantile_that_points_at_few(parameters, told):
    with pytest.raises(TransformFailed, match=told):
        transformed("top_bottom", HUNDRED, kind="integer", parameters=parameters)


@pytest.mark.parametrize(
    "parameters", [{"top": 5, "top_quantile": 0.9}, {"top_quantile": 1.0}, {"bottom_quantile": 0.9, "top_quantile": 0.1}]
)
def test_top_bottom_refuses_quantiles_that_do_not_hold(parameters):
    with pytest.raises(ValidationError):
        TRANSFORMS["top_bottom"].model_validate(parameters)
