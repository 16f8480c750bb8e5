"""The receipt (回执) of an audit: which files it wrote, and whether they are still what it wrote."""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

RECEIPT = "receipt.json"
ALWAYS = ("obligations.parquet", "findings.jsonl", "summary.json", "rejects.csv")  # whatever the options
EXCHANGED = ("findings.sarif", "findings.junit.xml", "findings.csv")  # where asked for
OUTPUTS = (*ALWAYS, "report.html", "report.docx", "ledger.xlsx")
EVER_WRITTEN = (*OUTPUTS, *EXCHANGED)
_PASSWORD = re.compile(r"(://[^:/@\s]*):[^/\s]*@|((?:^|[?&\s])(?:password|sslpassword)=)[^&\s]*")
NOTICES = "notices"  # the folder of letters, one to each unit with breaches


def printable(name: str) -> str:
    """A file's name as text, whatever bytes it is made of."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def shown(word: str) -> str:
    """A word of a command, or the address of a database, as anybody may see it: text, and no password."""
    return _PASSWORD.sub(lambda found: f"{found[1]}:***@" if found[1] else f"{found[2]}***", printable(word))


def receipted(folder: Path) -> Mapping[str, str] | None:
    """The outputs of an audit with their hashes; None where there is no receipt that can be read."""
    try:
        outputs = json.loads((folder / RECEIPT).read_text("utf-8"))["outputs"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not isinstance(outputs, dict) or not set(ALWAYS) <= set(outputs) or not all(map(_stays_inside, outputs)):
        return None
    return {str(name): str(digest) for name, digest in outputs.items()}


def _stays_inside(name: str) -> bool:
    """Whether the name is that of a file of the folder itself or a letter: nobody else's file is touched by it."""
    parts = name.split("/")
    inside = len(parts) == 1 or (len(parts) == 2 and parts[0] == NOTICES)
    return inside and not any(part in ("", ".", "..") or "\\" in part for part in parts)


def files_in(folder: Path) -> list[str]:
    """Every file of an audit's folder, the letters too, by the name that the receipt gives it."""
    found = [path for path in folder.iterdir() if path.name != NOTICES or path.is_symlink() or path.is_file()]
    letters = folder / NOTICES
    if letters.is_dir() and not letters.is_symlink():
        found += letters.iterdir()
    return sorted(path.relative_to(folder).as_posix() for path in found)


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
    return [RECEIPT] if outputs is None else altered(folder, outputs)


def added_files(folder: Path) -> list[str]:
    """Files of an audit's folder that its receipt does not know; what programs leave while a file is open is none."""
    known = {RECEIPT, *(receipted(folder) or files_in(folder))}
    return [name for name in files_in(folder) if name not in known and not Path(name).name.startswith((".", "~$"))]


def missing_files(folder: Path) -> list[str]:
    """Files that the receipt names and the folder lacks."""
    return lacking(folder, receipted(folder) or {})


def altered(folder: Path, outputs: Mapping[str, str]) -> list[str]:
    """Files of the folder that are there and do not have the hashes of `outputs`."""
    return [name for name, digest in sorted(outputs.items()) if digest_of(folder / name) not in (digest, None)]


def lacking(folder: Path, outputs: Iterable[str]) -> list[str]:
    """Files of `outputs` that the folder lacks."""
    return [name for name in sorted(outputs) if not (folder / name).is_file()]


def digest_of(path: Path) -> str | None:
    """The SHA-256 of a file; None where there is none."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
