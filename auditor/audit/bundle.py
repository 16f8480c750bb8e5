"""Documents of the office written as one bundle: whole or not at all, never over what somebody has changed since."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from auditor import __version__
from auditor.audit.folders import replace_outputs, told, work_folder
from auditor.errors import UsageError
from auditor.receipt import RECEIPT, altered, bundled, digest_of, shown
from auditor.rulebook.book import Rulebook

Writer = Callable[[Path], None]


def check_bundle(out: Path, kind: str) -> None:
    """The folder is new, empty, or holds an earlier bundle of the same kind that nobody has changed."""
    if any(each.exists() and not each.is_dir() for each in (out, *out.parents)):
        raise UsageError(f"{out} 不是文件夹。请用 --out 另选一个")
    if not out.is_dir() or not any(out.iterdir()):
        return
    outputs = bundled(out, kind)
    if outputs is None:
        raise UsageError(f"{out} 里已有其他文件，未写入，以免覆盖。请用 --out 另选一个空文件夹")
    changed = altered(out, outputs)
    changed += sorted(path.name for path in out.iterdir() if path.name not in outputs and path.name != RECEIPT)
    if changed:
        raise UsageError(f"{out} 里的 {'、'.join(changed)} 不是上次写出的样子，未覆盖。请用 --out 另选一个文件夹")


def write_bundle(
    out: Path, kind: str, files: Mapping[str, Writer], command: Sequence[str], about: Mapping[str, Any]
) -> None:
    """Write all files and a receipt below `out`. Raises `UsageError` where `out` holds something else."""
    check_bundle(out, kind)
    with told(out, "或用 --out 另选一个"), work_folder(out) as work:
        for name, write in files.items():
            write(work / name)
        outputs = {name: digest_of(work / name) for name in sorted(files)}
        made = {"kind": kind, "version": __version__, "command": list(map(shown, command))}
        receipt = {**made, **about, "outputs": outputs}
        (work / RECEIPT).write_text(json.dumps(receipt, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="")
        replace_outputs(work, out, [*files, RECEIPT], bundled(out, kind) or ())


class OfYear(Protocol):
    """What is about a calendar year, stands on a day and rests upon files with their hashes."""

    @property
    def as_of(self) -> date: ...
    @property
    def year(self) -> int: ...
    @property
    def inputs(self) -> Mapping[str, str]: ...


def about_year(subject: OfYear, book: Rulebook) -> dict[str, Any]:
    """What the receipt of a yearly document says that it rests upon."""
    return {
        "as_of": subject.as_of.isoformat(),
        "year": subject.year,
        "inputs": dict(sorted(subject.inputs.items())),
        "rulebook": dict(book.hashes),
    }


def text_writer(text: str) -> Writer:
    """A writer of one text file."""
    return lambda path: _write_text(path, text)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, "utf-8", newline="")
