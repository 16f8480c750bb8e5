"""The whole round on the sample: audit, take in, send out, fill in, merge, audit again, check, close."""

import csv
import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from auditor.shipped import shipped
from tests.cli import conftest as program
from tests.ledger.office import fill_in, rows_of

run = program.run


def logs(folder: Path) -> Path:
    """The sample logs."""
    folder.mkdir()
    for path in (shipped("fixtures") / "sample").iterdir():
        shutil.copyfile(str(path), folder / path.name)
    return folder


def corrected(folder: Path, file: str, record: str, heading: str, value: str) -> None:
    """The office corrects one cell of a log."""
    path = folder / file
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    row = next(row for row in rows if record in row)
    row[rows[0].index(heading)] = value
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)


def audit(run: program.Run, folder: Path, day: str, out: str, *more: str) -> list[dict[str, object]]:
    """Audit, and hand back the findings."""
    code, _, error = run("audit", folder, "--as-of", day, "--out", out, "--no-documents", "--fail-on", "never", *more)
    assert code == 0, error
    return [json.loads(line) for line in Path(out, "findings.jsonl").read_text("utf-8").splitlines()]


def shown(run: program.Run) -> dict[str, dict[str, int]]:
    """`ledger show`."""
    told: dict[str, dict[str, int]] = json.loads(run("ledger", "show", "--format", "json")[1])
    assert list(told) == ["counts", "states"]
    assert list(told["counts"]) == ["new", "continuing", "put_right_unchecked", "back", "cannot_tell"]
    return told


def test_the_whole_round_on_the_sample(run: program.Run, tmp_path: Path) -> None:
    folder = logs(tmp_path / "台账")
    found = audit(run, folder, "2025-12-31", "第一次")
    assert run("ledger", "open", "第一次", "--on", "2026-01-04")[0] == 0
    assert shown(run)["counts"]["new"] == len(found) and shown(run)["states"] == {"待核实": len(found)}
    mine = next(each for each in found if each["rule"] == "GID-9-1" and each["status"] == "breached")
    unit, name = str(mine["unit"]), str(mine["id"])

    verified = ("--from", "待核实", "--to", "属实待整改", "--by", "钱核", "--role", "核实人", "--on", "2026-01-05")
    assert run("ledger", "move", "--unit", unit, *verified)[0] == 0
    assert run("ledger", "export", "--unit", unit, "--on", "2026-01-05", "--out", "发出.xlsx")[0] == 0
    assert len(rows_of(Path("发出.xlsx"))) == sum(each["unit"] == unit for each in found)
    done = {"整改措施": "已撤下并报告", "整改完成日期": "2026-01-06", "责任人": "王五", "办理为": "待复核"}
    fill_in(Path("发出.xlsx"), Path("交回.xlsx"), {name: done})
    code, said, _ = run("ledger", "import", "交回.xlsx", "--on", "2026-01-07")
    assert code == 0 and "按责任单位填写收入" in said and "3处填写、1步办理，冲突0处" in said and "缺少列" not in said
    code, said, _ = run("ledger", "import", "交回.xlsx", "--on", "2026-01-07", "--format", "json")
    assert code == 0 and json.loads(said)["role"] == "责任单位"
    assert run("ledger", "export", "--unit", unit, "--role", "复核人", "--out", "复核.xlsx")[0] == 0
    fill_in(
        Path("复核.xlsx"), Path("复核交回.xlsx"), {name: {"办理为": "已销号", "理由说明": "看过"}}, without="责任人"
    )
    code, _, said = run("ledger", "import", "复核交回.xlsx", "--on", "2026-01-07")
    assert code == 2 and "--by" in said
    fill_in(Path("发出.xlsx"), Path("少列.xlsx"), {}, without="办理为")
    assert run("ledger", "import", "少列.xlsx", "--on", "2026-01-07")[0] == 1
    told = run("ledger", "history", name)[1]
    assert "整改完成日期 “”→“2026-01-06”" in told and "rectified_on" not in told

    (record,) = mine["records"]  # type: ignore[misc]
    corrected(folder, "信息发布台账.csv", str(record), "密级", "无")
    again = audit(run, folder, "2026-01-09", "第二次", "--since", "auditor.db")
    known = [each for each in again if each["last_seen"] == "2025-12-31"]
    assert known and all(each["first_seen"] == "2025-12-31" and each["recurrence"] == 0 for each in known)
    assert name not in {each["id"] for each in again}
    new = sum(each["last_seen"] is None for each in again)
    receipt = json.loads(Path("第二次/receipt.json").read_text("utf-8"))
    assert any(f"新增{new}个，延续{len(known)}个，复发0个" in caution for caution in receipt["cautions"])
    _, said, _ = run("ledger", "open", "第二次", "--on", "2026-01-09")
    after = shown(run)
    assert after["counts"]["cannot_tell"] >= 1 and after["counts"]["put_right_unchecked"] == 0, "no rule asks any more"
    assert after["states"]["待复核"] == 1 and after["states"].get("已销号") is None
    assert sum(after["states"].values()) == len(found) + after["counts"]["new"]

    code, _, error = run("ledger", "close", name, "--by", "王五", "--why", "看过", "--on", "2026-01-12")
    assert code == 2 and "四眼原则" in error
    assert run("ledger", "close", name, "--by", "李四", "--why", "页面已撤下", "--on", "2026-01-12")[0] == 0
    assert shown(run)["states"]["已销号"] == 1
    story = run("ledger", "history", name)[1].splitlines()
    assert "“待复核”→“已销号”" in story[-1] and "李四（复核人）" in story[-1]
    assert run("verify", "auditor.db")[0] == 0

    code, said, _ = run("compare", "第一次", "第二次")
    lines = said.splitlines()
    assert lines[1] == "两次审计的规则、设置、日历相同。"
    assert any(line.startswith("  全部：") and "/" in line for line in lines)
    assert f"  {name}" in said


