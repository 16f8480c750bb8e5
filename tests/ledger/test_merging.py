"""A unit's ledger goes out, is filled in and comes back: nothing is lost, nothing is overwritten."""

import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from auditor.audit.unitledger import conflict_lines, export_unit, import_unit
from auditor.errors import DataError, UsageError
from auditor.ledger.chain import head
from auditor.ledger.intake import take_in
from auditor.ledger.merging import Merged
from auditor.ledger.overview import overview
from auditor.ledger.soundness import faults_of
from auditor.ledger.stepping import Act, story_of, take_step
from auditor.ledger.store import reading
from auditor.rulebook.rectification import Steps
from tests.ledger.conftest import Take, audit, finding
from tests.ledger.office import fill_in, rows_of

DONE = {"办理为": "待复核", "整改措施": "补发答复书", "整改完成日期": "2025-07-03", "责任人": "王五"}
Back = Callable[..., Merged]


@pytest.fixture
def sent(place: str, steps: Steps, take: Take, tmp_path: Path) -> Path:
    """The ledger of a unit with three findings that are found to be so."""
    take(audit(finding("甲"), finding("乙", detail="=1+1\n第二行"), finding("丙"), finding("丁", unit="财务科")))
    take_step(place, steps, ["甲", "乙", "丙"], Act("属实待整改", "钱核", "核实人", "2025-07-02"))
    export_unit(place, steps, "人事科", "责任单位", date(2025, 7, 2), tmp_path / "发出.xlsx")
    return tmp_path / "发出.xlsx"


@pytest.fixture
def back(place: str, steps: Steps, sent: Path, tmp_path: Path) -> Back:
    """Hand the ledger back with changes."""

    def handed(
        changes: dict[str, dict[str, str]] | None = None, *, by: str = "", drop: tuple[str, ...] = (), of: Path = sent
    ) -> Merged:
        file = fill_in(of, tmp_path / "交回.xlsx", changes or {}, drop=drop)
        merged = import_unit(place, steps, file, by, date(2025, 7, 4))
        assert faults_of(place) == []
        return merged

    return handed


def length(place: str) -> int:
    """How many entries the history has."""
    with reading(place) as connection:
        return head(connection)[0]


def test_out_and_back_untouched_changes_nothing(back: Back, place: str, sent: Path, steps: Steps) -> None:
    before = length(place)
    merged = back()
    assert (merged.rows, merged.cells, merged.steps, merged.absent, merged.conflicts) == (3, 0, 0, 0, [])
    assert import_unit(place, steps, sent, "", date(2025, 7, 4)).conflicts == [] and length(place) == before


@pytest.mark.parametrize(("column", "conflicts"), [("整改措施", ["measures"]), ("办理为", ["to"]), ("具体情况", [])])
def test_a_column_that_did_not_come_back_is_named_and_one_to_be_filled_in_is_a_conflict(
    column: str, conflicts: list[str], place: str, sent: Path, steps: Steps, tmp_path: Path
) -> None:
    file = fill_in(sent, tmp_path / "交回.xlsx", {"甲": {**DONE, "办理为": ""}}, without=column)
    merged = import_unit(place, steps, file, "", date(2025, 7, 4))
    assert (merged.lacking, merged.cells) == ((column,), 3 - (column == "整改措施"))
    assert [(each.line, each.field) for each in merged.conflicts] == [(3, field) for field in conflicts]
    assert all(line.startswith(f"第3行 {column}：缺少这一列") for line in conflict_lines(merged))


def test_a_row_without_its_number_is_a_conflict(back: Back, place: str) -> None:
    merged = back({"甲": {"编号": " ", **DONE}})
    assert [(each.line, each.field, each.why[:4]) for each in merged.conflicts] == [(6, "id", "没有编号")]
    assert (merged.rows, merged.absent, merged.cells, merged.steps) == (3, 1, 0, 0)


