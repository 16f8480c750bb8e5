"""Which files the paths stand for."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import UsageError
from auditor.reading.formats import EXTENSIONS
from auditor.reading.mapping import MAPPING_SUFFIX

_RECEIPT = "receipt.json"


@dataclass(frozen=True)
class Input:
    """One file and the name under which it is reported: the path as given, joined with what lies below it."""

    path: Path
    name: str

    @property
    def is_known(self) -> bool:
        """The ending is one that the program reads."""
        return self.path.suffix.lower() in EXTENSIONS


def find_inputs(paths: Sequence[Path]) -> list[Input]:
    """All files behind the paths, each once, folders in sorted order. Raises `UsageError`."""
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise UsageError(f"找不到：{'、'.join(missing)}。请检查路径是否写对")
    found: dict[Path, Input] = {}
    for path in paths:
        for file in _walk(path) if path.is_dir() else [path]:
            found.setdefault(file.resolve(), Input(file, file.as_posix()))
    return list(found.values())


def _walk(folder: Path) -> Iterator[Path]:
    for inside, folders, files in os.walk(folder):
        here = Path(inside)
        if here != folder and (_RECEIPT in files or here.name.startswith("audit-")):
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (here / name for name in sorted(files) if _is_candidate(name))


def _is_candidate(name: str) -> bool:
    return not name.startswith((".", "~$")) and not name.endswith(MAPPING_SUFFIX)
