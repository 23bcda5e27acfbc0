"""Fill a pattern: `#` digit, `^` digit but zero, `@` capital, `~` small letter, `%` hex, `&` capital hex, `*` capital or digit.

`{a|b}` stands for one of its options, which are patterns too.
"""

from __future__ import annotations

import random
import re
import string
from typing import Final

_GROUP: Final = re.compile(r"\{([^{}]{0,2000})\}")
_MARK: Final = re.compile(r"[#^@~%&*]")
_ALPHABETS: Final = {
    "#": string.digits, "^": "123456789", "@": string.ascii_uppercase, "~": string.ascii_lowercase,
    "%": "0123456789abcdef", "&": "0123456789ABCDEF", "*": string.ascii_uppercase + string.digits,
}


def filled(pattern: str, rng: random.Random) -> str:
    """Return one text of the pattern."""
    chosen = pattern
    while "{" in chosen:  # innermost groups first, since an option may hold a group
        chosen, n_filled = _GROUP.subn(lambda found: rng.choice(found.group(1).split("|")), chosen)
        if not n_filled:
            raise ValueError("a pattern has a brace without its partner")
    return _MARK.sub(lambda found: rng.choice(_ALPHABETS[found.group()]), chosen)
