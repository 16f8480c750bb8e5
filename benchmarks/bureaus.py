"""Many bureaus in one process and in worker processes: the same files, and what the workers cost.

    python benchmarks/bureaus.py                              # 100 bureaus of 10,000 rows, two workers
    python benchmarks/bureaus.py --bureaus 10 --rows 2000     # for orientation

The ways take turns, `--repeat` times; the medians are printed. The overhead is what the workers took together beyond
the one process: processor time of all processes of a way, against that of the one. Wall time tells it too, but only
on a machine that does nothing else.
"""

import argparse
import filecmp
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

AS_OF = "2025-12-31"
HERE = Path(__file__).parent


def written(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def differences(one: Path, other: Path) -> Iterator[str]:
    """Files that only one has, or that are not the same bytes."""
    names, others = written(one), written(other)
    yield from sorted(set(names) ^ set(others))
    yield from (name for name in names if name in others and not filecmp.cmp(one / name, other / name, shallow=False))


def measure(folder: Path, out: Path, options: list[str]) -> tuple[float, float]:
    """Wall seconds of one run, and processor seconds of all its processes."""
    command = [sys.executable, "-m", "auditor", "audit-all", "logs", "--as-of", AS_OF, "--out", out.name, *options]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {ended.returncode}:\n{ended.stderr}")
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(folder: Path, ways: dict[str, list[str]], repeat: int) -> None:
    """Run every way, hold the files against each other, print the medians."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    reference = folder / "reference"
    for _ in range(repeat):
        for name, options in ways.items():
            out = folder / "out"
            found[name].append(measure(folder, out, options))
            if not reference.exists():
                out.rename(reference)
                continue
            if different := list(differences(reference, out)):
                raise SystemExit(f"{name}: other files than the first run: {', '.join(different[:10])}")
            shutil.rmtree(out)
    print(f"All runs wrote the same {len(written(reference))} files.\n")
    print("| way | median s | processor s | processor, against one process |\n|---|---:|---:|---:|")
    first = median(processor for _, processor in next(iter(found.values())))
    for name, runs in found.items():
        wall, processor = (median(run[place] for run in runs) for place in (0, 1))
        print(f"| {name} | {wall:.1f} | {processor:.1f} | {processor / first:.2f} |")


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bureaus", type=int, default=100)
    parser.add_argument("--rows", type=int, default=10_000, help="rows of each bureau over all logs together")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--documents", action="store_true", help="write the documents for people too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        about = f"{options.bureaus} bureaus of {options.rows} rows"
        print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {about}", flush=True)
        sys.path.insert(0, str(HERE))
        from generate import generate

        for number in range(options.bureaus):
            generate(folder / "logs" / f"bureau-{number:03}", options.rows, seed=number)
        files = [] if options.documents else ["--no-documents"]
        ways = {"one process": files, f"{options.workers} workers": [*files, "--workers", str(options.workers)]}
        compare(folder, ways, options.repeat)


if __name__ == "__main__":
    main()
