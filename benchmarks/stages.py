"""The stages of an audit in one process, each timed.

python benchmarks/stages.py LOGS [--as-of 2025-12-31] [--repeat 5]
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import TypeVar

from auditor.audit.outputs import write_outputs
from auditor.audit.trip import audit_logs
from auditor.evaluation.evaluate import evaluate
from auditor.judgement.findings import judge
from auditor.judgement.masking import Masker
from auditor.reading import read_logs
from auditor.rulebook.loading import load_rulebook

MEGABYTE = 1024**2
T = TypeVar("T")


class Stages:
    """The seconds that each stage took, and what the audit found."""

    def __init__(self, logs: Path, as_of: date, out: Path) -> None:
        self.logs, self.as_of, self.out = logs, as_of, out
        self.taken: dict[str, list[float]] = {}
        self.found = ""

    def timed(self, name: str, work: Callable[..., T], *arguments: object, **options: object) -> T:
        """Do the work and note how long it took."""
        started = time.perf_counter()
        result = work(*arguments, **options)
        self.taken.setdefault(name, []).append(time.perf_counter() - started)
        return result

    def run(self, number: int) -> None:
        """One audit, stage by stage, then as a whole."""
        book = self.timed("load the rulebook", load_rulebook)
        logs = self.timed("read the logs", read_logs, [self.logs], book.logs)
        obligations = self.timed("evaluate the rules", evaluate, book, logs.tables, self.as_of).obligations
        masker = Masker(book.logs, False)
        findings = self.timed("judge", judge, book, obligations, logs.tables, self.as_of, masker).findings
        audited = self.timed("read, evaluate and judge", audit_logs, [self.logs], book, self.as_of)
        machine, people = self.out / f"machine-{number}", self.out / f"people-{number}"
        self.timed("write, no documents", write_outputs, audited, machine, [], documents=False)
        self.timed("write, with documents", write_outputs, audited, people, [])
        sizes = ", ".join(f"{path.name} {path.stat().st_size / MEGABYTE:.1f} MB" for path in sorted(people.iterdir()))
        self.found = (
            f"{len(book.rules)} rules, {obligations.height} obligations, {len(findings)} findings.\nWritten: {sizes}."
        )


def main() -> None:
    """Time the stages and print the medians."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("logs", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2025, 12, 31))
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as out:
        measured = Stages(options.logs, options.as_of, Path(out))
        for number in range(options.repeat):
            measured.run(number)
    print("\n| stage, in one process | median s | slowest s |\n|---|---:|---:|")
    for name, seconds in measured.taken.items():
        print(f"| {name} | {median(seconds):.2f} | {max(seconds):.2f} |")
    print(f"\n{measured.found}")


if __name__ == "__main__":
    main()
