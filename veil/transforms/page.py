"""Writes `docs/transforms.md` from what the transforms declare; run `python -m veil.transforms.page` after changing one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from veil.transforms import TRANSFORMS, operator_table
from veil.transforms.peers import OPERATORS, PEERS, Operator, mark

SIGNS: Final = {"y": "●", "p": "◐", "n": "○", "?": "?"}
PAGE: Final = Path(__file__).parents[2] / "docs" / "transforms.md"

HEAD: Final = """\
# Transforms

*This page is written by `python -m veil.transforms.page` from what the transforms declare; a test fails when it is out of date.*

A transform is named by `do` in a policy ([policies.md](policies.md)). What each promises is checked by tests for every value:

- **effect**: keep, suppress, generalize, perturb, pseudonymize, encrypt or fake. The legal label of a release follows from it.
- **keyed**: computed with a key of the policy; without the key nobody can try values out.
- **same again**: the same cell, key and policy give the same result, in any drop, batch, partition and worker.
- **one to one**: distinct values get distinct results.
- **reversible**: whoever holds the key can undo it (`veil reveal`); the data stay personal data.
- **per subject**: works by who a row is about; the table needs a `subject`.
- **keeps**: what survives: nulls, length, format, order, intervals between dates of a person, equality of values.

A parameter can change a promise: `encrypt` with `mode: random` is not the same again, `fake` with `unique: true` is one to one.
What is shown is the promise without parameters.
"""

BESIDE: Final = """\
## Beside the peers

● yes, ◐ partly, ○ none found in what was read, ? not read. The peers' marks were read in November 2026 from their repositories
and documentation. Veil's own mark is computed from the transforms that are registered: ● where all that is named under "by" is
there.
"""


def page() -> str:
    """Return the whole page."""
    parts = [HEAD, *_declared(), "## Parameters\n", *_parameters(), BESIDE, *_beside()]
    return "\n".join(parts) + "\n"


def counts() -> dict[str, int]:
    """Return how many rows each product has in full, of all."""
    ours = sum(mark(operator, TRANSFORMS) == "y" for operator in OPERATORS)
    theirs = {peer: sum(operator.peers[place] == "y" for operator in OPERATORS) for place, peer in enumerate(PEERS)}
    return {"Veil": ours, **theirs}


def _declared() -> Iterator[str]:
    yield _row(("do", "effect", "keyed", "same again", "one to one", "reversible", "per subject", "keeps", "does"))
    yield _rule(9)
    for each in operator_table():
        flags = (each[name] for name in ("keyed", "deterministic", "injective", "reversible", "needs_subject"))
        keeps = ", ".join(each["keeps"]) or "nothing"
        yield _row((f"`{each['transform']}`", each["effect"], *("yes" if flag else "no" for flag in flags), keeps, each["does"]))
    yield ""


def _parameters() -> Iterator[str]:
    for each in operator_table():
        documented = _paragraphs(TRANSFORMS[each["transform"]])
        own = ", ".join(f"`{name}`" for name in each["parameters"]) or "none"
        yield f"### `{each['transform']}`\n\n{documented}\n\nParameters: {own}.\n"


def _paragraphs(transform: type[Any]) -> str:
    """Return a class's docstring as paragraphs; what stands under the ruled heading `Parameters` becomes a list."""
    whole, _, listed = (transform.__doc__ or "").strip().partition("    Parameters\n")
    plain = "\n".join(line.strip() for line in whole.strip().splitlines())
    items = [line for line in listed.splitlines() if line.strip(" -")]
    margin = min((len(line) - len(line.lstrip()) for line in items), default=0)
    told = [f"- {line.strip()}" if len(line) - len(line.lstrip()) == margin else f"  {line.strip()}" for line in items]
    return "\n".join([plain, *([""] if told else []), *told])


def _beside() -> Iterator[str]:
    yield _row(("", "operator", "**Veil**", *PEERS, "by"))
    yield _rule(len(PEERS) + 4)
    for operator in OPERATORS:
        ours, theirs = SIGNS[mark(operator, TRANSFORMS)], (SIGNS[each] for each in operator.peers)
        yield _row((str(operator.number), operator.name, f"**{ours}**", *theirs, _by(operator)))
    told = counts()
    yield _row(("", f"in full, of {len(OPERATORS)}", f"**{told['Veil']}**", *(str(told[peer]) for peer in PEERS), ""))


def _by(operator: Operator) -> str:
    named = [f"`{need}`" for need in operator.needs if need.partition(".")[0] in TRANSFORMS]
    named += [f"`{_place(place)}` in the policy" for place in operator.language]
    return "; ".join([", ".join(named) or "nothing yet", *([operator.how] if operator.how else [])])


def _place(path: str) -> str:
    return path.rpartition(".")[2] if path.count(".") > 1 else path


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _rule(n: int) -> str:
    return "|" + " --- |" * n


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
