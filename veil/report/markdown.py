"""The report in a few lines of Markdown, for an artifact beside the run: the decision, its reasons and the key figures."""

from __future__ import annotations

import re

from veil.report import sections, words
from veil.report.content import ReportContent
from veil.report.judgement import KeyFigure, key_figures

# Characters that mean something to Markdown or HTML, and those that turn bare text into a link.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#!|~@&]|:(?=//))")


def render_markdown(content: ReportContent) -> str:
    """Return the decision, reasons, key figures, what became of the columns and the gates, as Markdown."""
    where = f" at the {content.stop}" if content.stop else ""
    lines = [f"# {_text(content.dataset)}: {content.decision}{where}", ""]
    lines += [f"- {_text(reason)}" for reason in content.reasons]
    if content.legal_label and content.decision == "released":
        lines += ["", f"The output is **{_text(content.legal_label)}**."]
    lines += ["", *_table(("figure", "value", "95% interval", "limit", "verdict"), [_row(each) for each in key_figures(content)])]
    plans = sections.done(content)
    if plans:
        lines += ["", *_table(("table", "columns by effect", "undecided"), [_became(table) for table in plans])]
    lines += ["", *_table(("gate", "met", "verdict"), _gates(content))]
    lines += ["", "A check that is met says that one attack failed with this much data; it proves nothing about the others."]
    return "\n".join(lines) + "\n"


def _row(figure: KeyFigure) -> tuple[str, ...]:
    judged = figure.judged
    if judged is None:
        return (figure.family, "not measured", "", "", "")
    title = judged.explanation.title.lower()
    name = f"{title if title.startswith(figure.family) else f'{figure.family}: {title}'} ({judged.result.table})"
    return (name, judged.figure, judged.between, judged.limit, judged.verdict)


def _became(table: sections.DoneTable) -> tuple[str, ...]:
    return (table.plan.table, ", ".join(f"{part.count} {part.name}" for part in table.parts), str(table.undecided))


def _gates(content: ReportContent) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for stage, results in sections.gates(content):
        if not results:
            rows.append((stage, "", "no result" if content.reached(stage) else "not reached"))
        for gate in results:
            met = len(gate.expectations) - len(gate.failed)
            rows.append((stage, f"{met} of {len(gate.expectations)}", "passed" if gate.passed else "NOT passed"))
    return rows


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    return [_line(heads), _line(("---",) * len(heads)), *(_line(tuple(_text(cell) for cell in row)) for row in rows)]


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    """Escape what a name could use to become markup or a link; control characters become their code points."""
    return _SPECIAL.sub(r"\\\1", words.visible(text)).replace("www.", "www\\.")
