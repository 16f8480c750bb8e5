"""Worker processes that audit whole bureaus: one that dies costs nothing but a second trial of its bureau."""

import gc
import multiprocessing
import os
import pickle
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait

from auditor.audit.bureaus.orders import Order, Outcome, Terms, by_size, failed
from auditor.inference.workers import begun, how_it_ended
from auditor.rulebook.book import Rulebook

TRIALS = 2
HERE, APART = 0, 1  # judging in the worker itself; at the second trial in a process of its own, lest it was the engine


def serve(connection: Connection, given: bytes, threads: int) -> None:
    """What a worker does: it unpacks terms and rulebook once, then carries out orders until nobody gives any."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the keyboard's interrupt is for the process that gives the orders
    os.environ.setdefault("POLARS_MAX_THREADS", str(threads))  # before anything loads it: the workers share the machine
    gc.set_threshold(100_000, 20, 20)
    from auditor.audit.bureaus.carrying import carry_out

    terms, book = pickle.loads(given)
    with suppress(EOFError, OSError):
        while True:
            order, processes = connection.recv()
            connection.send(carry_out(order, terms, book, processes))


class _Worker:
    """A worker process with its end of the pipe, and the order that it has."""

    def __init__(self, given: bytes, threads: int, order: Order, processes: int) -> None:
        self.order = order
        # Not a daemon: that may have no process of its own, and the second trial judges in one.
        self.process, self.connection = begun(serve, given, threads, daemon=False)
        self.give(order, processes)

    def give(self, order: Order, processes: int) -> None:
        """Hand over an order; a worker that is gone shows when it is listened to."""
        self.order = order
        with suppress(OSError):
            self.connection.send((order, processes))

    def end(self, *, at_once: bool = False) -> str:
        """End the process and say how it ended; one that is idle ends by itself."""
        self.connection.close()
        if at_once:
            self.process.kill()
        self.process.join(10)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        how = how_it_ended(self.process.exitcode or 0)
        self.process.close()
        return how


class Crew:
    """Workers, and the orders that wait for them."""

    def __init__(self, orders: Sequence[Order], terms: Terms, book: Rulebook, size: int) -> None:
        self.waiting = deque(by_size(orders))
        self.size = size
        self.given = pickle.dumps((terms, book))
        self.threads = max(1, multiprocessing.cpu_count() // size)
        self.died: dict[Order, int] = {}
        self.workers: list[_Worker] = []

    def work(self) -> Iterator[Outcome]:
        """Every order's outcome, as it comes."""
        try:
            while self.waiting or self.workers:
                yield from self._staff()
                yield from self._listen()
        finally:
            for worker in self.workers:
                worker.end(at_once=True)

    def _next(self) -> tuple[Order, int]:
        order = self.waiting.popleft()
        return order, APART if order in self.died else HERE

    def _staff(self) -> Iterator[Outcome]:
        """As many workers as there is work for; without any the orders end unfulfilled."""
        while self.waiting and len(self.workers) < self.size:
            order, processes = self._next()
            try:
                self.workers.append(_Worker(self.given, self.threads, order, processes))
            except (OSError, AssertionError, ValueError) as error:  # no memory, or a process that may have no children
                self.waiting.appendleft(order)
                if self.workers:
                    return
                while self.waiting:
                    yield failed(self.waiting.popleft(), f"无法启动工作进程：{error}。请减少 --workers，或不用它")

    def _listen(self) -> Iterator[Outcome]:
        """Wait for the next word or end of a worker, and act on it."""
        by_connection = {worker.connection: worker for worker in self.workers}
        for connection in wait(list(by_connection)):
            worker = by_connection[connection]  # type: ignore[index]
            try:
                outcome: Outcome = worker.connection.recv()
            except Exception:  # a message cut off may fail in any way to be read
                yield from self._lost(worker)
                continue
            yield outcome
            if self.waiting:
                worker.give(*self._next())
            else:
                self.workers.remove(worker)
                worker.end()

    def _lost(self, worker: _Worker) -> Iterator[Outcome]:
        """A worker died: its order gets a second trial at the end of the line, judged in a process apart."""
        self.workers.remove(worker)
        how, order = worker.end(at_once=True), worker.order
        self.died[order] = self.died.get(order, 0) + 1
        if self.died[order] < TRIALS:
            self.waiting.append(order)
        else:
            yield failed(order, f"{how}，试了{TRIALS}次都没有做完。可能是内存不足，请减少 --workers 后重做", lost=True)
