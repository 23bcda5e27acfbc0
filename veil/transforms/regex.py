"""Regex: replace what matches a pattern in a cell; the engine is RE2, whose time is linear whatever the pattern and the text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import Field, model_validator

from veil.transforms.base import Context, Properties, Transform, map_distinct
from veil.transforms.mask import masked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from veil.transforms.base import Cells

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Regex(Transform):
    r"""Replace every match of `pattern` in a cell by `replace`, in which `\1` is the pattern's first group and `\\` a backslash.

    What becomes of a cell in which nothing matches is `unmatched`: refused, masked whole, or kept as it is. A cell with half a
    character in it (a lone surrogate) matches nothing.
    """

    name: ClassVar[str] = "regex"
    properties: ClassVar[Properties] = Properties("suppress", keeps=frozenset({"nulls"}))

    pattern: str = Field(min_length=1, max_length=1000)
    replace: str = Field(default="", max_length=1000)
    unmatched: Literal["refuse", "keep", "mask"] = "refuse"

    @model_validator(mode="after")
    def _can_be_run(self) -> Regex:
        groups = _compiled(self.pattern).groups
        if _compiled(self.pattern).search("") is not None:
            raise ValueError("`pattern` matches the empty text, so between any two characters; say `+` where it says `*`")
        if re.search(r"\\(?![1-9])", self.replace.replace(r"\\", "")):
            raise ValueError(r"`replace` has a backslash before no digit from 1 to 9; `\1` is a group and `\\` a backslash")
        wanted = [int(digit) for digit in re.findall(r"\\([1-9])", self.replace.replace(r"\\", ""))]
        if max(wanted, default=0) > groups:
            raise ValueError(f"`replace` asks for group {max(wanted)} of a pattern that has {groups}")
        return self

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Replace the matches in each distinct cell."""
        return map_distinct(cells, context, lambda values: self._replaced(values, context))

    def _replaced(self, values: Sequence[str], context: Context) -> list[str]:
        import pyarrow as pa
        import pyarrow.compute as pc

        cells = pa.array([value if _is_whole(value) else None for value in values], pa.string())
        matched = pc.fill_null(pc.match_substring_regex(cells, self.pattern), False).to_pylist()
        if self.unmatched == "refuse":
            missed = [not found for found in matched]
            context.refuse(missed, "nothing matches `pattern`; say what becomes of them by `unmatched`")
        results = pc.replace_substring_regex(cells, self.pattern, self.replace).to_pylist()
        rows = zip(matched, results, values, strict=True)
        return [result if found else self._unmatched(value) for found, result, value in rows]

    def _unmatched(self, value: str) -> str:
        return masked(value, "*", keep_first=0) if self.unmatched == "mask" else value


@cache
def _compiled(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        words = error.args[0] if error.args else "cannot be compiled"
    told = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    raise ValueError(f"`pattern` is not taken by RE2: {told}")


def _is_whole(value: str) -> bool:
    """Return whether the value can be written in UTF-8, which a lone surrogate cannot."""
    return value.isascii() or not _SURROGATE.search(value)
