"""`auditor rules coverage`, `guide` and what `lint` says of the printed text."""

import json
import re
from pathlib import Path

from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.textdefects import text_defects
from tests.cli.conftest import Run

LATE = """
regulation: {code: OWN, name: 本局补充规定, in_force_from: 2025-01-01}
rules:
- id: OWN-1
  clause: 第一条
  title: 属于主动公开范围的信息，形成后25个工作日内公开
  severity: minor
  log: publications
  deadline: {from: formed_on, to: published_on, within: 25 working days}
  superior: NAT-26-1
  liable: 责任科室
  remedy: 立即公开
  cases:
  - {given: {formed_on: 2025-01-24, published_on: 2025-03-06}, expect: met}
  - {given: {formed_on: 2025-01-24, published_on: 2025-03-07}, expect: breached}
"""


def own(folder: Path, text: str = LATE) -> Path:
    """A folder with a rule of the office's own."""
    (folder / "own").mkdir()
    (folder / "own" / "own.yaml").write_text(text, encoding="utf-8")
    return folder / "own"


def test_every_requirement_is_accounted_for(run: Run) -> None:
    """All 333 of the inventory and the three found later, each with how and by which rule."""
    code, out, _ = run("rules", "coverage", "--format", "json")
    found = json.loads(out)

    assert (code, found["unaccounted"]) == (0, [])
    assert len(found["requirements"]) == 336
    hows = {"evaluated", "evaluated_and_attested", "attested", "not_auditable"}
    assert {entry["how"] for entry in found["requirements"].values()} == hows
    assert found["requirements"]["REQ-3-5"] == {"how": "evaluated", "rules": ["REQ-3-5"]}


def test_a_requirement_without_a_rule_fails(run: Run, tmp_path: Path) -> None:
    """With a rulebook of its own that knows one clause, the others are named."""
    rules = own(tmp_path, LATE.replace("  superior: NAT-26-1\n", "").replace("OWN-1", "NAT-26-1"))
    (rules / "logs.yaml").write_text(_shipped("logs.yaml").read_text("utf-8"), "utf-8")
    (rules / "same_fact.yaml").write_text("groups: []\n", encoding="utf-8")

    code, out, _ = run("rules", "coverage", "--rules", rules)

    assert code == 4
    assert "没有着落335项" in out
    assert "REQ-3-5\t没有规则" in out


def _shipped(name: str) -> Path:
    from auditor.shipped import shipped

    return shipped("rules") / name


def test_a_local_limit_looser_than_the_superior_one_is_a_defect_of_the_text(run: Run, tmp_path: Path) -> None:
    """Listed apart; the rulebook itself is sound."""
    code, out, _ = run("rules", "lint", "--rules", own(tmp_path))

    assert code == 0
    assert "本局补充规定第一条（宽于上位规定）：期限25个工作日，宽于" in out
    assert "不是工作人员的问题" in out
    stricter = tmp_path / "stricter"
    stricter.mkdir()
    _, out, _ = run("rules", "lint", "--rules", own(stricter, LATE.replace("25", "15").replace("2015", "2025")))
    assert "本局补充规定第一条" not in out


def test_an_unknown_superior_rule_stops_the_run(run: Run, tmp_path: Path) -> None:
    """With file, line and the nearest id."""
    code, _, error = run("rules", "lint", "--rules", own(tmp_path, LATE.replace("NAT-26-1", "NAT-26-9")))

    assert code == 4
    assert re.search(r"own.yaml 第\d+行.*NAT-26-9", error)


def test_the_defects_that_the_inventory_names_are_listed(run: Run) -> None:
    """Each kind of them, with the rules that it touches; every rule named exists."""
    book = load_rulebook()
    defects = text_defects(book)

    assert {defect.kind.zh for defect in defects} >= {
        "宽于上位规定",
        "拒绝公开缺少上位依据",
        "与上位规定抵触",
        "沿用已取消的规定",
        "沿用旧规定",
        "超出权限",
        "无法执行",
        "编号",
        "几种期限未说明选用",
        "缺漏",
        "引用",
        "施行日期",
        "文字",
    }
    assert not {rule for defect in defects for rule in defect.rules} - set(book.placed)
    assert any(defect.rules[-1] == "GID-17B-1" and "两个第十七条" in defect.defect for defect in defects)


def test_the_guide_explains_every_rule_and_every_reading(run: Run, tmp_path: Path) -> None:
    """One page that needs nothing but a browser; the same rulebook gives the same page."""
    code, out, _ = run("rules", "guide")
    page = (tmp_path / "规则指南.html").read_text("utf-8")
    book = load_rulebook()

    assert (code, "规则指南.html" in out) == (0, True)
    assert [rule for rule in book.placed if f'id="{rule}"' not in page] == []
    assert [key for key in book.settings if f'id="set-{key}"' not in page] == []
    assert "http" not in page.replace("http-equiv", "")
    run("rules", "guide")
    assert (tmp_path / "规则指南.html").read_text("utf-8") == page


def test_the_guide_is_never_written_over_another_file(run: Run, tmp_path: Path) -> None:
    """The office's own files stay."""
    (tmp_path / "通知.html").write_text("<title>通知</title>", encoding="utf-8")

    code, _, error = run("rules", "guide", "--out", "通知.html")

    assert code == 2
    assert "未覆盖" in error
    assert (tmp_path / "通知.html").read_text("utf-8") == "<title>通知</title>"


def test_the_second_article_17_is_cited_as_the_reading_wants_it(run: Run, tmp_path: Path) -> None:
    """As printed by default; renumbered where the office says so."""
    (tmp_path / "own.yaml").write_text("cite.gid17: renumber\n", encoding="utf-8")

    assert "第十七条（之二）" in run("rules", "show", "GID-17B-1")[1]
    assert "第十八条" in run("rules", "show", "GID-17B-1", "--settings", "own.yaml")[1]
    assert "第二十条" in run("rules", "show", "GID-19-3", "--settings", "own.yaml")[1]


def test_a_judgement_is_shown_and_explained_in_the_guide(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("rules", "show", "repeat")
    assert code == 0 and "反复违反同一条规定" in out and "judge.repeat" in out
    code, _, error = run("rules", "show", "repeet")
    assert code == 2 and "是否想写“repeat”" in error
    run("rules", "guide", "--out", "指南.html")
    assert 'id="judgement-poor-records"' in Path("指南.html").read_text("utf-8")
