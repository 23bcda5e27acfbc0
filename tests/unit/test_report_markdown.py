"""The Markdown summary: short, complete, and no name in it becomes markup or a link."""

import re

import pytest

from tests.unit.test_report_sample import held_at_once, held_at_transform, hostile, released
from veil.report import render_markdown


def test_released_run_tells_decision_figures_and_gates():
    text = render_markdown(released())
    assert text.startswith("# retail-crm: released\n")
    assert "| privacy: membership attack (orders) | 52.2% | 50.4% to 54.0% | at most 60% | met |" in text
    assert "pseudonymised personal data" in text
    assert "| check | 12 of 12 | passed |" in text


def test_held_run_tells_where_it_stopped():
    text = render_markdown(held_at_transform())
    assert text.startswith("# retail-crm: held at the transform gate\n")
    assert "| transform | 6 of 8 | NOT passed |" in text
    assert "| synthesize |  | not reached |" in text
    assert "The output is" not in text


def test_held_at_once_is_short():
    assert len(render_markdown(held_at_once()).splitlines()) < 25


@pytest.mark.parametrize("make", [released, held_at_transform, held_at_once])
def test_tables_have_as_many_cells_in_every_row(make):
    for block in re.findall(r"(?:^\|.*\|\n)+", render_markdown(make()), flags=re.M):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


def test_names_become_neither_markup_nor_links():
    text = render_markdown(hostile("<b>|[x](javascript:y)\n# `c` https://h.example www.h.example a@h.example"))
    assert "<b>" not in text.replace(r"\<b\>", "")
    assert r"\|" in text
    assert "https://" not in text
    assert "www.h" not in text
    assert "a@h" not in text
    assert not re.search(r"(?<!\\)\[", text)
    assert not re.search(r"(?<!\\)`", text)


def test_never_claims_that_data_is_anonymous():
    assert "anonym" not in render_markdown(released()).lower()
