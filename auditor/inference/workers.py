"""Processes that run the engine, which may crash: what one was doing when it died is known and is done otherwise.

A worker has one part at a time. A part whose worker died is tried once more; if that worker dies too, the part is to
blame. Every wait is bounded: a worker that is silent for too long is killed.
"""

import multiprocessing
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from threading import Lock, Timer
from types import ModuleType

from auditor.inference.encoding import Encoded
from auditor.inference.engine import Engine, EngineFault, EngineMissing, Found
from auditor.inference.problem import Question

START = 60.0  # seconds that a worker may take to start on a busy machine
PATIENCE = 60.0  # seconds that a part may take: a hundred times what a large one takes
BLAMED = 5  # parts that each killed two workers; after so many it is the engine that is to blame
_SPAWN = multiprocessing.get_context("spawn")  # never a copy of this process with its threads and open files
_starting = Lock()

Groups = Sequence[Sequence[Question]]


@dataclass(frozen=True)
class Failure:
    """Why a part was not judged, in Chinese; `missing` if no part can be, because the library cannot be loaded."""

    reason: str
    missing: bool = False


Outcome = Found | Failure
TELLING = {"SIGKILL": "被强行结束", "SIGSEGV": "内存访问错误", "SIGABRT": "异常中止", "SIGFPE": "算术错误"}


class Bench:
    """The engines of one process, made when they are first needed."""

    def __init__(self, groups: Groups) -> None:
        self.groups = groups
        self.engines: dict[int, Engine] = {}

    def judge(self, encoded: Encoded) -> Outcome:
        """One part judged, or why not."""
        try:
            if encoded.group not in self.engines:
                self.engines[encoded.group] = Engine(self.groups[encoded.group])
            return self.engines[encoded.group].judge(encoded)
        except EngineMissing as fault:
            return Failure(f"规则引擎 durable-rules 无法载入：{fault}", missing=True)
        except EngineFault as fault:
            # Not closed: freeing what went wrong is one more thing that may crash.
            self.engines.pop(encoded.group, None)
            return Failure(f"引擎自检未通过：{fault}")

    def close(self) -> None:
        """Free the engines."""
        for engine in self.engines.values():
            engine.close()
        self.engines.clear()


