"""What tests ask of a stored column: its digest and its nulls."""

from tasks.store import read_batches
from tasks.store.digest import ColumnDigest
from veil.model import Table


def column_sha256(table: Table, column: str) -> str:
    """Return the digest of a column's cells in order."""
    digest = ColumnDigest()
    for batch in read_batches(table, [column]):
        digest.add(batch.column(0))
    return digest.hexdigest()


def n_nulls(table: Table, column: str) -> int:
    """Return how many cells of a column are null; the empty string is not."""
    return sum(batch.column(0).null_count for batch in read_batches(table, [column]))