def test_half_the_rows_gone_closes_nothing_and_is_said_to_be_untold(run: program.Run, tmp_path: Path) -> None:
    folder = tmp_path / "台账"
    folder.mkdir()
    rows = [f"A{n},王某,2025-03-03,要公开甲,,人事科" for n in range(20)]
    log = folder / "依申请公开台账.csv"
    head = "申请编号,申请人,收到日期,申请内容,答复日期,责任科室"
    log.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    audit(run, folder, "2025-12-31", "全")
    run("ledger", "open", "全", "--on", "2026-01-04")
    before = shown(run)["states"]
    log.write_text("\n".join([head, *rows[::2]]) + "\n", "utf-8")
    audit(run, folder, "2025-12-31", "半")
    run("ledger", "open", "半", "--on", "2026-01-05")
    after = shown(run)
    assert after["counts"]["cannot_tell"] >= 10 and after["counts"]["put_right_unchecked"] == 0
    assert set(after["states"]) == {"待核实"} and after["states"]["待核实"] >= before["待核实"]
    assert "无法判断是否已整改，均未销号" in run("ledger", "show")[1]


def test_an_audit_that_left_out_what_was_met_cannot_tell_either(run: program.Run, tmp_path: Path) -> None:
    folder = tmp_path / "台账"
    folder.mkdir()
    log, head = folder / "依申请公开台账.csv", "申请编号,申请人,收到日期,申请内容,答复日期,责任科室\n"
    log.write_text(head + "A1,王某,2025-03-03,要公开甲,,人事科\n", "utf-8")
    audit(run, folder, "2025-12-31", "一")
    run("ledger", "open", "一", "--on", "2026-01-04")
    log.write_text(head + "A1,王某,2025-03-03,要公开甲,2025-03-05,人事科\n", "utf-8")
    audit(run, folder, "2025-12-31", "二", "--notable-only")
    assert "一律无法判断" in run("ledger", "open", "二", "--on", "2026-01-05")[1]
    assert shown(run)["counts"]["put_right_unchecked"] == 0
    audit(run, folder, "2025-12-31", "三")
    run("ledger", "open", "三", "--on", "2026-01-06")
    assert shown(run)["counts"]["put_right_unchecked"] >= 1
    assert pl.read_parquet("三/obligations.parquet").height > pl.read_parquet("二/obligations.parquet").height


@pytest.mark.parametrize("command", ["open", "show", "export", "import", "move", "close", "history"])
def test_every_step_has_help(command: str, run: program.Run) -> None:
    code, said, _ = run("ledger", command, "--help")
    assert code == 0 and "--ledger" in said


