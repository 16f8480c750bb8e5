"""Which files the paths stand for."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import UsageError
from auditor.reading import limits
from auditor.reading.formats import EXTENSIONS
from auditor.reading.grid import Unreadable
from auditor.reading.kinds import may_be_workbook
from auditor.reading.mapping import MAPPING_SUFFIX
from auditor.receipt import printable

_RECEIPT = "receipt.json"


@dataclass(frozen=True)
class Input:
    """One file and the name under which it is reported.

    The file's own name, or its path below the folder that was given: an audit reads the same on every
    machine. Two files of one name are told apart by the paths as given.
    """

    path: Path
    name: str

    @property
    def is_known(self) -> bool:
        """The ending is one that the program reads."""
        return self.path.suffix.lower() in EXTENSIONS

    @property
    def is_workbook(self) -> bool:
        """Its content may be a workbook's, whatever its ending."""
        try:
            with self.path.open("rb") as opened:
                return may_be_workbook(opened.read(8))
        except OSError:
            return False

    @property
    def size(self) -> int:
        """Its bytes; 0 where nobody can tell."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def content(self) -> bytes:
        """All bytes of the file. Raises `Unreadable` for one too large to be read at once, and `OSError`."""
        size = self.path.stat().st_size
        if size > limits.FILE:
            raise Unreadable(
                f"文件有{size / limits.MEGABYTE:,.0f} MB，超过 {limits.FILE // limits.MEGABYTE} MB 的上限；"
                "请按年度或月份分成几个文件"
            )
        return self.path.read_bytes()


def find_inputs(paths: Sequence[Path]) -> list[Input]:
    """All files behind the paths, each once, folders in sorted order. Raises `UsageError`."""
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise UsageError(f"找不到：{'、'.join(missing)}。请检查路径是否写对")
    found: dict[Path, Input] = {}
    for path in paths:
        for file in _walk(path) if path.is_dir() else [path]:
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            found.setdefault(_identity(file), Input(file, printable(name)))
    named = Counter(file.name for file in found.values())
    return [
        file if named[file.name] == 1 else Input(file.path, printable(file.path.as_posix())) for file in found.values()
    ]


def _identity(file: Path) -> Path:
    """The file behind links; a link that leads nowhere is itself."""
    try:
        return file.resolve()
    except (OSError, RuntimeError):
        return file.absolute()


def _walk(folder: Path) -> Iterator[Path]:
    for inside, folders, files in os.walk(folder):
        here = Path(inside)
        if here != folder and (_RECEIPT in files or here.name.startswith("audit-")):
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (here / name for name in sorted(files) if _is_candidate(name) and not _is_pipe(here / name))


def _is_pipe(path: Path) -> bool:
    """A pipe or a device: to read it might never end."""
    return path.exists() and not path.is_file()


def _is_candidate(name: str) -> bool:
    return not name.startswith((".", "~$")) and not name.endswith(MAPPING_SUFFIX)
