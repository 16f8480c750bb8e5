"""Personal data in the wrong column, in a broken row or written in an unusual way is masked all the same."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from auditor.audit.outputs import write_outputs
from auditor.audit.trip import audit_logs
from auditor.rulebook.book import Rulebook
from tests.cli import conftest as program
from tests.robustness.said import said

run = program.run

SECRETS = ("欧阳锋雪", "522401198001011234", "13987654321")
REQUESTS = "申请编号,申请人,身份证明,联系方式,收到日期,申请内容,答复日期,责任科室\n"
FIRST = f"A1,{','.join(SECRETS)},2025-03-03,要公开甲,2025-09-01,人事科\n"
SECOND = FIRST.replace("A1", "A2")
TOO_LONG = SECOND.replace("\n", ",x,y\n")
MESSAGES = "留言编号,留言类别,留言时间,留言人,联系电话,住址,承办单位,答复时间,是否公开答复,公开文本\n"

BROKEN = {
    "a row longer than its headings": {"依申请公开台账.csv": REQUESTS + FIRST + TOO_LONG},
    "a line of JSON without its end": {
        "依申请公开台账.jsonl": '{"申请编号":"A1","收到日期":"2025-03-03"}\n{"申请编号":"A2","申请人":"欧阳锋雪"\n'
    },
    "a table without headings": {
        "依申请公开台账.csv": FIRST + SECOND,
        "网民留言台账.csv": "留言编号,留言时间\n1,2025-01-02\n",
    },
    "a row above the headings": {"依申请公开台账.csv": FIRST + REQUESTS + SECOND},
    "a name in the column of a date": {"依申请公开台账.csv": REQUESTS + "A1,,,,欧阳锋雪,要公开甲,2025-09-01,人事科\n"},
}

PHONES = ("8613987654321", "+8613987654321", "139 8765 4321", "139-8765-4321", "１３９８７６５４３２１")
NUMBERS = (*PHONES, "(0857)8221234", "0857 8221234", "522401 19800101 1234")


def message(number: int, name: str, address: str, public: str) -> str:
    """A complaint answered late, whose public text every output shows."""
    return f"{number},投诉,2025-01-02 09:00,{name},,{address},人事科,2025-09-01 09:00,是,{public}\n"


def put(folder: Path, files: Mapping[str, str]) -> Path:
    """The logs, in a folder of their own."""
    (folder / "台账").mkdir()
    for name, text in files.items():
        (folder / "台账" / name).write_text(text, encoding="utf-8")
    return folder / "台账"


def shown(logs: Path, book: Rulebook) -> dict[str, str]:
    """What every output of an audit of the logs says, by its name."""
    out = logs.with_name("结果")
    write_outputs(audit_logs([logs], book, date(2025, 12, 31)), out, ["audit"])
    return said(out)


def leaks(outputs: Mapping[str, str], secrets: tuple[str, ...]) -> list[tuple[str, str]]:
    """Which output shows which secret."""
    return [(name, secret) for name, text in outputs.items() for secret in secrets if secret in text]


@pytest.mark.parametrize("case", BROKEN)
def test_cells_out_of_their_place_are_shown_to_nobody(case: str, book: Rulebook, tmp_path: Path) -> None:
    """Where nobody can tell which cell is whose, none is quoted."""
    assert leaks(shown(put(tmp_path, BROKEN[case]), book), SECRETS) == []


def test_the_check_of_a_broken_row_quotes_none_of_it(run: program.Run, tmp_path: Path) -> None:
    folder = put(tmp_path, BROKEN["a row longer than its headings"])
    for shape in ("text", "json"):
        code, said, _ = run("check", folder, "--format", shape)
        assert code == 0 and "本行有10格，表头只有8格" in said
        assert [secret for secret in SECRETS if secret in said] == []


def test_a_name_written_with_a_space_is_masked_where_it_stands_without(book: Rulebook, tmp_path: Path) -> None:
    text = MESSAGES + message(1, "欧阳　锋雪", "", "答复欧阳锋雪同志")
    outputs = shown(put(tmp_path, {"网民留言台账.csv": text}), book)
    assert leaks(outputs, ("欧阳锋雪", "欧阳　锋雪")) == []
    assert "答复欧**同志" in outputs["findings.jsonl"]


def test_a_short_address_is_masked_in_the_public_text(book: Rulebook, tmp_path: Path) -> None:
    addresses = ("幸福路8号", "碧阳街道")
    rows = (message(number, "欧阳锋雪", address, f"家住{address}附近") for number, address in enumerate(addresses))
    outputs = shown(put(tmp_path, {"网民留言台账.csv": MESSAGES + "".join(rows)}), book)
    assert leaks(outputs, addresses) == []
    assert outputs["findings.jsonl"].count("****附近") >= len(addresses)


def test_a_number_is_masked_in_the_public_text_however_it_is_written(book: Rulebook, tmp_path: Path) -> None:
    rows = (message(at, "欧阳锋雪", "", f"请拨打{number}联系") for at, number in enumerate(NUMBERS))
    outputs = shown(put(tmp_path, {"网民留言台账.csv": MESSAGES + "".join(rows)}), book)
    assert leaks(outputs, (*NUMBERS, "13987654321")) == []
    assert outputs["findings.jsonl"].count("请拨打") >= len(NUMBERS)
