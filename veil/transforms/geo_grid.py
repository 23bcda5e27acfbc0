"""Geo grid: a coordinate, as the center of the cell of a grid that it lies in."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from pydantic import Field, model_validator

from veil.transforms.base import Context, Number, Properties, Transform, distinct_rows, map_distinct, present, replaced
from veil.transforms.numbers import decimal_mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from veil.transforms.base import Cells

KM_PER_DEGREE: Final = 6371.0088 * math.pi / 180
"""On the mean radius of the earth (IUGG)."""

_DEGREES = r"-?\d{1,3}(?:[.,]\d{1,20})?"
_ONE = re.compile(_DEGREES, re.ASCII)
_BOTH = re.compile(rf"(\(?\s?)({_DEGREES})(\s?[,; ]\s?)({_DEGREES})(\s?\)?)", re.ASCII)


class GeoGrid(Transform):
    """Snap coordinates in degrees to the centers of a grid whose cells are at least `km` wide and `km` high.

    `axis` says what a cell holds: `latitude`, `longitude`, or `both` (`50.8467, 4.3499`). Meridians run together toward the
    poles, so a column of longitudes names the column of latitudes with `latitude`. The places a cell was written with are kept.
    Where few people live, a cell of the grid has few people: a check on k tells, this transform does not.
    """

    name: ClassVar[str] = "geo_grid"
    properties: ClassVar[Properties] = Properties("generalize", keeps=frozenset({"nulls", "format"}))

    km: Number = Field(ge=0.01, le=5000, allow_inf_nan=False)
    axis: Literal["latitude", "longitude", "both"] = "both"
    latitude: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _knows_the_latitude(self) -> GeoGrid:
        if (self.axis == "longitude") != (self.latitude is not None):
            raise ValueError("a column of longitudes, and no other, needs `latitude`: the name of the column of latitudes")
        return self

    @property
    def columns_needed(self) -> tuple[str, ...]:
        """The latitudes, for a column of longitudes."""
        return (self.latitude,) if self.latitude is not None else ()

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Snap each distinct coordinate."""
        if self.latitude is not None:
            return self._longitudes(cells, context, context.require_related(self.latitude, "latitude"))
        snapped = self._pairs if self.axis == "both" else self._latitudes
        return map_distinct(cells, context, lambda values: snapped(values, context))

    def _latitudes(self, values: Sequence[str], context: Context) -> list[str]:
        degrees = _degrees(values, 90, context)
        return [_like(value, self._center(number)[0], context) for value, number in zip(values, degrees, strict=True)]

    def _pairs(self, values: Sequence[str], context: Context) -> list[str]:
        matches = [_BOTH.fullmatch(value) for value in values]
        context.refuse([match is None for match in matches], "no pairs of latitude and longitude, such as `50.8467, 4.3499`")
        parts = [match.groups() for match in matches if match is not None]
        latitudes = _degrees([part[1] for part in parts], 90, context)
        longitudes = _degrees([part[3] for part in parts], 180, context)
        return [
            "".join((part[0], *self._written(part[1], part[3], part[2], (latitude, longitude), context), part[4]))
            for part, latitude, longitude in zip(parts, latitudes, longitudes, strict=True)
        ]

    def _written(self, north: str, east: str, between: str, place: tuple[float, float], context: Context) -> tuple[str, str, str]:
        latitude, width = self._center(place[0])
        return _like(north, latitude, context), between, _like(east, _snapped(place[1], width, 180), context)

    def _longitudes(self, cells: Cells, context: Context, latitudes: Cells) -> Cells:
        there = present(cells, context).to_numpy(dtype=bool)
        known = present(latitudes, context).to_numpy(dtype=bool)
        context.refuse(there & ~known, "longitudes in rows without a latitude; the width of a cell depends on it")
        east, north = (column.to_numpy(dtype=object)[there] for column in (cells, latitudes))
        codes, firsts = distinct_rows(east, north)
        widths = [self._center(number)[1] for number in _degrees(list(north[firsts]), 90, context)]
        degrees = _degrees(list(east[firsts]), 180, context)
        results = np.empty(len(firsts), dtype=object)
        pairs = zip(east[firsts], degrees, widths, strict=True)
        results[:] = [_like(value, _snapped(number, width, 180), context) for value, number, width in pairs]
        return replaced(cells, there, codes, results)

    def _center(self, latitude: float) -> tuple[float, float]:
        """Return the middle of the band that a latitude lies in, and how many degrees of longitude its cells have."""
        height = min(float(self.km) / KM_PER_DEGREE, 180.0)
        band = math.floor(latitude / height)
        edge = min(max(abs(band * height), abs((band + 1) * height)), 90.0)
        narrowest = math.cos(math.radians(edge))
        width = min(height / narrowest, 360.0) if narrowest > 1e-9 else 360.0
        return min(max((band + 0.5) * height, -90.0), 90.0), width


def _snapped(degrees: float, width: float, limit: float) -> float:
    return min(max((math.floor(degrees / width) + 0.5) * width, -limit), limit)


def _degrees(values: Sequence[str], limit: int, context: Context) -> list[float]:
    mark = decimal_mark(context)
    readable = [_ONE.fullmatch(value) is not None and (mark == "," or "," not in value) for value in values]
    context.refuse([not good for good in readable], "no coordinates in degrees, such as 50.8467")
    degrees = [float(value.replace(",", ".")) for value in values]
    context.refuse([abs(number) > limit for number in degrees], f"beyond ±{limit} degrees")
    return degrees


def _like(value: str, degrees: float, context: Context) -> str:
    """Write degrees with the places that the cell had."""
    places = len(value.replace(",", ".").partition(".")[2])
    text = f"{degrees:.{places}f}"
    text = text if text.strip("-0.") else text.lstrip("-")
    return text.replace(".", decimal_mark(context))
