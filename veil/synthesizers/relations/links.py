"""A reference beside the one that owns a row: whom a row refers to, given its own cells, and how often each is referred to.

The rows referred to are sorted into groups by the columns that tell most of who refers to them. A row draws its group, or that it
refers to nobody, by its chances; inside a group rows are referred to as often as they were. A table that refers to itself draws
generations too: a row refers to one of the generation before, so that no circle can come about.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from veil.errors import SynthesisFailed, few
from veil.model import Column, to_json
from veil.rng import generator
from veil.synthesizers.circuits.model import FILES
from veil.synthesizers.relations.numbers import Numbers, indicated, scaled
from veil.synthesizers.sequences.chances import Chances
from veil.synthesizers.sequences.context import Context
from veil.synthesizers.sequences.telling import coarse, telling

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

KIND, FORMAT = "link", 1
NOBODY = -1
MAX_COLUMNS, GROUP_CODES = 2, 8
MAX_TOLD = 6
MAX_GENERATIONS = 30


@dataclass(frozen=True)
class Link:
    """A fitted reference.

    Attributes
    ----------
    to_itself : whether the rows refer to rows of their own table.
    own, other : how the referring rows and those referred to are seen; None without columns.
    grouping : columns by which those referred to are grouped, and the groups' codes of them.
    kinds : (n_kinds, 2) generation and group of those referred to; -1, -1 is nobody. `chances` draws one of them.
    numbers : how often a row is referred to, given its columns.
    """

    to_itself: bool
    own: Context | None = field(repr=False)
    other: Context | None = field(repr=False)
    grouping: Mapping[str, Codes] = field(repr=False)
    kinds: Codes = field(repr=False)
    seen: Mapping[str, Codes] = field(repr=False)
    chances: Chances = field(repr=False)
    numbers: Numbers = field(repr=False)

    @classmethod
    def fit(
        cls, rows: pd.DataFrame, columns: Sequence[Column], others: pd.DataFrame, other_columns: Sequence[Column], places: Codes,
        *, to_itself: bool = False, seed: int,
    ) -> Link:  # fmt: skip
        """Learn a reference.

        Parameters
        ----------
        rows, others : the referring rows and those referred to: strings and None; the same table where it refers `to_itself`.
        places : (n_rows,) which of the others each row refers to; -1 where to nobody. A row that refers to itself counts as such.

        Raises
        ------
        SynthesisFailed : a place that is not there, nobody who is referred to, or references that go in a circle.
        """
        _refuse(places, len(others))
        if to_itself:
            places = np.where(places == np.arange(len(places)), NOBODY, places)
        generation = _generations(places) if to_itself else np.zeros(len(others), dtype=np.int64)
        own, other = Context.fit(rows, columns), Context.fit(others, other_columns)
        codes, other_codes = (each.seen(table)[0] if each else {} for each, table in ((own, rows), (other, others)))
        has = places > NOBODY
        grouping = _grouping(other_codes, codes, places, has)
        group = _groups(grouping, other_codes, len(others))
        pairs = np.full((len(rows), 2), NOBODY, dtype=np.int64)
        pairs[has] = np.column_stack([generation[places[has]], group[places[has]]])
        kinds, kind = np.unique(pairs, axis=0, return_inverse=True)
        kind = kind.ravel().astype(np.int64)
        told = telling(codes, {"kind": kind}, at_most=MAX_TOLD)
        seen = {name: np.unique(codes[name]) for name in told}
        chances = Chances.fit(indicated(codes, seen, len(rows)), kind, len(kinds), 0)
        times = np.bincount(places[has], minlength=len(others)).astype(np.int64)
        numbers = Numbers.fit(other_codes, times, generator(seed, "numbers"))
        return cls(to_itself, own, other, grouping, kinds, seen, chances, numbers)

    def sample(self, rows: pd.DataFrame, others: pd.DataFrame, *, seed: int) -> Codes:
        """Return which of the others each row refers to, -1 where to nobody; of one table, give it twice."""
        if len(rows) and not len(others):
            raise SynthesisFailed(f"{len(rows)} rows refer to a table without rows; synthesize that table first")
        rng = generator(seed, "link")
        codes, other_codes = (each.seen(table)[0] if each else {} for each, table in ((self.own, rows), (self.other, others)))
        kind = self.kinds[self.chances.draw(indicated(codes, self.seen, len(rows)), 0, rng)]
        group = _groups(self.grouping, other_codes, len(others))
        often = self.numbers.sample(other_codes, len(others), rng)
        places = np.full(len(rows), NOBODY, dtype=np.int64)
        own_generation = kind[:, 0] + 1
        for generation in np.unique(kind[kind[:, 0] > NOBODY, 0]).tolist():
            among = np.flatnonzero(own_generation == generation) if self.to_itself else np.arange(len(others))
            of = np.flatnonzero(kind[:, 0] == generation)
            if not len(among):  # no row of the generation before came about: these are the first of their line
                own_generation[of] = 0
                continue
            places[of] = _placed(kind[of, 1], among, group[among], often[among], rng)
        return places

    def save(self, folder: Path) -> None:
        """Write the model into an existing folder: JSON and safetensors."""
        from safetensors.numpy import save_file

        value = {"kind": KIND, "format": FORMAT, "to_itself": self.to_itself, "own": self.own and self.own.to_json(),
                 "other": self.other and self.other.to_json(), "kinds": self.kinds.tolist(), "numbers": self.numbers.to_json(),
                 "grouping": [[name, each.tolist()] for name, each in self.grouping.items()],
                 "seen": [[name, each.tolist()] for name, each in self.seen.items()]}  # fmt: skip
        parts = (("chances", self.chances), ("numbers", self.numbers.chances))
        arrays = {f"{name}.{each}": np.ascontiguousarray(array) for name, part in parts for each, array in part.arrays().items()}
        (folder / FILES[0]).write_text(to_json(value), encoding="utf-8")
        save_file(dict(sorted(arrays.items())), folder / FILES[1])


def read_link(folder: Path) -> Link | None:
    """Read a model that `Link.save` wrote; None if it is of another format."""
    from safetensors.numpy import load_file

    value = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
    if (value.get("kind"), value.get("format")) != (KIND, FORMAT):
        return None
    arrays = load_file(folder / FILES[1])
    chances, numbers = (
        {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}
        for start in ("chances.", "numbers.")
    )
    own, other = (value[name] and Context.from_json(value[name]) for name in ("own", "other"))
    grouping, seen = ({name: np.array(each, dtype=np.int64) for name, each in value[key]} for key in ("grouping", "seen"))
    kinds = np.array(value["kinds"], dtype=np.int64).reshape(-1, 2)
    return Link(
        value["to_itself"],
        own,
        other,
        grouping,
        kinds,
        seen,
        Chances.from_arrays(chances),
        Numbers.load(value["numbers"], numbers),
    )


def _refuse(places: Codes, n_others: int) -> None:
    n_lost = int(((places < NOBODY) | (places >= n_others)).sum())
    if n_lost:
        raise SynthesisFailed(f"{few(n_lost)} rows refer to one that is not there; -1 says that a row refers to nobody")
    if not (places > NOBODY).any():
        raise SynthesisFailed("no row refers to any other; leave the reference out, or keep it empty")


def _generations(places: Codes) -> Codes:
    """Return how many references lead from each row to one that refers to nobody."""
    generation = np.zeros(len(places), dtype=np.int64)
    at = places.copy()
    for _ in range(MAX_GENERATIONS):
        on = at > NOBODY
        if not on.any():
            return generation
        generation += on
        at[on] = places[at[on]]
    n_left = int((at > NOBODY).sum())
    raise SynthesisFailed(f"{few(n_left)} rows refer to each other in a circle, or over more than {MAX_GENERATIONS} generations; "
                          "leave the reference out")  # fmt: skip


def _grouping(
    others: Mapping[str, Codes], rows: Mapping[str, Codes], places: Codes, has: npt.NDArray[np.bool_]
) -> dict[str, Codes]:
    """Return the columns of those referred to that go with the referring rows' columns, and where their codes are cut."""
    joined = {name: codes[places[has]] for name, codes in others.items()}
    targets = {name: codes[has] for name, codes in rows.items()}
    told = telling(joined, targets, at_most=1)[:MAX_COLUMNS]
    cuts = {}
    for name in told:
        few_codes = coarse(others[name], GROUP_CODES)
        cuts[name] = np.array([int(others[name][few_codes == each].min()) for each in np.unique(few_codes)[1:]], dtype=np.int64)
    return cuts


def _groups(grouping: Mapping[str, Codes], codes: Mapping[str, Codes], n_rows: int) -> Codes:
    """Return the group of each row."""
    group = np.zeros(n_rows, dtype=np.int64)
    for name, cuts in grouping.items():
        group = group * (len(cuts) + 1) + np.searchsorted(cuts, codes[name], side="right")
    return group


def _placed(wanted: Codes, among: Codes, groups: Codes, often: Codes, rng: np.random.Generator) -> Codes:
    """Return a place for each wanted group: in it as often as drawn; of a group that nobody is in, anybody."""
    places = np.empty(len(wanted), dtype=np.int64)
    for group in np.unique(wanted).tolist():
        rows, members = np.flatnonzero(wanted == group), np.flatnonzero(groups == group)
        members = members if len(members) else np.arange(len(among))
        times = scaled(often[members], len(rows), rng)
        places[rows] = rng.permutation(np.repeat(among[members], times))
    return places
