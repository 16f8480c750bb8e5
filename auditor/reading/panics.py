"""Libraries written in Rust panic on some damaged files: the panic becomes an error of ours, its trace is not shown."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from auditor.reading.grid import Unreadable

_STDERR = 2


@contextmanager
def panics_named(why: str) -> Iterator[None]:
    """Turn a panic, which is no `Exception`, into `Unreadable` with the sentence `why`.

    The trace goes straight to the file descriptor, past `sys.stderr`; meanwhile that leads nowhere.
    """
    with _trace_unseen():
        try:
            yield
        except Exception:
            raise
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise Unreadable(why) from None


@contextmanager
def _trace_unseen() -> Iterator[None]:
    try:
        kept = os.dup(_STDERR)
    except OSError:  # a program without a console has none
        yield
        return
    try:
        with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), _STDERR)
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)
