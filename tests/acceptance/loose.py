"""The policy that ships for drops never seen before, with gates that a table learnt in one epoch can pass."""

from __future__ import annotations

import re

from tasks.policies import SHIPPED

OFF = "{fidelity: off, utility_kept: off, correlation_difference: off, membership_auc: 1, membership_tpr: 1, " \
      "nearest_share: 1, exact_copies: 1}"  # fmt: skip


def loose_gdpr(min_rows: int | None = None) -> str:
    """Return gdpr.yaml with no demands on the stand-in's worth; what may not survive is not touched.

    `min_rows` replaces the least number of rows that a table must have; None leaves it.
    """
    text = (SHIPPED / "gdpr.yaml").read_text(encoding="utf-8")
    head, tail = text.split("  check:\n")
    head = head.replace("env:VEIL_KEY", "env:VEIL_TEST_KEY")
    if min_rows is not None:
        head, n_found = re.subn(r"min_rows: \d+", f"min_rows: {min_rows}", head)
        assert n_found == 1
    return f"{head}  check: {OFF}\n{tail[tail.index('retain:') :]}"
