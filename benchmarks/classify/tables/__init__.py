"""Labelled tables with known truth, made by seeded generators; half of them is for tuning, half is held out.

The tables are described in `specs/dev` and `specs/held_out`, a folder per half and a file per domain; `specs.py` says how to
read them. Names, cities, streets and phone ranges were typed from knowledge (`words/`), not taken from Faker, on whose lists
the classifier's dictionaries stand; the halves draw from disjoint parts of them and share no table, no domain file and, as
far as the same database world allows, no spelling of a format.
"""

from benchmarks.classify.tables.build import build
from benchmarks.classify.tables.model import HALVES, LabelledTable
from benchmarks.classify.tables.specs import read_specs

__all__ = ["HALVES", "LabelledTable", "build", "read_specs"]
