"""Labelled tables with known truth, made by seeded generators; some of them are for tuning, the others are held out.

The tables are described in `specs/dev`, `specs/held_out`, `specs/fresh` and `specs/fourth`, a folder per half and a file per
domain; `specs.py` says how to read them. Names, cities, streets and phone ranges were typed from knowledge (`words/`), not taken
from Faker, on whose lists the classifier's dictionaries stand; `dev` and `held-out` draw from disjoint parts of them, `fresh` and
`fourth` from lists of their own. The halves share no table and, as far as the same database world allows, no spelling of a
format. `fresh` and `fourth` were each written by somebody who knew neither the classifier's words and rules nor an error of it.
"""

from benchmarks.classify.tables.build import build
from benchmarks.classify.tables.model import HALVES, LabelledTable
from benchmarks.classify.tables.specs import read_specs

__all__ = ["HALVES", "LabelledTable", "build", "read_specs"]
