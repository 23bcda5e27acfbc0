"""The policy's own recognizers and approvals: lint tries each, and refuses with line, reason and way out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from veil.errors import PolicyInvalid
from veil.policy import lint, load_policy, load_sound_policy
from veil.policy.ordinary import ORDINARY
from veil.recognizers.approved import Approved
from veil.recognizers.base import NOTHING
from veil.recognizers.custom import ColumnName, Listed, Pattern

SOUND = """\
version: 1
recognizers:
  badge: {entity: EMPLOYEE_ID, pattern: "VB-[0-9]{5}", examples: ["VB-12345"], counter_examples: ["VB-1"]}
  wards: {entity: ORGANIZATION, deny_list: ["Ward 7", "Ward 9"]}
  towns: {allow_list: [Paris, Jordan]}
  staff_no: {entity: EMPLOYEE_ID, columns: ["staff_no", "*_staff_number"]}
  rooms: {entity: RECORD_ID, pattern: 'R\\d{1,3}/\\d+', examples: [R12/9]}
tables:
  people:
    match: {files: "people*"}
    approved:
      name: {entity: PERSON, type: text, confidence: 0.97, kinds: {words: 1, EMAIL_ADDRESS: 0.01}}
      ward: {entity: none, was: FIRST_NAME, reason: wards are named after saints}
      town: {entity: CITY, role: other, reason: five large ones}
