"""`auditor audit`: exit codes, the files it writes whole or not at all, the receipt and the ledger."""

import hashlib
import json
import shutil
from pathlib import Path

import docx
import polars as pl
import pytest

from auditor.shipped import shipped
from tests.cli.conftest import Run

RULES = """\
regulation: {code: TST, name: 试验制度, in_force_from: 2020-12-02}
rules:
- id: TST-1
  clause: 第一条
  title: 二十日内答复
  severity: major
  log: requests
  deadline: {from: received_on, to: replied_on, within: 20 working days}
  liable: 局办公室
  remedy: 立即答复
- id: TST-2
  clause: 第二条
  title: 三日内转办
  severity: minor
  log: requests
  deadline: {from: received_on, to: transferred_on, within: 3 working days}
  liable: 局办公室
  remedy: 立即转办
- id: TST-3
  clause: 第三条
  title: 公开前经过审核
  severity: critical
  log: publications
  trigger: published_on
  counterpart: {log: reviews, by: {publication_id: publication_id}}
  liable: 局办公室
  remedy: 补办审核
"""
HEAD = "申请编号,申请人,收到申请日期,答复日期,转办日期\n"
MET = "A1,甲某,2025-03-03,2025-03-31,2025-03-06\n"
LATE_REPLY = "A2,乙某,2025-03-03,2025-04-01,2025-03-06\n"
LATE_TRANSFER = "A3,丙某,2025-03-03,2025-03-31,2025-03-07\n"
PENDING = "A4,丁某,2025-12-30,,\n"
UNDATED = "A5,戊某,,2025-03-31,2025-03-07\n"
FILES = {
    "obligations.parquet",
    "findings.jsonl",
    "summary.json",
    "rejects.csv",
    "report.html",
    "report.docx",
    "ledger.xlsx",
    "receipt.json",
}
DOCUMENTS = {"report.html", "report.docx", "ledger.xlsx"}
COLUMNS = """
    rule log record unit status severity start_on due_on done_on late day_type provisional missing detail file sheet row
"""
KEYS = """
    id rule also status severity log records unit start_on due_on done_on late provisional title regulation
    article detail evidence days met_if judgements grounds liable remedy rectify_by first_seen last_seen
    recurrence waiver
"""


@pytest.fixture
def run(run: Run) -> Run:
    """Call the program in a folder with a small rulebook `规则`: exit code, output, error output."""
    root = Path("规则")
    root.mkdir()
    for name in ("logs.yaml", "settings.yaml"):
        shutil.copyfile(shipped("rules") / name, root / name)
    (root / "same_fact.yaml").write_text("groups: []\n", "utf-8")
    (root / "x.yaml").write_text(RULES, "utf-8")
    return run


def audit(run: Run, *options: object, rows: str = MET + LATE_REPLY) -> tuple[int, str, str]:
    """Audit a log of requests with the rows given, into `结果`."""
    Path("依申请公开台账.csv").write_text(HEAD + rows, "utf-8")
    arguments = ("--rules", "规则", "--as-of", "2025-12-31", "--out", "结果", *options)
    return run("audit", "依申请公开台账.csv", *arguments)


def contents(folder: str = "结果") -> dict[str, bytes]:
    """Every file of a folder, the letters too, with what it holds."""
    found = (path for path in Path(folder).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (LATE_REPLY, {"critical": 0, "major": 1, "minor": 1, "never": 0, None: 1}),
        (LATE_TRANSFER, {"critical": 0, "major": 0, "minor": 1, "never": 0, None: 1}),
        (MET + PENDING + UNDATED, {"critical": 0, "major": 0, "minor": 0, "never": 0, None: 0}),
    ],
    ids=["a major breach", "a minor breach", "no breach"],
)
def test_the_exit_code_is_1_where_a_breach_weighs_as_much_as_asked(
    rows: str, code: dict[str | None, int], run: Run
) -> None:
    for fail_on, expected in code.items():
        options = ("--fail-on", fail_on) if fail_on else ()
        assert audit(run, "--no-documents", *options, rows=rows)[0] == expected, fail_on


def test_an_audit_writes_every_file_and_says_what_it_found(run: Run) -> None:
    code, out, err = audit(run)
    assert (code, err) == (1, "")
    assert set(contents()) >= FILES
    assert "2025-12-31" in out and "TST-1" in out and "结果" in out


