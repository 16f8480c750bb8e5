"""The same facts give the same findings, and what an export lacks never makes anybody compliant."""

import csv
import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from auditor.audit.outputs import write_outputs
from auditor.audit.trip import Audited, audit_logs
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.logs import CHECKLIST
from auditor.rulebook.rules import Rule
from auditor.shipped import shipped

AS_OF = date(2025, 12, 31)
Table = list[list[str]]
Verdicts = dict[tuple[str, str, str], str]


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """The rulebook as shipped."""
    return load_rulebook()


@pytest.fixture(scope="module")
def tables() -> dict[str, Table]:
    """Every log of the sample as rows of text, headings first."""
    found: dict[str, Table] = {}
    for path in sorted((shipped("fixtures") / "sample").iterdir()):
        if path.suffix == ".xlsx":
            workbook = CalamineWorkbook.from_path(path)
            for sheet in workbook.sheet_names:
                rows = workbook.get_sheet_by_name(sheet).to_python()
                found[sheet] = [["" if cell is None else str(cell) for cell in row] for row in rows]
        elif path.suffix == ".csv":
            found[path.stem] = list(csv.reader(_text(path).splitlines()))
        elif path.suffix == ".jsonl":
            records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
            names = list(dict.fromkeys(name for record in records for name in record))
            cells = [["" if record.get(name) is None else str(record[name]) for name in names] for record in records]
            found[path.stem] = [names, *cells]
    return found


def _text(path: Path) -> str:
    data = path.read_bytes()
    return data.decode("utf-8-sig") if data.startswith(b"\xef\xbb\xbf") or _is_utf8(data) else data.decode("gb18030")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def write(folder: Path, tables: dict[str, Table]) -> Path:
    """The tables as CSV files named after their logs."""
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, tables: dict[str, Table]) -> Path:
    """The sample as CSV files."""
    return write(tmp_path_factory.mktemp("样例"), tables)


@pytest.fixture(scope="module")
def audited(base: Path, book: Rulebook) -> Audited:
    """The audit of the sample."""
    return audit_logs([base], book, AS_OF)


def test_the_sample_as_csv_is_read_whole(audited: Audited, tables: dict[str, Table]) -> None:
    assert len(audited.logs.tables) == len(tables)
    assert not audited.logs.unreadable


def test_two_audits_of_the_same_logs_are_equal_to_the_byte(base: Path, audited: Audited, tmp_path: Path) -> None:
    """The second in another process, with another seed for the order of sets."""
    write_outputs(audited, tmp_path / "甲", ["audit"])
    command = [sys.executable, "-m", "auditor", "audit", str(base), "--as-of", str(AS_OF), "--out", "乙"]
    ended = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONHASHSEED": "4711"}, capture_output=True)
    assert ended.returncode in (0, 1), ended.stderr.decode()
    for name in ("obligations.parquet", "findings.jsonl", "summary.json", "rejects.csv", "report.html", "ledger.xlsx"):
        assert (tmp_path / "甲" / name).read_bytes() == (tmp_path / "乙" / name).read_bytes(), name


def test_neither_the_order_of_rows_nor_the_name_of_a_file_changes_a_finding(
    tables: dict[str, Table], audited: Audited, book: Rulebook, tmp_path: Path
) -> None:
    shuffled = {}
    for name, (headings, *rows) in tables.items():
        random.Random(name).shuffle(rows)
        shuffled[f"2025年{name}（终稿）"] = [headings, *rows]
    again = audit_logs([write(tmp_path / "改名", shuffled)], book, AS_OF)
    assert {each.id for each in again.audit.findings} == {each.id for each in audited.audit.findings}
    assert len(again.audit.findings) == len(audited.audit.findings)


def test_every_finding_has_its_own_id(audited: Audited) -> None:
    repeated = [id_ for id_, count in Counter(each.id for each in audited.audit.findings).items() if count > 1]
    assert not repeated, [each for each in audited.audit.findings if each.id in repeated]


