"""The report: one HTML page that opens offline, and a short summary in Markdown."""

from veil.report.content import FileFacts, KeyFacts, PolicyFacts, ReportContent, SynthesisFacts
from veil.report.html import render_html
from veil.report.markdown import render_markdown

__all__ = ["FileFacts", "KeyFacts", "PolicyFacts", "ReportContent", "SynthesisFacts", "render_html", "render_markdown"]