def test_the_files_have_the_columns_and_keys_that_others_rely_on(run: Run) -> None:
    audit(run, rows=MET + LATE_REPLY + UNDATED)
    assert pl.read_parquet("结果/obligations.parquet").columns == COLUMNS.split()
    findings = [json.loads(line) for line in Path("结果/findings.jsonl").read_text("utf-8").splitlines()]
    assert [list(finding) for finding in findings] == [KEYS.split()] * len(findings)
    assert len({finding["id"] for finding in findings}) == len(findings) == 3
    summary = json.loads(Path("结果/summary.json").read_text("utf-8"))
    assert summary["rules"]["TST-1"] == {"breached": 1, "met": 1, "unverifiable": 1}
    assert set(summary["not_assessed"]) == {"TST-3"}


def test_no_documents_leaves_the_documents_out_and_nothing_else(run: Run) -> None:
    audit(run, "--no-documents")
    without = contents()
    assert set(without) == FILES - DOCUMENTS
    audit(run)
    assert {name: contents()[name] for name in without if name != "receipt.json"} == {
        name: text for name, text in without.items() if name != "receipt.json"
    }


def test_notable_only_leaves_out_met_rows_that_are_still_counted(run: Run) -> None:
    audit(run, "--notable-only", "--no-documents")
    assert set(pl.read_parquet("结果/obligations.parquet")["status"]) == {"breached"}
    assert json.loads(Path("结果/summary.json").read_text("utf-8"))["rules"]["TST-1"] == {"breached": 1, "met": 1}


def test_a_folder_with_foreign_files_is_refused_and_untouched(run: Run) -> None:
    Path("结果").mkdir()
    Path("结果/我的笔记.txt").write_text("勿动", "utf-8")
    code, _, err = audit(run)
    assert code == 2 and "结果" in err
    assert contents() == {"我的笔记.txt": "勿动".encode()}


LETTER = "notices/整改通知-局办公室.docx"


@pytest.mark.parametrize("name", ["ledger.xlsx", "findings.jsonl", "receipt.json", "report.docx", LETTER])
def test_a_result_that_somebody_has_changed_is_not_written_over(name: str, run: Run) -> None:
    audit(run)
    Path("结果", name).write_bytes("整改情况已填".encode())
    before = contents()
    code, _, err = audit(run, rows=MET)
    assert code == 2 and name in err
    assert contents() == before


def test_a_file_of_an_outputs_name_that_no_audit_wrote_is_not_written_over(run: Run) -> None:
    audit(run, "--no-documents")
    Path("结果/report.html").write_text("自己写的报告", "utf-8")
    audit(run)
    assert Path("结果/report.html").read_text("utf-8") == "自己写的报告"


def test_a_repeated_audit_replaces_the_earlier_one_and_its_leftovers(run: Run) -> None:
    audit(run)
    code, _, _ = audit(run, "--no-documents", rows=MET)
    assert code == 0
    assert set(contents()) == FILES - DOCUMENTS
    assert Path("结果/findings.jsonl").read_text("utf-8") == ""
    assert run("verify", "结果")[0] == 0