def test_a_foreign_column_changes_no_finding(
    tables: dict[str, Table], audited: Audited, book: Rulebook, tmp_path: Path
) -> None:
    wider = {
        name: [[*headings, "科室自用"], *([*row, "阅"] for row in rows)] for name, (headings, *rows) in tables.items()
    }
    again = audit_logs([write(tmp_path / "加列", wider)], book, AS_OF)
    assert [each.id for each in again.audit.findings] == [each.id for each in audited.audit.findings]


def test_the_summary_adds_up(audited: Audited, book: Rulebook) -> None:
    summary, obligations = audited.audit.summary, audited.obligations
    assert all(each["read"] == each["accepted"] + each["rejected"] for each in summary["logs"].values())
    counted = {rule: sum(counts.values()) for rule, counts in summary["rules"].items()}
    assert {rule: number for rule, number in counted.items() if number} == {
        row["rule"]: row["len"] for row in obligations.group_by("rule").len().to_dicts()
    }
    assert {unit: sum(counts.values()) for unit, counts in summary["units"].items()} == {
        row["unit"]: row["len"] for row in obligations.group_by("unit").len().to_dicts()
    }
    severities = Counter(each.severity.value for each in audited.audit.findings)
    assert summary["findings"] == {severity: severities[severity] for severity in summary["findings"]}
    assert not set(summary["rules"]) & set(summary["not_assessed"])
    assert obligations["unit"].null_count() == 0
    for name, rows in ((log, audited.logs.tables[log].frame.height) for log in audited.logs.tables):
        assert summary["logs"][name]["accepted"] == rows


def test_every_rule_of_a_log_that_is_not_supplied_is_listed_as_not_assessed(
    base: Path, audited: Audited, book: Rulebook, tables: dict[str, Table]
) -> None:
    names = {book.logs.logs[log].zh: log for log in audited.logs.tables}
    for absent, log in names.items():
        narrowed = narrow(book, [rule for rule in book.rules if rule.log == log])
        if not narrowed.rules:
            continue
        other = next(name for name in tables if name != absent)
        again = audit_logs([base / f"{other}.csv"], narrowed, AS_OF)
        assert set(again.audit.summary["not_assessed"]) == set(narrowed.placed), absent
        assert again.obligations.is_empty() and all(again.audit.summary["not_assessed"].values())


SETTLED_OTHERWISE = {
    ("SRC-4-3", "公开日期"),  # the day of publication stands in the documents too, and is in time there
    ("SRC-4-3", "公文编号"),
    ("INT-6-4", "重难件时限"),  # 30 working days hold unless 15 are recorded for the case
}


def test_deleting_a_column_never_makes_a_verdict_met(
    base: Path, tables: dict[str, Table], audited: Audited, book: Rulebook, tmp_path: Path
) -> None:
    """Every column of every log of the sample, held against the rules that read it and have a verdict to lose.

    Columns of one log that no rule reads together are deleted together: each rule loses one at a time.
    `SETTLED_OTHERWISE` are the cases in which what is left settles the verdict by itself.
    """
    before = verdicts(audited)
    losing = [book.placed[id_].rule for id_ in dict.fromkeys(key[0] for key in before if before[key] != "met")]
    by_zh = {book.logs.logs[log].zh: log for log in audited.logs.tables}
    wrong = []
    for name, log in by_zh.items():
        for number, batch in enumerate(batches(losing, log, dict(read_as(audited, log)))):
            narrowed = narrow(book, [book.placed[id_].rule for id_ in batch])
            stays = [heading not in batch.values() for heading in tables[name][0]]
            rows = [[cell for cell, stay in zip(row, stays, strict=True) if stay] for row in tables[name]]
            needed = {CHECKLIST, *(each for rule in narrowed.rules for each in logs_of(rule, book))}
            others = [base / f"{zh}.csv" for zh, each in by_zh.items() if each in needed and zh != name]
            again = audit_logs([*others, write(tmp_path / f"{log}{number}", {name: rows})], narrowed, AS_OF)
            wrong += [
                f"{name} without {batch[rule]}: {each}"
                for rule, each in become_met(before, verdicts(again))
                if (rule, batch[rule]) not in SETTLED_OTHERWISE
            ]
    assert not wrong, f"{len(wrong)} verdicts became met:\n" + "\n".join(wrong)


