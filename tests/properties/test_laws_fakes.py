"""Laws of fakes, for every kind and locale and any cells: each example goes through all kinds at once."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from veil.errors import TransformFailed
from veil.model import Column
from veil.transforms import Context
from veil.transforms.fake import Fake
from veil.transforms.fakes.cards import card_number
from veil.transforms.fakes.kinds import ADDRESS_KINDS, GIVEN_KINDS, KINDS, PERSON_KINDS, PLACE_KINDS, STYLES, UNIQUE_KINDS
from veil.transforms.fakes.packs import LOCALES
from veil.transforms.keys import Key

KEY = Key("main", "2026-11", b"0123456789abcdef0123456789abcdef")
MISSING = (None, "", "NA")
CANARY = "Qzvaxelmund"
OF_TEXT = [of for of in KINDS if of != "date_of_birth"]
CASES = [
    *({"of": of} for of in OF_TEXT),
    *({"of": of, "by": "value", "locale": "de_DE"} for of in OF_TEXT),
    *({"of": of, "by": "subject", "locale_from": "country", "locale": "fr_BE"} for of in OF_TEXT),
    *({"of": of, "sex_from": "sex", "locale": "pl_PL"} for of in sorted(PERSON_KINDS | {"national_id"})),
    *({"of": of, "from": "name", "locale": "es_ES"} for of in sorted(ADDRESS_KINDS)),
    *({"of": of, "from": ["name", "country"], "locale": "en_GB"} for of in sorted(PLACE_KINDS)),
    *({"of": of, "style": style} for of, styles in STYLES.items() for style in styles),
    *({"of": of, "unique": True} for of in sorted(UNIQUE_KINDS - {"license_plate", "national_id", "vat"})),
    {"of": "national_id", "birth_from": "born", "sex_from": "sex", "locale": "it_IT", "locale_from": "country"},
]
HOSTILE = [
    "\x00", "a\x00b", "\x1e", "\u202egnirts", "\u200f", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "\ud83d", "\udc00x",
    "😀" * 50, "'; DROP TABLE", "<script>", "%s{}", " ", "\r\n", "null", "None", "NaN",
]  # fmt: skip
HUGE = ["x" * 1_000_000, "é" * 200_000, "a\u0301" * 1_000, "Anna " * 100_000]
TEXTS = st.one_of(st.text(st.characters(exclude_categories=()), max_size=20), st.sampled_from(HOSTILE))
COLUMNS = st.lists(st.one_of(TEXTS, st.sampled_from(MISSING)), max_size=10)
PRESENT = TEXTS.filter(lambda text: text not in MISSING)


def build(case) -> Fake:
    return Fake.model_validate(case)


def apply(case, values, rows=None) -> pd.Series:
    rows = list(range(len(values))) if rows is None else list(rows)
    related = {
        "sex": [("f", "M", None, "?")[row % 4] for row in rows],
        "name": [(f"n{row % 5}", None)[row % 2] for row in rows],
        "country": [("BE", "Italia", "?", None, "SE", "fi")[row % 6] for row in rows],
        "born": [("1966-04-08", None, "2001-02-28")[row % 3] for row in rows],
    }
    cells = pd.Series(values, index=[row * 7 for row in rows], name="c", dtype=object)
    known = {name: pd.Series(column, index=cells.index, dtype=object) for name, column in related.items()}
    subject = pd.Series([f"s{row % 3}" for row in rows], index=cells.index, dtype=object)
    before = cells.copy(deep=True)
    result = build(case).apply(cells, Context(Column("c"), key=KEY, keyspace="k", subject=subject, subject_keyspace="people",
                                              related=known, null_values=frozenset({"NA"})))  # fmt: skip
    pd.testing.assert_series_equal(cells, before)
    return result


laws = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@laws
@given(values=COLUMNS)
def test_index_name_type_and_nulls_are_kept(values):
    for case in CASES:
        result = apply(case, values)
        assert list(result.index) == [row * 7 for row in range(len(values))]
        assert (result.name, result.dtype) == ("c", object)
        for cell, value in zip(result, values, strict=True):
            assert cell == value if value in MISSING else (type(cell) is str and cell != "")


@laws
@given(values=COLUMNS, cut=st.integers(0, 10))
def test_partitions_and_order_change_nothing(values, cut):
    for case in CASES:
        whole = list(apply(case, values))
        halves = [*apply(case, values[:cut]), *apply(case, values[cut:], range(min(cut, len(values)), len(values)))]
        backwards = list(apply(case, values[::-1], range(len(values) - 1, -1, -1)))[::-1]
        assert whole == halves == backwards


@laws
@given(values=st.lists(PRESENT, min_size=1, max_size=8))
def test_equal_values_keep_equal_fakes_where_that_is_declared(values):
    for case in CASES:
        if "equality" in build(case).declared.keeps:
            result = list(apply(case, [*values, *values]))
            assert result[: len(values)] == result[len(values) :]


@laws
@given(values=st.lists(PRESENT, max_size=10))
def test_a_fake_is_never_the_value_it_replaces(values):
    for case in CASES:
        if case["of"] not in GIVEN_KINDS:
            assert not [1 for cell, value in zip(apply(case, values), values, strict=True) if cell.casefold() == value.casefold()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_hostile_values_are_replaced_whole(case):
    huge = HUGE if len(case) == 1 else []
    values = [f"{before}{CANARY}{before[:100]}" for before in HOSTILE + huge] + HOSTILE
    for cell, value in zip(apply(case, values), values, strict=True):
        assert type(cell) is str
        assert cell != value
        assert CANARY not in cell
        assert cell.isprintable()
        assert cell[0] not in "=-@\t\r"
        assert cell[0] != "+" or case["of"] == "phone"


@pytest.mark.parametrize("case", [case for case in CASES if case["of"] not in GIVEN_KINDS], ids=str)
def test_a_second_run_changes_every_fake_again(case):
    values = [f"value {place}" for place in range(60)]
    once = list(apply(case, values))
    assert not [1 for before, after in zip(once, apply(case, once), strict=True) if before == after]


@laws
@given(numbers=st.lists(st.from_regex(r"\A(\+[1-9][0-9]{0,14}|[0-9]{1,15})\Z"), unique=True, max_size=50))
def test_distinct_phones_get_distinct_fakes(numbers):
    fakes = apply({"of": "phone", "unique": True}, numbers)
    assert fakes.nunique() == len(numbers)
    assert fakes.str.fullmatch(r"\+999[0-9]{16}").all()


@laws
@given(payloads=st.lists(st.integers(0, 10**15 - 1), unique=True, max_size=50))
def test_distinct_cards_get_distinct_fakes(payloads):
    values = [next(text for check in range(10) if card_number(text := f"{payload:015d}{check}") >= 0) for payload in payloads]
    assert apply({"of": "card", "unique": True}, values).nunique() == len(payloads)


@laws
@given(values=st.lists(TEXTS.map(lambda text: f"{CANARY}{text}"), min_size=1, max_size=5), locale=st.sampled_from(LOCALES))
def test_a_refusal_holds_no_value(values, locale):
    with pytest.raises(TransformFailed) as refused:
        apply({"of": "date_of_birth", "locale": locale}, values)
    assert CANARY not in f"{refused.value}{refused.value!r}"
    assert refused.value.__cause__ is refused.value.__context__ is None


@laws
@given(days=st.lists(st.dates(), min_size=1, max_size=12), band=st.integers(1, 50))
def test_a_date_of_birth_stays_within_its_band(days, band):
    in_range = [day for day in days if 1690 <= day.year <= 2210]
    cells = pd.Series([str(day) for day in in_range], dtype=object)
    context = Context(Column("c", "date", "%Y-%m-%d"), key=KEY, keyspace="k")
    for fake, day in zip(Fake(of="date_of_birth", band=band).apply(cells, context), in_range, strict=True):
        assert int(fake[:4]) // band == day.year // band
        assert fake != str(day)
