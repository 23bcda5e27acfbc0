from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veil.model import ColumnProfile, ColumnSample, Evidence
from veil.recognizers import ENTITIES, NOTHING, fuse
from veil.recognizers.columns.scorer import THRESHOLD

SAMPLE = ColumnSample(ColumnProfile("c", "text", None, 100, 0, 100, 1.0, 8.0, 9, 1.0), (), ("a", "b"))
EVIDENCE = st.builds(
    Evidence,
    entity=st.sampled_from([*sorted(ENTITIES), NOTHING]),
    recognizer=st.sampled_from(["names", "patterns", "dictionary", "statistics", "ner"]),
    score=st.floats(0, 1),
    matched_share=st.floats(0, 1),
    reason=st.just("counted"),
)


def says(entity: str, recognizer: str, score: float) -> Evidence:
    return Evidence(entity, recognizer, score, 1.0, f"{recognizer} says {entity}")


@pytest.mark.parametrize(("evidence", "entity"), [
    ([], None),
    ([says("CITY", "names", 0.49)], None),
    ([says("CITY", "names", 0.5)], "CITY"),
    ([says("PERSON", "names", 0.4), says("PERSON", "dictionary", 0.4)], "PERSON"),
    ([says("LAST_NAME", "names", 0.85), says("FIRST_NAME", "dictionary", 0.7)], "LAST_NAME"),
    ([says("PERSON", "dictionary", 0.7), says(NOTHING, "names", 0.7)], None),
    ([says("EMAIL_ADDRESS", "patterns", 0.97), says(NOTHING, "names", 0.7)], "EMAIL_ADDRESS"),
    ([says("EVENT_DATE", "statistics", 0.6), says(NOTHING, "names", 0.7)], "EVENT_DATE"),
    ([says("FREE_TEXT", "patterns", 0.55), says(NOTHING, "names", 0.7)], "FREE_TEXT"),
    ([says("HEALTH", "names", 0.85), says(NOTHING, "statistics", 0.7)], "HEALTH"),
    ([says("CITY", "names", 0.85), says(NOTHING, "statistics", 0.7)], None),
    ([says("RECORD_ID", "patterns", 0.4), says("RECORD_ID", "statistics", 0.4)], None),
    ([says("UNHEARD_OF", "names", 0.9)], None),
])
def test_evidence_is_fused_by_the_documented_rule(evidence: list[Evidence], entity: str | None) -> None:
    assert fuse(SAMPLE, evidence).entity == entity


def test_finding_tells_who_found_it_and_why() -> None:
    found = fuse(SAMPLE, [says("RELIGION", "names", 0.85), says("RELIGION", "ner", 0.3)], table="people")
    assert (found.table, found.column, found.role, found.special_category) == ("people", "c", "sensitive", True)
    assert found.recognizer == "names + ner"
    assert found.reason == "names says RELIGION; ner says RELIGION"
    assert found.n_sampled == 2


def test_free_text_is_marked() -> None:
    assert fuse(SAMPLE, [says("FREE_TEXT", "statistics", 0.8)]).free_text


def test_nothing_found_says_what_was_nearly_found() -> None:
    found = fuse(SAMPLE, [says("PHONE_NUMBER", "patterns", 0.4)])
    assert (found.entity, found.role, found.matched_share) == (None, "other", 0.0)
    assert "PHONE_NUMBER" in found.reason


@given(st.lists(EVIDENCE, max_size=6))
def test_order_of_evidence_never_matters(evidence: list[Evidence]) -> None:
    found = [fuse(SAMPLE, order) for order in itertools.islice(itertools.permutations(evidence), 24)]
    assert len({(each.entity, each.confidence) for each in found}) == 1


@given(st.lists(EVIDENCE, max_size=6))
def test_confidence_is_a_share_and_a_found_entity_reaches_the_threshold(evidence: list[Evidence]) -> None:
    found = fuse(SAMPLE, evidence)
    assert 0.0 <= found.confidence <= 1.0
    if found.entity:
        assert found.confidence >= THRESHOLD
        assert found.role == ENTITIES[found.entity].role


@given(st.lists(EVIDENCE, max_size=5), st.floats(0, 1))
def test_more_evidence_for_an_entity_never_hides_personal_data(evidence: list[Evidence], score: float) -> None:
    before = fuse(SAMPLE, evidence)
    after = fuse(SAMPLE, [*evidence, says("CITY", "ner", score)])
    assert before.entity is None or after.entity is not None
