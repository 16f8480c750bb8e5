"""The bureaus of a province audited by the workers of a dask.distributed cluster: whole bureaus, never parts of one.

The workers read the logs and write the results themselves, so every machine sees the folders under the same path.
"""

import logging
import pickle
import time
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any

from auditor import __version__
from auditor.audit.bureaus.orders import Order, Outcome, Terms, by_size, failed
from auditor.errors import UsageError
from auditor.receipt import RECEIPT
from auditor.rulebook.book import Rulebook

GREETING = 20.0  # seconds within which a scheduler answers
PATIENCE = 60.0  # seconds without any worker, or without word of the scheduler, after which the rest is given up
GLANCE = 0.1  # seconds between two looks at how the cluster is
SIGHT = 10.0  # seconds that a shared folder may take to show what another machine has written
LOST = "与集群失去联系，没有等到结果。集群恢复后再运行一次，只做没有做完的"
_one_at_a_time = Lock()  # a cluster's worker may have several threads; an audit has its process to itself


def unpacked(given: bytes) -> Rulebook:
    """The rulebook, unpacked once in the cluster and passed from worker to worker."""
    book: Rulebook = pickle.loads(given)
    return book


def carry_out_remotely(order: Order, terms: Terms, book: Rulebook, version: str) -> Outcome:
    """One order, on whichever machine this is; a process of a cluster may have no processes of its own."""
    if version != __version__:
        return failed(order, f"工作机上的程序是 {__version__} 版，这里是 {version} 版。请装同一版本", 2)
    if not (order.logs.is_dir() and order.work.is_dir()):
        return failed(order, f"工作机上看不到 {order.logs.parent} 或结果文件夹。各机要以同样的路径挂上共享文件夹", 2)
    from auditor.audit.bureaus.carrying import carry_out

    with _one_at_a_time:
        return carry_out(order, terms, book, 0)


def on_cluster(orders: Sequence[Order], terms: Terms, book: Rulebook, address: str) -> Iterator[Outcome]:
    """Every order's outcome, as it comes. Raises `UsageError` at once where there is no cluster at the address."""
    return _handed_out(_connected(_library(), address), by_size(orders), terms, book)


def _handed_out(client: Any, orders: Sequence[Order], terms: Terms, book: Rulebook) -> Iterator[Outcome]:
    try:
        # A task, not a copy handed out: if the worker that holds it goes, the scheduler makes it again.
        shared = client.submit(unpacked, pickle.dumps(book), pure=False)
        given = {"terms": terms, "book": shared, "version": __version__}
        futures = client.map(carry_out_remotely, orders, **given, pure=False, retries=1)
        yield from _gathered(client, dict(zip(futures, orders, strict=True)))
    finally:
        _leave(client)


def _library() -> Any:
    try:
        import distributed
    except ImportError:
        raise UsageError("--scheduler 需要另装 dask.distributed：pip install 'disclosure-auditor[cluster]'") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters of it is said in the overview
    return distributed


def _connected(distributed: Any, address: str) -> Any:
    try:
        client = distributed.Client(address, timeout=GREETING, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # what it raises for an address that is none, or is silent
        raise UsageError(f"连不上调度程序 {address}（{error}）。请检查地址，确认 dask scheduler 已经启动") from None
    try:
        client.wait_for_workers(1, timeout=GREETING)
    except (OSError, TimeoutError):
        _leave(client)
        raise UsageError(f"调度程序 {address} 没有工作机。请先在各机上运行 dask worker {address}") from None
    return client


def _gathered(client: Any, waiting: dict[Any, Order]) -> Iterator[Outcome]:
    """What comes back; when the cluster has been silent for too long, the rest is lost."""
    alive = time.monotonic()
    while waiting:
        done = [future for future in waiting if future.done()]
        for future in done:
            yield _outcome(future, waiting.pop(future))
        if done or (client.status == "running" and client.scheduler_info()["workers"]):
            alive = time.monotonic()
        elif client.status in ("closed", "closing") or time.monotonic() - alive > PATIENCE:
            break
        if not done:
            time.sleep(GLANCE)
    for order in waiting.values():
        yield failed(order, LOST, lost=True)


def _outcome(future: Any, order: Order) -> Outcome:
    """What a task came to: its own word, or what the cluster says of it."""
    if future.status == "finished":
        try:
            outcome: Outcome = future.result(timeout=PATIENCE)
        except Exception as error:  # the result was with a worker or a scheduler that went
            return failed(order, f"{LOST}（{type(error).__name__}）", lost=True)
        if outcome.figures is not None and not _seen(order):
            return failed(order, "工作机说已写出结果，这里却看不到。各机要以同样的路径挂上共享文件夹", 2)
        return outcome
    if future.status == "error":
        fault = future.exception()
        return failed(order, f"集群没有做完这个单位（{type(fault).__name__}）。工作机可能内存不足或中途退出", lost=True)
    return failed(order, LOST, lost=True)


def _seen(order: Order) -> bool:
    until = time.monotonic() + SIGHT
    while not (order.out / RECEIPT).is_file():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def _leave(client: Any) -> None:
    try:
        client.close(timeout=2)
    except Exception:  # the other side may be gone in any way, and all that was to be had from it is had
        return
