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
    assert after["counts"]["put_right_unchecked"] >= 1 and after["states"].get("已销号") is None
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
