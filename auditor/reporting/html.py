"""The audit as one HTML file that needs nothing but a browser: no network, no asset beside it."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from auditor.domain.obligation import Status
from auditor.reporting.page import STATUSES, page_of
from auditor.reporting.report import Report
from auditor.reporting.text import clean, one_line
from auditor.reporting.words import words
from auditor.shipped import shipped

_STYLES = ("report.css",)
_INTERNAL = (*_STYLES, "report.internal.css")
_SCRIPTS = ("report.js", "report.keys.js")


def render_report(report: Report) -> str:
    """The whole report; the same audit gives the same text."""
    folder = shipped("reports")
    style = "".join(read(folder / name) for name in (_INTERNAL if report.internal else _STYLES))
    script = "".join(read(folder / name) for name in _SCRIPTS)
    template = environment(folder).get_template("report.html.j2")
    return template.render(
        report=report,
        page=page_of(report),
        notes=words().notes,
        since=words().since,
        statuses=list(Status),
        finding_statuses=STATUSES,
        # These two are ours, not the office's: they alone go in unescaped.
        style=Markup(style),
        script=Markup(script),
        policy=content_policy(style, script),
    )


def content_policy(style: str, script: str) -> str:
    """The policy (Content-Security-Policy) under which only this style and this script run."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def read(path: Path) -> str:
    """A template's style or script."""
    return path.read_text("utf-8")


def environment(folder: Path) -> Environment:
    """How templates are filled: everything escaped and cleaned, nothing missing."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["one_line"] = one_line
    return made


def _shown(value: object) -> object:
    """What a template prints: plain text is cleaned; a missing value is a fault of the program."""
    if value is None:
        raise TypeError("the template printed a value that is None")
    return clean(value) if type(value) is str else value
