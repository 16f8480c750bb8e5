"""The form of the questionnaire: numbered pages to print."""

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

from docx import Document as new_document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph

from auditor.reporting.blocks import document_words
from auditor.reporting.evaluation_plan import WORDS, Plan
from auditor.reporting.wordparts import BODY, CELL, HEAD, SUB, TITLE, fill_cell, prepare, save, write_line

_CONTENT_WIDTH, _OPTION_WIDTH = 72, 21  # millimetres
_OPINION_LINES, _LINE = 3, 36  # lines, characters a line


def write_forms(plan: Plan, numbers: Sequence[str], path: Path) -> None:
    """One page a number."""
    word = new_document()
    prepare(word, document_words(WORDS).terms["form_title"].format(year=plan.year), plan.day)
    first, *others = [document_words(WORDS).terms["form_number"].format(number=number) for number in numbers]
    _form(word, plan, first)
    page = [deepcopy(part) for part in word.element.body if part.tag != qn("w:sectPr")]
    Paragraph(page[0], word).paragraph_format.page_break_before = True
    end = word.element.body[-1]
    for number in others:
        for part in map(deepcopy, page):  # a copy is much quicker than to build each page
            for text in part.iter(qn("w:t")):
                text.text = number if text.text == first else text.text
            end.addprevious(part)
    save(word, path)


def _form(word: WordDocument, plan: Plan, number: str) -> None:
    terms = document_words(WORDS).terms
    write_line(word, number, BODY, 12, align="right")
    write_line(word, terms["form_title"].format(year=plan.year), TITLE, 20, align="center", after=8)
    write_line(word, terms["form_how"], SUB, 12, indent=True, after=4)
    groups = "　".join(f"□{group}" for group in plan.groups)
    write_line(word, terms["form_group"].format(groups=groups), BODY, 12)
    write_line(word, terms["form_unit"], BODY, 12, after=4)
    _answers(word, plan, terms["form_content"])
    for hot in plan.hot:
        write_line(word, terms["form_hot"].format(hot=hot), BODY, 12, before=6)
        write_line(word, "＿" * _LINE, BODY, 12)
    write_line(word, terms["form_opinion"], BODY, 12, before=8)
    for _ in range(_OPINION_LINES):
        write_line(word, "＿" * _LINE, BODY, 12)
    write_line(word, terms["form_thanks"], SUB, 12, before=6)


def _answers(word: WordDocument, plan: Plan, heading: str) -> None:
    """One row a content, one column an answer."""
    made = word.add_table(rows=1 + len(plan.contents), cols=1 + len(plan.options), style="Table Grid")
    made.autofit = False
    head, *rows = made.rows
    for cell, words in zip(head.cells, (heading, *plan.options), strict=True):
        fill_cell(cell, words, HEAD, 12, center=True)
    for number, (row, (zh, question, _)) in enumerate(zip(rows, plan.contents, strict=True), start=1):
        first, *others = row.cells
        fill_cell(first, f"{number}.{zh}：{question}", CELL, 12, center=False)
        for cell in others:
            fill_cell(cell, "□", CELL, 14, center=True)
    for at, column in enumerate(made.columns):
        column.width = Mm(_OPTION_WIDTH if at else _CONTENT_WIDTH)
    for row in made.rows:
        for at, cell in enumerate(row.cells):
            cell.width = Mm(_OPTION_WIDTH if at else _CONTENT_WIDTH)
