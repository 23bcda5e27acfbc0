"""The charts: right lengths, safe titles, and nothing that is not finite in a coordinate."""

import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veil.report import svg
from veil.report.numbers import Limit

LIMIT = Limit("at most", 0.55)
CHARTS = {
    "interval": lambda title: svg.interval(0.51, 0.49, 0.53, limit=LIMIT, title=title, chance=0.5),
    "bar pair": lambda title: svg.bar_pair(0.5, 0.25, title=title),
    "numeric": lambda title: svg.distribution((0.2, 0.8), (0.3, 0.7), numeric=True, title=title),
    "levels": lambda title: svg.distribution((0.2, 0.8), (0.3, 0.7), numeric=False, title=title),
    "heat map": lambda title: svg.heat_map(((1.0, 0.2), (0.2, 1.0)), scale="association", title=title),
    "lines": lambda title: svg.line_chart({"a": (1.0, 2.0), "b": (0.0, math.nan)}, first=1, title=title),
    "stack": lambda title: svg.stacked_bar([("keep", 3), ("fake", 0)], title=title),
}
numbers = st.floats(-1e6, 1e6)


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS.keys())
def test_charts_are_well_formed_with_an_escaped_title(draw):
    markup = draw("a < b & \"c\" </title><script>")
    root = ElementTree.fromstring(markup)
    assert root.attrib["role"] == "img"
    assert root[0].tag == "title"
    assert root[0].text == "a < b & \"c\" </title><script>"


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS.keys())
def test_charts_are_the_same_bytes_every_time(draw):
    assert draw("t") == draw("t")


def test_bar_pair_is_as_long_as_its_shares():
    assert re.findall(r'class="(\w+)" y="\d+" width="([\d.]+)"', svg.bar_pair(0.5, 0.25, title="t", width=200)) == [
        ("original", "100"), ("synthetic", "50"),
    ]  # fmt: skip


def test_bar_pair_stays_inside_its_track():
    assert re.findall(r'y="\d+" width="([\d.]+)"', svg.bar_pair(-0.5, 1.25, title="t", width=200)) == ["0", "200"]


@pytest.mark.parametrize(("side", "left", "right"), [("at most", 14, "limit"), ("at least", "limit", 326)])
def test_allowed_side_of_an_interval_is_banded(side, left, right):
    markup = svg.interval(0.5, 0.4, 0.6, limit=Limit(side, 0.5), title="t")
    x, width = (float(number) for number in re.search(r'class="allowed" x="([\d.]+)" y="21" width="([\d.]+)"', markup).groups())
    flag = float(re.search(r'class="limit" x1="([\d.]+)"', markup).group(1))
    expected = [flag if end == "limit" else end for end in (left, right)]
    assert [x, x + width] == pytest.approx(expected, abs=0.11)


@given(st.tuples(numbers, numbers, numbers), numbers)
def test_intervals_are_drawn_inside_their_frame(three, limit):
    low, value, high = sorted(three)
    markup = svg.interval(value, low, high, limit=Limit("at most", limit), title="t")
    assert all(0 <= float(x) <= 340 for x in re.findall(r'\b(?:x|x1|x2|cx)="(-?[\d.]+)"', markup))
    assert "nan" not in markup
    assert "inf" not in markup


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), max_size=600))
def test_lines_break_at_what_is_not_finite(values):
    markup = svg.line_chart({"loss": values}, first=1, title="t")
    assert "nan" not in markup
    assert "inf" not in markup


def test_long_series_keep_their_first_and_last_point():
    path = re.search(r'class="line l0" d="([^"]*)"', svg.line_chart({"loss": list(range(5000))}, first=1, title="t")).group(1)
    assert len(re.findall("[ML]", path)) == svg.MAX_POINTS
    assert path.startswith("M52 ")
    assert re.search(r"L848 [\d.]+$", path)


def test_heat_map_joins_cells_of_one_shade():
    assert svg.heat_map([[0.5] * 40] * 40, scale="association", title="t").count("z") == 40


def test_no_difference_has_the_middle_shade():
    assert 'class="d6"' in svg.heat_map([[0.0, 0.03], [-0.03, 0.0]], scale="difference", title="t")
    assert svg.heat_map([[0.0, 0.03], [-0.03, 0.0]], scale="difference", title="t").count('class="d') == 1


@pytest.mark.parametrize(
    ("value", "scale", "shade"),
    [(0, "association", "a0"), (1, "association", "a12"), (-0.9, "difference", "d0"), (0.9, "difference", "d12")],
)
def test_shades_reach_from_end_to_end(value, scale, shade):
    assert f'class="{shade}"' in svg.heat_map([[value]], scale=scale, title="t")


def test_what_was_not_measured_stays_white():
    assert 'class="a' not in svg.heat_map([[math.nan]], scale="association", title="t")


def test_coordinates_are_too_coarse_to_count_one_person():
    one, none = (0.5, 0.5 - 1 / 100_000, 1 / 100_000), (0.5, 0.5, 0.0)
    drawn = [svg.distribution(shares, shares, numeric=True, title="t") for shares in (one, none)]
    assert drawn[0] == drawn[1]


def test_empty_charts_still_have_their_title():
    assert "<title>t</title>" in svg.distribution((), (), numeric=True, title="t")
    assert "<title>t</title>" in svg.line_chart({}, first=1, title="t")
    assert "<title>t</title>" in svg.heat_map((), scale="association", title="t")
