"""How long an audit takes and how much memory it needs. One command, no limits asserted.

    python benchmarks/run.py [--rows 10000] [--repeat 5]

Everything runs in processes of its own, so start-up counts. This one loads nothing heavy: a child's
peak memory would otherwise begin with its parent's.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

AS_OF = "2025-12-31"
HERE = Path(__file__).parent
MEGABYTE = 1024**2


def measure(command: list[str], folder: Path) -> tuple[float, float]:
    """Wall seconds and peak megabytes of one run of the program."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "auditor", *command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    errors = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"auditor {' '.join(command)} ended with {process.returncode}:\n{errors}")
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    return seconds, usage.ru_maxrss * unit / MEGABYTE


def commands(folder: Path, repeat: int) -> None:
    """Print the median of whole commands."""
    audit = ["audit", "logs", "--as-of", AS_OF, "--out", "out"]
    runs = {
        "auditor --help": ["--help"],
        "auditor deadline 2020-09-22 20wd": ["deadline", "2020-09-22", "20wd"],
        "auditor check": ["check", "logs"],
        "auditor audit --no-documents": [*audit, "--no-documents"],
        "auditor audit": audit,
    }
    print("\n| command | median s | slowest s | peak MB |\n|---|---:|---:|---:|")
    for name, command in runs.items():
        results = [measure(command, folder) for _ in range(repeat)]
        seconds, peaks = [result[0] for result in results], [result[1] for result in results]
        print(f"| `{name}` | {median(seconds):.2f} | {max(seconds):.2f} | {max(peaks):.0f} |", flush=True)


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000, help="rows over all logs together")
    parser.add_argument("--repeat", type=int, default=5, help="runs of everything; the median is printed")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rows, repeat, seed = str(options.rows), str(options.repeat), str(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.system()}", flush=True)
        logs = str(Path(folder) / "logs")
        subprocess.run([sys.executable, HERE / "generate.py", logs, "--rows", rows, "--seed", seed], check=True)
        commands(Path(folder), options.repeat)
        subprocess.run([sys.executable, HERE / "stages.py", logs, "--as-of", AS_OF, "--repeat", repeat], check=True)


if __name__ == "__main__":
    main()
