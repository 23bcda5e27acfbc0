"""The reliability plot: the share of findings that are right, by how sure they were; the same bytes for the same counts."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import escape

from benchmarks.classify.column_score import Bin

_SIZE = 300
_MARGIN = 44
_GRID = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def reliability_svg(bins: Sequence[Bin], *, title: str) -> str:
    """Draw a bar per bin of confidence up to the share right, with its count, and the diagonal of perfect calibration."""
    width = height = _SIZE + 2 * _MARGIN
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
             'role="img" font-family="sans-serif" font-size="11">', f"<title>{escape(title)}</title>",
             f'<rect width="{width}" height="{height}" fill="#fff"/>']
    parts += [_grid_line(share) for share in _GRID]
    parts += [_bar(each) for each in bins if each.ratio.total]
    parts.append(f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#555" stroke-dasharray="4 3"/>')
    parts.append(f'<text x="{_x(0.5)}" y="{height - 8}" text-anchor="middle">confidence</text>')
    parts.append(f'<text x="{_MARGIN}" y="24" font-size="13">{escape(title)}: share right, and number of findings</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _grid_line(share: float) -> str:
    line = f'<path d="M{_x(0)} {_y(share)}H{_x(1)}" stroke="#ddd"/>'
    left = f'<text x="{_MARGIN - 6}" y="{_y(share) + 4}" text-anchor="end">{share:.1f}</text>'
    return f'{line}{left}<text x="{_x(share)}" y="{_y(0) + 16}" text-anchor="middle">{share:.1f}</text>'


def _bar(each: Bin) -> str:
    share = each.ratio.share or 0.0
    left, right = _x(each.low), _x(each.high)
    wide, high = round(right - left - 2, 1), round(_y(0) - _y(share), 1)
    bar = f'<rect x="{left + 1}" y="{_y(share)}" width="{wide}" height="{high}" fill="#4477aa"/>'
    return f'{bar}<text x="{round((left + right) / 2, 1)}" y="{_y(share) - 4}" text-anchor="middle">{each.ratio.total}</text>'


def _x(share: float) -> float:
    return round(_MARGIN + share * _SIZE, 1)


def _y(share: float) -> float:
    return round(_MARGIN + (1 - share) * _SIZE, 1)
