"""The legal label follows from the transforms that were used."""

import pytest

from veil.legal import IDENTIFIED, PSEUDONYMISED, REDACTED, legal_label
from veil.model import Plan, Step
from veil.transforms import TRANSFORMS

TOKEN = ("token", {}, "pseudonymize")
SHIFT = ("date_shift", {}, "perturb")
NOISE = ("round", {"to": 10}, "generalize")
BAND = ("band", {"width": 10}, "generalize")
DROP = ("drop", {}, "suppress")
TEXT = ("redact_text", {}, "suppress")
FAKED_TEXT = ("redact_text", {"replace": "fake"}, "fake")
KEEP = ("keep", {"reason": "needed"}, "keep")


def plan(*steps, role="quasi"):
    made = tuple(
        Step(f"c{at}", role, "X", name, parameters, effect, "", "") for at, (name, parameters, effect) in enumerate(steps)
    )
    return Plan("people", "", "", None, (), made)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([TOKEN, BAND, DROP], PSEUDONYMISED),
        ([SHIFT, BAND], PSEUDONYMISED),
        ([FAKED_TEXT], PSEUDONYMISED),
        ([TEXT, BAND], REDACTED),
        ([BAND, DROP], "generalised and suppressed data; whether it is still personal data is for the controller to decide"),
        ([DROP], "suppressed data; whether it is still personal data is for the controller to decide"),
        ([KEEP], "unchanged data; whether it is still personal data is for the controller to decide"),
        ([KEEP, TOKEN], PSEUDONYMISED),
    ],
)
def test_the_label_is_that_of_the_transform_that_leaves_most(steps, words):
    assert legal_label([plan(*steps)]).words == words
    assert legal_label([plan(DROP), plan(*steps)]).words == (words if steps != [KEEP] else legal_label([plan(DROP)]).words)


def test_a_kept_direct_identifier_comes_first():
    label = legal_label([plan(KEEP, TOKEN, role="direct")])
    assert label.words == IDENTIFIED
    assert label.because == ("people.c0: keep",)


def test_it_says_which_columns_decide_it():
    assert legal_label([plan(*[TOKEN] * 7, BAND)]).because[-2:] == ("people.c4: token", "and 2 more columns")


def test_it_never_says_anonymous():
    every = [plan(step) for step in (TOKEN, SHIFT, BAND, DROP, TEXT, KEEP)]
    assert not any("anonym" in legal_label([each]).words.replace("pseudonym", "") for each in every)


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
def test_every_keyed_or_reversible_transform_makes_pseudonyms(name):
    properties = TRANSFORMS[name].properties
    if properties.effect in ("pseudonymize", "encrypt", "fake"):
        assert legal_label([plan((name, {}, properties.effect))]).words == PSEUDONYMISED


def test_a_column_that_nothing_decides_decides_nothing():
    undecided = Step("c", "direct", "X", None, {}, "none", "", "")
    assert legal_label([Plan("people", "", "", None, (), (undecided,))]).because == ()
