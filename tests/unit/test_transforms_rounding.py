"""round, truncate and geo_grid: numbers, dates and places made coarser."""

import math

import pytest
from pydantic import ValidationError

from tests.unit.whole_columns import NULLS, transformed
from veil.errors import TransformFailed
from veil.transforms import TRANSFORMS


@pytest.mark.parametrize(
    ("value", "kind", "form", "parameters", "expected"),
    [
        ("1.57", "decimal", "0.00", {"places": 1}, "1.60"),
        ("1.25", "decimal", "0.00", {"places": 1}, "1.20"),
        ("1.35", "decimal", "0.00", {"places": 1}, "1.40"),
        ("-1.25", "decimal", "0.00", {"places": 1}, "-1.20"),
        ("-0.04", "decimal", "0.00", {"places": 1}, "0.00"),
        ("1,57", "decimal", "0,00", {"places": 1}, "1,60"),
        ("1.57", "decimal", "0.##", {"places": 1}, "1.6"),
        ("1.97", "decimal", "0.##", {"places": 0}, "2"),
        ("1.97", "decimal", "0.0#", {"places": 0}, "2.0"),
        ("1234", "integer", None, {"places": -2}, "1200"),
        ("1250", "integer", None, {"places": -2}, "1200"),
        ("1350", "integer", None, {"places": -2}, "1400"),
        ("1234", "integer", None, {"digits": 1}, "1000"),
        ("0.00123", "decimal", "0.00000", {"digits": 2}, "0.00120"),
        ("0.0", "decimal", "0.0", {"digits": 2}, "0.0"),
        ("999", "integer", None, {"digits": 2}, "1000"),
        ("17", "integer", None, {"to": 5}, "15"),
        ("18", "integer", None, {"to": 5}, "20"),
        ("7.37", "decimal", "0.00", {"to": 0.25}, "7.25"),
        ("7.38", "decimal", "0.00", {"to": 0.25}, "7.50"),
        ("123456789012345678901234567890", "text", None, {"places": -3}, "123456789012345678901234568000"),
        ("1.005", "text", None, {"places": 2}, "1.00"),
    ],
)
def test_round_keeps_the_format(value, kind, form, parameters, expected):
    assert transformed("round", [value, *NULLS], kind=kind, form=form, parameters=parameters) == [expected, *NULLS]


@pytest.mark.parametrize(
    ("value", "kind", "form", "parameters", "expected"),
    [
        ("1966-04-08", "date", "%Y-%m-%d", {"to": "year"}, "1966-01-01"),
        ("1966-04-08", "date", "%Y-%m-%d", {"to": "quarter"}, "1966-04-01"),
        ("31/12/1999", "date", "%d/%m/%Y", {"to": "quarter"}, "01/10/1999"),
        ("08.04.1966", "date", "%d.%m.%Y", {"to": "month"}, "01.04.1966"),
        ("2026-11-25", "date", "%Y-%m-%d", {"to": "week"}, "2026-11-23"),
        ("2026-11-23", "date", "%Y-%m-%d", {"to": "week"}, "2026-11-23"),
        ("2020-03-01", "date", "%Y-%m-%d", {"to": "week"}, "2020-02-24"),
        ("2020-03-01 23:59:58", "datetime", "%Y-%m-%d %H:%M:%S", {"to": "day"}, "2020-03-01 00:00:00"),
        ("2020-03-01 23:59:58", "datetime", "%Y-%m-%d %H:%M:%S", {"to": "hour"}, "2020-03-01 23:00:00"),
        ("2020-03-01 23:59:58", "datetime", "%Y-%m-%d %H:%M:%S", {"to": "month"}, "2020-03-01 00:00:00"),
        ("1700-05-05", "date", "%Y-%m-%d", {"to": "year"}, "1700-01-01"),
        ("2200-05-05", "date", "%Y-%m-%d", {"to": "quarter"}, "2200-04-01"),
        (
            "Dec 16, 2021, 9:00:18 AM PST",
            "datetime",
            "%b %-d, %Y, %-I:%M:%S %p PST",
            {"to": "hour"},
            "Dec 16, 2021, 9:00:00 AM PST",
        ),
        ("1/2/2003", "text", None, {"to": "year", "format": "%-d/%-m/%Y"}, "1/1/2003"),
        ("A12345", "text", None, {"first": 3}, "A12"),
        ("A12", "text", None, {"first": 3}, "*"),
        ("A12", "text", None, {"first": 3, "short": "keep"}, "A12"),
        ("😀abc", "text", None, {"first": 1}, "😀"),
        ("17", "integer", None, {"step": 5}, "15"),
        ("-17", "integer", None, {"step": 5}, "-20"),
        ("2.99", "decimal", "0.00", {"step": 0.5}, "2.50"),
        ("2,99", "decimal", "0,00", {"step": 0.5}, "2,50"),
    ],
)
def test_truncate_keeps_the_format(value, kind, form, parameters, expected):
    assert transformed("truncate", [value, *NULLS], kind=kind, form=form, parameters=parameters) == [expected, *NULLS]


