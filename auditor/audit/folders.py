"""Files written into a folder whole or not at all, and never over what is there."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from auditor.errors import UsageError


@contextmanager
def written_whole(folder: Path, *, may_hold_others: bool) -> Iterator[Path]:
    """Give a work folder whose files come into `folder` when the block has ended without error.

    Raises `UsageError` where `folder` is no folder, holds a file of the same name, or, unless
    `may_hold_others`, holds anything at all; then nothing is written.
    """
    work: Path | None = None
    try:
        _check(folder, may_hold_others)
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".auditor-", dir=folder.parent))
        yield work
        _move(work, folder)
    except OSError as error:
        raise UsageError(f"写不进 {folder}：{error.strerror}。请检查位置、权限和磁盘空间，或另选一个文件夹") from None
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)


@contextmanager
def written_file(target: Path) -> Iterator[Path]:
    """Give a work file that becomes `target` when the block has ended without error, over nothing that is there."""
    work: Path | None = None
    try:
        if target.exists() or target.is_symlink():
            raise UsageError(f"{target} 已经有了，未写入，以免覆盖。请移走或另选一个名称")
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".auditor-", dir=target.parent))
        yield work / target.name
        (work / target.name).replace(target)
    except OSError as error:
        raise UsageError(f"写不进 {target}：{error.strerror}。请检查位置、权限和磁盘空间，或另选一个") from None
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)


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