def serve(connection: Connection, groups: Groups) -> None:
    """What a worker does: it says that it is there, then answers each part until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the keyboard's interrupt is for the process that gave the work
    bench = Bench(groups)
    with suppress(EOFError, OSError):
        connection.send(None)
        while True:
            connection.send(bench.judge(connection.recv()))


class _Worker:
    """A worker process with its end of the pipe, and what it is at."""

    def __init__(self, groups: Groups) -> None:
        self.process, self.connection = begun(serve, groups, daemon=True)
        self.ready = False
        self.part: int | None = None
        self.until = time.monotonic() + START
        self.late = False

    def give(self, part: int, encoded: Encoded) -> None:
        """Hand over a part; a worker that is gone shows when it is listened to."""
        self.part, self.until = part, time.monotonic() + PATIENCE
        with suppress(OSError), self._bounded():
            self.connection.send(encoded)

    def take(self) -> Outcome | None:
        """What the worker says; raises EOFError or OSError if it died while saying it."""
        with self._bounded():
            said: Outcome | None = self.connection.recv()
        return said

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """A worker stopped in the middle of a message is killed, which ends the wait for the rest of it."""
        timer = Timer(PATIENCE, self.process.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def end(self) -> str:
        """End the process, leave no trace of it, and say how it ended."""
        self.connection.close()
        if self.late:
            self.process.kill()
        self.process.join(1)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        code = self.process.exitcode or 0
        with suppress(ValueError):  # another thread may be asking after it
            self.process.close()
        return f"超过 {PATIENCE:.0f} 秒没有结果" if self.late else how_it_ended(code)


def how_it_ended(code: int) -> str:
    """What became of a worker process, told from its exit code."""
    if code < 0:
        name = next((known.name for known in signal.Signals if known == -code), f"信号 {-code}")
        return f"工作进程{TELLING.get(name, '中止')}（{name}）"
    return f"工作进程退出（代码 {code}）"


def begun(serve: Callable[..., None], *given: object, daemon: bool) -> tuple[SpawnProcess, Connection]:
    """A process of its own that runs `serve` over its end of a pipe and what is `given`, and this end of the pipe."""
    connection, other = _SPAWN.Pipe()
    process = _SPAWN.Process(target=serve, args=(other, *given), daemon=daemon)
    try:
        with _without_main():
            process.start()
    except BaseException:
        connection.close()
        raise
    finally:
        other.close()  # so that the pipe ends when the worker does
    return process, connection


@contextmanager
def _without_main() -> Iterator[None]:
    """Start a process that does not import this one's main module, which may be the whole program with its libraries.

    The work needs nothing of it, and a script without a guard would start over.
    """
    with _starting:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


class Crew:
    """Workers, and the parts that wait for them."""

    def __init__(self, groups: Groups, parts: Mapping[int, Callable[[], Encoded]], size: int) -> None:
        self.groups, self.parts, self.size = groups, parts, size
        self.waiting = deque(parts)
        self.died: set[int] = set()
        self.blamed = 0
        self.unstarted = 0
        self.outcomes: dict[int, Outcome] = {}
        self.given_up: Failure | None = None
        self.workers: list[_Worker] = []

    def work(self) -> dict[int, Outcome]:
        """The outcome of every part by its number."""
        try:
            while len(self.outcomes) < len(self.parts) and not self.given_up:
                self._staff()
                self._listen()
        finally:
            for worker in self.workers:
                worker.end()
        failure = self.given_up or Failure("未处理")
        return {part: self.outcomes.get(part, failure) for part in self.parts}

    def _staff(self) -> None:
        """As many workers as there is work for."""
        while not self.given_up and len(self.workers) < min(self.size, len(self.parts) - len(self.outcomes)):
            try:
                self.workers.append(_Worker(self.groups))
            except (OSError, AssertionError, ValueError) as error:  # no memory, or a process that may have no children
                if self.workers:
                    return
                self.given_up = Failure(f"无法启动工作进程：{error}")

    def _listen(self) -> None:
        """Wait for the next word, end or deadline, and act on it."""
        if not self.workers:
            return
        by_connection = {worker.connection: worker for worker in self.workers}
        soonest = min(worker.until for worker in self.workers)
        for connection in wait(list(by_connection), max(0.0, soonest - time.monotonic())):
            worker = by_connection[connection]  # type: ignore[index]
            try:
                said = worker.take()
            except Exception:  # a message cut off may fail in any way to be read
                self._lost(worker)
            else:
                self._said(worker, said)
        for worker in list(self.workers):
            if worker.until <= time.monotonic():
                worker.late = True
                self._lost(worker)

    def _said(self, worker: _Worker, said: Outcome | None) -> None:
        if worker.part is not None and said is not None:
            self.outcomes[worker.part] = said
            if isinstance(said, Failure) and said.missing:
                self.given_up = said
        worker.ready, worker.part, worker.until = True, None, float("inf")
        self.unstarted = 0
        if self.waiting:
            part = self.waiting.popleft()
            worker.give(part, self.parts[part]())
        elif not self.given_up:
            self.workers.remove(worker)
            worker.end()

    def _lost(self, worker: _Worker) -> None:
        """A worker died or was too late: its part gets a second trial, unless it was late or had one."""
        self.workers.remove(worker)
        reason, part = worker.end(), worker.part
        if part is None:
            self.unstarted += 1
            if self.unstarted > 2 * self.size:
                self.given_up = Failure(f"工作进程启动不起来：{reason}")
        elif worker.late or part in self.died:
            self.outcomes[part] = Failure(reason)
            self.blamed += 1
            if self.blamed >= BLAMED:
                self.given_up = Failure(f"引擎屡次失败，最后一次是{reason}")
        else:
            self.died.add(part)
            self.waiting.append(part)
