"""Who may bring a finding from where to where: steps, roles and the four-eyes rule are data, and are kept."""

from pathlib import Path

import pytest

from auditor.errors import DataError, RulebookError, UsageError
from auditor.ledger.hands import names_in
from auditor.ledger.intake import take_in
from auditor.ledger.overview import overview
from auditor.ledger.soundness import faults_of
from auditor.ledger.stepping import Act, story_of, take_step
from auditor.ledger.store import known_ledger
from auditor.rulebook.located import parse_located
from auditor.rulebook.rectification import Steps, load_steps, steps_of
from auditor.shipped import shipped
from tests.cli import conftest as program
from tests.ledger.conftest import Take, audit, finding

run = program.run


def step(place: str, steps: Steps, to: str, who: str, role: str, why: str = "", **more: str) -> None:
    """One step of the finding 甲."""
    take_step(place, steps, ["甲"], Act(to, who, role, more.pop("on", "2025-07-02"), why, **more))


def state(place: str, steps: Steps) -> str:
    """Where 甲 stands."""
    (only,) = overview(place, steps).states
    return only


def test_a_finding_is_closed_by_somebody_who_did_not_put_it_right(place: str, steps: Steps, take: Take) -> None:
    take(audit(finding("甲")))
    step(place, steps, "属实待整改", "钱核", "核实人")
    step(place, steps, "整改中", "王 五", "责任单位")
    take(audit(甲="met"))
    assert state(place, steps) == "待复核"
    with pytest.raises(UsageError, match="四眼原则"):
        step(place, steps, "已销号", "王五", "复核人", "看过")
    with pytest.raises(UsageError, match="不能把“待复核”改为“已销号”"):
        step(place, steps, "已销号", "李四", "责任单位", "看过")
    with pytest.raises(UsageError, match="须写明理由"):
        step(place, steps, "已销号", "李四", "复核人", " ")
    step(place, steps, "已销号", "李四", "复核人", "看过答复书")
    assert state(place, steps) == "已销号"
    assert [(each.who, each.before, each.after) for each in story_of(place, "甲")][-1] == ("李四", "待复核", "已销号")
    assert faults_of(place) == []


@pytest.mark.parametrize(
    ("rectified", "checks", "free"),
    [
        ("张三", "张三、王五", "王五"),
        ("张三", "王五与张三", "王五"),
        ("张三", "张 三（科长）", "张四（科长）"),
        ("张三，李四（科长）", "李四(副科长)", "王五（科长）"),
        ("张三和李四", "李四", "张和"),
        ("张和平及李与时", "李与时", "张和"),
        ("欧阳和平", "欧阳和平", "欧阳"),
        ("张三 李四等3人", "李四", "王五"),
        ("王 五、李 四", "王五", "王六"),
        ("Li Ming", "LI MING", "Li Hua"),
    ],
)
def test_whoever_is_named_among_others_or_with_a_title_is_the_same_person(
    rectified: str, checks: str, free: str, place: str, steps: Steps, take: Take
) -> None:
    take(audit(finding("甲")))
    step(place, steps, "属实待整改", "钱核", "核实人")
    step(place, steps, "整改中", rectified, "责任单位")
    take(audit(甲="met"))
    with pytest.raises(UsageError, match="四眼原则"):
        step(place, steps, "已销号", checks, "复核人", "看过")
    step(place, steps, "已销号", free, "复核人", "看过")


def test_a_text_names_persons_whatever_stands_between_them() -> None:
    assert names_in("张三;李四/王五,赵六、钱七以及孙八") >= {"张三", "李四", "王五", "赵六", "钱七", "孙八"}
    assert names_in("李四（科长") >= {"李四"} and "科长" not in names_in("李四（科长）")
    assert names_in("李和平") == {"李和平"} and names_in("  ") == set()


@pytest.mark.parametrize(
    ("to", "role", "says"),
    [
        ("已销号", "复核人", "“待核实”之后不能是“已销号”"),
        ("整改中", "责任单位", "之后不能是"),
        ("不成立", "责任单位", "“责任单位”不能把"),
        ("待复核", "审计程序", "没有角色"),
        ("没有", "核实人", "没有状态"),
    ],
)
def test_a_step_that_nobody_may_take_is_refused(
    to: str, role: str, says: str, place: str, steps: Steps, take: Take
) -> None:
    take(audit(finding("甲")))
    with pytest.raises(UsageError, match=says):
        step(place, steps, to, "某", role, "理由")
    assert state(place, steps) == "待核实"


def test_putting_off_must_be_explained_to_the_public_and_decided_by_the_head(
    place: str, steps: Steps, take: Take
) -> None:
    take(audit(finding("甲")))
    step(place, steps, "属实待整改", "钱核", "核实人")
    with pytest.raises(UsageError, match="向社会说明情况"):
        step(place, steps, "暂缓整改", "周局", "负责人", "系统改造中")
    with pytest.raises(UsageError, match="不能把"):
        step(place, steps, "暂缓整改", "王五", "责任单位", "系统改造中", public="门户网站公告")
    step(place, steps, "暂缓整改", "周局", "负责人", "系统改造中", public="门户网站公告")
    assert state(place, steps) == "暂缓整改"
    assert faults_of(place) == []


