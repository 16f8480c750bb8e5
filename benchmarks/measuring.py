"""One run of a command, measured from outside; candidates take turns, so that a machine that drifts hits all alike.

Nothing heavy is imported here: a child's peak memory would otherwise begin with its parent's.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
MEGABYTE = 1024**2
AS_OF = "2025-12-31"
Command = Sequence[str | Path]
# Endings of a command that could not take what it was given; any other is a fault and ends the measurement.
REFUSALS = {3: "an input could not be read (exit 3)", -9: "the system ended the process, mostly for want of memory"}


class Refused(Exception):
    """A command did not take its input; the text says how it ended, for the page."""


@dataclass(frozen=True)
class Run:
    """Wall seconds, peak memory of all processes together in MB, and what the command said on its last line."""

    seconds: float
    peak: float
    said: Mapping[str, Any] = field(default_factory=dict)


class _Watch(threading.Thread):
    """The most that a process and all that came from it held in memory at once, sampled; shared pages count in each."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self.over = pid, 0.0, threading.Event()

    def run(self) -> None:
        """Sample until it is over."""
        while not self.over.wait(0.05):
            family = [self.pid]
            for pid in family:
                family += _children(pid)
            if len(family) > 1:  # one process alone is measured exactly, by the system
                self.peak = max(self.peak, sum(map(_resident, family)))


def _children(pid: int) -> list[int]:
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except OSError:
        return []


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / MEGABYTE
    except (OSError, IndexError):
        return 0.0


def measure(command: Command, folder: Path = HERE, expected: Sequence[int] = (0,)) -> Run:
    """Run a command in `folder`; ends the program with the command's words where it fails.

    Raises `Refused` where the command could not take its input, with its words on standard error.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen([str(part) for part in command], cwd=folder, stdout=out, stderr=errors)
        watch = _Watch(process.pid)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        watch.over.set()
        watch.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (out, errors):
            file.seek(0)
        if process.returncode not in expected:
            words = " ".join(map(str, command))
            told = f"{words} ended with {process.returncode}:\n{errors.read().decode(errors='replace')}"
            if process.returncode not in REFUSALS:
                raise SystemExit(told)
            print(told, file=sys.stderr, flush=True)
            raise Refused(REFUSALS[process.returncode])
        lines = out.read().decode(errors="replace").splitlines()
    own = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / MEGABYTE  # bytes there, kilobytes elsewhere
    said = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    return Run(seconds, max(own, watch.peak), said)


def auditor(*words: str | Path) -> list[str | Path]:
    """The program as a command."""
    return [sys.executable, "-m", "auditor", *words]


def script(name: str, *words: str | Path) -> list[str | Path]:
    """A script of this folder as a command."""
    return [sys.executable, HERE / name, *words]


def take_turns(
    commands: Mapping[str, Command], repeat: int, folder: Path = HERE, expected: Sequence[int] = (0,)
) -> dict[str, list[Run]]:
    """Every command so many times, one after the other and round again."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(repeat):
        for name, command in commands.items():
            runs[name].append(measure(command, folder, expected))
    return runs


def seconds(runs: Sequence[Run], part: str = "") -> float:
    """The median wall time, or that of a part that the command tells."""
    return median(run.said[part] if part else run.seconds for run in runs)


def peak(runs: Sequence[Run]) -> float:
    """The most memory of any run, in MB."""
    return max(run.peak for run in runs)


def warm(folder: Path) -> float:
    """Read every file below a folder once, so that each run finds it in memory; returns their size in MB."""
    size = 0
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                while block := file.read(1 << 22):
                    size += len(block)
    return size / MEGABYTE
