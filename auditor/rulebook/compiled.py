"""The compiled rulebook: kept in the user's own cache folder from one run to the next, and safe to delete.

A file is taken only if the user owns it and its folder, nobody else may write to either, and it is whole. That is the
trust that Python has in its own compiled modules: whoever can write there could as well change the program, and a
signature whose key lies beside it would add nothing. Still nothing in it can run: it is a pickle of data, and what
reads it knows no name but those of the models of rulebook and domain, and of days. Rule files never come near it as
they are; their words are words in it. Whatever is wrong with a file, or with the place, only means that the rulebook
is put together from its files.
"""

import hashlib
import io
import os
import pickle
import stat
import sys
from contextlib import suppress
from dataclasses import is_dataclass
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from auditor.rulebook.book import Rulebook

CHOSEN = "AUDITOR_CACHE"  # the environment variable that names another folder, or says OFF
OFF = "off"
_NAME = "disclosure-auditor"
_PREFIX, _SUFFIX = "rulebook-", ".compiled"
_MAGIC = b"auditor: compiled rulebook, safe to delete\n"
_DIGEST = 32  # bytes of a SHA-256
_AT_MOST = 8  # files; an office has one rulebook, and those who write rules go back and forth between few
_OF_ITS_OWN = ("auditor.rulebook.", "auditor.domain.", "auditor.inference.problem")
_DAYS = {"date", "datetime", "timedelta", "timezone"}


def cache_folder() -> Path | None:
    """Where compiled rulebooks lie: where AUDITOR_CACHE says, else in the user's cache folder; None where nowhere."""
    chosen = os.environ.get(CHOSEN, "")
    if chosen:
        return None if chosen.lower() == OFF else Path(chosen).absolute()
    standard = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME", "")
    if Path(standard).is_absolute():
        return Path(standard) / _NAME
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ("AppData/Local" if sys.platform == "win32" else ".cache") / _NAME


def kept(key: str) -> Rulebook | None:
    """The rulebook that was kept under `key`; None where there is none that can be trusted."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        content = _content(folder, key)
    except OSError:
        return None
    head = _head(key)
    digest, payload = content[len(head) : len(head) + _DIGEST], memoryview(content)[len(head) + _DIGEST :]
    if not content.startswith(head) or hashlib.sha256(payload).digest() != digest:
        return None
    try:
        book = _Reader(io.BytesIO(payload)).load()
    except Exception:  # whole and under the right name, and yet not what this program writes
        return None
    return book if isinstance(book, Rulebook) else None


def keep(key: str, book: Rulebook) -> None:
    """Keep `book` under `key` for the next run, whole or not at all; where that cannot be, do nothing."""
    folder = cache_folder()
    if folder is None:
        return
    written = io.BytesIO()
    _Writer(written, protocol=5).dump(book)
    payload = written.getvalue()
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_own_folder(folder):
            _write(folder, key, (_head(key), hashlib.sha256(payload).digest(), payload))
            _tidy(folder)


def _head(key: str) -> bytes:
    return _MAGIC + key.encode() + b"\n"


def _content(folder: Path, key: str) -> bytes:
    """The bytes kept under `key`. Raises `OSError` where there are none, or anybody else could have written them."""
    if not _is_own_folder(folder):
        raise PermissionError(folder)
    no_links = getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(_place(folder, key), os.O_RDONLY | no_links | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or not _is_own(status):
            raise PermissionError(file.name)
        return file.read()


def _place(folder: Path, key: str) -> Path:
    return folder / f"{_PREFIX}{key}{_SUFFIX}"


def _is_own_folder(folder: Path) -> bool:
    status = folder.lstat()
    return stat.S_ISDIR(status.st_mode) and _is_own(status)


def _is_own(status: os.stat_result) -> bool:
    """Whether it is the user's and nobody else's to write to; Windows keeps that elsewhere, in the user's profile."""
    if sys.platform == "win32":
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _write(folder: Path, key: str, parts: tuple[bytes, ...]) -> None:
    """Write beside and move into place, so that no other process ever sees half of it."""
    from tempfile import mkstemp

    handle, name = mkstemp(dir=folder, prefix=_PREFIX, suffix=".part")  # for nobody but the user
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
        beside.replace(_place(folder, key))
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _tidy(folder: Path) -> None:
    """Leave the newest few; what a killed process left half written is among the rest before long."""
    found = [path for path in folder.iterdir() if path.name.startswith(_PREFIX)]
    for path in sorted(found, key=lambda each: each.stat().st_mtime_ns)[:-_AT_MOST]:
        with suppress(OSError):
            path.unlink()


class _Writer(pickle.Pickler):
    """Words of a list by their value, whatever the version of Python: some would look them up by name."""

    def reducer_override(self, found: Any) -> Any:
        return (type(found), (found.value,)) if isinstance(found, Enum) else NotImplemented


class _Reader(pickle.Unpickler):
    """Makes nothing but the program's own models and days."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "datetime" and name in _DAYS:
            return super().find_class(module, name)
        if module.startswith(_OF_ITS_OWN):
            found: Any = import_module(module)
            for part in name.split("."):
                found = getattr(found, part)
            if isinstance(found, type) and found.__module__ == module and _is_model(found):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def _is_model(kind: type) -> bool:
    return is_dataclass(kind) or issubclass(kind, (BaseModel, Enum))
