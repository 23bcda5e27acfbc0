"""Labelled tables with known truth, made by seeded generators; some of them are for tuning, the others are held out.

The tables are described in `specs/dev`, `specs/held_out` and `specs/fresh`, a folder per half and a file per domain; `specs.py`
says how to read them. Names, cities, streets and phone ranges were typed from knowledge (`words/`), not taken from Faker, on
whose lists the classifier's dictionaries stand; `dev` and `held-out` draw from disjoint parts of them, `fresh` from lists of its
own. The halves share no table, no domain file and, as far as the same database world allows, no spelling of a format. `fresh`
was written by somebody who knew neither the classifier's words and rules nor an error of it.
"""

from benchmarks.classify.tables.build import build
from benchmarks.classify.tables.model import HALVES, LabelledTable
from benchmarks.classify.tables.specs import read_specs

__all__ = ["HALVES", "LabelledTable", "build", "read_specs"]