def test_a_heading_that_stands_twice_is_refused_with_its_cells(
    back: Back, place: str, sent: Path, steps: Steps, tmp_path: Path
) -> None:
    back({"甲": DONE})
    before = length(place)
    twice = fill_in(sent, tmp_path / "两列.xlsx", {}, beside=("备注", "整改措施", "责任人"))
    with pytest.raises(DataError, match=r"“整改措施”（M3、S3）、“责任人”（O3、T3）"):
        import_unit(place, steps, twice, "", date(2025, 7, 4))
    assert length(place) == before


@pytest.mark.parametrize("closed", [False, True])
def test_what_a_step_rests_on_is_not_emptied_after_it(
    closed: bool, back: Back, place: str, steps: Steps, tmp_path: Path
) -> None:
    back({"甲": {**DONE, "理由说明": "已电话联系"}})
    again = tmp_path / "再发.xlsx"
    export_unit(place, steps, "人事科", "责任单位", date(2025, 7, 4), again)
    if closed:
        take_step(place, steps, ["甲"], Act("已销号", "李四", "复核人", "2025-07-04", "看过"))
    merged = back({"甲": {"整改措施": "", "责任人": " ", "理由说明": ""}}, of=again, by="王五")
    assert [(each.field, each.stands) for each in merged.conflicts] == [("measures", "补发答复书"), ("person", "王五")]
    assert merged.cells == 1 and "不能清空" in merged.conflicts[0].why


def test_numbers_written_on_the_hidden_sheet_are_not_taken(
    place: str, steps: Steps, sent: Path, tmp_path: Path
) -> None:
    file = fill_in(sent, tmp_path / "交回.xlsx", {"甲": {"编号": "无此号", **DONE}}, marks={"无此号": "00000000"})
    merged = import_unit(place, steps, file, "", date(2025, 7, 4))
    assert [each.why for each in merged.conflicts] == ["发出的台账里没有这个编号"]
    assert (merged.cells, merged.absent) == (0, 1)
    for number in ("9" * 25, "9" * 18, "9" * 5000, "", "三"):
        changed = fill_in(sent, tmp_path / "交回.xlsx", {}, marks={"历史记录": number})
        with pytest.raises(DataError, match=r"出处读不懂|不是由这个问题库发出的"):
            import_unit(place, steps, changed, "", date(2025, 7, 4))


def test_what_is_filled_in_goes_out_again_as_it_was_written(
    back: Back, place: str, steps: Steps, tmp_path: Path
) -> None:
    told = {
        "整改措施": "=cmd|'/c calc'!A1",
        "责任人": "王五、赵六",
        "理由说明": "第一行\n第二行  <b>",
        "整改完成日期": "2025年7月3日",
    }
    assert (merged := back({"甲": told})).conflicts == [] and merged.cells == 4
    export_unit(place, steps, "人事科", "责任单位", date(2025, 7, 5), tmp_path / "再发.xlsx")
    row = next(row for row in rows_of(tmp_path / "再发.xlsx") if row["编号"] == "甲")
    assert {name: row[name] for name in told} == {**told, "整改完成日期": "2025-07-03"}
    with zipfile.ZipFile(tmp_path / "再发.xlsx") as book:
        assert not any(b"<f>" in book.read(name) or b"<hyperlink" in book.read(name) for name in book.namelist())


def test_the_same_file_handed_back_twice_changes_nothing_the_second_time(back: Back, place: str) -> None:
    back({"甲": DONE})
    before = length(place)
    assert back({"甲": DONE}).conflicts == [] and length(place) == before


def test_the_unit_reports_a_thing_done_and_another_person_closes_it(back: Back, place: str, steps: Steps) -> None:
    merged = back({"甲": DONE})
    assert (merged.cells, merged.steps, merged.conflicts) == (3, 1, [])
    with pytest.raises(UsageError, match="四眼原则"):
        take_step(place, steps, ["甲"], Act("已销号", "王五", "复核人", "2025-07-05", "看过"))
    take_step(place, steps, ["甲"], Act("已销号", "李四", "复核人", "2025-07-05", "看过"))
    assert overview(place, steps).states["已销号"] == 1


