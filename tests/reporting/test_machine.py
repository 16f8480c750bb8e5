"""Files for other programs: whole, in a fixed order, and harmless in a spreadsheet."""

import csv
import io
import json
from datetime import date

import pytest

from auditor.domain.audit import Audit
from auditor.domain.finding import CountedDay, Evidence, Finding
from auditor.reporting.machine import finding_lines, rejects_csv, summary_json


def test_each_finding_is_one_line_that_reads_back_as_the_finding(audit: Audit) -> None:
    lines = list(finding_lines(audit.findings))
    assert all(line.endswith("}\n") for line in lines)
    assert [Finding.model_validate_json(line) for line in lines] == list(audit.findings)


def test_keys_stand_in_the_order_of_the_model_and_none_is_left_out(audit: Audit) -> None:
    for line in finding_lines(audit.findings):
        assert list(json.loads(line)) == list(Finding.model_fields)


def test_a_line_is_the_finding_as_the_model_has_it(audit: Audit) -> None:
    odd = 'a"\\b\n\t\x00，"evidence": [], "days": []'
    cells = (Evidence(odd, odd, odd, odd, odd, 3, "AB"), Evidence("x"))
    changed = {"detail": odd, "evidence": cells, "days": (CountedDay(date(2025, 3, 1), False, odd),), "late": None}
    made = (*audit.findings, audit.findings[0].model_copy(update=changed))
    assert any(each.days and each.grounds for each in made)
    for finding, line in zip(made, finding_lines(made), strict=True):
        assert line == json.dumps(finding.model_dump(mode="json"), ensure_ascii=False) + "\n"


def test_a_finding_made_without_a_proof_is_the_same_finding(audit: Audit) -> None:
    for finding in audit.findings:
        assert Finding.made(**vars(finding)) == finding
        assert list(finding_lines([Finding.made(**vars(finding))])) == list(finding_lines([finding]))
    given = vars(audit.findings[0])
    for wrong in (given | {"unknown": ""}, {name: value for name, value in given.items() if name != "rule"}):
        with pytest.raises(TypeError):
            Finding.made(**wrong)


def test_chinese_is_written_as_itself(audit: Audit) -> None:
    assert "答复超过二十个工作日" in "".join(finding_lines(audit.findings))


def test_an_unusual_line_end_in_a_text_does_not_break_the_line(audit: Audit) -> None:
    finding = audit.findings[0].model_copy(update={"detail": "前\u2028后\x85终"})
    lines = "".join(finding_lines([finding])).splitlines()
    assert len(lines) == 1
    assert json.loads(lines[0])["detail"] == "前\u2028后\x85终"


def test_the_summary_does_not_depend_on_the_order_of_its_keys(audit: Audit) -> None:
    turned = dict(reversed(list(audit.summary.items())))
    assert summary_json(turned) == summary_json(audit.summary)
    assert json.loads(summary_json(audit.summary)) == audit.summary


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＠"])
def test_a_cell_that_a_spreadsheet_would_compute_is_written_as_text(start: str) -> None:
    reject = {"file": "a.csv", "sheet": "", "row": 2, "column": "B", "value": f"{start}1+1", "reason": "无"}
    text = rejects_csv([reject])
    assert text.startswith("\ufefffile,sheet,row,column,value,reason\r\n")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert rows[0]["value"] == f"'{start}1+1"


def test_a_lone_half_character_does_not_stop_the_writing() -> None:
    reject = {"file": "a.csv", "sheet": "", "row": 2, "column": "B", "value": "\ud800", "reason": "无"}
    assert "\\ud800" in rejects_csv([reject]).encode("utf-8").decode("utf-8")
