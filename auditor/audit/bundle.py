"""Documents of the office written as one bundle: whole or not at all, never over what somebody has changed since."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from auditor import __version__
from auditor.errors import UsageError
from auditor.receipt import RECEIPT, bundled, digest_of

Writer = Callable[[Path], None]


def check_bundle(out: Path, kind: str) -> None:
    """The folder is new, empty, or holds an earlier bundle of the same kind that nobody has changed."""
    if any(each.exists() and not each.is_dir() for each in (out, *out.parents)):
        raise UsageError(f"{out} 不是文件夹。请用 --out 另选一个")
    if not out.is_dir() or not any(out.iterdir()):
        return
    outputs = _receipted(out, kind)
    if outputs is None:
        raise UsageError(f"{out} 里已有其他文件，未写入，以免覆盖。请用 --out 另选一个空文件夹")
    changed = [name for name, digest in outputs.items() if digest_of(out / name) not in (digest, None)]
    changed += sorted(path.name for path in out.iterdir() if path.name not in outputs and path.name != RECEIPT)
    if changed:
        raise UsageError(f"{out} 里的 {'、'.join(changed)} 不是上次写出的样子，未覆盖。请用 --out 另选一个文件夹")


def write_bundle(
    out: Path, kind: str, files: Mapping[str, Writer], command: Sequence[str], about: Mapping[str, Any]
) -> None:
    """Write all files and a receipt below `out`. Raises `UsageError` where `out` holds something else."""
    check_bundle(out, kind)
    work: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".auditor-", dir=out.parent))
        for name, write in files.items():
            write(work / name)
        outputs = {name: hashlib.sha256((work / name).read_bytes()).hexdigest() for name in sorted(files)}
        receipt = {"kind": kind, "version": __version__, "command": list(command), **about, "outputs": outputs}
        (work / RECEIPT).write_text(json.dumps(receipt, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="")
        _move(work, out, kind)
    except OSError as error:
        raise UsageError(f"写不进 {out}：{error.strerror}。请检查位置、权限和磁盘空间，或用 --out 另选一个") from None
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)


def text_writer(text: str) -> Writer:
    """A writer of one text file."""
    return lambda path: _write_text(path, text)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, "utf-8", newline="")


def _receipted(out: Path, kind: str) -> dict[str, str] | None:
    """The files of a bundle of this kind with their hashes; None where `out` holds none."""
    found = bundled(out, kind)
    return dict(found) if found is not None else None


def _move(work: Path, out: Path, kind: str) -> None:
    """Bring a finished bundle into place; files of the one before it that this one lacks go."""
    if not out.exists():
        work.replace(out)
        out.chmod(0o755)
        return
    earlier = set(_receipted(out, kind) or ())
    (out / RECEIPT).unlink(missing_ok=True)  # stopped from here on, the folder cannot be taken for a whole bundle
    for name in earlier - {path.name for path in work.iterdir()}:
        (out / name).unlink(missing_ok=True)
    for path in sorted(work.iterdir(), key=lambda each: each.name == RECEIPT):
        path.replace(out / path.name)
