"""The shipped vocabulary against headings of real ledgers, and against sheets that were made up afterwards."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditor.errors import DataError
from auditor.reading import read_logs
from auditor.reading.headings import Strength, Vocabulary, folded, vocabulary
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.logs import LogCatalogue
from auditor.tables import Confidence

HERE = Path(__file__).parent
OFFICES: dict[str, Any] = yaml.safe_load((HERE / "headings_of_offices.yaml").read_text("utf-8"))
MADE_UP: dict[str, list[dict[str, Any]]] = yaml.safe_load((HERE / "made_up_sheets.yaml").read_text("utf-8"))
GENERAL = ("编号", "时间", "日期", "状态", "名称", "类型", "类别", "单位", "部门", "内容", "项目", "情况", "来源")


@pytest.fixture(scope="module")
def logs() -> LogCatalogue:
    return load_rulebook().logs


@pytest.fixture(scope="module")
def words(logs: LogCatalogue) -> dict[str, Vocabulary]:
    return {name: vocabulary(log) for name, log in logs.logs.items()}


def placed(kind: str, part: str) -> Iterator[tuple[str, str, str]]:
    """Log, field and heading of one part of a kind of ledger."""
    for place, headings in OFFICES[kind].get(part, {}).items():
        log, field = place.split(".")
        yield from ((log, field, heading) for heading in headings)


@pytest.mark.parametrize("kind", OFFICES)
def test_every_heading_of_an_office_has_its_field_or_is_left_out_on_purpose(
    kind: str, words: dict[str, Vocabulary]
) -> None:
    wrong = []
    for part, is_weak in (("known", False), ("weak", True)):
        for log, field, heading in placed(kind, part):
            strengths = {name: strength for strength, name in words[log].meanings.get(folded(heading), ())}
            if (strengths.get(field) is Strength.WEAK) is not is_weak or field not in strengths:
                wrong.append((heading, log, field))
    of_kind = {log for log, _, _ in (*placed(kind, "known"), *placed(kind, "weak"))}
    for heading in OFFICES[kind].get("ignored", ()):
        if not any(folded(heading) in words[log].ignored for log in of_kind):
            wrong.append((heading, "ignored", ""))
    assert wrong == []


@pytest.mark.parametrize("kind", OFFICES)
def test_every_title_of_such_a_ledger_names_its_log(kind: str, words: dict[str, Vocabulary]) -> None:
    named = OFFICES[kind]["titles"]
    assert [title for title, log in named.items() if folded(str(title)) not in words[log].names] == []


def test_a_heading_surely_means_one_field_of_a_log_and_is_not_ignored_besides(words: dict[str, Vocabulary]) -> None:
    wrong = []
    for log, known in words.items():
        for heading, meant in known.meanings.items():
            sure = [field for strength, field in meant if strength < Strength.WEAK]
            if len(sure) > 1 or heading in known.ignored:
                wrong.append((log, heading, meant))
    assert wrong == []


def test_general_words_never_decide_alone(words: dict[str, Vocabulary]) -> None:
    strong = [
        (log, word, field)
        for log, known in words.items()
        for word in GENERAL
        for strength, field in known.offers(word)
        if strength is not Strength.WEAK and folded(known.log.fields[field].zh) != word
    ]
    assert strong == []


@pytest.mark.parametrize(
    "heading",
    [
        "应答复日期",
        "拟答复日期",
        "法定答复日期",
        "第三方答复日期",
        "答复期限",
        "答复日期（科室）",
        "收到日期/答复日期",
        "办结答复日期",
    ],
)
def test_a_word_that_changes_the_meaning_is_not_overlooked(heading: str, words: dict[str, Vocabulary]) -> None:
    assert words["requests"].offers(folded(heading)) == ()


@pytest.mark.parametrize(
    ("log", "heading", "field"),
    [
        ("requests", "答复的时间*", "replied_on"),
        ("requests", "3.申请人（姓名或名称）", "applicant"),
        ("requests", "实际答复日期（年-月-日）", "replied_on"),
        ("requests", "承办处室", "unit"),
        ("requests", "申请人姓名/单位名称", "applicant"),
        ("documents", "公文密级", "secrecy"),
        ("messages", "留言者", "author"),
        ("concerns", "舆情回应日期", "responded_at"),
        ("requests", "Replied On", "replied_on"),
    ],
)
def test_the_same_in_other_words_is_the_same_field(
    log: str, heading: str, field: str, words: dict[str, Vocabulary]
) -> None:
    assert [name for _, name in words[log].offers(folded(heading))] == [field]


def understood(sheet: dict[str, Any], name: str, folder: Path, logs: LogCatalogue) -> dict[str, str] | None:
    """The field that each heading of a made-up sheet is read as; None where its log is not recognised."""
    columns = [[str(cell) for cell in column] for column in sheet["columns"]]
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(zip(*([column[0], *column[2:]] for column in columns), strict=True))
    try:
        table = read_logs([folder / name], logs).tables.get(sheet["log"])
    except DataError:
        return None
    return {column.heading: field for field, column in table.sources[0].columns.items()} if table else None


def measured(part: str, folder: Path, logs: LogCatalogue) -> Counter[str]:
    """How much of the made-up sheets is understood: sheets by their headings alone, headings in files named."""
    found: Counter[str] = Counter()
    for sheet in MADE_UP[part]:
        meant = {column[0]: column[1] for column in sheet["columns"]}
        found["recognised"] += understood(sheet, "导出.csv", folder, logs) is not None
        read = understood(sheet, f"{logs.logs[sheet['log']].zh}.csv", folder, logs) or {}
        found["right"] += sum(meant[heading] == field for heading, field in read.items())
        found["wrong"] += sum(meant[heading] != field for heading, field in read.items())
        found["asked"] += sum(field != "" for field in meant.values())
    return found


def test_made_up_sheets_are_understood_for_the_most_part_and_never_wrongly(tmp_path: Path, logs: LogCatalogue) -> None:
    """The held-out sheets measure: what they miss is not put into the vocabulary."""
    seen, held_out = measured("seen", tmp_path, logs), measured("held_out", tmp_path, logs)
    assert seen["wrong"] == held_out["wrong"] == 0
    assert seen["recognised"] == len(MADE_UP["seen"]) and held_out["recognised"] >= 11
    assert seen["right"] >= 28 and held_out["right"] >= 0.7 * held_out["asked"]


def test_a_title_helps_headings_that_do_not_suffice(tmp_path: Path, logs: LogCatalogue) -> None:
    rows = "申请编号,申请人,天气\nA1,甲,晴\n"
    (tmp_path / "a.csv").write_text(rows, "utf-8")
    with pytest.raises(DataError, match="最像：依申请公开台账"):
        read_logs([tmp_path], logs)
    (tmp_path / "a.csv").write_text("某局2024年依申请公开登记,,\n" + rows, "utf-8")
    assert read_logs([tmp_path], logs).counts["requests"].accepted == 1


def test_general_words_and_statistics_are_explained_and_not_read(tmp_path: Path, logs: LogCatalogue) -> None:
    (tmp_path / "甲.csv").write_text("部门,类别,日期,名称\n办公室,动态,2024-01-02,某事\n", "utf-8")
    (tmp_path / "乙.csv").write_text('类别,"计数(类别)"\n动态,5\n', "utf-8")
    with pytest.raises(DataError) as raised:
        read_logs([tmp_path], logs)
    assert "信息发布台账(publications)，认得部门、类别、日期、名称，但都是通用的词" in str(raised.value)
    assert "看上去是统计结果" in str(raised.value)


def test_a_register_of_complaints_is_not_taken_for_messages(tmp_path: Path, logs: LogCatalogue) -> None:
    """Most of its headings are those of messages too, but one that another log knows is strange to them."""
    heads = "投诉人,投诉时间,投诉内容,承办单位,答复时间,联系电话,受理人,举报人"
    (tmp_path / "导出.csv").write_text(f"{heads}\n甲,2024-01-02,某事,办公室,2024-02-02,,乙,丙\n", "utf-8")
    with pytest.raises(DataError, match=r"最像：网民留言台账.*来信来访台账"):
        read_logs([tmp_path], logs)
    (tmp_path / "导出.csv").rename(tmp_path / "投诉举报登记.csv")
    assert set(read_logs([tmp_path], logs).tables) == {"petitions"}


def one_column(heading: str, cells: list[str], folder: Path, logs: LogCatalogue) -> Any:
    rows = "".join(f"A{at},{cell}\n" for at, cell in enumerate(cells))
    (folder / "依申请公开台账.csv").write_text(f"申请编号,{heading}\n{rows}", "utf-8")
    return read_logs([folder], logs)


@pytest.mark.parametrize(
    ("heading", "cells", "field", "sure"),
    [
        ("答复日期", ["2024-01-02", "2024-01-03", "2024-01-04"], "replied_on", Confidence.HIGH),
        ("答复日期", ["2024-01-02", "见附件", "口头", "2024-01-05"], "replied_on", Confidence.MIDDLE),
        ("答复日期", ["张某", "李某", "王某"], "replied_on", Confidence.LOW),
        ("答复日期", ["张某"], "replied_on", Confidence.HIGH),
        ("答复的时间", ["2024-01-02", "2024-01-03", "2024-01-04"], "replied_on", Confidence.MIDDLE),
        ("答复的时间", ["张某", "李某", "王某"], None, None),
        ("受理日期", ["2024-01-02", "2024-01-03", "2024-01-04"], "received_on", Confidence.LOW),
        ("电话", ["13900000001", "0857-8221234", "13900000003"], "contact", Confidence.MIDDLE),
        ("电话", ["规划科", "人事科", "办公室"], None, None),
        ("文号", ["甲〔2024〕1号", "甲〔2024〕2号", "甲〔2024〕3号"], "reply_document", Confidence.MIDDLE),
        ("来源", ["当面", "互联网", "传真"], "channel", Confidence.MIDDLE),
        ("身份证号", ["522401198001011234", "52240119800101123X", "522401199001011234"], "id_proof", Confidence.HIGH),
        ("申请内容", ["13900000001", "13900000002", "13900000003"], "description", Confidence.LOW),
        ("承办处室", ["规划科", "人事科", "办公室"], "unit", Confidence.HIGH),
        ("心情", ["13900000001", "13900000002", "13900000003"], None, None),
    ],
)
def test_values_lower_or_raise_the_confidence_and_never_decide_alone(
    heading: str, cells: list[str], field: str | None, sure: Confidence | None, tmp_path: Path, logs: LogCatalogue
) -> None:
    read = one_column(heading, cells, tmp_path, logs)
    columns = read.tables["requests"].sources[0].columns
    found = next(((name, column) for name, column in columns.items() if column.heading == heading), None)
    assert (found[0], found[1].confidence) == (field, sure) if found and field else found is None and field is None
    if sure is not Confidence.HIGH:
        assert any(heading in remark for remark in read.remarks)
    assert read.counts["requests"].accepted == len(cells)


DISCLOSED = (
    "工作动态,2023-05-06,劳动节开展工地普法活动",
    "通知公告,2023-02-28,读书月作品征集公告",
    "工作总结,2023-01-08,法治建设情况报告",
)


def saved(folder: Path, rows: str) -> Path:
    path = folder / "导出.csv"
    path.write_text(f"部门,类别,日期,名称\n{rows}\n", "utf-8")
    return path


def test_telling_values_name_the_log_where_all_headings_are_general(tmp_path: Path, logs: LogCatalogue) -> None:
    rows = "\n".join(f"基层科,{row}" for row in DISCLOSED)
    read = read_logs([saved(tmp_path, rows)], logs)
    frame = read.tables["publications"].frame
    assert frame["categories"].to_list() == [["工作动态"], ["通知公告"], ["工作总结"]]
    assert frame["published_on"].to_list() == [date(2023, 5, 6), date(2023, 2, 28), date(2023, 1, 8)]
    assert any("按“日期”理解为“公开日期”" in remark for remark in read.remarks)


def test_general_headings_over_other_values_name_no_log(tmp_path: Path, logs: LogCatalogue) -> None:
    rows = "\n".join(f"基层科,{row}".replace("通知公告", "会务").replace("工作总结", "后勤") for row in DISCLOSED)
    with pytest.raises(DataError, match="都是通用的词"):
        read_logs([saved(tmp_path, rows)], logs)