def test_an_objection_is_decided_by_another(place: str, steps: Steps, take: Take) -> None:
    take(audit(finding("甲")))
    step(place, steps, "申诉", "王五", "责任单位", "有延期批准书")
    with pytest.raises(UsageError, match="四眼原则"):
        step(place, steps, "不成立", "王五", "核实人", "属实")
    step(place, steps, "不成立", "钱核", "核实人", "批准书在案")
    take(audit(finding("甲")))
    assert state(place, steps) == "不成立", "the same fact is no new problem"
    take(audit(finding("甲", done_on="2025-06-20")))
    assert state(place, steps) == "复发", "another fact is"


@pytest.mark.parametrize(("done_on", "now"), [("2025-05-01", "已销号"), (None, "复发")])
def test_a_closed_finding_comes_back_where_the_act_is_still_not_done(
    done_on: str | None, now: str, place: str, steps: Steps, take: Take
) -> None:
    """A late reply stays late in the logs for ever; a reply that was never given is another matter."""
    late = finding("甲", done_on=done_on)
    take(audit(late))
    step(place, steps, "属实待整改", "钱核", "核实人")
    step(place, steps, "整改中", "王五", "责任单位")
    take(audit(甲="met") if done_on is None else audit(late))
    if done_on:
        with pytest.raises(UsageError, match="整改措施、整改完成日期、责任人"):
            step(place, steps, "待复核", "王五", "责任单位")
        return
    step(place, steps, "已销号", "李四", "复核人", "看过")
    take(audit(late))
    assert state(place, steps) == now


def test_no_step_is_dated_before_the_one_before_it(place: str, steps: Steps, take: Take) -> None:
    take(audit(finding("甲")))
    with pytest.raises(UsageError, match="早于这个问题上一步"):
        step(place, steps, "属实待整改", "钱核", "核实人", on="2025-06-30")


def test_of_several_findings_all_are_brought_on_or_none(place: str, steps: Steps, take: Take) -> None:
    take(audit(finding("甲"), finding("乙")))
    with pytest.raises(UsageError, match="没有这个编号"):
        take_step(place, steps, ["甲", "丁"], Act("属实待整改", "钱核", "核实人", "2025-07-02"))
    assert state(place, steps) == "待核实"


def test_no_step_makes_a_ledger_where_there_is_none(run: program.Run, tmp_path: Path) -> None:
    act = ("--by", "钱核", "--why", "理由", "--ledger", "问题裤.db")
    for arguments in (("move", "甲", "--to", "不成立", "--role", "核实人", *act), ("close", "甲", *act)):
        code, out, error = run("ledger", *arguments)
        assert (code, out) == (3, "") and "没有问题库 问题裤.db。请检查名称" in error
        assert list(tmp_path.iterdir()) == []
    (tmp_path / "问题裤.db").touch()
    code, _, error = run("ledger", "close", "甲", *act)
    assert code == 3 and "没有问题库" in error and (tmp_path / "问题裤.db").stat().st_size == 0


def test_why_a_ledger_cannot_be_opened_is_told_in_chinese(run: program.Run, tmp_path: Path) -> None:
    (tmp_path / "文本.db").write_text("这不是数据库" * 100, "utf-8")
    (tmp_path / "文件夹.db").mkdir()
    for place, says in (("文本.db", "文件不是数据库"), ("文件夹.db", "文件打不开（是文件夹")):
        for arguments in (("show",), ("close", "甲", "--by", "李四", "--why", "看过")):
            code, _, error = run("ledger", *arguments, "--ledger", place)
            assert code == 3 and says in error and "database" not in error


def test_a_step_waits_for_nobody_for_ever_and_says_who_is_in_the_way(
    steps: Steps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "问题库.db"
    take_in(audit(finding("甲")), place, steps, "2025-07-01")
    monkeypatch.setattr("auditor.ledger.store._BUSY", 0)
    with known_ledger(place), pytest.raises(DataError, match="正被另一个程序占用"):
        step(str(place), steps, "属实待整改", "钱核", "核实人")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("to: 属实待整改, by: [核实人, 责任单位]", "to: 属实代整改, by: [核实人]", "没有状态“属实代整改”.*属实待整改"),
        ("by: [复核人], needs: [why], not_by", "by: [复合人], needs: [why], not_by", "没有角色“复合人”.*复核人"),
        ("kind: closed", "kind: open", "kind 为 closed 的状态应当正好一个"),
        ("program: 审计程序", "program: 程序", "没有角色“程序”"),
        ("needs: [why, public]", "needs: [whi]", "不在可选范围"),
        ("  person: [责任单位]", "  person: [单位]", "没有角色“单位”"),
        ("meaning: 复核未通过", "mening: 复核未通过", "不认识的键“mening”"),
    ],
)
def test_a_fault_in_the_steps_is_named_with_its_line(before: str, after: str, says: str) -> None:
    text = (shipped("rules") / "ledger.yaml").read_text("utf-8")
    assert before in text
    line = text[: text.index(before)].count("\n") + 1
    with pytest.raises(RulebookError, match=says) as raised:
        steps_of(parse_located(text.replace(before, after, 1), "ledger.yaml"))
    assert abs(raised.value.faults[0].line - line) <= (40 if "kind" in before else 0)


def test_an_office_may_have_steps_of_its_own(tmp_path: Path) -> None:
    text = (shipped("rules") / "ledger.yaml").read_text("utf-8")
    (tmp_path / "ledger.yaml").write_text(text.replace("已销号", "办结"), "utf-8")
    assert load_steps([tmp_path]).only["closed"] == "办结"
    assert load_steps().only["closed"] == "已销号"
