"""Files written whole or not at all: made in a work folder beside their place, then moved there."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from auditor.errors import UsageError, because
from auditor.receipt import RECEIPT


@contextmanager
def written_whole(folder: Path, *, may_hold_others: bool) -> Iterator[Path]:
    """Give a work folder whose files come into `folder` when the block has ended without error.

    Raises `UsageError` where `folder` is no folder, holds a file of the same name, or, unless
    `may_hold_others`, holds anything at all; then nothing is written.
    """
    with told(folder, "或另选一个文件夹"):
        _check(folder, may_hold_others)
        with work_folder(folder) as work:
            yield work
            _move(work, folder)


@contextmanager
def written_file(target: Path) -> Iterator[Path]:
    """Give a work file that becomes `target` when the block has ended without error, over nothing that is there."""
    with told(target, "或另选一个"):
        if target.exists() or target.is_symlink():
            raise UsageError(f"{target} 已经有了，未写入，以免覆盖。请移走或另选一个名称")
        with work_folder(target) as work:
            yield work / target.name
            (work / target.name).replace(target)


@contextmanager
def work_folder(target: Path) -> Iterator[Path]:
    """An empty folder beside `target`, from which files are moved there; it is gone when the block has ended."""
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".auditor-", dir=target.parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def told(target: Path, otherwise: str) -> Iterator[None]:
    """What the system refuses while `target` is written, as a `UsageError` that says what to do, or `otherwise`."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"写不进 {target}：{because(error)}。请检查位置、权限和磁盘空间，{otherwise}") from None


def replace_outputs(work: Path, out: Path, written: Sequence[str], earlier: Iterable[str]) -> None:
    """Bring finished outputs with their receipt into place; the `earlier` ones that are not written again go."""
    if not out.exists():
        work.replace(out)
        out.chmod(0o755)
        return
    (out / RECEIPT).unlink(missing_ok=True)  # stopped from here on, the folder cannot be taken for a whole result
    for name in set(earlier) - set(written):
        (out / name).unlink(missing_ok=True)
    for name in sorted(written, key=lambda each: each == RECEIPT):
        (out / name).parent.mkdir(exist_ok=True)
        (work / name).replace(out / name)


def _check(folder: Path, may_hold_others: bool) -> None:
    if any(each.exists() and not each.is_dir() for each in (folder, *folder.parents)):
        raise UsageError(f"{folder} 不是文件夹。请另选一个")
    if not may_hold_others and folder.is_dir() and any(folder.iterdir()):
        raise UsageError(f"{folder} 里已有文件，未写入，以免覆盖。请另选一个空文件夹")


def _move(work: Path, folder: Path) -> None:
    files = sorted(path.relative_to(work) for path in work.rglob("*") if path.is_file())
    there = [str(name) for name in files if (folder / name).exists()]
    if there:
        raise UsageError(f"{folder} 里已有 {'、'.join(there)}，一个文件也没有写，以免覆盖。请移走或另选文件夹")
    if not folder.exists():
        work.replace(folder)
        folder.chmod(0o755)
        return
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).replace(folder / name)
