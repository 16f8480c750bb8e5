"""Measures the program and its peers in one run, and writes docs/performance.md with its chart.

    python benchmarks/performance.py                                    # everything up to a million rows
    python benchmarks/performance.py --sizes 10000,100000,1000000,10000000 --bureaus 100 --bureau-rows 10000
    python benchmarks/performance.py --only checks,engines --sizes 10000 --repeat 3 --out elsewhere

The figures are medians; candidates take turns, each in a process of its own, from files that are in memory already.
Ways that do not come to the same verdicts end the run; what the program does not take stands on the page as not
measured. On two idle processors with an audit of a million rows in half a minute the whole takes about an hour; ten
million rows take ten times as long for the audit and the floor, some 5 GB of disk, and the memory of one audit.
`--repeat-large` and `--bureau-repeat` make the longest parts shorter; the page says how often each way ran. This file
and those it imports load nothing heavy: a child's peak memory would otherwise begin with its parent's.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import Refused
from page import CHART, chart, page
from sections import OFTEN, SECTIONS, Plan, Section

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Measure what was asked for and write the page."""
    asked = options()
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    before = os.getloadavg()[0]
    found: dict[str, Section] = {}
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(
            Path(folder),
            asked.sizes,
            asked.repeat,
            asked.repeat_large,
            asked.facts,
            asked.records,
            asked.checks_up_to,
            asked.bureaus,
            asked.bureau_rows,
            asked.bureau_repeat,
        )
        for name in [name for name in asked.only if name != "floor" or "audit" not in asked.only]:
            print(f"measuring: {name}", file=sys.stderr, flush=True)
            try:
                found[name] = SECTIONS[name](plan)
            except Refused as why:
                found[name] = Section(name.capitalize(), [f"Not measured: {why}."])
            write(asked, found, before)  # what takes long is not lost with what comes after it
    print(asked.out / "performance.md")


def write(asked: argparse.Namespace, found: dict[str, Section], before: float) -> None:
    """The page with what was measured so far; `before` is the load when all began."""
    about = {
        "command": " ".join(["python benchmarks/performance.py", *_without_folder(sys.argv[1:])]),
        "date": asked.date or _commit_date(),
        "runs": f"{asked.repeat} of everything up to {OFTEN:,} rows, {asked.repeat_large} beyond,"
        f" {asked.bureau_repeat} of many bureaus; medians",
        "load before and after": f"{before:.1f} and {os.getloadavg()[0]:.1f} processes",
    }
    asked.out.mkdir(parents=True, exist_ok=True)
    skipped = [name for name in SECTIONS if name not in found]
    (asked.out / "performance.md").write_text(page(list(found.values()), about, skipped), encoding="utf-8")
    (asked.out / CHART).write_text(chart(list(found.values())), encoding="utf-8")


def options() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--sizes", type=_numbers, default=[10_000, 100_000, 1_000_000], help="rows, with commas between"
    )
    parser.add_argument(
        "--only", type=_names, default=list(SECTIONS), help=f"of {', '.join(SECTIONS)}; the audit tells the floor too"
    )
    parser.add_argument("--repeat", type=int, default=5, help=f"runs of everything up to {OFTEN:,} rows")
    parser.add_argument("--repeat-large", type=int, default=5, help="runs of what is larger")
    parser.add_argument("--facts", type=int, default=20_000, help="requests that the rule engines get")
    parser.add_argument(
        "--records",
        type=int,
        default=500_000,
        help="requests that the columns get besides",
    )
    parser.add_argument("--checks-up-to", type=int, default=1_000_000, help="the largest size for the forty checks")
    parser.add_argument("--bureaus", type=int, default=4, help="bureaus of the section on many")
    parser.add_argument("--bureau-rows", type=int, default=2_000, help="rows of each")
    parser.add_argument("--bureau-repeat", type=int, default=5, help="runs of that section")
    parser.add_argument("--date", default="", help="of the page; without it that of the last commit")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="folder of the page and its chart")
    return parser.parse_args()


def _without_folder(words: list[str]) -> list[str]:
    """The options but for where the page was written: that says nothing of the figures."""
    told = [word for word in words if not word.startswith("--out=")]
    if "--out" in told:
        place = told.index("--out")
        del told[place : place + 2]
    return told


def _numbers(text: str) -> list[int]:
    return [int(part.replace("_", "")) for part in text.split(",")]


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in SECTIONS]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not one of {', '.join(SECTIONS)}")
    return [name for name in SECTIONS if name in names]


def _commit_date() -> str:
    told = subprocess.run(["git", "log", "-1", "--format=%cs"], cwd=ROOT, capture_output=True, text=True)
    return told.stdout.strip() or "an unknown day"


if __name__ == "__main__":
    main()
