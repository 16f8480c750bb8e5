"""How long judging takes, and how much memory: an audit whose records break many rules, by stage.

    python benchmarks/judging.py [--breaches 100000] [--units 40]

Reading, evaluation and judgement are measured in one process; its workers hold some 60 MB each besides.
"""

import argparse
import csv
import platform
import resource
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from auditor.domain.obligation import Status
from auditor.evaluation.evaluate import evaluate
from auditor.judgement.discretion import Discretion
from auditor.judgement.findings import judge
from auditor.judgement.masking import Masker
from auditor.judgement.routing import accusations_in
from auditor.reading import read_logs
from auditor.rulebook.loading import load_rulebook

HEADINGS = (
    "申请编号",
    "申请人",
    "承办科室",
    "收到申请日期",
    "转办日期",
    "科室收到日期",
    "科室答复日期",
    "答复日期",
    "答复类型",
)
AS_OF = date(2026, 6, 30)


def write(folder: Path, rows: int, units: int) -> None:
    """Requests that were transferred, prepared and answered late, of so many units."""
    with (folder / "依申请公开台账.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for at in range(rows):
            day = date(2025, 1, 2) + timedelta(days=at % 300)
            steps = [day, *(day + timedelta(days=late + at % 9) for late in (10, 10, 40, 60))]
            writer.writerow([f"SQ{at:07d}", f"张{at % 977}", f"第{at % units}科", *steps, "予以公开"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--breaches", type=int, default=100_000)
    parser.add_argument("--units", type=int, default=40)
    asked = parser.parse_args()
    book = load_rulebook(shipped_cases=False)
    with tempfile.TemporaryDirectory() as folder:
        rows = asked.breaches // 4
        write(Path(folder), rows, asked.units)
        started = time.perf_counter()
        logs = read_logs([Path(folder)], book.logs)
        read = time.perf_counter()
        obligations = evaluate(book, logs.tables, AS_OF).obligations
        evaluated = time.perf_counter()
        discretion = Discretion(accusations_in(book.logs, logs.tables), set(obligations["unit"].unique()))
        judged = judge(book, obligations, logs.tables, AS_OF, Masker(book.logs, internal=False), discretion)
        done = time.perf_counter()
    breaches = obligations.filter(obligations["status"] == Status.BREACHED.value).height
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    times = [f"{each:.1f}" for each in (read - started, evaluated - read, done - evaluated)]
    cells = [breaches, len(judged.findings), *times, peak, "; ".join(judged.fallbacks) or "none"]
    print(f"Python {platform.python_version()}, {platform.system()}; {rows} requests of {asked.units} units\n")
    print("| breaches | findings | reading s | evaluation s | judgement s | MB | judged otherwise |")
    print("|---:|---:|---:|---:|---:|---:|---|")
    print(f"| {' | '.join(map(str, cells))} |")


if __name__ == "__main__":
    main()
