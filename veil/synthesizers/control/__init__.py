"""Control of a fitted model: shares, rare events, extremes, constraints and parity, with figures of what was asked and met."""

from veil.synthesizers.control.asked import Balance, Control, Criterion, Extremes, Oversample, Parity, Quota
from veil.synthesizers.control.constraints import Constraint, Determines, OneFilled, Order, Total, Unique, Within
from veil.synthesizers.control.contradictions import contradictions, named_columns
from veil.synthesizers.control.facts import Fact, Facts
from veil.synthesizers.control.preparing import Prepared, prepare
from veil.synthesizers.control.steering import Steered, steered

__all__ = [
    "Balance", "Constraint", "Control", "Criterion", "Determines", "Extremes", "Fact", "Facts", "OneFilled", "Order",
    "Oversample", "Parity", "Prepared", "Quota", "Steered", "Total", "Unique", "Within", "contradictions", "named_columns",
    "prepare", "steered",
]
