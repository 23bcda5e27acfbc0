"""Columns whose values speak of what the law protects, without a name that says so."""

from __future__ import annotations

import pandas as pd
import pytest

from veil.recognizers import classify, profile, sample
from veil.recognizers.columns.vocabularies import Vocabularies

SPOKEN = [
    ("RELIGION", ("Catholic", "Muslim", "Jewish", "Hindu", "Buddhist")),
    ("RELIGION", ("katholisch", "evangelisch", "muslimisch", "konfessionslos")),
    ("MARITAL_STATUS", ("married", "divorced", "widowed", "single")),
    ("MARITAL_STATUS", ("célibataire", "marié", "divorcé", "veuf")),
    ("SEXUAL_ORIENTATION", ("heterosexual", "bisexual", "gay", "lesbian")),
    ("HEALTH", ("Type 2 diabetes", "Asthma", "Hypertension", "Migraine")),
    ("HEALTH", ("E11.9", "J45.0", "I10.0", "M54.5", "F32.1")),
    ("NATIONALITY", ("German", "French", "Dutch", "Polish", "Italian")),
]
ORDINARY = [
    ("red", "green", "blue", "white", "black"),
    ("high", "low", "medium", "none"),
    ("Chair", "Table", "Lamp", "Sofa"),
    ("running", "idle", "stopped", "failed"),
    ("north", "south", "east", "west"),
]


def _sample(values: tuple[str, ...]):
    counts = pd.Series([7 + place for place in range(len(values))], index=list(values))
    return sample(profile("c1", counts, 0), counts, ("c2", "c3"))


@pytest.mark.parametrize(("entity", "values"), SPOKEN, ids=[f"{entity}-{values[0]}" for entity, values in SPOKEN])
def test_values_tell_their_entity_without_a_name(entity, values):
    (finding,) = classify([_sample(values)], models=None)
    assert finding.entity == entity, finding.reason
    assert all(value not in finding.reason for value in values)


@pytest.mark.parametrize("values", ORDINARY, ids=[values[0] for values in ORDINARY])
def test_ordinary_words_are_no_special_category(values):
    (finding,) = classify([_sample(values)], models=None)
    assert finding.entity is None, finding.reason


def test_two_values_are_too_few_to_judge():
    assert Vocabularies().inspect(_sample(("married", "single"))) == ()
