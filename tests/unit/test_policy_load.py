"""The policy language refuses what is not meant, with file, line, place and repair, and reads the rest exactly."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veil.errors import PolicyInvalid
from veil.policy import load_policy
from veil.policy.document import MAX_ALIASES, MAX_BYTES, MAX_DEPTH, read_document

GDPR = Path(__file__).parents[2] / "policies" / "gdpr.yaml"
SOUND = """\
policy: retail-crm
version: 4
defaults: {unmatched: refuse, on_error: fail, nulls: keep, null_values: [NA, 0]}
keys:
  main: {from: env:VEIL_KEY, epoch: 2026-11}
keyspaces:
  person: {key: main, canonical: numeric-id}
  phone: {key: main, canonical: phone, region: BE}
tables:
  customers:
    match: {files: "customers_*.{csv,parquet}"}
    subject: customer_id
    columns:
      customer_id: {do: token, in: person, prefix: C}
      country: {do: keep, reason: needed for segment counts}
      blank: {do: null}
      born: {do: age_band, as_of: 2026, width: 10}
    rules:
      - {when: {entity: [IBAN_CODE, CREDIT_CARD]}, do: mask, keep_last: 4}
      - {when: {role: other, type: [integer, decimal]}, do: keep, reason: no finding}
gates:
  transform: {residual_identifiers: 0, k: 11}
