"""How dates are written, when nothing says what they are the dates of."""

from __future__ import annotations

import re
from typing import Final

_MONTH = r"[^\W\d_]{3,10}\.?"
DATE_LIKE: Final = re.compile(
    rf"(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}|(?:19|20)\d{{6}}"
    rf"|{_MONTH} \d{{1,2}},? \d{{4}}|\d{{1,2}}\.? {_MONTH} \d{{4}})(?:[T, ].{{0,30}})?"
)
