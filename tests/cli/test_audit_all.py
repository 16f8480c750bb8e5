"""`auditor audit-all`: many bureaus, whoever audits them; what fails is named, what is done is kept."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.audit.bureaus import cluster, workers
from auditor.audit.bureaus.carrying import carry_out
from auditor.audit.bureaus.orders import Order, Outcome, Terms, failed
from auditor.audit.bureaus.run import audit_bureaus
from auditor.audit.bureaus.standing import standing
from auditor.audit.trip import audit_logs
from auditor.cli.audit_all import without_place
from auditor.cli.progress import progress, stages
from auditor.domain.overview import BureauFigures, NotAudited, Overview, RegulationLine
from auditor.evaluation.evaluate import evaluate
from auditor.inference import infer
from auditor.judgement.discretion import Discretion
from auditor.judgement.findings import judge
from auditor.judgement.masking import Masker
from auditor.judgement.routing import accusations_in
from auditor.reading import read_logs
from auditor.reporting.overview import Rate, overview_json, render_overview
from auditor.reporting.tally import Tally
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook
from auditor.shipped import shipped
from tests.cli.conftest import Run
from tests.cli.test_audit import HEAD, LATE_REPLY, LATE_TRANSFER, MET, RULES, contents

AS_OF = date(2025, 12, 31)
LOG = "依申请公开台账.csv"


@pytest.fixture
def run(run: Run) -> Run:
    """Call the program beside a small rulebook `规则` and the folder `全市` with the logs of 甲局 and 乙局."""
    root = Path("规则")
    root.mkdir()
    for name in ("logs.yaml", "settings.yaml"):
        shutil.copyfile(shipped("rules") / name, root / name)
    (root / "same_fact.yaml").write_text("groups: []\n", "utf-8")
    (root / "x.yaml").write_text(RULES, "utf-8")
    bureau("甲局", MET + LATE_REPLY)
    bureau("乙局", MET + LATE_TRANSFER)
    return run


def bureau(name: str, rows: str) -> Path:
    """The logs of one bureau."""
    path = Path("全市", name, LOG)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + rows, "utf-8")
    return path


def unreadable_bureau() -> None:
    """A bureau whose only log is a broken workbook."""
    Path("全市/丙局").mkdir()
    Path("全市/丙局/依申请公开台账.xlsx").write_bytes(b"PK\x03\x04 broken")


def audit_all(run: Run, *options: object, out: str = "结果", documents: bool = False) -> tuple[int, str, str]:
    """Audit `全市` into `结果`."""
    quick = () if documents else ("--no-documents",)
    return run("audit-all", "全市", "--rules", "规则", "--as-of", AS_OF, "--out", out, *quick, *options)


def overview(out: str = "结果") -> dict[str, Any]:
    """The overview for programs."""
    told: dict[str, Any] = json.loads(Path(out, "overview.json").read_text("utf-8"))
    return told


def book_and_terms() -> tuple[Rulebook, Terms]:
    """The small rulebook, and what every bureau is asked."""
    return load_rulebook((Path("规则"),)), Terms(AS_OF, None, ("audit-all", "全市"), documents=False)


def test_one_bureau_that_cannot_be_read_stops_no_other_and_is_named(run: Run) -> None:
    unreadable_bureau()
    code, out, err = audit_all(run)
    assert code == 3
    assert "共3个，已审计2个" in out and "丙局" in err and "Traceback" not in err
    told = overview()
    assert [each["bureau"] for each in told["not_audited"]] == ["丙局"]
    reason = told["not_audited"][0]["reason"]
    assert "依申请公开台账.xlsx" in reason and str(Path.cwd()) not in reason
    assert sorted(each["bureau"] for each in told["bureaus"]) == ["乙局", "甲局"]
    assert not Path("结果/丙局").exists()
    page = Path("结果/overview.html").read_text("utf-8")
    assert "丙局" in page and "未审计" in page and "依申请公开台账.xlsx" in page


def test_rates_have_their_numerator_and_denominator_and_breaches_their_severity(run: Run) -> None:
    audit_all(run)
    told = overview()
    rates = {each["bureau"]: each["rates"]["TST"] for each in told["bureaus"]}
    assert [(rates[name]["numerator"], rates[name]["denominator"]) for name in ("甲局", "乙局")] == [(3, 4), (3, 4)]
    assert (told["total"]["rates"]["TST"]["numerator"], told["total"]["rates"]["TST"]["denominator"]) == (6, 8)
    assert told["total"]["breaches"] == {"critical": 0, "major": 1, "minor": 1, "info": 0}
    page = Path("结果/overview.html").read_text("utf-8")
    assert "<b>75.0%</b><i>3/4</i>" in page and "<i>6/8</i>" in page


def test_a_bureaus_folder_holds_what_an_audit_of_it_alone_writes(run: Run) -> None:
    audit_all(run, documents=True)
    run("audit", "全市/甲局", "--rules", "规则", "--as-of", AS_OF, "--out", "单独")
    together, alone = contents("结果/甲局"), contents("单独")
    receipts = [json.loads(each.pop("receipt.json")) for each in (together, alone)]
    assert together == alone
    assert receipts[0].pop("basis") and receipts[0].pop("command") != receipts[1].pop("command")
    assert receipts[0] == receipts[1]
    assert run("verify", "结果/甲局")[0] == 0


def test_worker_processes_write_the_same_bytes_as_one_process(run: Run) -> None:
    unreadable_bureau()
    assert audit_all(run, documents=True)[0] == 3
    code, _, err = audit_all(run, "--workers", 2, out="两个", documents=True)
    assert code == 3 and "丙局" in err
    assert contents("两个") == contents("结果")


def test_judging_in_the_worker_itself_finds_what_judging_in_processes_of_its_own_finds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(infer, "SMALL", 0)
    book = load_rulebook(shipped_cases=False)
    tables = read_logs([shipped("fixtures") / "sample"], book.logs, AS_OF).tables
    obligations = evaluate(book, tables, AS_OF).obligations
    discretion = Discretion(accusations_in(book.logs, tables), set(obligations["unit"].unique()))
    here, apart = (
        judge(book, obligations, tables, AS_OF, Masker(book.logs, False), discretion, processes=number)
        for number in (0, 1)
    )
    assert any(each.judgements for each in here.findings)
    assert here == apart and here.fallbacks == ()


def killing(monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """Let every worker that is given 乙局 be killed at once, so many times; returns which were."""
    give, killed = workers._Worker.give, []

    def give_and_kill(worker: Any, order: Order, processes: int) -> None:
        give(worker, order, processes)
        if order.bureau == "乙局" and len(killed) < times:
            killed.append(worker.process.pid)
            worker.process.kill()

    monkeypatch.setattr(workers._Worker, "give", give_and_kill)
    return killed


def test_a_bureau_whose_worker_is_killed_is_tried_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    audit_all(run)
    killed = killing(monkeypatch, times=1)
    code, out, err = audit_all(run, "--workers", 2, out="另一次")
    assert len(killed) == 1
    assert (code, err) == (1, "") and "已审计2个" in out
    assert contents("另一次") == contents("结果")


def test_a_bureau_that_kills_every_worker_is_named_and_a_second_run_does_only_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau("丁局", MET)
    audit_all(run, out="对照")
    with monkeypatch.context() as patched:
        killed = killing(patched, times=9)
        code, out, err = audit_all(run, "--workers", 2)
    assert len(killed) == 2
    assert code == 70 and "已审计2个" in out and "乙局" in err and "SIGKILL" in err
    assert [each["bureau"] for each in overview()["not_audited"]] == ["乙局"]
    assert {path.name for path in Path("结果").iterdir()} == {"overview.json", "overview.html", "甲局", "丁局"}
    code, out, err = audit_all(run, "--workers", 2)
    assert (code, err) == (1, "") and "本次1个，没有变化沿用2个" in out
    assert contents() == contents("对照")


def test_a_second_run_does_only_what_is_missing(run: Run) -> None:
    unreadable_bureau()
    audit_all(run)
    before = contents()
    stamp = Path("结果/甲局/receipt.json").stat()
    shutil.rmtree("结果/乙局")
    code, out, _ = audit_all(run)
    assert code == 3 and "本次1个，没有变化沿用1个" in out
    assert contents() == before
    after = Path("结果/甲局/receipt.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (stamp.st_ino, stamp.st_mtime_ns)
    Path("结果/甲局/rejects.csv").unlink()
    assert "本次1个，没有变化沿用1个" in audit_all(run)[1]
    assert contents() == before


def test_a_changed_input_is_audited_again_and_the_others_are_not(run: Run) -> None:
    audit_all(run)
    bureau("甲局", MET)
    code, out, _ = audit_all(run)
    assert code == 1 and "本次1个，没有变化沿用1个" in out
    assert overview()["total"]["breaches"]["major"] == 0


@pytest.mark.parametrize(
    "options",
    [
        ("--period", "2025Q1"),
        ("--internal",),
        ("--notable-only",),
        ("--format", "csv"),
        ("--as-of", "2025-12-30"),
        ("--settings", "口径.yaml"),
    ],
    ids=lambda options: options[0],
)
def test_other_options_another_day_other_settings_make_all_be_audited_again(options: tuple[str, ...], run: Run) -> None:
    Path("口径.yaml").write_text("org.office: 办公室\n", "utf-8")
    audit_all(run)
    assert "本次2个" in audit_all(run, *options)[1]
    assert "本次0个" in audit_all(run, *options)[1]


def test_what_does_not_change_the_results_makes_nothing_be_audited_again(run: Run) -> None:
    audit_all(run)
    assert "本次0个" in audit_all(run, "--workers", 2, "--fail-on", "never")[1]


def test_another_rulebook_makes_all_be_audited_again(run: Run) -> None:
    audit_all(run)
    Path("规则/x.yaml").write_text(RULES.replace("二十日内答复", "及时答复"), "utf-8")
    assert "本次2个" in audit_all(run)[1]


def test_a_document_that_people_have_written_into_is_never_written_over(run: Run) -> None:
    audit_all(run, documents=True)
    Path("结果/甲局/ledger.xlsx").write_bytes("整改情况已填".encode())
    code, out, err = audit_all(run, documents=True)
    assert (code, err) == (1, "") and "已审计2个（本次0个" in out
    bureau("甲局", MET)
    code, _, err = audit_all(run, documents=True)
    assert code == 2 and "甲局" in err and "ledger.xlsx" in err
    assert Path("结果/甲局/ledger.xlsx").read_bytes() == "整改情况已填".encode()
    (missing,) = overview()["not_audited"]
    assert missing["bureau"] == "甲局" and missing["earlier_results"]
    assert [each["bureau"] for each in overview()["bureaus"]] == ["乙局"]


def test_a_fault_of_the_program_in_one_bureau_is_traced_and_stops_no_other(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(paths: list[Path], *given: Any, **options: Any) -> Any:
        if paths[0].name == "甲局":
            raise RuntimeError("某人的电话")
        return audit_logs(paths, *given, **options)

    monkeypatch.setattr("auditor.audit.bureaus.carrying.audit_logs", crash)
    code, out, err = audit_all(run)
    assert code == 70 and "已审计1个" in out and "RuntimeError" in err and "Traceback" in err
    assert "某人的电话" not in Path("结果/overview.json").read_text("utf-8")


def test_results_of_an_earlier_audit_of_a_bureau_that_cannot_be_read_now_count_for_nothing(run: Run) -> None:
    audit_all(run)
    Path("全市/甲局", LOG).write_bytes(b"")
    assert audit_all(run)[0] == 3
    (missing,) = overview()["not_audited"]
    assert missing["bureau"] == "甲局" and missing["earlier_results"]
    assert overview()["total"]["breaches"]["major"] == 0
    assert "以前的审计结果" in Path("结果/overview.html").read_text("utf-8")


def test_an_input_that_cannot_be_read_beside_others_ends_with_code_3_on_the_second_run_too(run: Run) -> None:
    Path("全市/甲局/公文台账.xlsx").write_bytes(b"PK\x03\x04 broken")
    for fresh in (2, 0):
        code, out, err = audit_all(run)
        assert code == 3 and f"本次{fresh}个" in out and "公文台账.xlsx" in err
    assert "公文台账.xlsx" in Path("结果/overview.html").read_text("utf-8")


def test_the_output_place_must_be_free_and_lie_outside_the_logs(run: Run) -> None:
    Path("别的").mkdir()
    Path("别的/我的笔记.txt").write_text("勿动", "utf-8")
    Path("文件").write_text("", "utf-8")
    Path("顶着").mkdir()
    Path("顶着/overview.json").write_text("{}", "utf-8")
    before = contents(".")
    for out in ("别的", "文件", "顶着", "全市", "全市/甲局", "全市/甲局/结果"):
        code, _, err = audit_all(run, out=out)
        assert code == 2 and out in err and "Traceback" not in err, out
    assert contents(".") == before


def test_results_beside_the_logs_are_no_bureau(run: Run) -> None:
    for out in ("全市/结果", "全市/另一次"):
        assert "共2个" in audit_all(run, out=out)[1]


def test_files_that_belong_to_no_bureau_and_bureaus_that_are_gone_are_named(run: Run) -> None:
    Path("全市/散.csv").write_text("甲", "utf-8")
    audit_all(run)
    shutil.rmtree("全市/乙局")
    _, out, _ = audit_all(run)
    assert "散.csv" in out and "乙局" in out and "共1个" in out
    assert [each["bureau"] for each in overview()["bureaus"]] == ["甲局"]


@pytest.mark.parametrize(
    "arguments", ["没有", f"全市/甲局/{LOG}", "全市 --workers 0", "全市 --workers 2 --scheduler x"]
)
def test_a_wrong_call_ends_with_code_2(arguments: str, run: Run) -> None:
    code, _, err = run("audit-all", *arguments.split())
    assert code == 2 and err and "Traceback" not in err


def test_a_folder_without_any_bureau_ends_with_code_3(run: Run) -> None:
    code, out, err = run("audit-all", "全市/甲局", "--as-of", AS_OF, "--out", "结果")
    assert (code, out) == (3, "") and "甲局" in err
    assert not Path("结果").exists()


def figures(name: str, **changed: Any) -> BureauFigures:
    """A bureau with a breach of each severity named, and three rules of three regulations."""
    made = BureauFigures(
        name,
        {},
        {"A-1": {"met": 1, "breached": 1}, "B-1": {}, "C-1": {"pending": 2}},
        {"D-1": "未提供台账"},
        {"breached": {"minor": 1}},
    )
    return replace(made, **changed)


def overview_of(*audited: BureauFigures, not_audited: tuple[NotAudited, ...] = ()) -> Overview:
    """An overview of four regulations."""
    regulations = [RegulationLine(code, f"{code}制度", (f"{code}-1",)) for code in "ABCD"]
    return Overview(AS_OF, "", "0", regulations, audited, not_audited)


def test_not_audited_nothing_to_do_and_nothing_settled_are_no_zero() -> None:
    shown = overview_of(figures("甲局"))
    (row,) = json.loads(overview_json(shown))["bureaus"]
    assert {code: rate["state"] for code, rate in row["rates"].items()} == {
        "A": "rated",
        "B": "no_duties",
        "C": "unsettled",
        "D": "not_assessed",
    }
    assert [rate["rate"] for rate in row["rates"].values()] == [0.5, None, None, None]
    assert row["rates"]["D"]["numerator"] is None and row["rates"]["D"]["denominator"] is None
    page = render_overview(shown)
    assert page.count('<td class="absent">未审计</td>') == 3  # the key, the bureau, the sum
    assert "0/0" not in page and ">0.0%" not in page


@pytest.mark.parametrize(
    ("met", "judged", "heat", "shown"),
    [
        (9, 9, 0, "100.0%"),
        (9999, 10000, 1, "99.9%"),
        (9497, 10000, 1, "95.0%"),
        (9494, 10000, 2, "94.9%"),
        (0, 3, 4, "0.0%"),
    ],
)
def test_the_warmth_of_a_cell_is_that_of_the_rate_shown(met: int, judged: int, heat: int, shown: str) -> None:
    rate = Rate(Tally(met=met, breached=judged - met), 1, 0)
    assert (rate.heat, rate.percent) == (heat, shown)


@pytest.mark.parametrize(
    ("codes", "worst"), [((3, 4), 4), ((4, 2), 2), ((2, 70), 70), ((3,), 3), ((), 1)], ids=lambda value: str(value)
)
def test_the_exit_code_is_that_of_the_worst_bureau(codes: tuple[int, ...], worst: int) -> None:
    missing = tuple(NotAudited(f"{code}局", "", code) for code in codes)
    assert overview_of(figures("甲局"), not_audited=missing).exit_code("minor") == worst
    assert overview_of(figures("甲局")).exit_code("major") == 0
    assert overview_of(figures("甲局", unreadable=("x",))).exit_code("never") == 3


def test_a_receipt_does_not_tell_by_whom_and_whereto_an_audit_was_made() -> None:
    words = "audit-all 全市 --out 结果 --workers=2 --as-of 2025-12-31 --scheduler tcp://a:1 --internal"
    assert without_place(words.split()) == ("audit-all", "全市", "--as-of", "2025-12-31", "--internal")


def test_progress_is_shown_on_a_terminal_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moments: list[float] = []
    monkeypatch.setattr("time.monotonic", lambda: sum(moments))

    def work() -> str:
        listener = progress("审计各单位")
        for done in range(4):
            listener(done, 3)
            moments.append(1)
        with stages() as begin:
            heard = begin("读取台账", "MB")
            heard(0, 0)
            moments.append(0.5)
            heard(1, 8)
            moments.append(2)
            heard(2, 8)
            heard(3, 8)
        written = capsys.readouterr()
        assert written.out == ""
        return written.err

    assert work() == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    shown = work()
    assert "审计各单位：已完成 1/3，约剩2秒" in shown and "已完成 3/3\n" in shown
    # Nothing is told of the first second, nor more often than can be read.
    assert "读取台账……\r\x1b[K读取台账：已完成 2/8MB，约剩8秒\r" in shown
    assert "3/8" not in shown
    assert shown.endswith("\r\x1b[K")


CLUSTER = """
import sys
from distributed import LocalCluster
made = LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None)
print(made.scheduler_address, flush=True)
sys.stdin.read()
made.close(timeout=5)
"""


@pytest.fixture
def local_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator["subprocess.Popen[str]"]:
    """A cluster of two workers in processes of its own; its `args` is its address."""
    pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    pipe = subprocess.PIPE
    log = (tmp_path_factory.mktemp("cluster") / "log").open("w")
    with log, subprocess.Popen([sys.executable, "-c", CLUSTER], stdin=pipe, stdout=pipe, stderr=log, text=True) as held:
        assert held.stdin is not None and held.stdout is not None
        held.args = held.stdout.readline().strip()
        yield held
        held.stdin.close()
        try:
            held.wait(15)
        except subprocess.TimeoutExpired:
            held.kill()


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_writes_the_same_bytes_as_one_process(run: Run, local_cluster: "subprocess.Popen[str]") -> None:
    unreadable_bureau()
    audit_all(run, documents=True)
    code, _, err = audit_all(run, "--scheduler", local_cluster.args, out="集群", documents=True)
    assert code == 3 and "丙局" in err
    assert contents("集群") == contents("结果")


@pytest.mark.filterwarnings("ignore")
def test_when_the_scheduler_goes_away_what_is_finished_is_kept_and_the_rest_is_named(
    run: Run, local_cluster: "subprocess.Popen[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        bureau(f"第{number}局", MET + LATE_REPLY)
    book, terms = book_and_terms()
    monkeypatch.setattr(cluster, "GREETING", 3.0)

    def end_the_cluster(done: int, total: int) -> None:
        if done == 1:
            local_cluster.send_signal(signal.SIGKILL)

    address = str(local_cluster.args)
    first = audit_bureaus(Path("全市"), Path("结果"), terms, book, scheduler=address, listener=end_the_cluster).overview
    assert first.audited and first.not_audited
    assert len(first.audited) + len(first.not_audited) == 22
    assert {each.bureau for each in first.audited} <= {path.name for path in Path("结果").iterdir()}
    assert all("失去联系" in each.reason for each in first.not_audited)
    second = audit_bureaus(Path("全市"), Path("结果"), terms, book)
    assert not second.overview.not_audited and len(second.fresh) <= len(first.not_audited)
    audit_bureaus(Path("全市"), Path("对照"), terms, book)
    assert contents() == contents("对照")


def test_a_bureau_that_was_finished_before_word_of_it_was_lost_counts(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, terms = book_and_terms()

    def silent(orders: list[Order], terms: Terms, book: Rulebook, *_: object) -> Iterator[Outcome]:
        for order in orders:
            if order.bureau == "甲局":
                carry_out(order, terms, book, 0)
            yield failed(order, "没有消息", lost=True)

    monkeypatch.setattr("auditor.audit.bureaus.run._carried_out", silent)
    found = audit_bureaus(Path("全市"), Path("结果"), terms, book).overview
    assert [each.bureau for each in found.audited] == ["甲局"]
    assert [each.bureau for each in found.not_audited] == ["乙局"]


def test_a_scheduler_that_is_not_there_is_a_wrong_call(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    monkeypatch.setattr(cluster, "GREETING", 0.5)
    audit_all(run)
    before = contents()
    bureau("甲局", MET)
    code, _, err = audit_all(run, "--scheduler", "tcp://127.0.0.1:9")
    assert code == 2 and "tcp://127.0.0.1:9" in err and "Traceback" not in err
    assert contents() == before
    assert audit_all(run, "--scheduler", "tcp://127.0.0.1:9", out="新的")[0] == 2 and not Path("新的").exists()


def test_without_the_extra_a_scheduler_is_a_wrong_call_that_names_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, err = audit_all(run, "--scheduler", "tcp://127.0.0.1:9")
    assert code == 2 and "[cluster]" in err


def test_a_machine_with_another_version_or_without_the_folder_audits_nothing(run: Run) -> None:
    book, terms = book_and_terms()
    order = Order("甲局", Path("全市/甲局").absolute(), Path("结果/甲局").absolute(), Path("结果").absolute())
    for version, reason in (("0.0.0", "版"), (cluster.__version__, "共享文件夹")):
        outcome = cluster.carry_out_remotely(order, terms, book, version)
        assert outcome.failure and outcome.failure.exit_code == 2 and reason in outcome.failure.reason
    assert not Path("结果").exists()


def test_a_run_that_was_interrupted_leaves_what_is_done_and_no_overview_that_is_out_of_date(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit_all(run)
    bureau("甲局", MET)
    bureau("乙局", MET)

    def interrupted(order: Order, *given: Any) -> Any:
        if order.bureau == "甲局":
            raise KeyboardInterrupt
        return carry_out(order, *given)

    with monkeypatch.context() as patched:
        patched.setattr("auditor.audit.bureaus.carrying.carry_out", interrupted)
        code, _, err = audit_all(run)
    assert code == 130 and "结果" in err and "Traceback" not in err
    assert {path.name for path in Path("结果").iterdir()} == {"甲局", "乙局"}
    assert "本次1个，没有变化沿用1个" in audit_all(run)[1]


def test_results_that_were_half_replaced_never_lie_in_place(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stops the exchange of old results for new, the folder holds the old ones or the new ones."""
    book, terms = book_and_terms()
    Path("工作").mkdir()
    order = Order("甲局", Path("全市/甲局").absolute(), Path("结果").absolute(), Path("工作").absolute())
    assert carry_out(order, terms, book, 0).figures
    before = contents()
    bureau("甲局", MET)
    replace_path = Path.replace

    def no_entry(path: Path, target: Path) -> Path:
        if target.name == "结果" and path.name == "fresh":
            raise PermissionError(13, "Permission denied")
        return replace_path(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", no_entry)
        outcome = carry_out(order, terms, book, 0)
    assert outcome.failure and outcome.failure.exit_code == 2
    assert contents() == before
    assert standing(order, terms, book) is None
    assert carry_out(order, terms, book, 0).figures and standing(order, terms, book) is not None