"""


def changed(old: str, new: str) -> str:
    assert SOUND.count(old) == 1, old
    return SOUND.replace(old, new)


def refused(text: str) -> str:
    with pytest.raises(PolicyInvalid) as caught:
        load_policy(text)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return str(caught.value)


# What is replaced, by what, and the line and words of the refusal.
BROKEN = [
    ("policy: retail-crm\n", "policy: ''\n", 1, "policy: not written as it must be; a name of letters"),
    ("version: 4", "version: 0", 2, "version: input should be greater than or equal to 1"),
    ("version: 4\n", "", None, "version: missing; add `version: …`"),
    ("version: 4", "versoin: 4", 2, "unknown key `versoin`; did you mean `version`?"),
    ("unmatched: refuse", "unmatched: keep", 3, "defaults.unmatched: unknown word `keep`; known are `refuse`, `drop`"),
    ("nulls: keep", "nulls: kepe", 3, "defaults.nulls: unknown word `kepe`; did you mean `keep`?"),
    ("nulls: keep", "fidelity: 1", 3, "unknown key `fidelity`; it belongs in `gates.check.fidelity`"),
    ("from: env:VEIL_KEY", "from: aGVsbG8gd29ybGQ", 5,
     "keys.main.from: not written as it must be; write `env:NAME`, `file:PATH`, `prefect-secret:NAME` or `ephemeral`"),
    ("from: env:VEIL_KEY", "from: env:VEIL_KEY, otherwise: s3cr3t", 5, "keys.main.otherwise: not one of the words"),
    ("from: env:VEIL_KEY, ", "", 5, "keys.main.from: missing; write `env:NAME`"),
    ("canonical: numeric-id", "canonical: numeric_id", 7, "unknown word `numeric_id`; did you mean `numeric-id`?"),
    ("region: BE", "region: belgium", 8, "keyspaces.phone.region: not written as it must be; a country of two capital letters"),
    ("region: BE", "regoin: BE", 8, "unknown key `regoin`; did you mean `region`?"),
    ("match: {files:", "match: {file:", 11, "unknown key `file`; did you mean `files`?"),
    ('"customers_*.{csv,parquet}"', "in/customers.csv", 11,
     "match.files: not written as it must be; a file name pattern without folders"),
    ("subject: customer_id", "subjects: customer_id", 12, "unknown key `subjects`; did you mean `subject`?"),
    ("subject: customer_id", "subject: 7", 12, "input should be a valid string; put it in quotes"),
    ("do: token", "do: tokne", 14, "columns.customer_id.do: unknown transform `tokne`; did you mean `token`?"),
    ("do: token, ", "", 14, "columns.customer_id.do: missing; say what becomes of the column"),
    ("prefix: C", "perfix: C", 14, "columns.customer_id.perfix: unknown key `perfix`; did you mean `prefix`?"),
    ("prefix: C", "prefix: C, length: 12", 14, "columns.customer_id.length: input should be greater than or equal to 19"),
    ("prefix: C", "keyspace: person", 14, "unknown key `keyspace`"),
    (", reason: needed for segment counts", "", 15, "columns.country.reason: missing; say why the cells may stay"),
    ("reason: needed for segment counts", "reason: ' '", 15, "columns.country.reason: not written as it must be; say why"),
    ("{do: null}", "drop", 16, "columns.blank: keys and values expected; write `{do: drop}`"),
    ("as_of: 2026", "as_of: soon", 17, "columns.born.as_of"),
    ("width: 10", "width: ten", 17, "columns.born.width: input should be a valid integer"),
    ("width: 10", "width: yes", 17, "columns.born.width: input should be a valid integer"),
    ("{entity: [IBAN_CODE, CREDIT_CARD]}", "{}", 19, "rules[0].when: `when` has no condition"),
    ("when: {entity: [IBAN_CODE, CREDIT_CARD]}, ", "", 19, "rules[0].when: missing"),
    ("[IBAN_CODE, CREDIT_CARD]", "[]", 19, "rules[0].when.entity: an empty list"),
    ("[IBAN_CODE, CREDIT_CARD]}", "[IBAN_CODE], entitty: A}", 19, "unknown key `entitty`; did you mean `entity`?"),
    ("keep_last: 4", "keep_last: -1", 19, "rules[0].keep_last: input should be greater than or equal to 0"),
    ("keep_last: 4", "keep_lst: 4", 19, "rules[0].keep_lst: unknown key `keep_lst`; did you mean `keep_last`?"),
    ("role: other", "role: othr", 20, "rules[1].when.role: unknown word `othr`; did you mean `other`?"),
    ("[integer, decimal]", "[integer, number]", 20, "rules[1].when.type[1]: unknown word `number`"),
    ("k: 11", 'k: "<= 11"', 22, 'gates.transform.k: higher is better here, so the demand is written ">= 11"'),
    ("k: 11", 'k: "at least 11"', 22, "gates.transform.k: write a number of at least 0"),
    ("k: 11", "k_anonymity: 11", 22, "gates.transform.k_anonymity: unknown key `k_anonymity`"),
    ("residual_identifiers: 0", "residual_identifiers: true", 22, "residual_identifiers: write a number"),
    ("residual_identifiers: 0", "unique_share: 5", 22, "unique_share: this is a share, between 0 and 1"),
    ("transform: {residual", "trasnform: {residual", 22, "gates.trasnform: unknown key `trasnform`; did you mean `transform`?"),
    # The document itself
    ("version: 4\n", "version: 4\nversion: 5\n", 3, "version: a duplicate key, first on line 2; keep one of the two"),
    ("      blank: {do: null}", "      country: {do: drop}", 16, "columns.country: a duplicate key, first on line 15"),
    ("version: 4", "version: !!int 4", 2, "version: a YAML tag; remove it"),
    ("{do: null}", "!!python/object/apply:os.system [id]", 16, "columns.blank: a YAML tag"),
    ("{do: null}", "{<<: *x}", 16, "columns.blank: a merge key `<<`"),
    ("{do: null}", "*nowhere", 16, "the alias `*nowhere` stands before its anchor"),
    ("{do: null}", "{do: null", 17, "not YAML"),
    ("{do: null}", "\t{do: null}", 16, "not YAML: found character '\\t'"),
    ("{do: null}", '{do: constant, value: "\\ud800"}', 16, "columns.blank.value: half a character"),
    ("blank: {do: null}", '"\\ud800": {do: null}', 16, "columns: a key with half a character"),
    ("gates:\n", "---\ngates:\n", 21, "a second document; remove the `---` line"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "words"), BROKEN, ids=[words[:60] for *_, words in BROKEN])
def test_broken_policy_is_refused_with_line_and_words(old: str, new: str, line: int | None, words: str) -> None:
    told = refused(changed(old, new))
    at_line = [one for one in told.split("\n") if one.startswith(f"policy, line {line}: " if line else "policy: ")]
    assert any(words in one for one in at_line), told


def test_no_secret_is_repeated_in_an_error() -> None:
    inline = changed("from: env:VEIL_KEY", "from: 8f3aSECRET")
    other = changed("from: env:VEIL_KEY", "from: ephemeral, otherwise: 8f3aSECRET, epoch: [8f3aSECRET]")
    assert "8f3aSECRET" not in refused(inline) + refused(other)


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = changed("do: token", "do: tokne").replace("nulls: keep", "nuls: keep").replace("k: 11", "kk: 11")
    lines = refused(text).split("\n")
    assert [line.split(":")[0] for line in lines] == ["policy, line 3", "policy, line 14", "policy, line 22"]


def test_sound_policy_is_read_as_it_says() -> None:
    policy = load_policy(SOUND)
    table = policy.tables["customers"]
    assert policy.defaults.null_values == ("NA", "0")
    assert (policy.keys["main"].source, policy.keys["main"].epoch) == ("env:VEIL_KEY", "2026-11")
    assert table.columns["customer_id"].keyspace == "person"
    assert table.columns["customer_id"].parameters == {"prefix": "C", "length": 19}
    assert table.columns["blank"].do == "null"
    assert table.rules[0].when.entity == ("IBAN_CODE", "CREDIT_CARD")
    assert table.rules[1].when.role == ("other",)
    assert str(policy.gates.transform.k) == ">= 11"
    assert policy.line("tables", "customers", "rules", 1) == 20
    assert policy.line("tables", "customers", "rules", 1, "when", "nowhere") == 20


@pytest.mark.parametrize("word", ["NO", "no", "yes", "on", "off", "Y", "12:30:45", "2026-11-01", "0x1F", "1_000", "007", ".5"])
def test_text_stays_text(word: str) -> None:
    assert read_document(f"country: {word}\nkey: 1", "policy").data["country"] == word


@pytest.mark.parametrize(
    ("word", "value"),
    [("true", True), ("false", False), ("null", None), ("~", None), ("", None), ("12", 12), ("-3", -3), ("0.5", 0.5),
     ("'12'", "12")],
)
def test_plain_values_are_read(word: str, value: object) -> None:
    read = read_document(f"x: {word}\ny: 1", "policy").data["x"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("key", ["epoch", "policy", "reason", "do", "null_values", "prefix"])
@pytest.mark.parametrize("word", ["2026", "0x1F", "true", "1.50"])
def test_words_under_text_keys_are_never_numbers(key: str, word: str) -> None:
    assert read_document(f"{key}: {word}\n", "policy").data[key] == word
    assert read_document(f"{key}: [{word}]\n", "policy").data[key] == [word]


def test_the_word_null_names_a_transform_and_may_stand_for_null() -> None:
    document = read_document("do: null\nnull_values: [null, ~]\nsex_from: null\nreason:\n", "policy")
    assert document.data == {"do": "null", "null_values": ["null", "~"], "sex_from": None, "reason": None}


@given(st.text(alphabet=st.characters(max_codepoint=0xFFFF, exclude_categories=("Cs",)), max_size=40))
def test_a_quoted_text_comes_back_as_it_was_written(text: str) -> None:
    written = json.dumps(text)
    assert read_document(f"x: {written}\ny: 1", "policy").data["x"] == text


@given(st.text(alphabet="ab:-{}[]#&*!|>'\"%@`,? \n\t", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_document(text, "policy")
    except PolicyInvalid as error:
        told = str(error)
    else:
        told = "policy: read"
    assert told.startswith("policy")


def test_an_anchor_may_be_used_a_few_times() -> None:
    aliases = "\n".join(f"c{place}: *one" for place in range(MAX_ALIASES))
    assert read_document(f"a: &one {{do: drop}}\n{aliases}", "policy").data["c0"] == {"do": "drop"}
    with pytest.raises(PolicyInvalid, match=f"line {MAX_ALIASES + 2}: .*more than {MAX_ALIASES} aliases"):
        read_document(f"a: &one {{do: drop}}\n{aliases}\nlast: *one", "policy")


def test_an_alias_bomb_is_refused() -> None:
    levels = [f"{new}: &{new} [{', '.join(['*' + old] * 9)}]" for old, new in zip("abc", "bcd", strict=True)]
    with pytest.raises(PolicyInvalid, match="aliases"):
        read_document("\n".join(["a: &a [x]", *levels]), "policy")
    wide = "a: &a [" + "x," * 9_000 + "x]\nb: &b [*a, *a, *a]\n"
    with pytest.raises(PolicyInvalid, match="more than 20000 values"):
        read_document(wide, "policy")


def test_an_anchor_inside_itself_is_refused() -> None:
    with pytest.raises(PolicyInvalid, match="stands before its anchor"):
        read_document("a: &a [*a]", "policy")


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_deep_nesting_is_refused(opening: str, closing: str) -> None:
    deep = opening * (MAX_DEPTH + 1) + "1" + closing * (MAX_DEPTH + 1)
    with pytest.raises(PolicyInvalid, match="nested deeper"):
        read_document(f"x: {deep}", "policy")
    with pytest.raises(PolicyInvalid, match="nested deeper"):
        read_document("x: " + opening * 20_000, "policy")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"# only a comment\n", "the file is empty"),
        (b"version: 1\nname: \xff\n", "line 2: not UTF-8"),
        (b"a: \x00\n", "not YAML"),
        (b"#" * (MAX_BYTES + 1), f"more than {MAX_BYTES}"),
        (b"- a\n- b\n", "keys and values expected"),
        (b"just words\n", "keys and values expected"),
        (b"? [a, b]\n: 1\n", "a key that is not plain text"),
    ],
    ids=["empty", "comment", "not utf-8", "nul", "large", "list", "words", "complex key"],
)
def test_a_file_that_is_no_policy_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(content)
    with pytest.raises(PolicyInvalid) as caught:
        load_policy(path)
    assert str(caught.value).startswith(f"{path}")
    assert words in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyInvalid, match=r"none\.yaml: cannot be read: No such file or directory; check the path"):
        load_policy(tmp_path / "none.yaml")


def test_a_byte_order_mark_is_no_part_of_the_policy(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SOUND.encode())
    assert load_policy(path).sha256 == load_policy("\ufeff" + SOUND).sha256 == load_policy(SOUND).sha256


QUICK = f"""
import sys, time
start = time.process_time()
from veil.policy import load_sound_policy
load_sound_policy({str(GDPR)!r})
seconds = time.process_time() - start
heavy = set("torch spacy presidio_analyzer great_expectations sklearn pandas prefect ctgan".split()) & set(sys.modules)
print(seconds, sorted(heavy))
"""


def test_policy_is_read_and_linted_quickly_and_without_heavy_libraries() -> None:
    told = [subprocess.run([sys.executable, "-c", QUICK], capture_output=True, text=True, check=True).stdout for _ in range(3)]
    assert {heavy.strip() for _, heavy in (one.split(" ", 1) for one in told)} == {"[]"}
    assert min(float(one.split(" ")[0]) for one in told) < 1.5  # one heavy library would break it
