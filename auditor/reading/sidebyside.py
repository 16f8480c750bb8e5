"""Files read side by side: while the columns of one are worked on, Python goes through the next."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

import polars as pl

from auditor.listening import Listener

_AT_ONCE = 2  # files: more of them take memory, and Python reads one at a time

_File = TypeVar("_File")
_Read = TypeVar("_Read")
Heard = Callable[[int], None]  # so many bytes of a file have been read


def side_by_side(
    read: Callable[[_File, Heard], _Read], files: Sequence[_File], sizes: Sequence[int], listener: Listener
) -> Iterator[_Read]:
    """What `read` makes of each file, in their order; `listener` hears how many bytes of all have been read.

    The first error ends it: files that are being read are left off at their next block.
    """
    progress = _Progress(sizes, listener)

    def one(at: int) -> _Read:
        found = read(files[at], lambda done: progress.heard(at, done))
        progress.heard(at, sizes[at])
        return found

    threads = ThreadPoolExecutor(max(1, min(_AT_ONCE, pl.thread_pool_size())))
    try:
        # The largest first: else it may be the one for which everything waits in the end.
        begun = {at: threads.submit(one, at) for at in sorted(range(len(files)), key=lambda at: -sizes[at])}
        for at in range(len(files)):
            yield begun[at].result()
    finally:
        progress.is_over = True
        threads.shutdown(cancel_futures=True)


class _Over(Exception):
    """Nobody waits for the file any more."""


class _Progress:
    """How far the reading of all files has come, told by whichever is being read."""

    def __init__(self, sizes: Sequence[int], listener: Listener) -> None:
        self._done, self._whole, self._listener = [0] * len(sizes), sum(sizes), listener
        self._lock = Lock()
        self.is_over = False

    def heard(self, at: int, done: int) -> None:
        """So many bytes of a file have been read."""
        if self.is_over:
            raise _Over
        with self._lock:
            self._done[at] = done
            self._listener(sum(self._done), self._whole)
