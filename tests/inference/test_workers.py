"""The inference in worker processes that die, hang, lie or cannot be had: nothing is lost, and it is said."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from auditor.inference import infer as module
from auditor.inference import partitions, workers
from auditor.inference.infer import Inferred, infer
from auditor.inference.plain import evaluate
from auditor.inference.problem import Fact, Join, Pattern, Question
from tests.inference.conftest import Sabotage

RECORD, UNIT = Join("record", "is", "one", "record"), Join("unit", "is", "one", "unit")
QUESTIONS = [
    Question("同一记录", (Pattern("one", "breach"), Pattern("two", "breach", (RECORD,)))),
    Question("无案件", (Pattern("one", "breach"), Pattern("case", "case", (UNIT,), absent=True))),
]
BREACH = frozenset({("同一记录", "one"), ("同一记录", "two"), ("无案件", "one")})
CASE = frozenset({("无案件", "case")})


def facts_of(records: int, units: int) -> list[Fact]:
    """Two breaches for each record, and a case for every third unit."""
    facts = [
        Fact("breach", {"record": f"记录 {number // 2}", "unit": f"单位 {number % units}"}, BREACH)
        for number in range(2 * records)
    ]
    return facts + [Fact("case", {"unit": f"单位 {unit}"}, CASE) for unit in range(0, units, 3)]


@pytest.fixture(autouse=True)
def nobody_left() -> Iterator[None]:
    """No worker outlives an inference."""
    yield
    assert multiprocessing.active_children() == []


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many small parts, and no problem too small for workers."""
    monkeypatch.setattr(partitions, "LIMIT", 100)
    monkeypatch.setattr(module, "SMALL", 0)


def right(inferred: Inferred, facts: list[Fact]) -> Inferred:
    """The inference, whose matches are those of the plain evaluator."""
    assert inferred.matches == evaluate(QUESTIONS, facts)
    assert len(inferred.matches) > 100
    return inferred


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_workers_find_what_the_plain_evaluator_finds(processes: int, small_parts: None) -> None:
    facts = facts_of(600, 30)
    inferred = right(infer(QUESTIONS, facts, processes=processes), facts)
    assert inferred.fallbacks == ()
    assert inferred.parts > 20
    assert inferred.facts >= 2_400


@pytest.mark.parametrize(("times", "after"), [(1, 0.0), (1, 0.15), (3, 0.1)])
def test_workers_killed_at_any_time_lose_nothing(times: int, after: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "LIMIT", 100)
    facts = facts_of(3_000, 30)
    killed: set[int | None] = set()
    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.005) and len(killed) < times:
            for child in multiprocessing.active_children()[:1]:
                with suppress(ValueError):  # it has ended by itself
                    if child.pid not in killed:
                        time.sleep(after)
                        child.kill()
                        killed.add(child.pid)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        inferred = infer(QUESTIONS, facts, processes=2)
    finally:
        over.set()
        killer.join()
    right(inferred, facts)
    assert killed
    if times == 1:
        assert inferred.fallbacks == ()  # the part was given to another worker
    assert all("被强行结束（SIGKILL）" in sentence for sentence in inferred.fallbacks)


POISON = "if any('p2' in fact for fact in facts): "  # the first place of the last question


def poisoned(facts: list[Fact]) -> list[Fact]:
    """With one record more, of facts for the last question."""
    return [*facts, *[Fact("!", {"record": "毒"}, frozenset({("毒", alias)})) for alias in ("one", "two")]]


POISONED = [*QUESTIONS, Question("毒", (Pattern("one", "!"), Pattern("two", "!", (RECORD,))))]


@pytest.mark.parametrize("death", ["SIGSEGV", "SIGKILL", "SIGABRT"])
def test_a_part_that_kills_its_worker_is_found_and_named(death: str, sabotage: Sabotage, small_parts: None) -> None:
    sabotage(POISON + f"os.kill(os.getpid(), signal.{death})")
    facts = poisoned(facts_of(300, 30))
    inferred = infer(POISONED, facts, processes=2)
    assert inferred.matches == evaluate(POISONED, facts)
    (sentence,) = inferred.fallbacks
    assert "「毒」" in sentence and "1 批共 " in sentence and f"（{death}）" in sentence
    assert inferred.parts > 5


def test_a_part_whose_worker_died_by_chance_is_judged_by_another(
    sabotage: Sabotage, small_parts: None, tmp_path: Path
) -> None:
    died = tmp_path / "died"
    sabotage(POISON + f"(os.path.exists({str(died)!r}) or (open({str(died)!r}, 'w'), os.kill(os.getpid(), 9)))")
    facts = poisoned(facts_of(300, 30))
    inferred = infer(POISONED, facts, processes=2)
    assert died.exists()
    assert inferred.matches == evaluate(POISONED, facts)
    assert inferred.fallbacks == ()


