"""Charts as hand-written SVG: pure functions from numbers to markup, the same bytes for the same numbers.

Every chart has a `<title>` that says in words what it shows. Colors come from the style sheet by class, so that a chart prints,
and no mark is told from another by color alone. Coordinates are rounded to a tenth of a pixel: a share that one person holds
cannot be read back from the file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Literal

from markupsafe import Markup, escape

from veil.report.numbers import Limit

HEAT_STEPS = 13  # odd, so that the middle shade means no difference
MAX_POINTS = 240
MAX_NUMBERED = 16
Heat = Literal["association", "difference"]


def mark(state: str) -> Markup:
    """Draw the shape of a verdict: a disc with a tick, a square with a cross, or a hollow ring. Words stand beside it."""
    shapes = {
        "pass": '<circle class="fill" cx="8" cy="8" r="7.5"/><path class="cut" d="M4.4 8.3l2.5 2.5 4.8-5.2"/>',
        "fail": '<rect class="fill" x="1" y="1" width="14" height="14" rx="1.5"/><path class="cut" d="M5 5l6 6M11 5l-6 6"/>',
        "none": '<circle class="ring" cx="8" cy="8" r="6.2"/>',
    }
    head = f'<svg class="mark {state}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">'
    return Markup(f"{head}{shapes[state]}</svg>")  # noqa: S704


def interval(
    value: float,
    low: float,
    high: float,
    *,
    limit: Limit | None,
    title: str,
    chance: float | None = None,
    percent: bool = False,
    width: int = 340,
) -> Markup:
    """Draw a figure as a dot with whiskers on an axis, the side that the limit allows as a band, and the limit as a flag.

    Parameters
    ----------
    value, low, high : the figure and its 95 % interval, all finite.
    limit : the threshold; None draws neither band nor flag.
    chance : where a figure lies that tells nothing, drawn as a dotted line.
    percent : write the axis in percent; the numbers stay shares.
    """
    known = [value, low, high] + ([limit.number] if limit else []) + ([chance] if chance is not None else [])
    start, end = _domain(known)
    scale = _Scale(start, end, 14, width - 14)
    parts = [f'<line class="axis" x1="14" x2="{width - 14}" y1="30" y2="30"/>']
    parts += [_tick(scale, number, percent) for number in _ticks(start, end)]
    if limit:
        parts.insert(0, _allowed(scale, limit))
        parts.append(_flag(scale, limit, percent))
    if chance is not None:
        parts.append(f'<line class="chance" x1="{scale.at(chance)}" x2="{scale.at(chance)}" y1="16" y2="36"/>')
    parts.append(f'<path class="whisker" d="M{scale.at(low)} 25v10M{scale.at(low)} 30H{scale.at(high)}M{scale.at(high)} 25v10"/>')
    parts.append(f'<circle class="dot" cx="{scale.at(value)}" cy="30" r="4.6"/>')
    return _svg(parts, width, 54, title, "interval")


def bar_pair(original: float, synthetic: float, *, title: str, width: int = 220) -> Markup:
    """Draw two shares of [0, 1] as a pair of bars, the original above the synthetic one."""
    lengths = [_trim(max(0.0, min(1.0, share)) * width) for share in (original, synthetic)]
    parts = [
        f'<rect class="track" width="{width}" height="20"/>',
        f'<rect class="original" y="1" width="{lengths[0]}" height="8"/>',
        f'<rect class="synthetic" y="11" width="{lengths[1]}" height="8"/>',
    ]
    return _svg(parts, width, 20, title, "pair")


def distribution(
    original: Sequence[float], synthetic: Sequence[float], *, numeric: bool, title: str, width: int = 208, height: int = 76
) -> Markup:
    """Draw two distributions over the same bins or levels: the original filled, the synthetic as a line or as caps.

    Bins touch each other; levels, which have no order of their own, stand apart.
    """
    highest = max((*original, *synthetic, 0.0)) or 1.0
    count = max(len(original), len(synthetic), 1)
    slot = width / count
    gap = 0.0 if numeric else min(4.0, slot * 0.22)
    tall = (height - 4) / highest
    filled = "".join(_bar(index * slot, slot - gap, share * tall, height) for index, share in enumerate(original))
    tops = [_trim(height - share * tall) for share in synthetic]
    if numeric:
        steps = "".join(f"V{top}H{_trim((index + 1) * slot)}" for index, top in enumerate(tops))
        line = f"M0 {height}{steps}V{height}"
    else:
        line = "".join(f"M{_trim(index * slot)} {top}h{_trim(slot - gap)}" for index, top in enumerate(tops))
    parts = [
        f'<path class="original" d="{filled}"/>',
        f'<line class="axis" x1="0" x2="{width}" y1="{height}" y2="{height}"/>',
        f'<path class="{"steps" if numeric else "caps"}" d="{line}"/>',
    ]
    return _svg(parts, width, height + 1, title, "distribution")


def heat_map(matrix: Sequence[Sequence[float]], *, scale: Heat, title: str, size: int = 300) -> Markup:
    """Draw a square matrix as cells in `HEAT_STEPS` shades, rows and columns numbered from 1.

    Parameters
    ----------
    matrix : values in [0, 1] for the scale `"association"`, in [-1, 1] for `"difference"`; not finite is left white.
    """
    margin, count = 20, max(len(matrix), 1)
    cell = (size - margin) / count
    paths: dict[int, list[str]] = {}
    for row, values in enumerate(matrix):
        column = 0
        for shade, run in groupby(values, key=lambda value: _shade(value, scale)):
            length = len(list(run))
            if shade is not None:
                paths.setdefault(shade, []).append(_block(margin + column * cell, margin + row * cell, length * cell, cell))
            column += length
    parts = [f'<path class="{scale[0]}{shade}" d="{"".join(paths[shade])}"/>' for shade in sorted(paths)]
    parts.append(f'<rect class="frame" x="{margin}" y="{margin}" width="{size - margin}" height="{size - margin}"/>')
    for index in range(0, count, 1 if count <= MAX_NUMBERED else 5):
        middle = margin + (index + 0.5) * cell
        parts.append(f'<text class="middle" x="{_trim(middle)}" y="14">{index + 1}</text>')
        parts.append(f'<text class="end" x="15" y="{_trim(middle + 3)}">{index + 1}</text>')
    return _svg(parts, size, size, title, "heat")


def heat_scale(scale: Heat, *, width: int = 300) -> Markup:
    """Draw the shades of a heat map with the ends of their scale."""
    step = (width - 80) / HEAT_STEPS
    ends = ("0", "1") if scale == "association" else ("\u22120.5", "+0.5")
    parts = [
        f'<rect class="{scale[0]}{shade}" x="{_trim(40 + shade * step)}" y="1" width="{_trim(step + 0.3)}" height="10"/>'
        for shade in range(HEAT_STEPS)
    ]
    parts += [f'<text class="end" x="34" y="10">{ends[0]}</text><text x="{width - 34}" y="10">{ends[1]}</text>']
    return _svg(parts, width, 12, f"Scale of {scale}: from {ends[0]} to {ends[1]}", "heat")


def line_chart(series: Mapping[str, Sequence[float]], *, first: int, title: str, width: int = 860, height: int = 240) -> Markup:
    """Draw named series over epochs that begin at `first`; a value that is not finite breaks its line.

    Long series are drawn at `MAX_POINTS` of their epochs, the first and the last among them. The lines differ in dash as
    well as in color, in the order of the names.
    """
    finite = [value for values in series.values() for value in values if math.isfinite(value)]
    steps = max((len(values) for values in series.values()), default=0)
    if not finite:
        return _svg([], width, height, title, "lines")
    bottom, top = _domain(finite)
    across, up = _Scale(first, first + max(steps - 1, 1), 52, width - 12), _Scale(bottom, top, height - 30, 10)
    parts = []
    for number in _ticks(bottom, top):
        parts.append(f'<line class="grid" x1="52" x2="{width - 12}" y1="{up.at(number)}" y2="{up.at(number)}"/>')
        parts.append(f'<text class="end" x="46" y="{_trim(float(up.at(number)) + 4)}">{_number(number)}</text>')
    for number in sorted({first, first + (steps - 1) // 2, first + steps - 1}):
        parts.append(f'<text class="middle" x="{across.at(number)}" y="{height - 10}">{number}</text>')
    parts.append(f'<text class="end" x="46" y="{height - 10}">epoch</text>')
    for order, name in enumerate(sorted(series)):
        parts.append(f'<path class="line l{order % 4}" d="{_line(series[name], across, up, first)}"/>')
    return _svg(parts, width, height, title, "lines")


def stacked_bar(parts: Sequence[tuple[str, int]], *, title: str, width: int = 720) -> Markup:
    """Draw counts of named kinds as one bar; the class of a part is its name, its legend stands in the page."""
    total = sum(count for _, count in parts) or 1
    drawn, start = [], 0.0
    for name, count in parts:
        length = count / total * width
        if count:
            drawn.append(
                f'<rect class="part {escape(name)}" x="{_trim(start)}" width="{_trim(max(length - 2, 1))}" height="14" rx="1.5"/>'
            )
        start += length
    return _svg(drawn, width, 14, title, "stack", stretch=True)


class _Scale:
    """From numbers to pixels, on a line."""

    def __init__(self, start: float, end: float, near: float, far: float) -> None:
        self.start, self.end, self.near, self.far = start, end, near, far

    def at(self, number: float) -> str:
        inside = max(self.start, min(self.end, number))
        return _trim(self.near + (inside - self.start) / (self.end - self.start) * (self.far - self.near))


def _svg(parts: Sequence[str], width: int, height: int, title: str, kind: str, *, stretch: bool = False) -> Markup:
    fit = ' preserveAspectRatio="none"' if stretch else ""
    head = f'<svg class="{kind}" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}"{fit}>'
    return Markup(f"{head}<title>{escape(title)}</title>{''.join(parts)}</svg>")  # noqa: S704


def _trim(number: float) -> str:
    text = f"{number:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _number(number: float, percent: bool = False) -> str:
    shown = 100 * number if percent else number
    text = f"{shown:.3f}".rstrip("0").rstrip(".") if abs(shown) < 1e5 else f"{shown:.2g}"
    return f"{'0' if text == '-0' else text}{'%' if percent else ''}"


def _domain(numbers: Sequence[float]) -> tuple[float, float]:
    """Return the ends of an axis around the numbers, on whole steps; shares stay inside [0, 1]."""
    lowest, highest = min(numbers), max(numbers)
    least = max(0.1 if highest <= 1 else 1.0, 1e-3 * abs(lowest), 1e-3 * abs(highest))
    step = _step(max(highest - lowest, least))
    start, end = math.floor(lowest / step - 0.25) * step, math.ceil(highest / step + 0.25) * step
    if lowest >= 0 and highest <= 1:
        start, end = max(start, 0.0), min(end, 1.0)
    elif lowest >= 0:
        start = max(start, 0.0)
    return round(start, 6), round(end, 6)


def _step(span: float) -> float:
    """Return a round step that divides a span into at most five."""
    power = 10.0 ** math.floor(math.log10(span / 5))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor * 5 >= span * 0.999)


def _ticks(start: float, end: float) -> list[float]:
    step = _step(end - start)
    first = math.ceil(start / step - 1e-9)
    return [round(index * step, 6) for index in range(first, math.floor(end / step + 1e-9) + 1)]


def _tick(scale: _Scale, number: float, percent: bool) -> str:
    at, text = scale.at(number), _number(number, percent)
    return f'<line class="axis" x1="{at}" x2="{at}" y1="30" y2="34"/><text class="middle" x="{at}" y="48">{text}</text>'


def _allowed(scale: _Scale, limit: Limit) -> str:
    at, end = float(scale.at(limit.number)), scale.far
    left, right = {"at most": (scale.near, at), "at least": (at, end), "exactly": (at - 1, at + 1)}[limit.side]
    return f'<rect class="allowed" x="{_trim(left)}" y="21" width="{_trim(max(right - left, 0.0))}" height="18"/>'


def _flag(scale: _Scale, limit: Limit, percent: bool) -> str:
    at = float(scale.at(limit.number))
    anchor = "start" if at < scale.near + 60 else "end" if at > scale.far - 60 else "middle"
    line = f'<line class="limit" x1="{_trim(at)}" x2="{_trim(at)}" y1="15" y2="39"/>'
    return f'{line}<text class="{anchor} strong" x="{_trim(at)}" y="11">limit {_number(limit.number, percent)}</text>'


def _bar(left: float, width: float, tall: float, floor: float) -> str:
    return f"M{_trim(left)} {_trim(floor)}v-{_trim(tall)}h{_trim(width)}V{_trim(floor)}z" if _trim(tall) != "0" else ""


def _block(left: float, top: float, width: float, height: float) -> str:
    return f"M{_trim(left)} {_trim(top)}h{_trim(width)}v{_trim(height)}h-{_trim(width)}z"


def _shade(value: float, scale: Heat) -> int | None:
    if not math.isfinite(value):
        return None
    position = value if scale == "association" else (max(-0.5, min(0.5, value)) + 0.5)
    return min(max(int(position * HEAT_STEPS), 0), HEAT_STEPS - 1)


def _line(values: Sequence[float], across: _Scale, up: _Scale, first: int) -> str:
    kept = _thinned(len(values))
    path, pen = "", "M"
    for index in kept:
        if math.isfinite(values[index]):
            path += f"{pen}{across.at(first + index)} {up.at(values[index])}"
            pen = "L"
        else:
            pen = "M"
    return path


def _thinned(count: int) -> list[int]:
    if count <= MAX_POINTS:
        return list(range(count))
    return sorted({round(index * (count - 1) / (MAX_POINTS - 1)) for index in range(MAX_POINTS)})
