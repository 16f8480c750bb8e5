"""From the audit straight to the document."""

from pathlib import Path

from auditor.domain.audit import Audit
from auditor.reporting import html, workbook
from auditor.reporting.compose import compose


def render_report(audit: Audit) -> str:
    """The report of an audit."""
    return html.render_report(compose(audit))


def write_workbook(audit: Audit, path: Path) -> None:
    """The workbook of an audit."""
    workbook.write_workbook(compose(audit), path)