@pytest.mark.parametrize(
    ("named", "checks"), [("张三和李四", "李四"), ("张三", "张三、王五"), ("李四", "李四（科长）")]
)
def test_whoever_the_unit_named_does_not_check(named: str, checks: str, back: Back, place: str, steps: Steps) -> None:
    back({"甲": {**DONE, "责任人": named}}, by="登记员")
    with pytest.raises(UsageError, match="四眼原则"):
        take_step(place, steps, ["甲"], Act("已销号", checks, "复核人", "2025-07-05", "看过"))


CHECKED = {"办理为": "已销号", "理由说明": "看过答复书"}


def of_role(role: str, place: str, steps: Steps, tmp_path: Path) -> Path:
    """The ledger of the unit as it goes out to be filled in by a role."""
    export_unit(place, steps, "人事科", role, date(2025, 7, 4), tmp_path / f"{role}.xlsx")
    return tmp_path / f"{role}.xlsx"


def test_what_a_reviewer_fills_in_is_answered_for_by_name_and_not_by_the_person_in_the_row(
    back: Back, place: str, steps: Steps, tmp_path: Path
) -> None:
    back({"甲": DONE})
    sheet = of_role("复核人", place, steps, tmp_path)
    before = length(place)
    with pytest.raises(UsageError, match=r"由复核人填写。用 --by 写明办理人"):
        back({"甲": CHECKED}, of=sheet)
    assert length(place) == before
    (conflict,) = back({"甲": CHECKED}, of=sheet, by="李四、王五（科长）").conflicts
    assert "四眼原则" in conflict.why and overview(place, steps).states["待复核"] == 1
    merged = back({"甲": CHECKED}, of=sheet, by="李四")
    assert (merged.role, merged.steps, merged.conflicts) == ("复核人", 1, [])
    last = story_of(place, "甲")[-1]
    assert (last.who, last.role, last.after, last.why) == ("李四", "复核人", "已销号", "看过答复书")


def test_the_head_decides_by_name(back: Back, place: str, steps: Steps, tmp_path: Path) -> None:
    back({"甲": {"责任人": "王五"}})
    sheet = of_role("负责人", place, steps, tmp_path)
    put_off = {"甲": {"办理为": "暂缓整改", "理由说明": "经费未落实", "向社会说明情况": "网站公告"}}
    with pytest.raises(UsageError, match="由负责人填写"):
        back(put_off, of=sheet)
    assert back(put_off, of=sheet, by="周局").steps == 1
    assert {each.who for each in story_of(place, "甲") if each.role == "负责人"} == {"周局"}


@pytest.mark.parametrize("by", ["", "李四"])
@pytest.mark.parametrize("issued", [None, "", "0" * 64])
def test_a_role_written_over_on_the_hidden_sheet_is_refused(
    issued: str | None, by: str, back: Back, place: str, steps: Steps, tmp_path: Path
) -> None:
    back({"甲": DONE})
    sheet, before = of_role("责任单位", place, steps, tmp_path), length(place)
    forged = {"填写角色": "复核人"} | ({} if issued is None else {"签发": issued})
    file = fill_in(sheet, tmp_path / "改过.xlsx", {"甲": CHECKED}, marks=forged)
    with pytest.raises(DataError, match="出处写着由复核人填写，发出时不是这样"):
        import_unit(place, steps, file, by, date(2025, 7, 4))
    assert length(place) == before


