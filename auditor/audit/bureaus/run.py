"""All bureaus of a folder audited, one after another or side by side, and the overview of them. Reads like that."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from auditor import __version__
from auditor.audit.bureaus.orders import OVERVIEWS, WORK_PREFIX, Order, Outcome, Terms, bureaus_in, loose_files
from auditor.audit.bureaus.place import check_place, others_in
from auditor.audit.bureaus.standing import standing
from auditor.domain.overview import NotAudited, Overview, RegulationLine
from auditor.errors import UsageError, because
from auditor.listening import Listener, unheard
from auditor.receipt import RECEIPT
from auditor.reporting.overview import overview_json, render_overview
from auditor.rulebook.book import Rulebook

_SHOWN_FILES = 5


@dataclass(frozen=True)
class Ran:
    """What a run came to: the overview, which bureaus were audited now, and what faults of the program left behind."""

    overview: Overview
    fresh: tuple[str, ...]
    traces: tuple[str, ...]


def audit_bureaus(
    folder: Path,
    out: Path,
    terms: Terms,
    book: Rulebook,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    listener: Listener = unheard,
) -> Ran:
    """Audit every bureau below `folder` whose earlier results no longer stand, and write the overview into `out`.

    In this process, in as many as `workers` says, or on the cluster at `scheduler`: what is written is the same.
    Raises `UsageError` where `out` holds something else or the cluster is not there, `DataError` without any bureau.
    """
    folder, out = folder.absolute(), out.absolute()
    bureaus = bureaus_in(folder, out)
    check_place(out, bureaus)
    with _work_folder(out) as work:
        orders = [Order(path.name, path, out / path.name, work) for path in bureaus]
        kept = [Outcome(order, figures) for order in orders if (figures := standing(order, terms, book))]
        settled = {outcome.order for outcome in kept}
        left = [order for order in orders if order not in settled]
        outcomes = _carried_out(left, terms, book, workers, scheduler)
        if left:
            _write({}, work, out)  # stopped from here on, the overview of the run before would tell what is not so
        done: list[Outcome] = []
        listener(0, len(left))
        for outcome in outcomes:
            done.append(_looked_after(outcome, terms, book))
            listener(len(done), len(left))
        overview = _overview([*kept, *done], terms, book, _remarks(folder, out, bureaus))
        _write({OVERVIEWS[0]: overview_json(overview), OVERVIEWS[1]: render_overview(overview)}, work, out)
    return Ran(
        overview,
        tuple(sorted(each.order.bureau for each in done if each.figures)),
        tuple(f"{each.order.bureau}：\n{each.trace}" for each in done if each.trace),
    )


@contextmanager
def _work_folder(out: Path) -> Iterator[Path]:
    """A hidden folder among the results for what is not finished; it goes with the run."""
    is_new = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=WORK_PREFIX, dir=out))
        work.chmod(0o755)
    except OSError as error:
        raise _not_written(out, error) from None
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        if is_new and not any(out.iterdir()):
            out.rmdir()


def _not_written(out: Path, error: OSError) -> UsageError:
    return UsageError(f"写不进 {out}：{because(error)}。请检查位置、权限和磁盘空间，或用 --out 另选一个")


def _carried_out(
    orders: Sequence[Order], terms: Terms, book: Rulebook, workers: int | None, scheduler: str | None
) -> Iterator[Outcome]:
    """The outcomes as they will come; a cluster is asked at once whether it is there."""
    if not orders:
        return iter(())
    if scheduler is not None:
        from auditor.audit.bureaus.cluster import on_cluster

        return on_cluster(orders, terms, book, scheduler)
    if workers is not None:
        from auditor.audit.bureaus.workers import Crew

        return Crew(orders, terms, book, min(workers, len(orders))).work()
    from auditor.audit.bureaus.carrying import carry_out

    return (carry_out(order, terms, book, None) for order in orders)


def _looked_after(outcome: Outcome, terms: Terms, book: Rulebook) -> Outcome:
    """What nobody brought word of may be finished all the same."""
    if outcome.lost and (figures := standing(outcome.order, terms, book)):
        return Outcome(outcome.order, figures)
    return outcome


def _overview(outcomes: Sequence[Outcome], terms: Terms, book: Rulebook, remarks: Sequence[str]) -> Overview:
    ordered = sorted(outcomes, key=lambda outcome: outcome.order.bureau)
    regulations: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for placed in book.placed.values():
        regulations.setdefault(placed.regulation.code, []).append(placed.rule.id)
        names[placed.regulation.code] = placed.regulation.name
    return Overview(
        as_of=terms.as_of,
        period=terms.period.text if terms.period else "",
        version=__version__,
        regulations=[RegulationLine(code, names[code], tuple(rules)) for code, rules in regulations.items()],
        audited=[outcome.figures for outcome in ordered if outcome.figures],
        not_audited=[_named(outcome.order, outcome.failure) for outcome in ordered if outcome.failure],
        remarks=remarks,
        as_if_from=str(book.as_if_from or ""),
        rulebook=dict(book.hashes),
    )


def _named(order: Order, failure: NotAudited) -> NotAudited:
    return replace(failure, earlier=(order.out / RECEIPT).exists())


def _remarks(folder: Path, out: Path, bureaus: Sequence[Path]) -> list[str]:
    remarks = []
    if loose := loose_files(folder):
        more = f"等{len(loose)}个文件" if len(loose) > _SHOWN_FILES else ""
        shown = "、".join(loose[:_SHOWN_FILES])
        remarks.append(f"{shown}{more} 直接放在 {folder.name} 里，不属于任何单位，没有审计。")
    if others := others_in(out, bureaus):
        remarks.append(f"结果文件夹里的 {'、'.join(others)} 是以前的审计结果，这次没有这些单位的台账，未计入。")
    return remarks


def _write(texts: Mapping[str, str], work: Path, out: Path) -> None:
    """Put the overviews in place, and take away the one that is not given."""
    try:
        for name, text in texts.items():
            (work / name).write_text(text, "utf-8", newline="")
        for name in OVERVIEWS:
            (work / name).replace(out / name) if name in texts else (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise _not_written(out, error) from None
