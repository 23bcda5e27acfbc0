"""Carries tables through their plans: partition by partition, by whom it may be, with the same bytes as a result."""

from tasks.engine.job import Job
from tasks.engine.runner import Runner
from tasks.engine.table import transform_table
from tasks.engine.work import ColumnCount

__all__ = ["ColumnCount", "Job", "Runner", "transform_table"]
