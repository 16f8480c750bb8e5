"""An inference over many facts, by the engine in worker processes and by the plain evaluator.

python benchmarks/inference.py [--facts 100000] [--processes 2]    # on Linux

Each runs in a process of its own, so that the peaks do not mix; it ends with 1 where they do not find the same.
"""

import argparse
import hashlib
import multiprocessing
import os
import sys
import threading
import time
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from random import Random

from auditor.inference.infer import infer
from auditor.inference.plain import evaluate
from auditor.inference.problem import Fact, Join, Pattern, Question

SEED = 20240501
UNIT, RECORD = Join("unit", "is", "one", "unit"), Join("record", "is", "one", "record")
QUESTIONS = (
    Question("两项规则", (Pattern("one", "breach"), Pattern("two", "breach", (RECORD,)))),
    Question("无案件", (Pattern("one", "breach"), Pattern("case", "case", (UNIT,), absent=True))),
    Question(
        "上级逾期",
        (
            Pattern("one", "breach"),
            Pattern("superior", "unit", (Join("name", "is", "one", "unit"),)),
            Pattern("excuse", "excuse", (RECORD, Join("day", "not_after", "one", "day")), absent=True),
        ),
    ),
)


def facts_of(count: int) -> list[Fact]:
    """Breaches of rules by records of units, a few cases, excuses and superiors: the same for the same count."""
    random = Random(SEED)
    units = max(1, count // 200)
    facts = [
        Fact("unit", {"name": f"第 {unit} 单位"}, frozenset({("上级逾期", "superior")})) for unit in range(0, units, 2)
    ]
    facts += [Fact("case", {"unit": f"第 {unit} 单位"}, frozenset({("无案件", "case")})) for unit in range(0, units, 3)]
    while len(facts) < count:
        # A record belongs to one unit and has some breaches, of two rules now and then.
        record = f"记录 {random.randrange(count)}"
        unit = f"第 {random.randrange(units)} 单位"
        for rule in random.sample(("期限", "格式", "公开"), random.choice((1, 1, 2))):
            fits = {("无案件", "one")}
            fits |= {("两项规则", "one")} if rule == "期限" else {("两项规则", "two")} if rule == "格式" else set()
            fits |= {("上级逾期", "one")} if rule == "期限" else set()
            values = {"record": record, "unit": unit, "day": random.randrange(20_000)}
            facts.append(Fact("breach", values, frozenset(fits)))
        if random.random() < 0.1:
            values = {"record": record, "day": random.randrange(20_000)}
            facts.append(Fact("excuse", values, frozenset({("上级逾期", "excuse")})))
    return facts[:count]


class Watch(threading.Thread):
    """The sum of what the processes of a family hold in memory at once, sampled; shared pages count in each."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.peak = 0.0

    def run(self) -> None:
        """Sample until it is over."""
        while not self.over.wait(0.02):
            children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            self.peak = max(self.peak, sum(resident(pid) for pid in ("self", *children)))


def resident(pid: str) -> float:
    """The megabytes that a process holds, 0 for one that has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1024**2
    except (OSError, IndexError):
        return 0.0


def measure(way: str, count: int, processes: int, told: "SimpleQueue[str]") -> None:
    """One way, timed; tells the mark of what it found."""
    facts = facts_of(count)
    before = resident("self")
    watch = Watch()
    watch.start()
    started = time.perf_counter()
    if way == "plain":
        matches, said = evaluate(QUESTIONS, facts), ""
    else:
        inferred = infer(QUESTIONS, facts, processes=processes)
        matches = inferred.matches
        said = f"; {inferred.parts} parts, {inferred.facts} facts through the engine; fallbacks: {inferred.fallbacks}"
    taken = time.perf_counter() - started
    watch.over.set()
    watch.join()
    print(
        f"{way}: {taken:.2f} s, {len(matches)} matches ({hash_of(matches)}), "
        f"peak of all processes {watch.peak:.0f} MB (facts alone: {before:.0f}){said}",
        flush=True,
    )
    told.put(hash_of(matches))


def hash_of(matches: object) -> str:
    """A short mark of what was found, the same in each process."""
    return hashlib.sha256(repr(matches).encode()).hexdigest()[:8]


def main() -> None:
    """Measure both ways."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--facts", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    told: SimpleQueue[str] = spawn.SimpleQueue()
    found = set()
    for way in ("plain", "engine"):
        process = spawn.Process(target=measure, args=(way, options.facts, options.processes, told))
        process.start()
        process.join()
        if process.exitcode:
            sys.exit(process.exitcode)
        found.add(told.get())
    if len(found) > 1:
        sys.exit("the engine and the plain evaluator do not find the same")


if __name__ == "__main__":
    main()
