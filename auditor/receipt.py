"""The receipt (回执) of an audit: which files it wrote, and whether they are still what it wrote."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

RECEIPT = "receipt.json"
ALWAYS = ("obligations.parquet", "findings.jsonl", "summary.json", "rejects.csv")  # whatever the options
OUTPUTS = (*ALWAYS, "report.html", "ledger.xlsx")


def receipted(folder: Path) -> Mapping[str, str] | None:
    """The outputs of an audit with their hashes; None where there is no receipt that can be read."""
    try:
        outputs = json.loads((folder / RECEIPT).read_text("utf-8"))["outputs"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not isinstance(outputs, dict) or not set(ALWAYS) <= set(outputs):
        return None
    return {str(name): str(digest) for name, digest in outputs.items()}


def bundled(folder: Path, kind: str | None = None) -> Mapping[str, str] | None:
    """The files of a bundle that is no audit (a yearly evaluation, a yearly report) with their hashes; else None.

    With `kind` only a bundle of that kind.
    """
    try:
        receipt = json.loads((folder / RECEIPT).read_text("utf-8"))
        outputs = receipt["outputs"] if receipt["kind"] == (kind or receipt["kind"]) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return {str(name): str(digest) for name, digest in outputs.items()} if isinstance(outputs, dict) else None


def changed_files(folder: Path) -> list[str]:
    """Files of an audit that no longer match its receipt; the receipt itself where it cannot be read."""
    outputs = receipted(folder)
    if outputs is None:
        return [RECEIPT]
    return [name for name, digest in sorted(outputs.items()) if digest_of(folder / name) not in (digest, None)]


def missing_files(folder: Path) -> list[str]:
    """Files that the receipt names and the folder lacks."""
    return [name for name in sorted(receipted(folder) or {}) if not (folder / name).is_file()]


def digest_of(path: Path) -> str | None:
    """The SHA-256 of a file; None where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
