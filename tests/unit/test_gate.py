from __future__ import annotations

import pandas as pd
import pytest

from veil.gate import Demand, TableDemand, evaluate


@pytest.mark.parametrize(
    ("observed", "at_least", "at_most", "passed"),
    [
        (0.85, 0.85, None, True),
        (0.8499, 0.85, None, False),
        (0.05, None, 0.05, True),
        (0.0501, None, 0.05, False),
        (0.0, None, 0, True),
        (1.0, None, 0, False),
        (3.0, 3, 3, True),
        (2.0, 3, 3, False),
        (None, 0, None, False),
        (float("nan"), None, 1, False),
        (None, None, None, False),
        (7.0, None, None, True),
    ],
)
def test_a_demand_holds_on_its_bound_and_not_beyond(observed, at_least, at_most, passed):
    result = evaluate("check", [Demand("figure", observed, at_least=at_least, at_most=at_most)])
    assert result.passed is passed
    assert result.failed == (() if passed else ("figure",))


def test_a_gate_without_demands_does_not_pass():
    assert evaluate("ingest", []).passed is False


def test_one_failed_demand_fails_the_gate_and_is_named():
    demands = [Demand("rows", 5.0, at_least=1), Demand("residual_identifiers", 2.0, at_most=0), Demand("k", None, at_least=5)]
    result = evaluate("transform", demands)
    assert result.failed == ("residual_identifiers", "k")
    assert [line.demanded for line in result.expectations] == [">= 1", "<= 0", ">= 5"]


def test_demands_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two demands of one name"):
        evaluate("check", [Demand("k", 1.0), Demand("k", 2.0)])


TABLE = pd.DataFrame({"token": ["C-BCD", "C-FGH", None], "city": ["Ghent", "Jane Doe", "Ghent"]}, dtype=object)


@pytest.mark.parametrize(
    ("expectation", "arguments", "passed"),
    [
        ("expect_table_row_count_to_equal", {"value": 3}, True),
        ("expect_table_row_count_to_equal", {"value": 4}, False),
        ("expect_table_columns_to_match_ordered_list", {"column_list": ["token", "city"]}, True),
        ("expect_table_columns_to_match_ordered_list", {"column_list": ["city", "token"]}, False),
        ("expect_column_values_to_match_regex", {"column": "token", "regex": "^C-[A-Z]+$"}, True),
        ("expect_column_values_to_match_regex", {"column": "city", "regex": "^G"}, False),
        ("expect_column_values_to_match_regex", {"column": "no such column", "regex": "."}, False),
    ],
)
def test_table_demands_are_checked_by_great_expectations(expectation, arguments, passed):
    demand = TableDemand("the demand", "people", expectation, arguments)
    assert evaluate("transform", [], table_demands=[demand], tables={"people": [TABLE]}).passed is passed


def test_a_table_demand_without_its_table_is_an_error():
    demand = TableDemand("rows", "people", "expect_table_row_count_to_equal", {"value": 3})
    with pytest.raises(ValueError, match="without its table"):
        evaluate("transform", [], table_demands=[demand], tables={"orders": [TABLE]})


def test_no_cell_of_a_failing_column_is_in_the_result():
    demand = TableDemand("cities", "people", "expect_column_values_to_be_in_set", {"column": "city", "value_set": ["Ghent"]})
    result = evaluate("transform", [Demand("rows", 3.0, at_least=1)], table_demands=[demand], tables={"people": [TABLE]})
    assert result.passed is False
    assert "Jane" not in repr(result)
    assert "Ghent" not in repr(demand)


@pytest.mark.parametrize(("frames", "passed"), [([], False), ([TABLE[:1], TABLE[2:]], True), ([TABLE[:1], TABLE[1:]], False)])
def test_a_table_demand_must_hold_for_each_partition_and_there_must_be_one(frames, passed):
    demand = TableDemand("cities", "people", "expect_column_values_to_be_in_set", {"column": "city", "value_set": ["Ghent"]})
    assert evaluate("transform", [], table_demands=[demand], tables={"people": frames}).passed is passed
