"""Carries tables through their plans: partition by partition, in one process or in several, with the same bytes as a result."""

from tasks.engine.job import Job
from tasks.engine.table import transform_table
from tasks.engine.work import ColumnCount

__all__ = ["ColumnCount", "Job", "transform_table"]
