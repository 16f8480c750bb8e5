"""What changed rules would have done to these logs (规则预演): one reading, two rulebooks, the verdicts that differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from auditor.audit.trip import Audited, audit_logs
from auditor.domain.finding import Finding
from auditor.domain.obligation import Status
from auditor.rulebook.book import Rulebook

_NAMES = ("rule", "log", "record")
_NONE = "无此义务"
_SHOWN = 20


@dataclass(frozen=True)
class Preview:
    """The verdicts that would change: of each rule from which status to which, how many; findings new and gone.

    `unreadable` are the inputs that could not be read.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changes: tuple[tuple[str, str, str, int], ...]
    compared: int
    appeared: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    unreadable: tuple[str, ...]


def preview(paths: Sequence[Path], now: Rulebook, then: Rulebook, as_of: date, profile: Path | None = None) -> Preview:
    """Audit the logs by both rulebooks and lay the verdicts side by side."""
    first, second = (audit_logs(paths, book, as_of, profile=profile) for book in (now, then))
    both = _numbered(first).join(_numbered(second), on=[*_NAMES, "nth"], how="full", coalesce=True, suffix="_then")
    differ = both.filter(pl.col("status").ne_missing(pl.col("status_then")))
    counted = differ.group_by("rule", "status", "status_then").len().sort("rule", "status", "status_then")
    old, new = ({each.id: each for each in audited.audit.findings} for audited in (first, second))
    return Preview(
        added=tuple(sorted(set(then.placed) - set(now.placed))),
        removed=tuple(sorted(set(now.placed) - set(then.placed))),
        changes=tuple((rule, _zh(before), _zh(after), number) for rule, before, after, number in counted.iter_rows()),
        compared=both.height,
        appeared=tuple(each for name, each in new.items() if name not in old),
        gone=tuple(each for name, each in old.items() if name not in new),
        unreadable=tuple(first.logs.unreadable),
    )


def _numbered(audited: Audited) -> pl.DataFrame:
    """Obligations by name; several of one name are told apart by their order."""
    frame = audited.obligations.select(*_NAMES, "status")
    return frame.with_columns(nth=pl.int_range(pl.len()).over(*_NAMES))


def _zh(status: str | None) -> str:
    return Status(status).zh if status else _NONE


def as_text(found: Preview) -> Iterator[str]:
    """For the terminal."""
    if found.added or found.removed:
        yield f"规则：增加{'、'.join(found.added) or '无'}；减少{'、'.join(found.removed) or '无'}"
    changed = sum(number for *_, number in found.changes)
    yield f"比较{found.compared}项义务，结论有变化的{changed}项"
    for rule, before, after, number in found.changes:
        yield f"  {rule}：{before} → {after}，{number}项"
    for heading, group in (("将增加", found.appeared), ("将减少", found.gone)):
        yield f"问题{heading}{len(group)}个"
        for each in group[:_SHOWN]:
            yield f"  {each.severity.zh}　{each.unit}　{each.rule} {each.title}　{'、'.join(each.records[:3])}"
        if len(group) > _SHOWN:
            yield f"  ……其余{len(group) - _SHOWN}个"
