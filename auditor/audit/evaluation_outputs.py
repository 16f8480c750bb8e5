"""The files of a yearly evaluation."""

from collections.abc import Sequence
from pathlib import Path

from auditor.audit.bundle import about_year, text_writer, write_bundle
from auditor.domain.appraisal import Appraisal
from auditor.rulebook.book import Rulebook

KIND = "evaluation"


def write_evaluation(appraisal: Appraisal, book: Rulebook, out: Path, command: Sequence[str]) -> None:
    """Write `evaluation.json`, the page, the workbook and the report in Word."""
    from auditor.reporting.blocks_html import render_page
    from auditor.reporting.blocks_word import write_word
    from auditor.reporting.blocks_workbook import write_document_workbook
    from auditor.reporting.evaluation_machine import evaluation_json
    from auditor.reporting.evaluation_report import evaluation_report

    report = evaluation_report(appraisal)
    files = {
        "evaluation.json": text_writer(evaluation_json(appraisal)),
        "evaluation.html": text_writer(render_page(report)),
        "evaluation.xlsx": lambda path: write_document_workbook(report, path),
        "民主评议报告.docx": lambda path: write_word(report, path),
    }
    write_bundle(out, KIND, files, command, about_year(appraisal, book))
