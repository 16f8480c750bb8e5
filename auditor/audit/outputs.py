"""The files of an audit, written whole or not at all, and never over what somebody has changed since."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import __version__
from auditor.audit.folders import replace_outputs, told, work_folder
from auditor.audit.obligationfile import write_obligations
from auditor.audit.reach import half_blind
from auditor.audit.readings import reading_of
from auditor.audit.trip import Audited
from auditor.domain.audit import Audit
from auditor.domain.obligation import Status
from auditor.errors import UsageError, because
from auditor.receipt import (
    EVER_WRITTEN,
    NOTICES,
    RECEIPT,
    changed_files,
    digest_of,
    files_in,
    receipted,
    shown,
)
from auditor.reporting.machine import finding_lines, rejects_csv, summary_json

if TYPE_CHECKING:
    from auditor.reporting.official.template import Template


def write_outputs(
    audited: Audited,
    out: Path,
    command: list[str],
    *,
    documents: bool = True,
    notable_only: bool = False,
    template: "Template | None" = None,
    formats: Sequence[str] = (),
    basis: Mapping[str, Any] | None = None,
) -> None:
    """Write every output below `out`, the circular into the office's `template` where one is given.

    `formats` are further forms of the findings; `basis` is what the receipt says besides of what the audit rests
    upon. Raises `UsageError` where `out` holds something else.
    """
    check_writable(out)
    with told(out, "或用 --out 另选一个"), work_folder(out) as work:
        if formats:
            from auditor.reporting.exchange import exchange_files

            for name, text in exchange_files(audited.audit, formats).items():
                _text(work / name, text)
        _write_all(audited, work, documents, notable_only, template)
        receipt = _receipt(audited, work, command, template) | ({"basis": basis} if basis is not None else {})
        _text(work / RECEIPT, json.dumps(receipt, ensure_ascii=False, indent=1) + "\n")
        replace_outputs(work, out, files_in(work), receipted(out) or ())
        letters = out / NOTICES
        if letters.is_dir() and not any(letters.iterdir()):
            letters.rmdir()


def write_page(target: Path, page: str, title: str) -> None:
    """Write one page, whole or not at all, over nothing but an earlier page of the same title."""
    try:
        if target.exists() and (not target.is_file() or f"<title>{title}</title>" not in target.read_text("utf-8")):
            raise UsageError(f"{target} 已是别的文件，未覆盖。请用 --out 另选一个")
        with work_folder(target) as work:
            _text(work / target.name, page)
            (work / target.name).replace(target)
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"写不进 {target}。请检查位置、权限和磁盘空间，或用 --out 另选一个") from None


def check_writable(out: Path) -> None:
    """An output folder is new, empty, or holds an audit whose files nobody has changed."""
    try:
        _check(out)
    except OSError as error:
        raise UsageError(f"不能用 {out}：{because(error)}。请用 --out 另选一个文件夹") from None


def _check(out: Path) -> None:
    if any(folder.exists() and not folder.is_dir() for folder in out.parents):
        raise UsageError(f"{out.parent} 不是文件夹。请用 --out 另选一个")
    if not out.exists() and not out.is_symlink():
        return
    if not out.is_dir():
        raise UsageError(f"{out} 不是文件夹。请用 --out 另选一个")
    if not any(out.iterdir()):
        return
    if (out / NOTICES).is_symlink():
        raise UsageError(f"{out} 里的 {NOTICES} 是指向别处的链接，未写入。请移走它，或用 --out 另选一个文件夹")
    held = set(files_in(out))
    letters = {name for name in held if name.startswith(f"{NOTICES}/")}
    if RECEIPT not in held and held <= {*EVER_WRITTEN, *letters} and held - letters:
        raise UsageError(f"{out} 里是一次写了一半的审计结果（没有回执）。确认不需要后删去该文件夹，或用 --out 另选一个")
    if RECEIPT not in held:
        raise UsageError(f"{out} 里已有其他文件，未写入，以免覆盖。请用 --out 另选一个空文件夹")
    changed = changed_files(out)
    changed += sorted((held & {*EVER_WRITTEN, *letters, NOTICES}) - set(receipted(out) or {}))
    if changed:
        raise UsageError(f"{out} 里的 {'、'.join(changed)} 不是上次审计写出的样子，未覆盖。请用 --out 另选一个文件夹")


def _write_all(audited: Audited, work: Path, documents: bool, notable_only: bool, template: "Template | None") -> None:
    audit, obligations = audited.audit, audited.obligations
    if notable_only:
        obligations = obligations.filter(obligations["status"] != Status.MET.value)
    about = {"as_of": audit.as_of.isoformat(), "as_if_from": str(audited.book.as_if_from or "")}
    write_obligations(obligations, work, about)
    with (work / "findings.jsonl").open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        file.writelines(finding_lines(audit.findings))
    _text(work / "summary.json", summary_json(audit.summary))
    _text(work / "rejects.csv", rejects_csv(audit.rejects))
    if documents:
        from auditor.reporting.compose import compose
        from auditor.reporting.html import render_report
        from auditor.reporting.official.documents import circular_bytes, letters
        from auditor.reporting.workbook import write_workbook

        report = compose(audit)
        _text(work / "report.html", render_report(report))
        write_workbook(report, work / "ledger.xlsx")
        (work / "report.docx").write_bytes(circular_bytes(report, template))
        for name, letter in letters(report).items():
            (work / NOTICES).mkdir(exist_ok=True)
            (work / NOTICES / name).write_bytes(letter)


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


def _audiences(audit: Audit) -> dict[str, str]:
    """Who may read of the findings, by id, that not everybody may; what is not internal everybody may read."""
    return {name: who.value for name, who in sorted(audit.audiences.items())} if audit.internal else {}


def _receipt(audited: Audited, work: Path, command: list[str], template: "Template | None") -> dict[str, Any]:
    """What the audit was made from, so that anybody can tell whether two audits may be compared."""
    return {
        "version": __version__,
        "command": list(map(shown, command)),
        "as_of": audited.audit.as_of.isoformat(),
        "inputs": dict(sorted(audited.audit.inputs.items())),
        "rulebook": dict(audited.book.hashes),
        "settings": dict(audited.audit.settings),
        "reading": reading_of(audited.book),
        "half_blind": half_blind(audited.book, audited.logs),
        "calendar_years": sorted(audited.book.notices.noticed),
        "template": {template.name: template.digest} if template else {},
        "unreadable": list(audited.logs.unreadable),
        "cautions": [*audited.audit.cautions, *audited.audit.notes],
        **({"beside": dict(audited.beside)} if audited.beside else {}),
        "judged_otherwise": list(audited.judged_otherwise),
        "audiences": _audiences(audited.audit),
        "outputs": {name: digest_of(work / name) for name in files_in(work)},
    }