def test_the_sheet_of_a_unit_that_went_out_before_there_were_marks_of_issue_is_taken(
    place: str, steps: Steps, sent: Path, tmp_path: Path
) -> None:
    file = fill_in(sent, tmp_path / "交回.xlsx", {"甲": DONE}, marks={"签发": ""})
    assert import_unit(place, steps, file, "", date(2025, 7, 4)).steps == 1
    with pytest.raises(DataError, match="发出时不是这样"):
        changed = fill_in(sent, tmp_path / "交回.xlsx", {"甲": DONE}, marks={"签发": "0"})
        import_unit(place, steps, changed, "", date(2025, 7, 4))


def test_a_reason_taken_over_before_stands_for_the_step_when_it_is_handed_in_again(back: Back) -> None:
    objection = {"办理为": "申诉", "理由说明": "有批准书"}
    assert "没有写明责任人" in back({"甲": objection}).conflicts[0].why
    merged = back({"甲": objection}, by="王五")
    assert (merged.steps, merged.conflicts) == (1, [])


def test_locked_cells_that_were_changed_are_named_and_left(back: Back, place: str) -> None:
    merged = back({"乙": {"整改期限": "2099-01-01", "具体情况": "没事"}, "丙": {"目前状态": "已销号"}})
    assert [(each.finding, each.field, each.came, each.stands) for each in merged.conflicts] == [
        ("丙", "state", "已销号", "属实待整改"),
        ("乙", "detail", "没事", "=1+1\n第二行"),
        ("乙", "rectify_by", "2099-01-01", "2025-12-31"),
    ]
    assert merged.cells == merged.steps == 0


def test_two_copies_merge_and_a_cell_that_both_changed_shows_both_values(back: Back, place: str) -> None:
    first = back({"甲": {"整改措施": "补发", "责任人": "王五"}, "乙": {"责任人": "王五"}})
    second = back({"甲": {"整改措施": "重发", "理由说明": "已电话联系"}, "丙": {"责任人": "赵六"}}, by="赵六")
    assert (first.cells, first.conflicts, second.cells) == (3, [], 2)
    (both,) = second.conflicts
    assert (both.finding, both.field, both.came, both.stands) == ("甲", "measures", "重发", "补发")
    assert "王五" in both.why
    (line,) = conflict_lines(second)
    assert "整改措施" in line and "重发" in line and "补发" in line


def test_two_steps_from_the_same_state_are_a_conflict(back: Back, place: str, steps: Steps) -> None:
    back({"甲": DONE})
    (conflict,) = back({"甲": {"办理为": "申诉", "理由说明": "有批准书"}}, by="赵六").conflicts
    assert (conflict.field, conflict.came, conflict.stands) == ("to", "申诉", "待复核")
    assert overview(place, steps).states["待复核"] == 1


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"办理为": "已销号", "责任人": "王五"}, "之后不能是"),
        ({"办理为": "暂缓整改", "责任人": "王五"}, "“责任单位”不能把"),
        ({"办理为": "申诉", "责任人": "王五"}, "须写明理由"),
        ({"办理为": "整改中"}, "没有写明责任人"),
        ({**DONE, "整改措施": " "}, "须写明整改措施"),
        ({"整改完成日期": "2025-07-05"}, "晚于办理日期"),
        ({"整改完成日期": "2025-03-02"}, "早于事情发生的日期"),
        ({"整改完成日期": "2025-02-30"}, "不是日期"),
        ({"整改完成日期": "尽快"}, "不是日期"),
    ],
)
def test_steps_and_days_that_cannot_be_are_conflicts(
    cells: dict[str, str], says: str, back: Back, place: str, steps: Steps
) -> None:
    merged = back({"甲": cells})
    assert says in merged.conflicts[0].why and merged.steps == 0
    assert overview(place, steps).states["属实待整改"] == 3


def test_the_days_on_the_edge_are_taken(back: Back) -> None:
    assert back({"甲": {"整改完成日期": "2025-07-04"}, "乙": {"整改完成日期": "2025-03-03"}}).conflicts == []