@pytest.mark.parametrize(
    ("name", "value", "kind", "form", "parameters", "told"),
    [
        ("round", "1.5", "decimal", "0.0", {"to": 0.25}, "`to: 0.25` cannot be written"),
        ("round", "15", "integer", None, {"to": 2.5}, "`to: 2.5` cannot be written"),
        ("truncate", "1.5", "decimal", "0.0", {"step": 0.25}, "`step: 0.25` cannot be written"),
        ("truncate", "2020-01-01", "date", "%Y-%m-%d", {"to": "hour"}, "changes nothing"),
        ("truncate", "2020-01-01", "date", "%Y-%m-%d", {"to": "day"}, "changes nothing"),
        ("truncate", "2020-01-01", "text", None, {"to": "year"}, "give `format`"),
        ("geo_grid", "50.8", "decimal", "0.0", {"km": 10}, "pairs of latitude and longitude"),
    ],
)
def test_what_cannot_be_written_is_refused(name, value, kind, form, parameters, told):
    with pytest.raises(TransformFailed, match=told):
        transformed(name, [value], kind=kind, form=form, parameters=parameters)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("round", {}), ("round", {"places": 1, "to": 5}),
        ("round", {"to": 0}), ("round", {"digits": 0}), ("round", {"places": 1.5}),
        ("truncate", {}), ("truncate", {"to": "year", "first": 2}), ("truncate", {"to": "minute"}), ("truncate", {"first": 0}),
        ("truncate", {"step": -1}), ("truncate", {"first": 2, "format": "%Y"}), ("truncate", {"to": "year", "format": "year"}),
        ("geo_grid", {}), ("geo_grid", {"km": 0}), ("geo_grid", {"km": 5, "axis": "longitude"}), ("geo_grid", {"km": True}),
        ("geo_grid", {"km": 5, "axis": "latitude", "latitude": "lat"}), ("geo_grid", {"km": 5, "axis": "north"}),
    ],
)  # fmt: skip
def test_parameters_that_say_nothing_or_too_much_are_refused(name, parameters):
    with pytest.raises(ValidationError):
        TRANSFORMS[name].model_validate(parameters)


@pytest.mark.parametrize("bad", ["secret", "1e5", " 5", "5 ", "٣", "NaN", "--1", "1.", "\x00", "\ud800", "=1+1"])
@pytest.mark.parametrize(
    ("name", "parameters"), [("round", {"places": 0}), ("truncate", {"step": 5}), ("geo_grid", {"km": 5, "axis": "latitude"})]
)
def test_what_is_no_number_is_refused_by_number(name, parameters, bad):
    with pytest.raises(TransformFailed, match="fewer than 10 values") as failed:
        transformed(name, ["1", bad], kind="text", parameters=parameters)
    assert failed.value.__cause__ is failed.value.__context__ is None


