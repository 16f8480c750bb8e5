"""One order carried out: whatever happens to one bureau is an outcome, never the end of the others."""

import shutil
import tempfile
import traceback
from pathlib import Path

from auditor.audit.bureaus.orders import Order, Outcome, Terms, failed
from auditor.audit.bureaus.standing import basis, figures_of
from auditor.audit.outputs import check_writable, write_outputs
from auditor.audit.trip import audit_logs
from auditor.errors import AuditorError, UsageError, because
from auditor.reading.logs import KNOWN_LOGS
from auditor.rulebook.book import Rulebook


def carry_out(order: Order, terms: Terms, book: Rulebook, processes: int | None) -> Outcome:
    """Audit one bureau and write its results; `processes` as for `judge`."""
    try:
        _audit(order, terms, book, processes)
        return Outcome(order, figures_of(order))
    except AuditorError as error:
        said = [line for line in str(error).splitlines() if not line.startswith(KNOWN_LOGS)]
        return failed(order, "\n".join(said), error.exit_code)
    except KeyboardInterrupt:
        raise
    except BaseException as fault:  # the boundary of a bureau; a panic of a library is no Exception
        reason = f"程序出错（{type(fault).__name__}），没有写出结果。请把屏幕上的出错内容交给维护人员"
        return failed(order, reason, trace=traceback.format_exc())


def _audit(order: Order, terms: Terms, book: Rulebook, processes: int | None) -> None:
    check_writable(order.out)
    rests_upon = basis(order, terms)  # before the files are read: one that changes meanwhile is read again next time
    audited = audit_logs(
        [order.logs],
        book,
        terms.as_of,
        terms.period,
        internal=terms.internal,
        profile=terms.profile,
        processes=processes,
        notable_only=terms.notable_only,
    )
    fresh = _own_folder(order) / "fresh"
    write_outputs(
        audited,
        fresh,
        list(terms.command),
        documents=terms.documents,
        notable_only=terms.notable_only,
        template=terms.template,
        formats=terms.formats,
        basis=rests_upon,
    )
    _put_in_place(fresh, order)


def _own_folder(order: Order) -> Path:
    """A folder for this trial alone: a cluster may try an order twice at a time."""
    try:
        return Path(tempfile.mkdtemp(dir=order.work))
    except OSError as error:
        raise UsageError(f"写不进 {order.work}：{because(error)}。请检查位置、权限和磁盘空间") from None


def _put_in_place(fresh: Path, order: Order) -> None:
    """Bring finished results into place by renaming, so that nowhere along the way half of them lie there."""
    check_writable(order.out)
    aside = fresh.with_name("earlier")
    try:
        if order.out.exists():
            order.out.replace(aside)
        fresh.replace(order.out)
    except OSError as error:
        if aside.exists() and not order.out.exists():
            aside.replace(order.out)
        raise UsageError(f"写不进 {order.out}：{because(error)}。请检查位置和权限") from None
    shutil.rmtree(fresh.parent, ignore_errors=True)
