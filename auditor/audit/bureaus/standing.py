"""Whether what an earlier run wrote for a bureau still stands, told from its receipt; and what it came to."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from auditor import __version__
from auditor.audit.bureaus.orders import Order, Terms
from auditor.domain.overview import BureauFigures
from auditor.errors import UsageError
from auditor.reading.inputs import find_inputs
from auditor.reading.mapping import MAPPING_SUFFIX, mapping_path
from auditor.receipt import ALWAYS, RECEIPT, changed_files, missing_files
from auditor.rulebook.book import Rulebook


def standing(order: Order, terms: Terms, book: Rulebook) -> BureauFigures | None:
    """The figures of the results that lie there, if an audit now would write the same; else None.

    A document that people have written into since stays theirs; the files for programs must be as they were written.
    """
    try:
        receipt = json.loads((order.out / RECEIPT).read_text("utf-8"))
        if not _is_of(receipt, terms, book) or receipt["basis"] != basis(order, terms):
            return None
        if missing_files(order.out) or set(changed_files(order.out)) & {*ALWAYS, RECEIPT}:
            return None
        return figures_of(order)
    except (OSError, ValueError, KeyError, TypeError, UsageError):
        return None


def _is_of(receipt: dict[str, Any], terms: Terms, book: Rulebook) -> bool:
    template = {terms.template.name: terms.template.digest} if terms.template else {}
    return (receipt["version"], receipt["as_of"], receipt["rulebook"], receipt["template"]) == (
        __version__,
        terms.as_of.isoformat(),
        dict(book.hashes),
        template,
    )


def basis(order: Order, terms: Terms) -> dict[str, Any]:
    """What the results of a bureau rest upon besides rulebook, version and day: its files, and the options."""
    return {"sources": _digest(order, terms), "options": terms.options}


def _digest(order: Order, terms: Terms) -> str:
    """One hash over the names and contents of all that may be read for the bureau."""
    digest = hashlib.sha256()
    for name, path in _sources(order, terms):
        digest.update(name.encode("utf-8", "surrogateescape") + b"\0")
        try:
            with path.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
        except OSError as error:  # it cannot be read now either, and the same results would say so
            digest.update(f"unreadable {error.errno}".encode())
    return digest.hexdigest()


def _sources(order: Order, terms: Terms) -> Iterator[tuple[str, Path]]:
    for file in find_inputs([order.logs]):
        yield file.name, file.path
        if (beside := mapping_path(file.path)).is_file():
            yield file.name + MAPPING_SUFFIX, beside
    if terms.profile is not None:
        for path in sorted(terms.profile.glob(f"*{MAPPING_SUFFIX}")):
            yield f"profile/{path.name}", path


def figures_of(order: Order) -> BureauFigures:
    """The figures of a bureau, read from the files of its audit: the same whether they are new or old."""
    summary = json.loads((order.out / "summary.json").read_text("utf-8"))
    receipt = json.loads((order.out / RECEIPT).read_text("utf-8"))
    return BureauFigures(
        order.bureau,
        summary["logs"],
        summary["rules"],
        summary["not_assessed"],
        _counted(order.out / "findings.jsonl"),
        tuple(receipt["unreadable"]),
        documents="report.html" in receipt["outputs"],
    )


def _counted(path: Path) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            finding = json.loads(line)
            of_status = counts.setdefault(finding["status"], {})
            of_status[finding["severity"]] = of_status.get(finding["severity"], 0) + 1
    return counts
