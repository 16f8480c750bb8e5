"""The yearly report for other programs: `annual-report.json`."""

import json
from typing import Any

from auditor.domain.annualreport import REQUESTS, AnnualReport, Check, Compared
from auditor.rulebook.reportforms import KEYS, TOTAL


def annual_json(report: AnnualReport) -> str:
    """Figures with the records behind them, and every check."""
    return json.dumps(_content(report), ensure_ascii=False, indent=1) + "\n"


def _content(report: AnnualReport) -> dict[str, Any]:
    kinds = [*report.applicants, TOTAL]
    return {
        "year": report.year,
        "as_of": report.as_of.isoformat(),
        "requests": {key: {kind: report.figures[REQUESTS, key, kind].value for kind in kinds} for key in KEYS},
        "checks": [_check(each) for each in report.checks],
        "across": [_check(each) for each in report.across],
        "figures": [
            {
                "table": each.table,
                "row": each.row,
                "column": each.column,
                "value": each.value,
                "records": list(each.records),
                "note": each.note,
            }
            for each in report.figures.values()
        ],
        "doubts": [vars(each) for each in report.doubts],
        "compared": _compared(report.compared) if report.compared is not None else None,
        "basis": report.basis,
        "cautions": list(report.cautions),
        "inputs": dict(sorted(report.inputs.items())),
        "version": report.version,
    }


def _check(each: Check) -> dict[str, Any]:
    return {"name": each.name, "ok": each.ok, "left": each.left, "right": each.right}


def _compared(compared: Compared) -> dict[str, Any]:
    return {
        "file": compared.file,
        "cells": compared.cells,
        "checks": [_check(each) for each in compared.checks],
        "disagreements": [
            {**vars(each), "place": list(each.place), "records": list(each.records)} for each in compared.disagreements
        ],
    }
