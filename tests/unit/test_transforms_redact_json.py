"""redact_json: each value of a JSON cell by its path, everything else byte for byte."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.unit.test_transforms_redact_text import ANNA, KEY, find
from veil.errors import TransformFailed
from veil.model import Column
from veil.transforms import Context
from veil.transforms.fake import Fake
from veil.transforms.jsons import tree
from veil.transforms.jsons.paths import covers, parsed
from veil.transforms.own import Owner, OwnValues
from veil.transforms.redact_json import RedactJson
from veil.transforms.token import Token


def context(**more) -> Context:
    return Context(Column("j"), key=KEY, keyspace="person", find_spans=find, null_values=frozenset({"NA"}), **more)


def apply(values, own=None, subject=None, **parameters) -> list:
    method = RedactJson.model_validate_json(json.dumps(parameters))
    return list(method.apply(pd.Series(values, dtype=object), context(own=own, subject=subject)))


CELL = (
    '{ "customer": {"name":"Anna", "age": 31 },\n "items":[ {"sku":"A1","qty":2}, {"sku": "B2"} ],'
    ' "note" : "call Anna" , "ok":true}'
)
KEEP = {"default": {"keep": "checked"}}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, CELL.replace("Anna", "<PERSON>")),
        (KEEP, CELL),
        ({**KEEP, "paths": {"$..note": "redact"}}, CELL.replace("call Anna", "call <PERSON>")),
        ({"paths": {"$.customer.name": "keep"}}, CELL.replace("call Anna", "call <PERSON>")),
        ({"paths": {"$.customer": "drop", "$.note": "keep"}},
         CELL.replace(' "customer": {"name":"Anna", "age": 31 }', "").replace("{,", "{")),
        ({**KEEP, "paths": {"$.items[*].sku": "drop"}}, CELL.replace('"sku":"A1",', "").replace('"sku": "B2"', "")),
        ({**KEEP, "paths": {"$.items[1]": "drop"}}, CELL.replace(', {"sku": "B2"}', "")),
        ({**KEEP, "paths": {"$['customer'].age": {"do": "band", "width": 10}}}, CELL.replace("31", '"30-<40"')),
    ],
)  # fmt: skip
def test_each_value_by_its_path_and_the_rest_as_written(parameters, expected):
    [cell] = apply([CELL], **parameters)
    assert json.loads(cell) == json.loads(expected)
    if "drop" not in str(parameters):
        assert cell == expected


def test_default_drop_keeps_what_a_path_names_and_what_it_is_in():
    [cell] = apply([CELL], default="drop", paths={"$.items[*].qty": "keep"})
    assert json.loads(cell) == {"items": [{"qty": 2}]}
    assert apply(['[1, {"a": []}]', '"x"', "{}"], default="drop") == ["[]", "null", "{}"]


def test_pseudonyms_are_those_of_the_columns():
    paths = {"$.who": {"do": "fake", "of": "person_name"}, "$.id": {"do": "token", "in": "id", "canonical": "numeric-id"}}
    [cell] = apply(['{"who":"Anna","id":"00123","n":7}'], paths=paths)
    fake = Fake(of="person_name").apply(pd.Series(["Anna"]), context())[0]
    token = Token().apply(pd.Series(["123"]), Context(Column("c"), key=KEY, keyspace="id", canonical="numeric-id"))[0]
    assert json.loads(cell) == {"who": fake, "id": token, "n": 7}


def test_a_person_has_one_fake_in_all_cells_about_them():
    subject = pd.Series(["s1", "s1", "s2"], dtype=object)
    paths = {"$.n": {"do": "fake", "of": "first_name"}}
    found = [json.loads(cell)["n"] for cell in apply(['{"n":"A"}', '{"n":"A"}', '{"n":"A"}'], subject=subject, paths=paths)]
    assert found[0] == found[1] != found[2]
    assert not RedactJson(paths={"$.n": {"do": "fake", "of": "first_name"}}, using=("patterns",)).by_value


def test_numbers_keys_and_own_values_are_looked_at():
    own = OwnValues((Owner(ANNA),), np.array([0]))
    cell = '{"Anna Smith": 10003, "Smith": {"anna": [true, null, 10004]}}'
    assert apply([cell], own) == ['{"<PERSON>": "<CUSTOMER_ID>", "<PERSON> 2": {"<PERSON>": [true, null, 10004]}}']
    assert apply([cell], own, replace="fake") == ['{"Lena Peeters": "CXDFG", "Peeters": {"lena": [true, null, 10004]}}']


def test_null_cells_and_null_values_stay_and_cells_are_put_back():
    assert apply([None, "", "NA", '{"a":null}', "3", None]) == [None, "", "NA", '{"a":null}', "3", None]
    assert apply(['["Anna"]', "[]", '["Anna"]']) == ['["<PERSON>"]', "[]", '["<PERSON>"]']


BROKEN = ["{", "nothing", '{"a":1,}', "[1 2]", '{"a" 1}', "{'a':1}", "[NaN]", '"\x01"', "[1]]", '{"a":1}x', "01", '["\\x"]',
          "{1:2}", "[,]", "]", "[" * 100_000, '{"a":' * 5_000 + "1" + "}" * 5_000, "[1", ""]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_json_or_too_deep_is_refused_without_a_word_of_it(text):
    with pytest.raises(tree.NotJson) as failed:
        tree.read(text)
    assert failed.value.args[0].isascii()
    if text:
        with pytest.raises(TransformFailed, match="fewer than 10 values: no JSON"):
            apply(["{}", text])


def test_hostile_cells_are_read():
    big = json.dumps({"a": ["x," * 500_000, "\ud800", "\u202e=1+1", "😀", "\x00"]})
    assert apply([big]) == [big]
    assert json.loads(apply(['{"a":"\\ud800 Anna"}'])[0]) == {"a": "\ud800 <PERSON>"}
    deep = "[" * 150 + '"Anna"' + "]" * 150
    assert apply([deep]) == ["[" * 150 + '"<PERSON>"' + "]" * 150]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4), max_leaves=20,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(VALUES, st.sampled_from([None, 1, 3]))
def test_any_json_is_read_as_the_standard_library_reads_it(value, indent):
    text = json.dumps(value, indent=indent)
    root = tree.read(text)
    assert tree.rewritten(text, root, {}, {}) == text
    found = [json.loads(text[node.start : node.end]) for node in tree.leaves(root)]
    assert [type(each) for each in found].count(dict) == 0
    everything = {node.start: "0" for node in tree.leaves(root)}
    assert json.loads(tree.rewritten(text, root, everything, {})) == zeros(value)
    assert json.loads(tree.rewritten(text, root, dict.fromkeys(everything), {})) == without(value)


def zeros(value):
    if isinstance(value, list):
        return [zeros(each) for each in value]
    return {key: zeros(each) for key, each in value.items()} if isinstance(value, dict) else 0


def without(value):
    if isinstance(value, list):
        return [without(each) for each in value if isinstance(each, (list, dict))]
    if isinstance(value, dict):
        return {key: without(each) for key, each in value.items() if isinstance(each, (list, dict))}
    return None


@pytest.mark.parametrize(
    ("path", "place", "covered"),
    [
        ("$.a", ("a",), True), ("$.a", ("a", 0, "b"), True), ("$.a", ("b", "a"), False), ("$..a", ("b", 3, "a", "c"), True),
        ("$..a", ("b",), False), ("$.a[*].b", ("a", 7, "b"), True), ("$.a[2]", ("a", 1), False), ("$.*", ("x",), True),
        ("$['a b'].c", ("a b", "c"), True), ("$..a..b", ("a", "x", "b"), True), ("$.a[*].b", ("a", "x", "b"), True),
    ],
)  # fmt: skip
def test_paths(path, place, covered):
    assert covers(parsed(path), place) is covered


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"paths": {"a.b": "keep"}}, "is no path"),
        ({"paths": {"$": "keep"}}, "is no path"),
        ({"paths": {"$.a[?(@.b)]": "keep"}}, "from character 4"),
        ({"paths": {"$.a": "remove"}}, "redact"),
        ({"paths": {"$.a": {"do": "redact_json"}}}, "cannot stand here"),
        ({"paths": {"$.a": {"do": "tokens"}}}, "cannot stand here"),
        ({"paths": {"$.a": {"do": "token", "size": 3}}}, "size"),
        ({"paths": {"$.a": {"do": "fake", "of": "email", "from": "name"}}}, "other rows or columns"),
        ({"default": "keep"}, "default"),
        ({"default": {"keep": ""}}, "default"),
        ({"using": []}, "nothing would be found"),
    ],
)
def test_bad_parameters_are_refused(parameters, message):
    with pytest.raises(ValidationError, match=message):
        RedactJson.model_validate_json(json.dumps(parameters))


def test_what_is_declared_follows_the_rules():
    plain = RedactJson()
    keyed = RedactJson.model_validate({"paths": {"$.id": {"do": "token"}}})
    assert (plain.declared.keyed, plain.declared.effect) == (False, "suppress")
    assert (keyed.declared.keyed, keyed.declared.effect) == (True, "pseudonymize")