def kilometers(first, second):
    north, east = (math.radians(degrees) for degrees in first)
    other_north, other_east = (math.radians(degrees) for degrees in second)
    across = math.cos(north) * math.cos(other_north) * math.sin((other_east - east) / 2) ** 2
    half = math.sin((other_north - north) / 2) ** 2 + across
    return 2 * 6371.0088 * math.asin(math.sqrt(half))


BRUSSELS = ("50.846700", "4.349900")


def test_geo_grid_moves_no_further_than_a_cell_is_wide():
    [cell] = transformed("geo_grid", [", ".join(BRUSSELS)], parameters={"km": 10})
    north, east = cell.split(", ")
    assert (len(north), len(east)) == (9, 8)
    assert 0 < kilometers(tuple(map(float, BRUSSELS)), (float(north), float(east))) <= 10 / 2 * math.sqrt(2) * 1.01


def test_geo_grid_gives_neighbors_one_place_and_cells_of_at_least_the_width():
    places = [f"{50 + north / 1000:.3f}, {4 + east / 1000:.3f}" for north in range(0, 200, 5) for east in range(0, 200, 5)]
    snapped = transformed("geo_grid", places, parameters={"km": 10})
    centers = sorted({tuple(map(float, cell.split(", "))) for cell in snapped})
    assert 4 <= len(centers) <= 12
    for here in centers:
        for there in centers:
            assert here == there or kilometers(here, there) > 9.8


def test_geo_grid_of_two_columns_is_that_of_pairs():
    north, east = ["50.846700", "-33.8", "78.2", "89.99"], ["4.349900", "151.2", "15.6", "-179.9"]
    pairs = transformed("geo_grid", [", ".join(pair) for pair in zip(north, east, strict=True)], parameters={"km": 25})
    first = transformed("geo_grid", [*north, *NULLS], parameters={"km": 25, "axis": "latitude"})
    meridians = {"km": 25, "axis": "longitude", "latitude": "lat"}
    second = transformed("geo_grid", [*east, *NULLS], parameters=meridians, others={"lat": [*north, *NULLS]})
    assert pairs == [", ".join(pair) for pair in zip(first[:4], second[:4], strict=True)]
    assert first[4:] == second[4:] == NULLS


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("(50.85, 4.35)", "(50.86, 4.35)"),
        ("50.85;4.35", "50.86;4.35"),
        ("50.850 4.350", "50.857 4.349"),
        ("51, 4", "51, 4"),
        ("-0.01,0.01", "-0.04,0.04"),
    ],
)
def test_geo_grid_keeps_how_a_pair_is_written(value, expected):
    assert transformed("geo_grid", [value, *NULLS], parameters={"km": 10}) == [expected, *NULLS]


@pytest.mark.parametrize("pole", ["90, 180", "-90, -180", "89.9999, 0", "90, 0"])
def test_geo_grid_has_one_cell_at_a_pole(pole):
    [cell] = transformed("geo_grid", [pole], parameters={"km": 10})
    north, east = map(float, cell.split(", "))
    assert abs(north) <= 90
    assert abs(east) <= 180


@pytest.mark.parametrize("bad", ["91, 0", "0, 181", "50.8", "a, b", "1,2,3", "50°N, 4°E", "1e1, 2"])
def test_geo_grid_refuses_what_is_no_place(bad):
    with pytest.raises(TransformFailed, match="fewer than 10 values"):
        transformed("geo_grid", [bad], parameters={"km": 10})


def test_geo_grid_refuses_a_longitude_without_its_latitude():
    with pytest.raises(TransformFailed, match="without a latitude"):
        transformed("geo_grid", ["4.3"], parameters={"km": 9, "axis": "longitude", "latitude": "lat"}, others={"lat": [None]})
