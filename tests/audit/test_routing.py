"""Nobody is told of a complaint that accuses him: routed over a whole audit of messages."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest

from auditor.audit.trip import Audited, audit_logs
from auditor.domain.audit import Audience
from auditor.judgement.routing import accusations_in, audience
from auditor.reporting.compose import compose
from auditor.reporting.official.documents import circular_bytes, letters
from auditor.rulebook.loading import load_rulebook

HEAD = "留言编号,留言时间,留言类别,承办单位,被检举控告对象,转送对象,是否发生泄密,是否已公开,是否逾期\n"
ROWS = """\
LY-001,2025-03-10 09:00,检举控告,市场科,市场科,,否,否,否
LY-002,2025-03-10 09:00,检举控告,文物科,市场科,,是,否,否
LY-003,2025-03-10 09:00,检举控告,文物科,王某,,是,否,否
LY-004,2025-03-10 09:00,检举控告,文物科,,,是,否,否
LY-005,2025-03-10 09:00,投诉,市场科,,,是,否,否
LY-006,2025-03-10 09:00,检举控告,市场科,市场科、文物科,办公室,是,否,否
"""


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """An audit of messages with and without accusations."""
    folder = tmp_path_factory.mktemp("台账")
    (folder / "网民留言台账.csv").write_text(HEAD + ROWS, "utf-8")
    return audit_logs([folder], load_rulebook(shipped_cases=False), date(2025, 12, 31))


def told(audited: Audited, record: str, rule: str) -> Audience:
    """Who may read of the breach of this rule by this message."""
    findings = [each for each in audited.audit.findings if each.records == (record,)]
    (finding,) = [each for each in findings if rule in (each.rule, *each.also)]
    return audited.audit.audiences.get(finding.id, Audience.EVERYBODY)


@pytest.mark.parametrize(
    ("record", "rule", "who"),
    [
        ("LY-001", "INT-7-3", Audience.OFFICE),  # its own unit is accused
        ("LY-002", "INT-7-2", Audience.UNIT),  # another unit is accused
        ("LY-003", "INT-7-2", Audience.OFFICE),  # a person, of whatever unit
        ("LY-004", "INT-7-2", Audience.OFFICE),  # nobody knows who
        ("LY-005", "INT-7-2", Audience.EVERYBODY),  # no accusation
        ("LY-006", "INT-7-2", Audience.OFFICE),  # its own unit among others
    ],
)
def test_a_finding_about_an_accusation_goes_only_where_it_does_no_harm(
    record: str, rule: str, who: Audience, audited: Audited
) -> None:
    assert told(audited, record, rule) is who


def test_what_shows_a_cell_of_an_accusation_is_about_it_too(audited: Audited) -> None:
    """A finding in another log may rest on the message: it is known by the row that it shows."""
    (finding,) = [each for each in audited.audit.findings if each.records == ("LY-005",) and each.rule == "INT-7-2"]
    plain = finding.model_copy(update={"log": "checks", "records": ("JC-1",)})
    cell = replace(finding.evidence[0], row=2)
    linked = plain.model_copy(update={"evidence": (cell,)})
    accusations = accusations_in(audited.book.logs, audited.logs.tables)
    assert audience(plain, accusations, {"市场科", "文物科"}) is Audience.EVERYBODY
    assert audience(linked, accusations, {"市场科", "文物科"}) is Audience.OFFICE


def test_no_document_tells_the_accused(audited: Audited) -> None:
    report = compose(audited.audit)
    circular = said(circular_bytes(report))
    assert "LY-005" in circular and not [record for record in ("LY-001", "LY-002", "LY-003") if record in circular]
    by_name = {name: said(letter) for name, letter in letters(report).items()}
    market = by_name["整改通知-市场科.docx"]
    assert "LY-005" in market and not [f"LY-00{n}" for n in (1, 2, 3, 4, 6) if f"LY-00{n}" in market]
    heritage = by_name["整改通知-文物科.docx"]
    assert "LY-002" in heritage and "LY-003" not in heritage and "LY-004" not in heritage


def said(data: bytes) -> str:
    """The text of a Word file, tags and all."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("word/document.xml").decode("utf-8")
