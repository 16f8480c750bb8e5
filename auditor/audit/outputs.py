"""The files of an audit, written whole or not at all, and never over what somebody has changed since."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auditor import __version__
from auditor.audit.trip import Audited
from auditor.domain.obligation import Status
from auditor.errors import UsageError
from auditor.reporting.machine import findings_jsonl, rejects_csv, summary_json

RECEIPT = "receipt.json"
OUTPUTS = ("obligations.parquet", "findings.jsonl", "summary.json", "rejects.csv", "report.html", "ledger.xlsx")


def write_outputs(
    audited: Audited, out: Path, command: list[str], *, documents: bool = True, notable_only: bool = False
) -> None:
    """Write every output below `out`. Raises `UsageError` where `out` holds something else."""
    check_writable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        _write_all(audited, work, command, documents, notable_only)
        _move(work, out)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def check_writable(out: Path) -> None:
    """An output folder is new, empty, or holds an audit whose files nobody has changed."""
    if any(folder.exists() and not folder.is_dir() for folder in out.parents):
        raise UsageError(f"{out.parent} 不是文件夹。请用 --out 另选一个")
    if not out.exists():
        return
    if not out.is_dir():
        raise UsageError(f"{out} 不是文件夹。请用 --out 另选一个")
    if not any(out.iterdir()):
        return
    if not (out / RECEIPT).exists():
        raise UsageError(f"{out} 里已有其他文件，未写入，以免覆盖。请用 --out 另选一个空文件夹")
    changed = changed_files(out)
    changed += [name for name in OUTPUTS if (out / name).exists() and name not in (_receipted(out) or {})]
    if changed:
        raise UsageError(f"{out} 里的 {'、'.join(changed)} 不是上次审计写出的样子，未覆盖。请用 --out 另选一个文件夹")


def changed_files(folder: Path) -> list[str]:
    """Files of an audit that no longer match its receipt."""
    outputs = _receipted(folder)
    if outputs is None:
        return [RECEIPT]
    return [name for name, digest in sorted(outputs.items()) if _digest(folder / name) not in (digest, None)]


def missing_files(folder: Path) -> list[str]:
    """Files that the receipt names and the folder lacks."""
    return [name for name in sorted(_receipted(folder) or {}) if not (folder / name).is_file()]


def _receipted(folder: Path) -> Mapping[str, str] | None:
    """The outputs and their hashes by the receipt; None where it cannot be read."""
    try:
        outputs: Mapping[str, str] = json.loads((folder / RECEIPT).read_text("utf-8"))["outputs"]
    except (OSError, ValueError, KeyError):
        return None
    return outputs


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _write_all(audited: Audited, work: Path, command: list[str], documents: bool, notable_only: bool) -> None:
    audit, obligations = audited.audit, audited.obligations
    if notable_only:
        obligations = obligations.filter(obligations["status"] != Status.MET.value)
    about = {"as_of": audit.as_of.isoformat(), "as_if_from": str(audited.book.as_if_from or "")}
    obligations.write_parquet(work / "obligations.parquet", compression="zstd", metadata=about)
    _text(work / "findings.jsonl", findings_jsonl(audit.findings))
    _text(work / "summary.json", summary_json(audit.summary))
    _text(work / "rejects.csv", rejects_csv(audit.rejects))
    if documents:
        from auditor.reporting.html import render_report
        from auditor.reporting.workbook import write_workbook

        _text(work / "report.html", render_report(audit))
        write_workbook(audit, work / "ledger.xlsx")
    _text(work / RECEIPT, json.dumps(_receipt(audited, work, command), ensure_ascii=False, indent=1) + "\n")


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


def _receipt(audited: Audited, work: Path, command: list[str]) -> dict[str, Any]:
    """What the audit was made from, so that anybody can tell whether two audits may be compared."""
    return {
        "version": __version__,
        "command": command,
        "as_of": audited.audit.as_of.isoformat(),
        "inputs": dict(sorted(audited.audit.inputs.items())),
        "rulebook": dict(audited.book.hashes),
        "settings": dict(audited.audit.settings),
        "calendar_years": sorted(audited.book.calendar.noticed),
        "cautions": list(audited.audit.cautions),
        "outputs": {path.name: _digest(path) for path in sorted(work.iterdir())},
    }


def _move(work: Path, out: Path) -> None:
    """Bring a finished audit into place; outputs of the audit before it that this one lacks go."""
    if not out.exists():
        work.replace(out)
        out.chmod(0o755)
        return
    earlier = set(_receipted(out) or ())
    (out / RECEIPT).unlink(missing_ok=True)  # stopped from here on, the folder cannot be taken for an audit
    for name in earlier - {path.name for path in work.iterdir()}:
        (out / name).unlink(missing_ok=True)
    for path in sorted(work.iterdir(), key=lambda each: each.name == RECEIPT):
        path.replace(out / path.name)
