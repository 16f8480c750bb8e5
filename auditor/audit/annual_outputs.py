"""The files of a yearly report."""

from collections.abc import Sequence
from pathlib import Path

from auditor.audit.bundle import about_year, text_writer, write_bundle
from auditor.domain.annualreport import AnnualReport
from auditor.rulebook.book import Rulebook
from auditor.rulebook.reportforms import ReportForm

KIND = "annual-report"


def write_annual(report: AnnualReport, form: ReportForm, book: Rulebook, out: Path, command: Sequence[str]) -> None:
    """Write `annual-report.json`, the workbook and the draft in Word."""
    from auditor.reporting.annual_document import annual_document
    from auditor.reporting.annual_machine import annual_json
    from auditor.reporting.blocks_word import write_word
    from auditor.reporting.blocks_workbook import write_document_workbook

    workbook = annual_document(report, form, to_print=False)
    printed = annual_document(report, form, to_print=True)
    files = {
        "annual-report.json": text_writer(annual_json(report)),
        "annual-report.xlsx": lambda path: write_document_workbook(workbook, path),
        "年度报告.docx": lambda path: write_word(printed, path),
    }
    write_bundle(out, KIND, files, command, about_year(report, book))
