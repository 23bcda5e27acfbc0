"""Transforms of whole columns in the engine: the same bytes for any partitions, and what they promise of the table."""

import pytest

from tasks import store
from tasks.engine import Runner, transform_table
from tests.unit.stored_columns import column_sha256
from tests.unit.test_engine import PEOPLE, N, job_of
from veil.checks import smallest_class
from veil.errors import TransformFailed

JOINT = "do: k_anonymize, k: 5, max_suppressed: 0.05, l: 2, sensitive: id"
WAYS = {
    "k_anonymize": {
        "income": f"{{{JOINT}, widths: [100, 500]}}",
        "country": f"{{{JOINT}}}",
        "born": f"{{{JOINT}, format: '%Y-%m-%d', periods: [year, decade]}}",
    },
    "mondrian": {
        "income": "{do: k_anonymize, k: 5, method: mondrian}",
        "country": "{do: k_anonymize, k: 5, method: mondrian}",
    },
    "swap": {"income": "{do: swap, window: 2}", "country": "{do: swap, within: [name]}"},
    "microaggregate": {"income": "{do: microaggregate, size: 7}"},
    "noise": {"income": "{do: noise, amount: 500, min: 20000}"},
    "pram": {"country": "{do: pram, retain: 0.7}"},
    "top_bottom": {"income": "{do: top_bottom, bottom_quantile: 0.05, top_quantile: 0.95}"},
    "postcode_prefix": {"id": "{do: postcode_prefix, keep: 3, min_rows: 20}"},
    "hierarchy": {"country": "{do: hierarchy, levels: {Benelux: [BE, NL], other: [FR]}}"},
    "regex": {"name": "{do: regex, pattern: '.+', replace: '#'}"},
}


@pytest.mark.parametrize("way", WAYS)
def test_partitions_and_processes_change_no_byte(tmp_path, way):
    digests = set()
    for rows, processes in ((N, 1), (7, 1), (100, 2)):
        job = job_of(folder(tmp_path, rows, processes), rows=rows, **WAYS[way])
        table, _ = transform_table(job, lambda *_: {}, Runner(workers=processes))
        digests.add(tuple(column_sha256(table, column) for column in WAYS[way]))
    assert len(digests) == 1


@pytest.mark.parametrize("way", ["k_anonymize", "mondrian"])
def test_columns_of_a_table_are_made_anonymous_together(tmp_path, way):
    table, _ = transform_table(job_of(tmp_path, rows=250, **WAYS[way]), lambda *_: {})
    written = store.read_table(table)
    columns = list(WAYS[way])
    assert smallest_class(written, columns) >= 5
    assert len(written.groupby(columns, dropna=False)) > 5
    assert len(written) == len(PEOPLE)


def test_columns_that_disagree_are_refused(tmp_path):
    columns = {"income": "{do: k_anonymize, k: 5}", "country": "{do: k_anonymize, k: 6}"}
    with pytest.raises(TransformFailed, match="`country`: other columns"):
        transform_table(job_of(tmp_path, **columns), lambda *_: {})


def folder(tmp_path, rows, processes):
    made = tmp_path / f"{rows} {processes}"
    made.mkdir()
    return made
