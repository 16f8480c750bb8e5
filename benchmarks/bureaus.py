"""Many bureaus in one process and in worker processes: the same files, and what the workers cost.

    python benchmarks/bureaus.py                              # 100 bureaus of 10,000 rows, two workers
    python benchmarks/bureaus.py --bureaus 10 --rows 2000     # for orientation

The ways take turns, `--repeat` times; the medians are printed as JSON, which `performance.py` puts into its page.
What the workers cost is processor time of all processes of a way, against that of the one process. Wall time tells
it too, but only on a machine that does nothing else.
"""

import argparse
import filecmp
import json
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


def compare(folder: Path, ways: dict[str, list[str]], repeat: int) -> dict[str, object]:
    """Run every way, hold the files against each other; the medians of each way, and the number of files."""
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
    medians = {
        name: {part: median(run[place] for run in runs) for place, part in enumerate(("wall", "processor"))}
        for name, runs in found.items()
    }
    return {"files": len(written(reference)), "first": next(iter(medians.values()))["processor"], "ways": medians}


def main() -> None:
    """Generate, measure, print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bureaus", type=int, default=100)
    parser.add_argument("--rows", type=int, default=10_000, help="rows of each bureau over all logs together")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--documents", action="store_true", help="write the documents for people too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generator = [sys.executable, str(HERE / "generate.py"), str(folder / "logs"), "--seed", "1"]
        sizes = ["--bureaus", str(options.bureaus), "--rows", str(options.rows)]
        subprocess.run([*generator, *sizes], check=True, stdout=subprocess.DEVNULL)
        files = [] if options.documents else ["--no-documents"]
        ways = {"one process": files, f"{options.workers} workers": [*files, "--workers", str(options.workers)]}
        print(json.dumps(compare(folder, ways, options.repeat), ensure_ascii=False))


if __name__ == "__main__":
    main()
