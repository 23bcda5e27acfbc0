"""The HTML page: offline, escaped, the same bytes every time, complete for a release and honest for a run that was held."""

import dataclasses
import hashlib
import itertools
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.unit.test_report_sample import association, checks, held_at_once, held_at_transform, history, hostile, released
from veil.model import CheckReport, CheckResult, Comparison, Expectation, GateResult
from veil.report import ReportContent, render_html

ROOT = Path(__file__).parents[2]
VOID = {"meta", "link", "br", "img", "hr", "input", "path", "rect", "line", "circle"}
RUNS = {"released": released, "held at transform": held_at_transform, "held at once": held_at_once}
SECTIONS = ["found", "done", "gates", "fidelity", "training", "utility", "risk", "untested", "identity"]


class Page(HTMLParser):
    """What a browser sees: tags with attributes, text outside style and script, and whether tags close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.text += data

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


@pytest.fixture(params=RUNS)
def html(request):
    return render_html(RUNS[request.param]())


def section(html: str, name: str) -> str:
    """Return the markup of one section."""
    return html.split(f'<section id="{name}">')[1].split("</section>")[0]


def test_page_asks_for_nothing_from_anywhere(html):
    page = Page(html)
    assert not re.search(r"https?:|//[a-z]|url\(|@import|\bsrc=|\bfetch|XMLHttp", html)
    assert not {"img", "link", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in page.tags}
    assert all(attributes["href"].startswith("#") for tag, attributes in page.tags if tag == "a")


def test_page_lets_only_its_own_style_and_script_act(html):
    page = Page(html)
    guard = next(attributes["content"] for tag, attributes in page.tags if attributes.get("http-equiv"))
    assert guard.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in guard
    assert (page.count("script"), page.count("style")) == (1, 1)
    assert not any(name == "style" or name.startswith("on") for _, attributes in page.tags for name in attributes)


def test_same_content_gives_the_same_bytes(html):
    assert html in {render_html(make()) for make in RUNS.values()}


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_bytes_depend_on_no_hash_seed_locale_or_time_zone(hash_seed):
    code = (
        "import hashlib; from tests.unit.test_report_sample import released; from veil.report import render_html; "
        "print(hashlib.sha256(render_html(released()).encode()).hexdigest())"
    )
    environment = {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT), "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    made = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert made.stdout.strip() == hashlib.sha256(render_html(released()).encode()).hexdigest()


def test_tags_close_in_order(html):
    page = Page(html)
    assert page.unbalanced == []
    assert page.open == []


def test_ids_are_unique_and_every_link_has_its_target(html):
    page = Page(html)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {attributes["href"][1:] for tag, attributes in page.tags if tag == "a"} <= set(ids)


def test_headings_descend_one_level_at_a_time(html):
    levels = [int(tag[1]) for tag, _ in Page(html).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


def test_sections_come_in_their_order(html):
    assert re.findall(r'<section id="([a-z]+)">', html) == SECTIONS
    assert html.index('id="decision"') < html.index('id="found"')


def test_every_table_has_a_caption_and_every_head_cell_a_scope(html):
    page = Page(html)
    assert page.count("table") == page.count("caption")
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in page.tags if tag == "th")


def test_every_drawing_has_a_title_or_is_hidden(html):
    for head, body in re.findall(r"<svg([^>]*)>(.*?)</svg>", html, flags=re.S):
        assert 'aria-hidden="true"' in head or ('role="img"' in head and body.startswith("<title>"))


def test_verdicts_are_told_in_words_and_shapes(html):
    for body in re.findall(r'<span class="verdict [a-z]+">(.*?)</span>', html, flags=re.S):
        assert "<svg" in body
        assert re.sub(r"<svg.*?</svg>", "", body, flags=re.S).strip() in (
            "met", "not met", "passed", "not passed", "not run", "not measured", "for information", "undecided",
        )  # fmt: skip


def test_page_never_claims_that_data_is_anonymous(html):
    assert "anonym" not in html.lower()


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)" x="',
    "single quotes": "' onclick='alert(1)",
    "template": "{{ content }}{% raw %}",
    "format": "{value} {0} %s",
    "end of style": "</style></title></svg><img src=x onerror=alert(1)>",
    "comment": "<!-- --> ]]> &lt;b&gt; &amp;",
    "pipe and newline": "a|b\r\nc\td",
    "markdown": "[x](javascript:alert(1)) **b** `c`",
    "right to left": "\u202egnp.exe\u202c \u2067x\u2069 שם",
    "control": "a\x00b\x1bc\u200bd\ufeffe",
    "long": "x" * 400,
    "empty": "",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_names_stay_text(name):
    plain, page = Page(render_html(hostile("harmless"))), Page(render_html(hostile(name)))
    assert (page.unbalanced, page.open) == ([], [])
    if name:  # an empty reason is left out, its element too
        assert [tag for tag, _ in page.tags] == [tag for tag, _ in plain.tags]
    allowed = {attribute for _, attributes in plain.tags for attribute in attributes}
    assert {attribute for _, attributes in page.tags for attribute in attributes} <= allowed


@pytest.mark.parametrize("hidden", ["\u202e", "\u2067", "\x00", "\x1b", "\u200b", "\ufeff", "\r", "\u2028"])
def test_hidden_characters_are_shown_as_code_points(hidden):
    html = render_html(hostile(f"a{hidden}b"))
    assert hidden not in html
    assert f"a⟨U+{ord(hidden):04X}⟩b" in html


def test_names_in_other_scripts_stay_as_they_are():
    assert "Фамилия 姓名 שם" in render_html(hostile("Фамилия 姓名 שם"))


def test_released_run_shows_each_part():
    html = render_html(released())
    page = Page(html)
    assert "Released" in page.text
    assert "pseudonymised personal data" in page.text
    assert html.count('class="distribution"') == 11
    assert html.count('class="heat"') == 12
    assert html.count('class="lines"') == 2
    assert html.count('class="pair"') == 10
    assert "Not reached" not in page.text


def test_key_figures_are_those_of_the_worst_table():
    cards = re.findall(r'<article class="card">(.*?)</article>', render_html(released()), flags=re.S)
    assert [re.search(r'class="big">([^<]*)<', card).group(1) for card in cards] == ["52.2%", "0.921", "92.9%"]
    assert all("worst of 2 tables" in card and "orders" in card for card in cards)


def test_held_run_says_where_and_why_and_what_was_not_reached():
    html = render_html(held_at_transform())
    text = Page(html).text
    assert "Held" in text
    assert "at the transform gate" in text
    assert "k is 4, and 11 is demanded" in text
    for name in ("fidelity", "training", "utility"):
        assert "Not reached: the run was held at the transform gate." in section(html, name)
    for name in ("found", "done", "risk"):
        assert "Not reached" not in section(html, name)
    assert "synthesize, check" in Page(section(html, "gates")).text


def test_key_figure_is_one_that_is_not_met_if_there_is_any():
    card = render_html(held_at_transform()).split('<article class="card">')[1].split("</article>")[0]
    assert "not met" in card
    assert "Smallest group (k)" in card
    assert re.search(r'class="big">4<', card)


def test_transformed_and_synthetic_output_are_judged_by_their_own_gates():
    name = "residual_identifiers"
    gates = (
        GateResult("transform", True, (Expectation(f"t: {name}", True, "<= 20", 12.0),)),
        GateResult("check", False, (Expectation(f"t: {name}", False, "<= 0", 15.0),)),
    )
    early, late = (CheckResult(name, "privacy", "t", (), value, value, value, "lower") for value in (12.0, 15.0))
    content = ReportContent("d", "held", stopped_at="check", gates=gates, transformed=(early,), checks=CheckReport((late,)))
    answers = [Page(answer).text for answer in section(render_html(content), "risk").split('<div class="answer">')[1:]]
    assert "transformed" in answers[0]
    assert "Limit: at most 20." in answers[0]
    assert "not met" in answers[1]
    assert "Limit: none." in answers[1]


def test_failed_demands_stand_first_in_their_gate():
    gate = section(render_html(held_at_transform()), "gates").split("<b>transform</b>")[1]
    verdicts = re.findall(r"</svg> (not met|met)</span>", gate)
    assert verdicts == ["not met"] * 2 + ["met"] * 6


def test_held_at_once_has_every_section_and_no_empty_table():
    html = render_html(held_at_once())
    for name in ("found", "done", "fidelity", "training", "utility", "risk"):
        assert "Not reached: the run was held at the ingest stage." in section(html, name)
    assert "no file was read" in html


def test_stage_that_failed_by_itself_is_not_called_a_gate():
    content = dataclasses.replace(held_at_transform(), gates=held_at_transform().gates[:-1])
    assert "at the transform stage" in Page(render_html(content)).text


def test_released_run_without_a_synthetic_table_does_not_say_that_it_was_held():
    content = dataclasses.replace(released(), checks=None, syntheses=(), histories={})
    text = Page(render_html(content)).text
    assert "nothing was recorded in this run" in text
    assert "was held" not in text


@pytest.mark.parametrize("field", ["files", "findings", "plans", "gates", "syntheses", "keys", "notes", "reasons"])
def test_any_part_may_be_missing(field):
    page = Page(render_html(dataclasses.replace(released(), **{field: ()})))
    assert (page.unbalanced, page.open) == ([], [])


@pytest.mark.parametrize("field", ["policy", "seed", "checks"])
def test_any_fact_may_be_missing(field):
    assert render_html(dataclasses.replace(released(), **{field: None}))


def test_least_content_renders():
    assert "not recorded" in render_html(ReportContent("d", "held"))


@pytest.mark.parametrize("count", [1, 3, 9])
@pytest.mark.parametrize("check", ["residual_identifiers", "own_names", "own_birth_dates", "names_by_chance"])
def test_small_counts_of_people_are_withheld(check, count):
    result = CheckResult(check, "privacy", "t", ("a",), float(count), float(count), float(count), "lower", "fail")
    gate = GateResult("check", False, (Expectation(f"t: {check}", False, "<= 0", float(count)),))
    html = render_html(ReportContent("d", "held", stopped_at="check", gates=(gate,), checks=CheckReport((result,))))
    assert "fewer than 10" in section(html, "risk")
    assert 'class="interval"' not in html
    assert "fewer than 10" in section(html, "gates")
    assert f">{count}<" not in section(html, "gates")


def test_share_that_stands_for_few_people_is_withheld():
    result = CheckResult("unique_share", "privacy", "t", ("a",), 0.003, 0.003, 0.003, "lower", n=1000)
    html = render_html(ReportContent("d", "released", checks=CheckReport((result,))))
    assert "Fewer than 10 of the records" in section(html, "risk")
    assert "0.3%" not in html


def test_k_is_shown_as_it_is():
    assert ">4<" in section(render_html(held_at_transform()), "gates")


def test_check_that_failed_to_run_is_shown_in_its_own_section():
    broken = CheckResult("membership_auc", "structure", "t", (), None, status="not_run", detail="failed: ValueError")
    gate = GateResult("check", False, (Expectation("t: membership_auc", False, "<= 0.6", None, "was not measured"),))
    html = render_html(ReportContent("d", "held", stopped_at="check", gates=(gate,), checks=CheckReport((broken,))))
    assert "What is not measured does not pass." in section(html, "risk")
    assert "Could not run in table t: membership attack (failed: ValueError)." in section(html, "untested")
    assert "not run" in html.split('<article class="card">')[1].split("</article>")[0]


def test_attack_that_was_run_is_not_listed_as_untested():
    ran = CheckResult("linkability", "privacy", "t", (), 0.01, 0.0, 0.02, "lower")
    report = dataclasses.replace(checks(), results=(*checks().results, ran))
    untested = section(render_html(dataclasses.replace(released(), checks=report)), "untested")
    assert "Linkability" not in untested
    assert "Singling out" in untested


def test_missing_models_lower_the_claim():
    html = render_html(dataclasses.replace(released(), models_missing=("en_core_web_sm",)))
    assert "en_core_web_sm" in section(html, "untested")


def test_wide_table_stays_under_a_megabyte_and_says_what_is_left_out():
    content, n = released(), 300
    finding, step = content.findings[0], content.plans[0].steps[0]
    columns = [f"a_rather_long_column_name_{index}" for index in range(n)]
    steps = tuple(dataclasses.replace(step, column=column) for column in columns)
    shares = tuple(1 / 20 for _ in range(20))
    wide = dataclasses.replace(
        content,
        findings=tuple(dataclasses.replace(finding, column=column) for column in columns),
        plans=(dataclasses.replace(content.plans[0], steps=steps),),
        checks=dataclasses.replace(
            checks(),
            comparisons=tuple(Comparison("customers", column, "numeric", shares, shares[::-1], 0.9) for column in columns),
            associations=(association("customers", 1, n),),
        ),
        histories={"customers": history(0, 3000)},
    )
    html = render_html(wide)
    assert len(html.encode()) < 1_000_000
    assert "The 120 columns with the lowest scores are drawn." in html
    assert "The 60 columns that changed most are drawn; 240 more are counted in." in Page(html).text


def test_ordinary_report_is_small():
    assert len(render_html(released()).encode()) < 200_000
