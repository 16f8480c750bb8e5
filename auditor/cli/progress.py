"""How far long work has come, on a terminal; nothing anywhere else."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_AFRESH = "\r\x1b[K"  # back to the beginning of the line, and clear it


def progress(what: str) -> Callable[[int, int], None]:
    """A listener that keeps one line of the error output up to date: so many done, about so much time left."""
    if not sys.stderr.isatty():
        return lambda done, total: None
    began = time.monotonic()

    def show(done: int, total: int) -> None:
        if not total:
            return
        left = f"，约剩{_spoken((time.monotonic() - began) / done * (total - done))}" if 0 < done < total else ""
        end = "\n" if done == total else ""
        sys.stderr.write(f"{_AFRESH}{what}：已完成 {done}/{total}{left}{end}")
        sys.stderr.flush()

    return show


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """A listener that shows what is being done, and clears its line in the end."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    try:
        yield _show
    finally:
        sys.stderr.write(_AFRESH)
        sys.stderr.flush()


def _show(name: str) -> None:
    sys.stderr.write(f"{_AFRESH}{name}……")
    sys.stderr.flush()


def _spoken(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole}秒"
    if whole < 3600:
        return f"{whole // 60}分{whole % 60:02}秒"
    return f"{whole // 3600}小时{whole % 3600 // 60:02}分"