def test_the_accused_unit_is_not_sent_the_finding_about_the_complaint(run: program.Run, tmp_path: Path) -> None:
    """Not even once a later export no longer tells of the accusation, and other findings have become its own."""
    folder = tmp_path / "台账"
    folder.mkdir()
    log = folder / "网民留言台账.csv"
    head = "留言编号,留言时间,留言类别,承办单位,被检举控告对象,转送对象,是否发生泄密\n"
    log.write_text(
        f"{head}LY-1,2025-03-10,检举控告,市场科,市场科,,是\nLY-2,2025-03-10,检举控告,文物科,市场科,,是\n"
        "LY-3,2025-03-10,投诉,市场科,,,是\n",
        "utf-8",
    )
    found = audit(run, folder, "2025-12-31", "内部", "--internal")
    assert run("ledger", "open", "内部", "--on", "2026-01-04")[0] == 0
    of_record = {n: {each["id"] for each in found if f"LY-{n}" in str(each["records"])} for n in (1, 2, 3)}
    breach = {n: {each["id"] for each in found if each["records"] == [f"LY-{n}"]} & of_record[n] for n in (1, 2, 3)}
    assert all(breach.values())
    for unit, role in (("市场科", "责任单位"), ("市场科", "复核人"), ("文物科", "责任单位")):
        _, said, _ = run("ledger", "export", "--unit", unit, "--role", role, "--out", f"{unit}{role}.xlsx")
        sent = {each["编号"] for each in rows_of(Path(f"{unit}{role}.xlsx"))}
        assert breach[3 if unit == "市场科" else 2] <= sent and not sent & of_record[1]
        lacking = len({each["id"] for each in found if each["unit"] == unit} - sent)
        assert (f"另有{lacking}个问题没有写入：涉及检举控告" in said) is bool(lacking) and (lacking or unit == "文物科")
    log.write_text(f"{head}LY-1,2025-03-10,投诉,市场科,,,是\nLY-3,2025-03-10,投诉,市场科,,,是\n", "utf-8")
    later = {each["id"] for each in audit(run, folder, "2026-01-06", "后来", "--internal", "--since", "auditor.db")}
    assert json.loads(Path("后来/receipt.json").read_text("utf-8"))["audiences"] == {} and later & breach[1]
    assert run("ledger", "open", "后来", "--on", "2026-01-06")[0] == 0
    run("ledger", "export", "--unit", "市场科", "--out", "再发.xlsx", "--on", "2026-01-07")
    sent = {each["编号"] for each in rows_of(Path("再发.xlsx"))}
    assert breach[3] <= sent and not sent & of_record[1]
    assert run("verify", "auditor.db")[0] == 0


def test_an_audit_that_does_not_say_what_no_unit_may_be_told_is_not_taken_in(run: program.Run, tmp_path: Path) -> None:
    folder = tmp_path / "台账"
    folder.mkdir()
    (folder / "网民留言台账.csv").write_text("留言编号,留言时间,承办单位\nLY-1,2025-03-10,市场科\n", "utf-8")
    audit(run, folder, "2025-12-31", "旧")
    receipt = json.loads(Path("旧/receipt.json").read_text("utf-8"))
    del receipt["audiences"]
    Path("旧/receipt.json").write_text(json.dumps(receipt, ensure_ascii=False), "utf-8")
    code, _, error = run("ledger", "open", "旧", "--on", "2026-01-04")
    assert code == 3 and "不得告知责任单位" in error and "重新审计" in error and not Path("auditor.db").exists()


@pytest.mark.parametrize("since", ["auditor.db", "年末"])
def test_nothing_is_seen_first_after_the_day_of_the_audit(since: str, run: program.Run, tmp_path: Path) -> None:
    folder = tmp_path / "台账"
    folder.mkdir()
    head = "申请编号,申请人,收到日期,申请内容,答复日期,责任科室\n"
    (folder / "依申请公开台账.csv").write_text(head + "A1,王某,2025-03-03,要公开甲,,人事科\n", "utf-8")
    audit(run, folder, "2025-12-31", "年末")
    run("ledger", "open", "年末", "--on", "2026-01-04")
    code, _, error = run("audit", folder, "--as-of", "2025-06-30", "--since", since, "--out", "年中", "--no-documents")
    assert code == 3 and "基准日是 2025-12-31，这一次是 2025-06-30，更早" in error and not Path("年中").exists()
    audit(run, folder, "2025-12-31", "同日", "--since", since)


