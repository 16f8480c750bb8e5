"""How far long work has come, on a terminal; nothing anywhere else."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from auditor.listening import Listener, Stages, unheard, unheard_stages

_AFRESH = "\r\x1b[K"  # back to the beginning of the line, and clear it
_SOON = 1.0  # seconds after which nothing has to be said of how far work has come: it is done
_OFTEN = 0.2  # seconds between two words of it


def progress(what: str) -> Listener:
    """A listener that keeps one line of the error output up to date: so many done, about so much time left."""
    if not sys.stderr.isatty():
        return unheard
    began = time.monotonic()

    def show(done: int, whole: int) -> None:
        if whole:
            _show(_line(what, done, whole, "", began) + "\n" * (done == whole))

    return show


@contextmanager
def stages() -> Iterator[Stages]:
    """Shows on one line which stage work is in, and of a long one how far it has come; clears the line in the end."""
    if not sys.stderr.isatty():
        yield unheard_stages
        return
    try:
        yield _stage
    finally:
        _show("")


def _stage(stage: str, unit: str) -> Listener:
    began = told = time.monotonic()
    _show(f"{stage}……")

    def show(done: int, whole: int) -> None:
        nonlocal told
        now = time.monotonic()
        if whole and now - began > _SOON and now - told > _OFTEN:
            told = now
            _show(_line(stage, done, whole, unit, began))

    return show


def _line(what: str, done: int, whole: int, unit: str, began: float) -> str:
    left = f"，约剩{_spoken((time.monotonic() - began) / done * (whole - done))}" if 0 < done < whole else ""
    return f"{what}：已完成 {done:,}/{whole:,}{unit}{left}"


def _show(text: str) -> None:
    sys.stderr.write(f"{_AFRESH}{text}")
    sys.stderr.flush()


def _spoken(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole}秒"
    if whole < 3600:
        return f"{whole // 60}分{whole % 60:02}秒"
    return f"{whole // 3600}小时{whole % 3600 // 60:02}分"
