"""The ledger under load: many findings over twelve audits; opening, exporting and importing timed.

Every audit shows its share of new findings and a fifth of those of the audit before; the rest of what it knows is
kept by now, or not there at all. All stay open, so the unit that is exported holds a tenth of everything.
"""

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from auditor.domain.finding import CountedDay, Evidence, Finding
from auditor.domain.obligation import Severity, Status
from auditor.receipt import RECEIPT, digest_of

AUDITS, UNITS = 12, 10
_FIRST = date(2025, 1, 31)


def finding(number: int) -> Finding:
    """A late reply with its cells and its days."""
    start = date(2024, 6, 3)
    days = tuple(
        CountedDay(date=start + timedelta(days=n), counted=n % 7 < 5, why="星期一，工作日，第3个工作日")
        for n in range(28)
    )
    cells = ("request_id", "received_on", "replied_on", "extended_on", "unit")
    return Finding(
        id=hashlib.sha256(str(number).encode()).hexdigest()[:16],
        rule="REQ-3-5",
        status=Status.BREACHED,
        severity=list(Severity)[number % 4],
        log="requests",
        records=(f"SQ-{number:06}",),
        unit=f"第{number % UNITS}科",
        start_on="2024-06-03",
        due_on="2024-07-01",
        title="自收到申请之日起20个工作日内答复",
        regulation="政府信息依申请公开制度",
        article="第三条第（五）项",
        detail=f"第{number}件：“收到日期”为2024-06-03，期限20个工作日，“答复日期”最迟应为2024-07-01，截至基准日没有相应的登记。",
        evidence=tuple(Evidence(name, name, "2024-06-03", "依申请公开台账.csv", "", number, "C") for name in cells),
        days=days,
        liable="承办科室（科室负责人）",
        remedy="立即答复，向申请人说明原因；完善到期提醒。",
        rectify_by="2025-12-31",
    )


def write_audit(folder: Path, shown: Sequence[int], known: Sequence[int], month: int) -> None:
    """An audit's folder: findings, obligations (a tenth of the records is not in the export), counts and receipt."""
    folder.mkdir()
    lines = (finding(number).model_dump_json() for number in shown)
    (folder / "findings.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    breached = set(shown)
    there = [number for number in known if number in breached or number % 10]
    status = ["breached" if number in breached else "met" for number in there]
    records = [f"SQ-{number:06}" for number in there]
    columns = {"rule": ["REQ-3-5"] * len(there), "log": ["requests"] * len(there), "record": records, "status": status}
    pl.DataFrame(columns).write_parquet(folder / "obligations.parquet")
    as_of = (_FIRST + timedelta(days=30 * month)).isoformat()
    counts = {"met": status.count("met"), "breached": len(shown)}
    summary = {"as_of": as_of, "period": None, "rules": {"REQ-3-5": counts}, "units": {}, "findings": {}, "logs": {}}
    (folder / "summary.json").write_text(json.dumps(summary), "utf-8")
    (folder / "rejects.csv").write_text("", "utf-8")
    outputs = {path.name: digest_of(path) for path in folder.iterdir()}
    (folder / RECEIPT).write_text(json.dumps({"as_of": as_of, "outputs": outputs}), "utf-8")


def timed(name: str, *command: object) -> None:
    """Run a whole command, start-up included, and print wall and processor time and what it said last."""
    before, start = os.times(), time.perf_counter()
    ended = subprocess.run([sys.executable, "-m", "auditor", *map(str, command)], capture_output=True, text=True)
    wall, after = time.perf_counter() - start, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    said = (ended.stdout + ended.stderr).strip().splitlines()
    print(f"{name:<28}{wall:>8.2f} s wall{used:>8.2f} s processor  {said[-1] if said else ''}", flush=True)


def fill_in(source: Path, target: Path) -> None:
    """Write three cells and a step into every row, as an office program would save them."""
    import xlsxwriter
    from python_calamine import load_workbook

    book = load_workbook(str(source))
    with xlsxwriter.Workbook(str(target), {"strings_to_formulas": False}) as out:
        for name in book.sheet_names:
            page = out.add_worksheet(name)
            for line, row in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False)):
                if name == "整改台账" and line > 2:
                    row[10:14] = ["属实待整改", "补发答复书", "2026-01-05", "王五"]
                for place, cell in enumerate(row):
                    page.write_string(line, place, str(cell))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--findings", type=int, default=200_000)
    parser.add_argument("--ledger", help="a PostgreSQL address instead of a file")
    given = parser.parse_args()
    share, chance = given.findings // AUDITS, random.Random(8)
    with tempfile.TemporaryDirectory() as work:
        home = Path(work)
        place = given.ledger or home / "ledger.db"
        for month in range(AUDITS):
            new = list(range(month * share, (month + 1) * share))
            old = chance.sample(range((month - 1) * share, month * share), share // 5) if month else []
            folder = home / f"audit{month}"
            write_audit(folder, [*new, *old], range((month + 1) * share), month)
            size = (folder / "findings.jsonl").stat().st_size >> 20
            name = f"open {month + 1} ({len(new) + len(old)}, {size} MB)"
            timed(name, "ledger", "open", folder, "--ledger", place, "--on", "2026-01-02")
        sent, back = home / "sent.xlsx", home / "back.xlsx"
        timed("export", "ledger", "export", "--unit", "第3科", "--ledger", place, "--on", "2026-01-03", "--out", sent)
        fill_in(sent, back)
        timed("import", "ledger", "import", back, "--ledger", place, "--on", "2026-01-06")
        timed("show", "ledger", "show", "--ledger", place)
        timed("verify", "verify", place)


if __name__ == "__main__":
    main()
