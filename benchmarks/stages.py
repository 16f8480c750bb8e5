"""One audit without documents in one process, each stage timed; the last line is JSON.

python benchmarks/stages.py LOGS OUT [--as-of 2025-12-31] [--notable-only]
"""

import argparse
import json
import sys
import time
from datetime import date
from pathlib import Path

STAGES = ("import", "rulebook", "read", "evaluate", "judge", "write")


def main() -> None:
    """Audit, and tell how long each stage took and what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("logs", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--notable-only", action="store_true", help="obligations.parquet without those that are met")
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2025, 12, 31))
    asked = parser.parse_args()
    marks = [time.perf_counter()]
    from auditor.audit.outputs import write_outputs
    from auditor.audit.trip import audit_logs
    from auditor.domain.obligation import Status
    from auditor.listening import Listener, unheard
    from auditor.rulebook.loading import load_rulebook

    def begun(stage: str, unit: str) -> Listener:
        marks.append(time.perf_counter())
        return unheard

    marks.append(time.perf_counter())
    book = load_rulebook(shipped_cases=False)
    # The trip says when it begins to read, to evaluate and to judge.
    audited = audit_logs(
        [asked.logs],
        book,
        asked.as_of,
        notable_only=asked.notable_only,
        stages=begun,
    )
    marks.append(time.perf_counter())
    write_outputs(audited, asked.out, [], documents=False, notable_only=asked.notable_only)
    marks.append(time.perf_counter())
    if audited.logs.unreadable:
        print("\n".join(audited.logs.unreadable), file=sys.stderr)
        raise SystemExit(3)  # as the command ends: what was timed would be a part of the logs
    if len(marks) != len(STAGES) + 1:
        raise SystemExit(f"{len(marks) - 1} stages told, not {len(STAGES)}: bring STAGES in step with the audit")
    taken = {name: end - start for name, start, end in zip(STAGES, marks, marks[1:], strict=False)}
    breached = [each for each in audited.audit.findings if each.status is Status.BREACHED]
    found = {
        "rules": len(book.rules),
        "obligations": sum(sum(line.values()) for line in audited.audit.summary["rules"].values()),
        "findings": len(audited.audit.findings),
        "breached": len(breached),
        "records": len({(each.log, record) for each in breached for record in each.records}),
        "rows": sum(each.read for each in audited.logs.counts.values()),
    }
    print(json.dumps(taken | found))


if __name__ == "__main__":
    main()
