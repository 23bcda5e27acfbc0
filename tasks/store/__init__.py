"""The only row I/O: drops into tables, tables through memory, tables back into files."""

from tasks.store.counts import count_column, count_columns, distinct
from tasks.store.detect import detect
from tasks.store.files import read_drop
from tasks.store.output import Formulas, write_output
from tasks.store.partitions import (
    ROWS_PER_PARTITION,
    partition_rows,
    read_batches,
    read_partition,
    read_partitions,
    read_table,
    replace_columns,
    write_table,
)
from tasks.store.source import file_sha256

__all__ = [
    "ROWS_PER_PARTITION", "Formulas", "count_column", "count_columns", "detect", "distinct", "file_sha256", "partition_rows",
    "read_batches", "read_drop", "read_partition", "read_partitions", "read_table", "replace_columns", "write_output",
    "write_table",
]
