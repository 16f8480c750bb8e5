"""Before the evaluation and while it runs: plan, numbered forms, the workbook to type in, typing twice compared."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from auditor.assessment.entered import Entered, compare_entries
from auditor.audit.bundle import Writer, text_writer, write_bundle
from auditor.errors import DataError
from auditor.reading.sheetcells import read_cells
from auditor.rulebook.book import Rulebook
from auditor.rulebook.entryform import form_number
from auditor.rulebook.schemes import ANSWERS, UNAWARE, Scheme
from auditor.rulebook.schemewords import scheme_lines

PLAN, ENTRY = "evaluation-plan", "evaluation-entry"
_FIELDS = ("group", "unit", "e1", "e2", "e3", "e4", "e5", "opinion")


def write_plan(
    scheme: Scheme,
    year: int,
    day: date,
    forms: int,
    units: Sequence[str],
    hot: Sequence[str],
    out: Path,
    command: Sequence[str],
) -> None:
    """Write the plan, so many numbered forms to print, and the workbook to type them in."""
    from auditor.reporting.blocks_word import write_word
    from auditor.reporting.evaluation_entry import write_entry
    from auditor.reporting.evaluation_form import write_forms
    from auditor.reporting.evaluation_plan import Plan, plan_document

    plan = Plan(
        year=year,
        day=day.isoformat(),
        forms=forms,
        units=units,
        groups=scheme.groups,
        hot=hot,
        options=(*ANSWERS, UNAWARE),
        contents=[(each.zh, each.question, int(each.weight)) for each in scheme.contents.values()],
        scheme_title=scheme.zh,
        scheme_notice=scheme.notice,
        scheme=scheme_lines(scheme),
    )
    numbers = [form_number(year, number) for number in range(1, forms + 1)]
    files: dict[str, Writer] = {
        "评议方案.docx": lambda path: write_word(plan_document(plan), path),
        "评议测评表.docx": lambda path: write_forms(plan, numbers, path),
        "问卷录入.xlsx": lambda path: write_entry(plan, numbers, path),
    }
    write_bundle(out, PLAN, files, command, {"year": year, "as_of": plan.day, "forms": forms})


def take_entries(path: Path, book: Rulebook, year: int, day: date, out: Path, command: Sequence[str]) -> Entered:
    """Compare the two sheets of a typed-in workbook; write the log where they agree in every cell."""
    from auditor.reporting.evaluation_entry import write_log

    sheets, digest = read_cells(path)
    try:
        entered = compare_entries({each.sheet: each.cells for each in sheets}, year)
    except ValueError as error:
        raise DataError(f"{path.name}：{error}") from None
    fields = book.logs.logs["questionnaires"].fields
    headings = [fields[name].zh for name in ("form_no", "year", *_FIELDS)]
    shown = {
        "forms": len(entered.forms),
        "differences": [vars(each) for each in entered.differences],
    }
    files: dict[str, Writer] = {"录入核对.json": text_writer(json.dumps(shown, ensure_ascii=False, indent=1) + "\n")}
    if not entered.differences:
        rows = [
            {"form_no": number, "year": str(year), **{name: typed[name] for name in _FIELDS}}
            for number, typed in entered.by_field().items()
        ]
        files["评议问卷.xlsx"] = lambda target: write_log(day.isoformat(), headings, rows, target)
    write_bundle(out, ENTRY, files, command, {"year": year, "as_of": day.isoformat(), "inputs": {path.name: digest}})
    return entered
