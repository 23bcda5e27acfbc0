"""Invented tables from a declared schema, without any original data: distributions, dates in order, totals, keys, references."""

from veil.synthesizers.schemas.chunk import Chunk, Fakes
from veil.synthesizers.schemas.flaws import Flaw, flaws
from veil.synthesizers.schemas.kinds import KINDS, FakeColumn
from veil.synthesizers.schemas.rows import chunks, table_columns
from veil.synthesizers.schemas.schema import Schema, TableSchema

__all__ = ["KINDS", "Chunk", "FakeColumn", "Fakes", "Flaw", "Schema", "TableSchema", "chunks", "flaws", "table_columns"]
