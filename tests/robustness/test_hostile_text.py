"""Text that somebody typed into a log stays text in every output, and personal data stays inside."""

import csv
import io
import random
import re
import zipfile
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from auditor.audit.outputs import write_outputs
from auditor.audit.trip import audit_logs
from auditor.rulebook.book import Rulebook
from auditor.rulebook.logs import FieldType, LogField
from tests.robustness.conftest import office, plain
from tests.robustness.said import said

HOSTILE = [
    *(
        "<script>document.title='甲'</script>",
        '"><img src=x onerror="alert(1)">',
        "'><svg/onload=alert(1)>",
        "<!--",
        "]]>",
    ),
    *("</script><script>alert(1)</script>", "{{ 7*7 }}{{ cycler.__init__ }}", "{% for x in y %}", "&#60;b&#62;"),
    *(
        '=HYPERLINK("http://x","y")',
        "+cmd|' /C calc'!A0",
        "-1+1",
        "@SUM(1)",
        "＝1+1",
        "\u202e=1\u2066",
        '甲" data-x="1',
    ),
    *("javascript:alert(1)", "http://example.org/x", "internal:Sheet!A1", "mailto:a@b.cn", "_x0041_", "\x07<b>"),
]


def hostile(chance: random.Random, name: str, field: LogField) -> str:
    """Hostile text in most text cells and in some of every other type."""
    often = 0.6 if field.type is FieldType.TEXT else 0.05
    number, dice, text = chance.randrange(len(HOSTILE)), chance.random(), plain(chance, name, field)
    return f"{HOSTILE[number]}{number}" if dice < often else text


def harmless(chance: random.Random, name: str, field: LogField) -> str:
    """The same draw, and a harmless word in place of every hostile one."""
    text = hostile(chance, name, field)
    return f"文字{text[-1]}" if any(text.startswith(each) for each in HOSTILE) else text


class Shape(HTMLParser):
    """The elements of a page and their attributes; values that name things, measure or describe do not count."""

    NAMES = ("id", "href", "value", "aria-label", "points", "d", "viewBox", "transform")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: set[tuple[str, ...]] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {(tag,), *((tag, key, self.telling(key, value or "")) for key, value in attrs)}
        self.seen |= {
            ("link", value or "") for key, value in attrs if key == "href" and not (value or "").startswith("#")
        }

    def telling(self, key: str, value: str) -> str:
        """The value of an attribute where it could make a difference to a browser."""
        is_measure = re.fullmatch(r"[-\d. ]*", value) is not None
        return "" if key in self.NAMES or key.startswith("data-") or is_measure else value

    def handle_comment(self, data: str) -> None:
        self.seen.add(("comment", data))

    def handle_pi(self, data: str) -> None:
        self.seen.add(("pi", data))


@pytest.fixture(scope="module")
def attacked(book: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outputs of logs full of hostile text, nothing masked."""
    top = tmp_path_factory.mktemp("attacked")
    logs = office(top / "台账", book, 4, 6, hostile, "jsonl")
    write_outputs(audit_logs([logs], book, date(2025, 12, 31), internal=True), top / "结果", ["audit"])
    return top / "结果"


def test_no_cell_makes_an_element_or_an_attribute_of_the_report(attacked: Path, book: Rulebook, tmp_path: Path) -> None:
    logs = office(tmp_path / "台账", book, 4, 6, harmless, "jsonl")
    write_outputs(audit_logs([logs], book, date(2025, 12, 31), internal=True), tmp_path / "结果", ["audit"])
    pages = [(folder / "report.html").read_text("utf-8") for folder in (attacked, tmp_path / "结果")]
    assert "alert(1)" in pages[0]
    assert Shape(pages[0]).seen <= Shape(pages[1]).seen


def test_the_workbook_holds_no_formula_and_no_link_that_leads_out(attacked: Path) -> None:
    with zipfile.ZipFile(attacked / "ledger.xlsx") as book:
        for name in book.namelist():
            part = book.read(name).decode()
            assert not re.search(r"<f[ >/]|TargetMode=", part), name
            assert all("location=\"'规则对照'!A" in link for link in re.findall("<hyperlink [^>]*>", part)), name


def test_no_cell_of_the_rejects_begins_like_a_formula(attacked: Path) -> None:
    rows = list(csv.reader(io.StringIO((attacked / "rejects.csv").read_text("utf-8-sig"), newline="")))
    assert len(rows) > 20
    assert not [cell for row in rows for cell in row if cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))]


SECRETS = {"name": "欧阳锋雪", "phone": "13987654321", "id": "522401198001011234", "contact": "13887654321"}
SECRETS["address"] = "七星关区麻园街道碧阳大道8642号"


def telling(chance: random.Random, name: str, field: LogField) -> str:
    """Every personal field is filled, and the citizen's own words repeat what it says."""
    if field.personal:
        return SECRETS[field.personal]
    text = plain(chance, name, field)
    return f"{SECRETS['phone']}，{text}，{SECRETS['id']}" if field.content else text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_personal_value_leaves_the_audit_unmasked(kind: str, book: Rulebook, tmp_path: Path) -> None:
    logs = office(tmp_path / "台账", book, 8, 5, telling, kind)
    write_outputs(audit_logs([logs], book, date(2025, 12, 31)), tmp_path / "结果", ["audit"])
    for name, text in said(tmp_path / "结果").items():
        assert not [secret for secret in SECRETS.values() if secret in text], name


def test_the_words_of_a_guarded_message_are_not_shown(book: Rulebook, tmp_path: Path) -> None:
    head = "留言编号,留言类别,留言时间,留言人,留言内容,承办单位,答复时间,答复意见,是否公开答复,公开文本,是否要求保密"
    rows = [
        "1,投诉,2025-01-02 09:00,欧阳锋雪,机密甲,人事科,2025-09-01 09:00,机密甲,是,机密甲,是",
        "2,检举控告,2025-01-02 09:00,欧阳锋雪,机密甲,人事科,2025-09-01 09:00,机密甲,是,机密甲,",
    ]
    (tmp_path / "网民留言台账.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    write_outputs(audit_logs([tmp_path], book, date(2025, 12, 31)), tmp_path / "结果", ["audit"])
    outputs = said(tmp_path / "结果")
    assert {"findings.jsonl", "report.html", "report.docx", "ledger.xlsx"} <= set(outputs)
    assert not [name for name, text in outputs.items() if "机密甲" in text]