def batches(rules: list[Rule], log: str, columns: dict[str, str]) -> list[dict[str, str]]:
    """Rule → the one column of the log that it loses, so that every pair of rule and column it reads comes once."""
    found: list[dict[str, str]] = []
    for heading, field in columns.items():
        readers = [rule.id for rule in rules if reads(rule, log, field)]
        free = next((batch for batch in found if not set(batch) & set(readers)), None)
        if free is None:
            found.append(free := {})
        free |= dict.fromkeys(readers, heading)
    return [batch for batch in found if batch]


@pytest.mark.parametrize("kept", ["dates", "all but dates"])
def test_a_bare_export_is_audited_and_makes_no_verdict_met(
    kept: str, tables: dict[str, Table], audited: Audited, book: Rulebook, tmp_path: Path
) -> None:
    """Every log at once without its dates, or with nothing but its dates and its keys."""
    bare = {}
    for name, (headings, *rows) in tables.items():
        definition = next(log for log in book.logs.logs.values() if log.zh == name)
        dated = {
            column for column, field in read_as(audited, definition.name) if definition.fields[field].type == "date"
        }
        keys = {column for column, field in read_as(audited, definition.name) if field.endswith("_id")}
        stays = [heading in keys or (heading in dated) == (kept == "dates") for heading in headings]
        bare[name] = [[cell for cell, stay in zip(row, stays, strict=True) if stay] for row in (headings, *rows)]
    again = audit_logs([write(tmp_path / "缺列", bare)], book, AS_OF)
    assert len(again.obligations) > 100
    wrong = [each for _, each in become_met(verdicts(audited), verdicts(again))]
    assert not wrong, f"{len(wrong)} verdicts became met:\n" + "\n".join(wrong)


def become_met(before: Verdicts, after: Verdicts) -> list[tuple[str, str]]:
    """The verdicts that were something else, each with its rule."""
    return [
        (rule, f"{rule} row {place} {before[rule, file, place]} -> met")
        for (rule, file, place), status in after.items()
        if status == "met" and before.get((rule, file, place), "met") != "met"
    ]


def read_as(audited: Audited, log: str) -> list[tuple[str, str]]:
    """The headings of a log with the fields that they were read as."""
    sources = audited.logs.tables[log].sources
    return [(column.heading, field) for source in sources for field, column in source.columns.items()]


def verdicts(audited: Audited) -> Verdicts:
    """Status by rule and place; what stands in no row goes by its record."""
    return {
        (row["rule"], Path(row["file"] or "").name, str(row["row"] or row["record"])): row["status"]
        for row in audited.obligations.to_dicts()
    }


def narrow(book: Rulebook, rules: list[Rule]) -> Rulebook:
    """The rulebook with some of its rules only."""
    kept = {rule.id for rule in rules}
    return replace(book, placed={id_: placed for id_, placed in book.placed.items() if id_ in kept})


def reads(rule: Rule, log: str, field: str) -> bool:
    """Whether the rule looks at the log and names the field anywhere."""
    words = set(re.findall(r"\w+", repr(rule.model_copy(update={"cases": ()}))))
    return log in words and field in words


def logs_of(rule: Rule, book: Rulebook) -> Iterator[str]:
    """The logs that a rule looks at."""
    words = set(re.findall(r"\w+", repr(rule.model_copy(update={"cases": ()}))))
    yield from (log for log in book.logs.logs if log in words)
