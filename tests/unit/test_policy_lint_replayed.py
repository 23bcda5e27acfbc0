"""Five defects that shipped in other products' policies, replayed in this language: each is refused before any data is read.

The policies are written anew after the descriptions in the research notes (gretel.md, section b); nothing of theirs is copied.
"""

import pytest

from tests.unit.test_plan import findings_of, profiles_of, table_of
from veil.errors import PolicyInvalid
from veil.model import Finding
from veil.plan import make_plan
from veil.policy import load_policy, load_sound_policy

HEAD = """\
version: 1
defaults: {{unmatched: {unmatched}}}
keys: {{main: {{from: ephemeral}}}}
tables:
  t:
    match: {{files: "*"}}
    rules:
"""
DROP_PERSONAL = "{when: {role: [direct, quasi, sensitive]}, do: drop}"


def refused(*rules: str, unmatched: str = "refuse", tail: str = "") -> str:
    text = HEAD.format(unmatched=unmatched) + "".join(f"      - {rule}\n" for rule in rules) + tail
    with pytest.raises(PolicyInvalid) as caught:
        load_sound_policy(text)
    return str(caught.value)


def test_first_entities_that_are_classified_and_have_no_rule() -> None:
    """A template classified 57 kinds and had rules for 41: not for age, country, dates and any special category."""
    answered = "[EMAIL_ADDRESS, PHONE_NUMBER, PERSON, FIRST_NAME, LAST_NAME, STREET_ADDRESS, IBAN_CODE, NATIONAL_ID]"
    told = refused(f"{{when: {{entity: {answered}}}, do: token}}")
    assert "no rule decides `HEALTH`, `RELIGION`, `POLITICS` and 7 more, special categories" in told
    assert "no rule answers" in told
    assert "a drop with one would be held" in told
    assert told.count("line 7") == 2


def test_first_a_misspelt_entity() -> None:
    """Another template named an identifier that its classifier never reports, by one letter."""
    told = refused("{when: {entity: [CUSTOMER_ID, NATIONL_ID]}, do: token}", DROP_PERSONAL)
    assert "line 8: tables.t.rules[0].when.entity: unknown entity `NATIONL_ID`; did you mean `NATIONAL_ID`?" in told


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ('{c(olumn.entity: NATIONAL_ID}', "unknown key `c(olumn.entity`; did you mean `entity`?"),
        ('"column.entity == \'NATIONAL_ID\'"', "when: keys and values expected"),
        ("{entity: NATIONAL_ID, if: this.country == 'BE'}", "unknown key `if`"),
        ("{entity: []}", "an empty list"),
        ("{}", "`when` has no condition"),
    ],
)
def test_second_a_condition_that_cannot_be_evaluated(condition: str, words: str) -> None:
    """A slip of the keyboard inside a template expression raised an error for every column, which counted as "no match"."""
    assert words in refused(f"{{when: {condition}, do: token}}", DROP_PERSONAL)


def test_third_a_rule_that_an_earlier_one_has_eaten() -> None:
    """The rule for second address lines was dead, because the street rule's pattern took `AddressLine2` first."""
    told = refused(
        "{when: {name: '*address*'}, do: fake, of: street}",
        "{when: {name: ['*address*line*2', 'secondary_address']}, do: hash}",
        DROP_PERSONAL,
    )
    assert "line 9: tables.t.rules[1]: is never reached: rules[0] takes every column that it is for; remove it or move" in told


def test_third_places_and_birth_dates_that_were_left_as_good_as_they_were() -> None:
    """City, state and country were passed through by hand, a birth date moved by twenty days and all by the same window."""
    told = refused(
        "{when: {entity: BIRTH_DATE}, do: date_shift, days: [-20, 20]}",
        "{when: {entity: STREET_ADDRESS}, do: hash, length: 2}",
        unmatched="drop",
    )
    assert "rules[1].length: input should be greater than or equal to 20" in told
    told = refused("{when: {entity: [CITY, REGION]}, do: keep}", unmatched="drop")
    assert "rules[0].reason: missing; say why the cells may stay as they are" in told
    told = refused("{when: {entity: BIRTH_DATE}, do: date_shift, days: [-14, 15]}", DROP_PERSONAL, unmatched="drop")
    assert "rules[0].days: a window of 29 days hides too little, less than 30" in told


@pytest.mark.parametrize(
    ("gates", "words"),
    [
        ("{check: {membership_auc: 0.65, membership_auc: 0.8}}", "a duplicate key, first on line"),
        ('{check: {membership_auc: ">= 0.8"}}', "lower is better here"),
        ('{check: {fidelity: "<= 0.8"}}', "higher is better here"),
        ("{check: {fidelity: 80}}", "this is a share, between 0 and 1"),
        ('{check: {fidelity: "good"}}', "write a number of at least 0 or a demand such as"),
        ("{check: {privacy: excellent}}", "unknown key `privacy`"),
    ],
)
def test_fourth_a_threshold_that_a_later_line_overwrites_or_that_cannot_be_compared(gates: str, words: str) -> None:
    """The branch for the best word was overwritten by the next one, and a text was compared with a number."""
    assert words in refused(DROP_PERSONAL, unmatched="drop", tail=f"gates: {gates}\n")


def test_fourth_a_report_cannot_be_told_to_show_rows() -> None:
    told = refused("{when: {role: direct}, do: drop}", tail="report: {sample_rows: 1}\n")
    assert "unknown key `report`" in told


COLUMNS: dict[str, tuple[str | None, str]] = {
    "id": (None, "text"), "name": (None, "text"), "iban": (None, "text"), "born": (None, "date"), "note": (None, "text"),
}  # fmt: skip


def test_fifth_a_policy_that_keeps_what_a_classifier_that_did_not_run_has_not_found() -> None:
    """With the model's key missing, the classification was empty and every structured column went out as it was."""
    told = refused(
        DROP_PERSONAL, "{when: {role: other}, do: keep, reason: nothing personal found}"
    )
    assert "rules[1]: `keep` would leave texts in which nothing was found, and with them whatever the classifier missed" in told


@pytest.mark.parametrize("name", ["gdpr", "strict"])
def test_fifth_with_nothing_found_a_shipped_policy_keeps_no_text(name: str) -> None:
    from tasks.policies import find_policy

    policy = load_sound_policy(find_policy(name))
    plan = make_plan(policy, policy.tables["any"], table_of(COLUMNS), findings_of(COLUMNS), profiles_of(COLUMNS, set()))
    assert {step.effect for step in plan.steps} <= {"suppress", "perturb"}


def test_fifth_a_column_that_nobody_looked_at_stops_the_plan() -> None:
    policy = load_policy(HEAD.format(unmatched="drop") + "      - {when: {role: direct}, do: drop}\n")
    looked_at: list[Finding] = findings_of(COLUMNS)[1:]
    with pytest.raises(PolicyInvalid, match=r"column `id` of table .* has no finding; classify the table first"):
        make_plan(policy, policy.tables["t"], table_of(COLUMNS), looked_at, profiles_of(COLUMNS, set()))
    assert policy.gates.classify.require_models