def test_rows_deleted_close_nothing_and_rows_from_elsewhere_are_not_taken(
    back: Back, place: str, steps: Steps, sent: Path, tmp_path: Path
) -> None:
    assert back(drop=("甲", "乙")).absent == 2
    merged = back({"甲": {"编号": "丁", "责任人": "王五"}, "乙": {"编号": "丙", "责任人": "王五"}})
    assert [each.why[:7] for each in merged.conflicts] == ["与第4行是同一", "发出的台账里没"]
    assert overview(place, steps).states == {"待核实": 1, "属实待整改": 3}


def test_a_file_of_another_ledger_or_of_none_is_refused(
    back: Back, place: str, steps: Steps, sent: Path, tmp_path: Path, take: Take
) -> None:
    before = length(place)
    with pytest.raises(DataError, match="没有问题库"):
        import_unit(tmp_path / "没有.db", steps, sent, "", date(2025, 7, 4))
    assert not (tmp_path / "没有.db").exists()
    (tmp_path / "文本.xlsx").write_text("不是表格", "utf-8")
    with pytest.raises(DataError, match="读不出"):
        import_unit(place, steps, tmp_path / "文本.xlsx", "", date(2025, 7, 4))
    other = tmp_path / "别的.db"
    take_in(audit(finding("甲")), other, steps, "2025-07-01")
    with pytest.raises(DataError, match="不是由这个问题库发出的"):
        import_unit(other, steps, sent, "", date(2025, 7, 4))
    assert length(place) == before
    with pytest.raises(UsageError, match="以免覆盖"):
        export_unit(place, steps, "人事科", "责任单位", date(2025, 7, 2), sent)
    with pytest.raises(UsageError, match=r"没有“人事”的问题.*人事科"):
        export_unit(place, steps, "人事", "责任单位", date(2025, 7, 2), tmp_path / "无.xlsx")


CHILD = """
import sys
from datetime import date
from pathlib import Path
from auditor.audit.unitledger import import_unit
from auditor.rulebook.rectification import load_steps
steps = load_steps()
print("ready", flush=True)
import_unit(sys.argv[1], steps, Path(sys.argv[2]), "王五", date(2025, 7, 4))
print("done", flush=True)
"""


def killed(place: str, file: Path, after: float) -> bool:
    """Import in a process of its own, killed after so many seconds; whether it had ended by then."""
    child = subprocess.Popen([sys.executable, "-c", CHILD, place, str(file)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline() == "ready\n"
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        child.wait(20)
        return "done" in child.stdout.read()


def test_an_import_killed_at_any_moment_leaves_the_ledger_as_before_or_as_after(
    place: str, steps: Steps, take: Take, tmp_path: Path
) -> None:
    """`KILLS=100 pytest -s -k killed tests/ledger` tries it more often."""
    tries = int(os.environ.get("KILLS", "4"))
    names = [f"问{number}" for number in range(150)]
    take(audit(*(finding(name) for name in names)))
    take_step(place, steps, names, Act("属实待整改", "钱核", "核实人", "2025-07-02"))
    chance = random.Random(8)
    longest, whole = 0.4, 0
    for attempt in range(tries):
        sent = tmp_path / f"发出{attempt}.xlsx"
        export_unit(place, steps, "人事科", "责任单位", date(2025, 7, 2), sent)
        before = length(place)
        told = {name: {"整改措施": f"第{attempt}次", "理由说明": f"说明{attempt}"} for name in names}
        ended = killed(place, fill_in(sent, tmp_path / "交回.xlsx", told), chance.uniform(0, longest))
        after = length(place)
        assert after in (before, before + 2 * len(names)) and faults_of(place) == []
        assert not ended or after > before
        whole += after > before
        longest *= 0.9 if after > before else 1.1  # so that about half are killed before the end
    print(f"{tries} tries: {whole} as after, {tries - whole} as before")
    assert story_of(place, names[0])
