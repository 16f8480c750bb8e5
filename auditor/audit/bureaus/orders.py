"""What is to be done for each bureau, and how it ended: all that passes between processes and machines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.domain.overview import BureauFigures, NotAudited
from auditor.domain.period import Period
from auditor.errors import DataError, UsageError, because
from auditor.receipt import RECEIPT

if TYPE_CHECKING:
    from auditor.reporting.official.template import Template

OVERVIEWS = ("overview.json", "overview.html")
WORK_PREFIX = ".audit-all-"


@dataclass(frozen=True)
class Terms:
    """What every bureau is asked alike. `command` goes into the receipts; it names no worker and no machine."""

    as_of: date
    period: Period | None
    command: tuple[str, ...]
    internal: bool = False
    profile: Path | None = None
    documents: bool = True
    notable_only: bool = False
    formats: tuple[str, ...] = ()
    template: "Template | None" = None

    @property
    def options(self) -> dict[str, Any]:
        """The options that change what is written, as a receipt keeps them."""
        return {
            "period": self.period.text if self.period else None,
            "internal": self.internal,
            "documents": self.documents,
            "notable_only": self.notable_only,
            "formats": sorted(set(self.formats)),
        }


@dataclass(frozen=True)
class Order:
    """One bureau: where its logs lie, where its results go, and a folder for what is not finished."""

    bureau: str
    logs: Path
    out: Path
    work: Path


@dataclass(frozen=True)
class Outcome:
    """How an order ended: with figures, or with the reason why there are none.

    `trace` is what a fault of the program left for whoever mends it. `lost` says that nobody knows how it ended.
    """

    order: Order
    figures: BureauFigures | None = None
    failure: NotAudited | None = None
    trace: str = ""
    lost: bool = False


def failed(order: Order, reason: str, exit_code: int = 70, *, trace: str = "", lost: bool = False) -> Outcome:
    """An order that ended without figures."""
    named = reason.replace(str(order.logs), order.bureau).replace(str(order.out), f"结果文件夹 {order.bureau}")
    said = named.removeprefix(f"{order.bureau}：")
    return Outcome(order, failure=NotAudited(order.bureau, said, exit_code), trace=trace, lost=lost)


def bureaus_in(folder: Path, out: Path) -> list[Path]:
    """Every sub-folder of `folder` that is a bureau's, in the order of the names.

    Hidden folders, results of audits and `out` itself are none. Raises `UsageError` and `DataError`.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} 不是文件夹。请给出下面每个单位有一个子文件夹的文件夹")
    try:
        found = sorted(path for path in folder.iterdir() if path.is_dir() and _is_bureau(path, out))
    except OSError as error:
        raise UsageError(f"打不开 {folder}：{because(error)}。请检查权限") from None
    if not found:
        raise DataError(f"{folder} 下面没有单位的子文件夹，审计未进行。请每个单位放一个子文件夹，文件夹名就是单位名")
    return found


def _is_bureau(path: Path, out: Path) -> bool:
    if path.name.startswith((".", "audit-")) or path.resolve() == out.resolve():
        return False
    try:
        return not any((path / name).exists() for name in (RECEIPT, *OVERVIEWS))
    except OSError:  # one that must not be looked into is named later
        return True


def loose_files(folder: Path) -> list[str]:
    """Files that lie in `folder` itself and so belong to no bureau."""
    return sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))


def by_size(orders: Sequence[Order]) -> list[Order]:
    """The largest bureaus first, so that none of them is begun when the others are done."""
    return sorted(orders, key=lambda order: (-_size(order.logs), order.bureau))


def _size(folder: Path) -> int:
    try:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    except OSError:
        return 0
