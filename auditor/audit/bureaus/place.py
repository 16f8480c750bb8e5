"""Where the results of many bureaus may be written: nowhere among the logs, and over nothing of anybody's."""

import json
from collections.abc import Sequence
from pathlib import Path

from auditor.audit.bureaus.orders import OVERVIEWS
from auditor.errors import UsageError, because
from auditor.receipt import RECEIPT
from auditor.reporting.overview import KIND, TITLE


def check_place(out: Path, bureaus: Sequence[Path]) -> None:
    """The folder is new, or holds nothing but results of the same kind. Raises `UsageError`."""
    try:
        _check(out, bureaus)
    except OSError as error:
        raise UsageError(f"不能用 {out}：{because(error)}。请用 --out 另选一个文件夹") from None


def _check(out: Path, bureaus: Sequence[Path]) -> None:
    if any(each.exists() and not each.is_dir() for each in (out, *out.parents)):
        raise UsageError(f"{out} 不是文件夹。请用 --out 另选一个")
    here = out.resolve()
    if any(here == each.resolve().parent or here.is_relative_to(each.resolve()) for each in bureaus):
        raise UsageError(f"{out} 是放台账的文件夹，结果不能写在里面。请用 --out 另选一个")
    if not out.is_dir():
        return
    names = {path.name for path in bureaus}
    foreign = sorted(
        path.name
        for path in out.iterdir()
        if not path.name.startswith(".") and path.name not in names and not _is_ours(path)
    )
    if foreign:
        shown = "、".join(foreign[:3]) + (f"等{len(foreign)}项" if len(foreign) > 3 else "")
        raise UsageError(f"{out} 里已有其他文件（{shown}），未写入，以免覆盖。请用 --out 另选一个空文件夹")


def _is_ours(path: Path) -> bool:
    """Whether it is an overview, or the results of a bureau that is no longer among the logs."""
    if path.is_dir():
        return (path / RECEIPT).is_file()
    try:
        text = path.read_text("utf-8") if path.name in OVERVIEWS else ""
        return f"<title>{TITLE}</title>" in text or (path.suffix == ".json" and json.loads(text)["kind"] == KIND)
    except (ValueError, KeyError, TypeError):
        return False


def others_in(out: Path, bureaus: Sequence[Path]) -> list[str]:
    """Results of bureaus that are no longer among the logs."""
    names = {path.name for path in bureaus}
    return sorted(path.name for path in out.iterdir() if path.name not in names and (path / RECEIPT).is_file())