def test_a_part_that_takes_for_ever_is_given_up_and_named(
    sabotage: Sabotage, small_parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage(POISON + "time.sleep(600)")
    monkeypatch.setattr(workers, "PATIENCE", 1.0)
    facts = poisoned(facts_of(300, 30))
    inferred = infer(POISONED, facts, processes=2)
    assert inferred.matches == evaluate(POISONED, facts)
    assert len(inferred.fallbacks) == 1
    assert "没有结果" in inferred.fallbacks[0]


def test_a_part_that_loses_facts_is_named(sabotage: Sabotage, small_parts: None) -> None:
    sabotage(POISON + "facts = facts[1:]")
    facts = poisoned(facts_of(300, 30))
    inferred = infer(POISONED, facts, processes=2)
    assert inferred.matches == evaluate(POISONED, facts)
    (sentence,) = inferred.fallbacks
    assert "自检未通过" in sentence and "只记住" in sentence


def test_an_engine_that_always_dies_is_given_up_soon(
    sabotage: Sabotage, small_parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "BLAMED", 2)
    sabotage("os.kill(os.getpid(), signal.SIGSEGV)")
    facts = facts_of(1_500, 30)
    inferred = right(infer(QUESTIONS, facts, processes=2), facts)
    assert inferred.parts == 0
    assert any("引擎屡次失败" in sentence for sentence in inferred.fallbacks)


def test_workers_that_cannot_be_started_are_no_trouble(small_parts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(process: object) -> None:
        raise OSError("Cannot allocate memory")

    monkeypatch.setattr(workers.SpawnProcess, "start", refuse)
    facts = facts_of(300, 30)
    (sentence,) = right(infer(QUESTIONS, facts, processes=2), facts).fallbacks
    assert "无法启动工作进程：Cannot allocate memory" in sentence


def test_workers_that_die_at_the_start_are_no_trouble(small_parts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "serve", os._exit)  # a worker that does not even get its work right
    facts = facts_of(300, 30)
    (sentence,) = right(infer(QUESTIONS, facts, processes=2), facts).fallbacks
    assert "启动不起来" in sentence


@pytest.mark.parametrize("processes", [0, 2])
def test_a_library_that_cannot_be_loaded_is_said_once(processes: int, sabotage: Sabotage, small_parts: None) -> None:
    sabotage("").write_text("raise ImportError('no compiler')")
    facts = facts_of(300, 30)
    inferred = right(infer(QUESTIONS, facts, processes=processes), facts)
    (sentence,) = inferred.fallbacks
    assert "规则引擎 durable-rules 无法载入：no compiler" in sentence
    assert (inferred.parts, inferred.facts) == (0, 0)


def test_a_component_above_the_limit_is_evaluated_plainly_and_named() -> None:
    one, two = frozenset({("同一记录", "one")}), frozenset({("同一记录", "two")})
    facts = [Fact("breach", {"record": "同一条"}, two) for _ in range(2_000)] + facts_of(50, 3)
    assert right(infer(QUESTIONS, facts), facts).fallbacks == ()  # nothing ties them
    facts.append(Fact("breach", {"record": "同一条"}, one))
    inferred = right(infer(QUESTIONS, facts), facts)
    (sentence,) = inferred.fallbacks
    assert "「同一记录」有 2001 条事实相互牵连过多" in sentence
    assert inferred.parts >= 2


def test_fifty_thousand_facts_of_one_unit() -> None:
    facts = [Fact("breach", {"record": number // 2, "unit": "局"}, BREACH) for number in range(49_000)]
    facts += [Fact("case", {"unit": "局"}, CASE)] * 1_000
    inferred = right(infer(QUESTIONS, facts, processes=2), facts)
    assert len(inferred.matches) == 49_000
    assert inferred.fallbacks == ()
    assert inferred.parts < 60


def test_a_small_problem_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_Worker", None)
    facts = facts_of(200, 30)
    assert right(infer(QUESTIONS, facts), facts).fallbacks == ()


SCRIPT = """
import sys
print("started")
from auditor.inference.infer import infer
from auditor.inference.problem import Fact, Join, Pattern, Question

join = Join("record", "is", "one", "record")
question = Question("q", (Pattern("one", "b"), Pattern("two", "b", (join,))))
fits = frozenset({("q", "one"), ("q", "two")})
inferred = infer([question], [Fact("b", {"record": number // 2}, fits) for number in range(12_000)], processes=2)
print(len(inferred.matches), inferred.fallbacks, "durable" in sys.modules)
"""


@pytest.mark.parametrize("given", ["file", "stdin", "argument"])
def test_a_script_without_a_guard_is_not_started_over(given: str, tmp_path: Path, checkout: Path) -> None:
    script = tmp_path / "script"
    script.write_text(SCRIPT)
    arguments = {"file": [str(script)], "stdin": ["-"], "argument": ["-c", SCRIPT]}[given]
    path = os.pathsep.join([str(checkout), *filter(None, sys.path)])
    ended = subprocess.run(
        [sys.executable, *arguments],
        input=SCRIPT if given == "stdin" else "",
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert (ended.stdout, ended.stderr) == ("started\n12000 () False\n", "")


def test_a_worker_imports_little(checkout: Path) -> None:
    code = (
        "import auditor.inference.workers, sys;"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'polars', 'pydantic', 'pandas', 'durable'}),"
        "sorted(name for name in sys.modules if name.startswith('auditor.') and '.inference' not in name))"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, timeout=60)
    assert ended.stdout == "[] []\n", ended.stderr


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no way to stop a process here")
def test_a_worker_that_is_stopped_is_not_waited_for(small_parts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PATIENCE", 0.5)
    monkeypatch.setattr(workers, "START", 2.0)
    facts = facts_of(3_000, 30)

    def stop() -> None:
        while not (children := multiprocessing.active_children()):
            time.sleep(0.001)
        time.sleep(0.15)
        os.kill(children[0].pid or 0, signal.SIGSTOP)

    stopper = threading.Thread(target=stop)
    stopper.start()
    inferred = infer(QUESTIONS, facts, processes=2)
    stopper.join()
    right(inferred, facts)