"""

# What is replaced, by what, and the line and words of the problem.
WRONG = [
    ("VB-[0-9]{5}", ".*", 3, "recognizers.badge.pattern: matches the empty text", "`+` instead of `*`"),
    ("VB-[0-9]{5}", "(VB-[0-9]{5})?", 3, "recognizers.badge.pattern: matches the empty text", "`+` instead of `*`"),
    ("VB-[0-9]{5}", "\\\\b", 3, "recognizers.badge.pattern: matches the empty text", "`+` instead of `*`"),
    ("VB-[0-9]{5}", "[0-9]+", 3, "matches ordinary text such as `0`", "such as a prefix, or name the columns"),
    ("VB-[0-9]{5}", ".+", 3, "matches ordinary text such as `a`", "such as a prefix, or name the columns"),
    ("VB-[0-9]{5}", "[A-Z][a-z]+", 3, "matches ordinary text such as `No`", "such as a prefix"),
    ("VB-[0-9]{5}", "[A-Z]{2,3}", 3, "matches ordinary text such as `USA`", "such as a prefix"),
    ("VB-[0-9]{5}", "[0-9]{5}", 3, "matches ordinary text such as `12500`", "such as a prefix"),
    ("VB-[0-9]{5}", "\\\\w+ \\\\w+", 3, "matches ordinary text such as `2024-05-01 10:30`", "such as a prefix"),
    ("VB-[0-9]{5}", "(?=V)B", 3, "not a pattern for RE2: invalid perl operator", "no lookaround and no backreferences"),
    ("VB-[0-9]{5}", "(V)\\\\1", 3, "not a pattern for RE2: invalid escape sequence: \\1", "no lookaround and no backreferences"),
    ("VB-[0-9]{5}", "VB-[0-9", 3, "not a pattern for RE2: missing ]", "correct the pattern"),
    ("VB-[0-9]{5}", "VB-[0-9]{2000}", 3, "not a pattern for RE2: invalid repetition size", "at most 1000 times"),
    ('"VB-12345"', '"VB-1234"', 3, "badge.examples[0]: the pattern does not match this example as a whole", "correct one"),
    ('"VB-12345"', '"see VB-12345"', 3, "badge.examples[0]: the pattern does not match this example as a whole", "correct"),
    ('"VB-1"]', '"VB-00001"]', 3, "badge.counter_examples[0]: the pattern matches this counter example", "narrower"),
    ('"VB-1"]', '"see VB-00001"]', 3, "badge.counter_examples[0]: the pattern matches this counter example", "narrower"),
    (', examples: ["VB-12345"]', "", 3, "recognizers.badge: the pattern was never tried", "add `examples:"),
    ("entity: EMPLOYEE_ID, pattern", "entity: EMPLOYE_ID, pattern", 3, "unknown entity `EMPLOYE_ID`", "mean `EMPLOYEE_ID`?"),
    ('"Ward 7", "Ward 9"', '"Ward 7", "ward 7"', 4, "wards.deny_list: a value is listed 2 times", "keep one"),
    ('"Ward 7", "Ward 9"', '"7"', 4, "wards.deny_list: a value of fewer than two letters or digits", "leave it out"),
    ("[Paris, Jordan]", '["", Jordan]', 5, "towns.allow_list: a value of fewer than two letters or digits", "leave it out"),
    ('["staff_no", "*_staff_number"]', '"*"', 6, "staff_no.columns: `*` would name nearly every column", "at least 2 letters"),
    ("R\\d{1,3}/\\d+', examples: [R12/9]", "VB-[0-9]{5}', examples: [VB-00000]", 7, "rooms: says the same as `badge`", "remove"),
    ("entity: PERSON", "entity: PRSON", 12, "approved.name.entity: unknown entity `PRSON`", "did you mean `PERSON`?"),
    ("was: FIRST_NAME", "was: FIRSTNAME", 13, "approved.ward.was: unknown entity `FIRSTNAME`", "did you mean `FIRST_NAME`?"),
    (", reason: wards are named after saints", "", 13, "ward: corrects `FIRST_NAME` to `none` without a reason", "`reason: …`"),
    (", reason: five large ones", "", 14, "town: makes `CITY`, which is quasi, other without a reason", "add `reason: …`"),
    ("entity: none,", "entity: none, role: direct,", 13, "approved.ward.role: nothing personal is never direct", "`role` out"),
    ("words: 1", "wrods: 1", 12, "approved.name.kinds.wrods: unknown kind of content `wrods`", "did you mean `words`?"),
]

# What is not even well formed.
MALFORMED = [
    ('pattern: "VB-[0-9]{5}", examples', "deny_list: [AA1], examples", 3, "`counter_examples` are for a `pattern`"),
    ("deny_list: [", "allow_list: [xx], deny_list: [", 4, "is needed, and here is `deny_list` and `allow_list`"),
    ("{allow_list: [Paris, Jordan]}", "{entity: CITY}", 5, "one of `pattern`, `deny_list`, `allow_list` and `columns` is needed"),
    ("{allow_list: [", "{entity: CITY, allow_list: [", 5, "did you mean `deny_list`?"),
    ("{entity: ORGANIZATION, deny", "{deny", 4, "`deny_list` needs an `entity`, such as"),
    ("deny_list: [", "denylist: [", 4, "unknown key `denylist`; did you mean `deny_list`?"),
    ('deny_list: ["Ward 7", "Ward 9"]', "deny_list: []", 4, "an empty list"),
    ("VB-[0-9]{5}", "V" * 501, 3, "at most 500 characters"),
    ("confidence: 0.97", "confidence: 97", 12, "less than or equal to 1"),
    ("words: 1", "words: -1", 12, "greater than or equal to 0"),
    ("type: text", "type: txt", 12, "unknown word `txt`; did you mean `text`?"),
    ("was: FIRST_NAME", "wsa: FIRST_NAME", 13, "unknown key `wsa`; did you mean `was`?"),
    ("  wards: {", "  badge: {", 4, "a duplicate key, first on line 3"),
    ("  wards: {", "  7 wards: {", 4, "not written as it must be"),
]


def _changed(old: str, new: str) -> str:
    assert SOUND.count(old) == 1, old
    return SOUND.replace(old, new)


def test_a_sound_policy_has_no_problem():
    assert lint(load_policy(SOUND)) == ()


@pytest.mark.parametrize(("old", "new", "line", "message", "repair"), WRONG)
def test_lint_refuses_with_line_reason_and_repair(old, new, line, message, repair):
    problems = [problem for problem in lint(load_policy(_changed(old, new))) if message in str(problem)]
    assert problems, [str(problem) for problem in lint(load_policy(_changed(old, new)))]
    assert problems[0].line == line
    assert repair in problems[0].repair


@pytest.mark.parametrize(("old", "new", "line", "message"), MALFORMED)
def test_what_is_not_well_formed_is_refused_with_its_line(old, new, line, message):
    with pytest.raises(PolicyInvalid) as refused:
        load_sound_policy(_changed(old, new))
    assert f"line {line}: " in str(refused.value)
    assert message in str(refused.value)


def test_a_run_refuses_what_lint_refuses():
    with pytest.raises(PolicyInvalid, match=r"line 3: recognizers\.badge\.pattern: matches the empty text"):
        load_sound_policy(_changed("VB-[0-9]{5}", ".*"))


@pytest.mark.parametrize("text", ORDINARY)
def test_no_pattern_may_match_ordinary_text(text):
    import re2

    written = '"' + re2.escape(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert any("ordinary text" in str(problem) for problem in lint(load_policy(_changed('"VB-[0-9]{5}"', written))))


def test_recognizers_are_built_in_the_order_of_the_policy():
    assert load_policy(SOUND).custom_recognizers() == (
        Pattern("badge", "EMPLOYEE_ID", "VB-[0-9]{5}"),
        Listed("wards", "ORGANIZATION", ("Ward 7", "Ward 9")),
        Listed("towns", NOTHING, ("Paris", "Jordan")),
        ColumnName("staff_no", "EMPLOYEE_ID", ("staff_no", "*_staff_number")),
        Pattern("rooms", "RECORD_ID", r"R\d{1,3}/\d+"),
    )


def test_numbers_in_lists_and_examples_are_text():
    text = _changed('["Ward 7", "Ward 9"]', "[0042, 17.50, true]").replace("[Paris, Jordan]", "1999")
    policy = load_policy(text)
    assert policy.recognizers["wards"].deny_list == ("0042", "17.50", "true")
    assert policy.recognizers["towns"].allow_list == ("1999",)


def test_approvals_say_what_the_classifier_is_compared_with():
    name, ward, town = load_policy(SOUND).approvals("people").values()
    assert (name.entity, name.was, name.role, name.kinds) == ("PERSON", "PERSON", "direct", {"words": 1, "EMAIL_ADDRESS": 0.01})
    assert ward == Approved(None, "FIRST_NAME", "other", "wards are named after saints", where="line 13 of the policy")
    assert (town.entity, town.was, town.role) == ("CITY", "CITY", "other")


def test_recognizers_and_approvals_are_part_of_the_digest():
    changes = [("VB-[0-9]{5}", "VB-[0-9]{6}"), ("was: FIRST_NAME", "was: CITY"), ("words: 1", "word: 1")]
    texts = [SOUND, *(_changed(old, new) for old, new in changes)]
    assert len({load_policy(text).sha256 for text in texts}) == len(texts)


@pytest.mark.parametrize(
    ("gate", "words"),
    [("drift: hold", "unknown word `hold`"), ("drft: refuse", "did you mean `drift`?"), ("min_confidence: 7", "between 0 and 1")],
)
def test_the_classify_gate_knows_its_words(gate, words):
    with pytest.raises(PolicyInvalid) as refused:
        load_policy(f"{SOUND}gates: {{classify: {{{gate}}}}}\n")
    assert "line 15: gates.classify" in str(refused.value)
    assert words in str(refused.value)


def test_the_policies_of_the_page_are_sound():
    page = (Path(__file__).parents[2] / "docs" / "inventory.md").read_text(encoding="utf-8")
    policies = re.findall(r"^```yaml policy\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert len(policies) == 3
    for policy in policies:
        load_sound_policy(policy)