def test_another_reading_of_the_same_logs_is_no_rectification_and_its_end_no_recurrence(
    run: program.Run, tmp_path: Path
) -> None:
    """Whatever else the settings say of who issues the circular: that reads no log otherwise."""
    folder = logs(tmp_path / "台账")
    settings = {
        "严": "req.office_names: [局办公室]\nint.ranges: {hard_limit: 5}\nvague.transfer: 1 working days\n",
        "宽": "int.ranges: {hard_limit: 7}\nvague.transfer: 30 working days\ncircular.number: 第2号\n",
    }
    for name, text in settings.items():
        Path(f"{name}.yaml").write_text(text, "utf-8")
    ids = {
        out: {str(each["id"]) for each in audit(run, folder, "2025-12-31", out, "--settings", f"{out}.yaml")}
        for out in settings
    }
    assert ids["严"] - ids["宽"]
    run("ledger", "open", "严", "--on", "2026-01-04")
    _, said, _ = run("ledger", "open", "宽", "--on", "2026-01-05")
    assert "审计依据与上一次收入的审计不同" in said and "设置 vague.transfer：1个工作日 → 30个工作日" in said
    assert shown(run)["counts"]["put_right_unchecked"] == 0 and shown(run)["counts"]["cannot_tell"]
    again = audit(run, folder, "2026-01-06", "严二", "--settings", "严.yaml", "--since", "auditor.db")
    assert not any(each["recurrence"] for each in again)
    run("ledger", "open", "严二", "--on", "2026-01-06")
    assert shown(run)["counts"]["back"] == 0 and run("verify", "auditor.db")[0] == 0
    Path("严.yaml").write_text(settings["严"] + "circular.number: 第3号\nrectify.minor: 9 working days\n", "utf-8")
    audit(run, folder, "2026-01-06", "严三", "--settings", "严.yaml")
    assert "审计依据" not in run("ledger", "open", "严三", "--on", "2026-01-07")[1]


def test_a_what_if_audit_is_not_taken_in(run: program.Run, tmp_path: Path) -> None:
    folder = tmp_path / "台账"
    folder.mkdir()
    (folder / "网民留言台账.csv").write_text("留言编号,留言时间,承办单位\nLY-1,2019-03-10,市场科\n", "utf-8")
    Path("推演.yaml").write_text("effective.as_if_from: 2019-01-01\n", "utf-8")
    audit(run, folder, "2025-12-31", "推演", "--settings", "推演.yaml")
    code, _, error = run("ledger", "open", "推演", "--on", "2026-01-04")
    assert code == 3 and "推演" in error and "effective.as_if_from" in error and not Path("auditor.db").exists()


MESSAGES = ("留言编号", "留言时间", "留言类别", "承办单位", "答复时间", "承诺办结工作日", "被检举控告对象", "转送对象")


def messages(folder: Path, *rows: tuple[str, ...], without: str = "") -> None:
    """Write the log of messages, the column `without` left out."""
    kept = [place for place, heading in enumerate(MESSAGES) if heading != without]
    lines = [",".join(row[place] for place in kept) for row in (MESSAGES, *rows)]
    (folder / "网民留言台账.csv").write_text("\n".join([*lines, ""]), "utf-8")


@pytest.mark.parametrize("lacking", ["cell", "column"])
def test_a_category_that_is_missing_puts_no_breach_right_and_its_return_brings_none_back(
    lacking: str, run: program.Run, tmp_path: Path
) -> None:
    folder = tmp_path / "台账"
    folder.mkdir()
    row = ("LY-1", "2025-03-10", "政策咨询", "市场科", "", "", "", "")
    messages(folder, row)
    found = audit(run, folder, "2025-12-31", "全")
    run("ledger", "open", "全", "--on", "2026-01-04")
    messages(folder, (*row[:2], "", *row[3:]), without="留言类别" if lacking == "column" else "")
    less = audit(run, folder, "2026-01-05", "缺")
    gone = {each["id"] for each in found if each["status"] == "breached"} - {each["id"] for each in less}
    assert gone
    run("ledger", "open", "缺", "--on", "2026-01-05")
    assert shown(run)["counts"]["cannot_tell"] >= len(gone) and shown(run)["counts"]["put_right_unchecked"] == 0
    told = json.loads(run("compare", "全", "缺", "--format", "json")[1])["gone"]
    assert gone <= set(told["cannot_tell"]) and not told.get("put_right_unchecked")
    messages(folder, row)
    audit(run, folder, "2026-01-06", "又全")
    run("ledger", "open", "又全", "--on", "2026-01-06")
    assert shown(run)["counts"]["back"] == 0


def test_a_question_is_settled_by_silence_only_where_every_column_was_there(run: program.Run, tmp_path: Path) -> None:
    """Of a message that accuses nobody INT-7-3 asks nothing; it reads more than the category."""
    folder = tmp_path / "台账"
    folder.mkdir()
    row = ("LY-1", "2025-03-10", "投诉", "市场科", "", "", "", "")
    gone = {}
    for out, lacking in (("无类别", "留言类别"), ("无转送", "转送对象"), ("全", "")):
        messages(folder, row, without=lacking)
        found = audit(run, folder, "2025-12-31", out)
        if out == "无类别":
            (asked,) = [each["id"] for each in found if each["rule"] == "INT-7-3" and each["status"] == "unverifiable"]
            continue
        gone[out] = json.loads(run("compare", "无类别", out, "--format", "json")[1])["gone"]
    assert asked in gone["无转送"]["cannot_tell"] and asked in gone["全"]["put_right_unchecked"]
