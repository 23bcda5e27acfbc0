"""Every value keeps a pseudonym of its own, and what does not is counted."""

from __future__ import annotations

import pandas as pd
import pytest

from tasks import store
from tasks.carried import Carried
from tasks.classify import Classification
from tasks.merged import merged_values
from veil.model import Plan, Step
from veil.policy import load_policy

POLICY = """
policy: p
version: 1
defaults: {null_values: [NA]}
keys: {main: {from: "env:VEIL_KEY"}}
keyspaces: {plain: {key: main}, number: {key: main, canonical: numeric-id}}
tables: {t: {match: {files: "t.csv"}, columns: {a: {do: token, in: plain}}}}
"""
VALUES = ["1", "01", "2", None, "", "NA", "3", "1"]


def merged(tmp_path, output, *, transform="token", keyspace="plain", nulls="keep", fill=""):
    path = tmp_path / "p.yaml"
    path.write_text(POLICY, encoding="utf-8")
    raw, out = (
        store.write_table("t", [pd.DataFrame({"a": cells}, dtype=object)], tmp_path / name, stage="transform")
        for name, cells in (("raw", VALUES), ("out", output))
    )
    step = Step("a", "direct", None, transform, {"in": keyspace}, "pseudonymize", "", "columns.a", nulls, fill)
    carried = Carried(Classification(raw, (), (), ()), out, {}, raw.n_rows)
    return merged_values(load_policy(path), carried, Plan("t", "", "", None, (), (step,)))


@pytest.mark.parametrize(
    ("output", "given", "expected"),
    [
        (["B", "C", "D", None, "", "NA", "F", "B"], {}, {"a": 0}),
        (["B", "C", "D", None, "", "NA", "D", "B"], {}, {"a": 1}),
        (["B", "B", "D", None, "", "NA", "F", "B"], {}, {"a": 1}),
        (["B", "B", "D", None, "", "NA", "F", "B"], {"keyspace": "number"}, {"a": 0}),
        (["B", "C", "D", "none", "none", "none", "F", "B"], {"nulls": "fill", "fill": "none"}, {"a": 0}),
        (["x"] * 8, {"transform": "mask"}, {}),
    ],
)
def test_values_that_share_anothers_pseudonym_are_counted(tmp_path, output, given, expected):
    assert merged(tmp_path, output, **given) == expected
