"""What a compiled rulebook hangs on, as one hash: the rule files, and the program that read them."""

import hashlib
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pydantic
import pydantic_core

from auditor import __version__
from auditor.rulebook.sources import Sources
from auditor.shipped import shipped

_PROGRAM = Path(__file__).parents[1]
_READ_BY = ("rulebook/*.py", "domain/*.py", "inference/problem.py", "errors.py", "personaldata.py", "shipped.py")


@dataclass(frozen=True)
class Fingerprint:
    """`key` tells contents apart; `stamps` (file number, size, times) also tell a file that was changed and back."""

    key: str
    stamps: tuple[tuple[int, int, int, int], ...]


def fingerprint(sources: Sources, *, shipped_cases: bool) -> Fingerprint | None:
    """The fingerprint of the rulebook that these files make; None where a file cannot be read now and again.

    It covers names and contents of all files, how the rulebook is to be loaded, the program's version and
    its source, Python and the libraries that turn text into models. Times only serve to compare two
    fingerprints of one run.
    """
    digest = hashlib.sha256()
    try:
        made_by = (__version__, sys.version, pydantic.VERSION, pydantic_core.__version__, version("PyYAML"))
    except PackageNotFoundError:  # installed in some way of its own
        return None
    asked = (shipped_cases, shipped("rules"), *sources.folders, sources.settings)
    for word in (*made_by, *map(str, asked)):
        digest.update(f"{len(word)} {word}\n".encode(errors="surrogateescape"))
    stamps = []
    try:
        program = list(_source())
        for path in (*program, *sources.files()):
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                return None  # what comes through a pipe can be read once only
            content = path.read_bytes()
            stamps.append((status.st_ino, len(content), status.st_mtime_ns, status.st_ctime_ns))
            digest.update(f"{len(content)} {path}\n".encode(errors="surrogateescape"))
            digest.update(content)
    except OSError:
        return None
    return Fingerprint(digest.hexdigest(), tuple(stamps)) if program else None


def _source() -> Iterator[Path]:
    """The program's own source, as far as a rulebook hangs on it; nothing where it was installed without."""
    for pattern in _READ_BY:
        yield from sorted(_PROGRAM.glob(pattern))
