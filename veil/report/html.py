"""The report as one HTML page: no request leaves it, no script is needed to read it, the same content gives the same bytes."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from veil.report import comparison, numbers, sections, svg, words
from veil.report.content import ReportContent
from veil.report.judgement import judge, key_figures

if TYPE_CHECKING:
    from jinja2 import Environment


def render_html(content: ReportContent) -> str:
    """Return the whole report as one HTML page.

    Parameters
    ----------
    content : what the run found, did and measured. Names in it come from the sender of the drop and are escaped.

    Returns
    -------
    A page that opens offline; under 1 MB for tables of a few hundred columns.
    """
    style, script = _asset("report.css"), _asset("script.html")
    shown = {
        "content": content,
        "style": style,
        "script": script,
        "guard": _guard(style, script),
        "journey": sections.journey(content),
        "figures": key_figures(content),
        "found": sections.found(content),
        "done": sections.done(content),
        "gates": sections.gates(content),
        "fidelity": comparison.fidelity(content),
        "fidelity_results": judge(content, "structure", "fidelity"),
        "training": comparison.training(content),
        "utility": comparison.utility(content),
        "utility_results": judge(content, "utility"),
        "risk": sections.risk(content),
        "untested": sections.untested(content),
        "assumptions": sections.assumptions(content),
    }
    return _environment().get_template("report.html").render(shown) + "\n"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("veil.report", "templates"),
        autoescape=True,
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        mark=svg.mark, roles=words.ROLES, effects=words.EFFECTS, stage_words=words.STAGES, heat_scale=svg.heat_scale
    )
    environment.filters.update(
        people=numbers.people, percent=numbers.percent, score=numbers.score, thousands=numbers.thousands,
        limit=numbers.write_limit, parameters=words.parameters, signed=_signed, sentence=_sentence,
    )  # fmt: skip
    environment.globals["observed"] = numbers.observed
    return environment


def _finalize(value: Any) -> Any:
    """Show control characters of any text before it is escaped; markup is ours and stays."""
    return words.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].removesuffix(".") + "."


def _signed(number: float) -> str:
    text = numbers.score(abs(number))
    sign = "\u2212" if number < 0 else "+"
    return text if text == "0.000" else sign + text


@cache
def _asset(name: str) -> Markup:
    """Return a text of our own package that goes into the page as it is."""
    environment = _environment()
    assert environment.loader is not None
    return Markup(environment.loader.get_source(environment, name)[0].strip())  # noqa: S704


def _guard(style: str, script: str) -> str:
    """Return a content security policy that lets these two inline texts act and nothing else.

    So a name that slipped through escaping could still load nothing and run nothing.
    """
    return f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; base-uri 'none'; form-action 'none'"


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