def test_a_fault_of_the_program_ends_with_code_70_and_leaves_the_earlier_audit_whole(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit(run)
    before = contents()

    def crash(*_: object) -> str:
        raise RuntimeError("故意出错")

    monkeypatch.setattr("auditor.audit.outputs.rejects_csv", crash)
    code, _, err = audit(run, rows=MET)
    assert code == 70 and "故意出错" in err
    assert contents() == before
    assert {path.name for path in Path().iterdir()} == {"规则", "结果", "依申请公开台账.csv"}


def test_an_input_that_cannot_be_read_ends_with_code_3_and_the_rest_is_audited(run: Run) -> None:
    Path("公文台账.xlsx").write_bytes(b"PK\x03\x04 broken")
    Path("依申请公开台账.csv").write_text(HEAD + LATE_REPLY, "utf-8")
    options = ("--rules", "规则", "--as-of", "2025-12-31", "--out", "结果")
    code, _, err = run("audit", "公文台账.xlsx", "依申请公开台账.csv", *options)
    assert code == 3 and "公文台账.xlsx" in err
    assert json.loads(Path("结果/summary.json").read_text("utf-8"))["rules"]["TST-1"] == {"breached": 1}
    assert run("check", "公文台账.xlsx", "依申请公开台账.csv", "--rules", "规则")[0] == 3


@pytest.mark.parametrize("name", ["依申请公开台账.xlsx", "依申请公开台账.csv", "通讯录.csv"])
def test_nothing_readable_ends_with_code_3_and_writes_nothing(name: str, run: Run) -> None:
    """Nothing found and not audited never look alike."""
    Path("数据").mkdir()
    Path("数据", name).write_bytes(b"" if name.startswith("依") else "科室,分机\n办公室,101\n".encode())
    code, out, err = run("audit", "数据", "--rules", "规则", "--as-of", "2025-12-31", "--out", "结果")
    assert code == 3 and "Traceback" not in err
    assert out == "" and name in err
    assert not Path("结果").exists()


def test_verify_names_what_the_audit_did_not_write(run: Run) -> None:
    run("audit", shipped("fixtures") / "sample", "--as-of", "2025-12-31", "--out", "结果")
    Path("结果/说明.txt").write_text("说明", "utf-8")
    Path("结果/.~lock.report.docx#").write_text("", "utf-8")
    code, said, _ = run("verify", "结果")
    assert code == 0 and "与回执一致" in said and "另有回执里没有的文件：说明.txt" in said and "lock" not in said
    Path("结果/notices/整改通知-另一科.docx").write_bytes(b"PK")
    code, said, _ = run("verify", "结果")
    assert code == 1 and "不是本次审计写出的：notices/整改通知-另一科.docx" in said


def test_verify_tells_a_whole_audit_from_a_changed_and_an_incomplete_one(run: Run) -> None:
    audit(run)
    assert run("verify", "结果")[0] == 0
    Path("结果/summary.json").write_text("{}", "utf-8")
    Path("结果/rejects.csv").unlink()
    code, out, _ = run("verify", "结果")
    assert code == 1 and "summary.json" in out and "rejects.csv" in out and "ledger.xlsx" not in out


def test_a_letter_is_verified_like_every_other_file(run: Run) -> None:
    audit(run)
    assert run("verify", "结果")[0] == 0
    Path("结果", LETTER).write_bytes(b"")
    assert LETTER in run("verify", "结果")[1]
    Path("结果", LETTER).unlink()
    code, out, _ = run("verify", "结果")
    assert code == 1 and "缺少" in out and LETTER in out


def test_a_letter_to_a_unit_without_breaches_any_more_goes(run: Run) -> None:
    audit(run)
    assert LETTER in contents()
    audit(run, rows=MET)
    assert not Path("结果/notices").exists()
    assert run("verify", "结果")[0] == 0


@pytest.mark.parametrize("name", ["notices/自己的信.docx", "notices"])
def test_a_folder_of_letters_that_no_audit_wrote_is_not_written_over(name: str, run: Run) -> None:
    audit(run, "--no-documents")
    Path("结果", name).parent.mkdir(exist_ok=True)
    Path("结果", name).write_text("自己写的", "utf-8")
    code, _, err = audit(run)
    assert code == 2 and name in err
    assert Path("结果", name).read_text("utf-8") == "自己写的" and "report.docx" not in contents()


def test_a_folder_of_letters_that_leads_elsewhere_is_not_written_into(run: Run) -> None:
    audit(run, "--no-documents")
    Path("别处").mkdir()
    Path("结果/notices").symlink_to(Path("别处").absolute(), target_is_directory=True)
    assert audit(run)[0] == 2
    assert not any(Path("别处").iterdir())


def test_a_receipt_that_names_files_elsewhere_is_none(run: Run) -> None:
    """A receipt is read from a folder that others may have written to: what it names may be removed."""
    audit(run)
    Path("别人的.txt").write_text("勿动", "utf-8")
    receipt = json.loads(Path("结果/receipt.json").read_text("utf-8"))
    receipt["outputs"]["../别人的.txt"] = hashlib.sha256("勿动".encode()).hexdigest()
    Path("结果/receipt.json").write_text(json.dumps(receipt), "utf-8")
    assert audit(run)[0] == 2
    assert Path("别人的.txt").read_text("utf-8") == "勿动"


def test_an_audit_stopped_half_way_is_named_as_such(run: Run) -> None:
    audit(run)
    Path("结果/receipt.json").unlink()
    code, _, err = audit(run)
    assert code == 2 and "写了一半" in err


def test_verify_of_anything_else_ends_with_code_3(run: Run) -> None:
    for folder in ("规则", "没有"):
        code, _, err = run("verify", folder)
        assert code == 3 and folder in err and "Traceback" not in err


def test_the_receipt_names_every_input_and_every_output_with_its_hash(run: Run) -> None:
    audit(run)
    receipt = json.loads(Path("结果/receipt.json").read_text("utf-8"))
    assert set(receipt["outputs"]) == set(contents()) - {"receipt.json"}
    assert [Path(name).name for name in receipt["inputs"]] == ["依申请公开台账.csv"]
    assert receipt["command"][0] == "audit" and receipt["as_of"] == "2025-12-31"
    assert all(len(digest) == 64 for digest in (*receipt["inputs"].values(), *receipt["outputs"].values()))


def test_the_ledger_takes_an_audit_once_and_tells_new_from_known(run: Run) -> None:
    audit(run, rows=LATE_REPLY + LATE_TRANSFER)
    assert "新增2" in run("ledger", "open", "结果")[1]
    assert "未重复收入" in run("ledger", "open", "结果")[1]
    audit(run, rows=LATE_REPLY + UNDATED)
    _, out, _ = run("ledger", "open", "结果")
    assert "新增2" in out and "延续1" in out and "无法判断1" in out
    _, shown, _ = run("ledger", "show")
    assert "第1次" in shown and "第2次" in shown and "第3次" not in shown


def test_the_ledger_refuses_what_is_no_audit_and_what_is_no_ledger(run: Run) -> None:
    audit(run)
    Path("问题.db").write_text("这不是数据库" * 100, "utf-8")
    for arguments in (
        ("open", "规则"),
        ("open", "没有"),
        ("open", "结果", "--database", "问题.db"),
        ("show", "--database", "没有.db"),
    ):
        code, out, err = run("ledger", *arguments)
        assert (code, out) == (3, "") and err and "Traceback" not in err, arguments
    assert not Path("没有.db").exists()


def test_an_office_template_is_used_and_receipted(run: Run) -> None:
    document = docx.Document()
    document.add_paragraph("某某局文件")
    document.add_paragraph("{{正文}}")
    document.save("红头.docx")
    audit(run, "--template", "红头.docx")
    said = [each.text for each in docx.Document("结果/report.docx").paragraphs]
    assert said[0] == "某某局文件" and "二、主要问题" in said
    receipt = json.loads(Path("结果/receipt.json").read_text("utf-8"))
    assert receipt["template"] == {"红头.docx": hashlib.sha256(Path("红头.docx").read_bytes()).hexdigest()}
    assert run("verify", "结果")[0] == 0
    audit(run)
    assert json.loads(Path("结果/receipt.json").read_text("utf-8"))["template"] == {}


def test_settings_that_a_template_asks_for_in_vain_are_named(run: Run) -> None:
    document = docx.Document()
    for said in ("文号：{{发文字号}}", "本文抄送{{抄送}}等单位。", "{{正文}}"):
        document.add_paragraph(said)
    document.save("红头.docx")
    _, out, _ = audit(run, "--template", "红头.docx")
    assert "注意：设置 circular.copied_to 没有填写" in out
    assert docx.Document("结果/report.docx").paragraphs[0].text == "本文抄送等单位。"


def test_a_bad_template_ends_with_code_2_before_anything_is_written(run: Run) -> None:
    Path("红头.docx").write_text("不是模板", "utf-8")
    for options in (
        ("--template", "红头.docx"),
        ("--template", "没有.docx"),
        ("--template", "红头.docx", "--no-documents"),
    ):
        code, out, err = audit(run, *options)
        assert ((code, out) == (2, "") and ".docx" in err) or "--no-documents" in err
        assert "Traceback" not in err and not Path("结果").exists()


def test_two_audits_of_the_same_input_write_the_same_word_files(run: Run) -> None:
    audit(run)
    first = {name: data for name, data in contents().items() if name.endswith(".docx")}
    shutil.rmtree("结果")
    audit(run)
    assert len(first) == 2
    assert {name: contents()[name] for name in first} == first


def test_personal_names_stand_in_no_file_unless_asked_for(run: Run) -> None:
    audit(run, "--no-documents", rows=LATE_REPLY)
    assert not any("乙某".encode() in text for text in contents().values())
    audit(run, rows=LATE_REPLY)
    for path in Path("结果").rglob("*.docx"):
        assert "乙某" not in "".join(docx.Document(str(path)).element.itertext())
