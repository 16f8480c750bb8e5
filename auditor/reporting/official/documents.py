"""The Word documents of an audit, ready to be written: the circular and the letters."""

from auditor.reporting.official.circular import circular
from auditor.reporting.official.filenames import file_names
from auditor.reporting.official.notices import notices
from auditor.reporting.official.template import Template
from auditor.reporting.official.wordfile import circular_file, letter_file
from auditor.reporting.official.words import official_words
from auditor.reporting.report import Report


def circular_bytes(report: Report, template: Template | None = None) -> bytes:
    """The circular in the standard's layout, or in the office's template."""
    paper = circular(report)
    if template is None:
        return circular_file(paper)
    from auditor.reporting.official.filling import filled

    return filled(template, paper)


def letters(report: Report) -> dict[str, bytes]:
    """The letters by file name, one to each unit with breaches."""
    papers = notices(report)
    names = file_names(official_words().notice.file, papers, ".docx")
    return {names[unit]: letter_file(paper) for unit, paper in papers.items()}
