"""What the outputs of an audit say, in whatever format: letters of office files with and without their marks."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl


def said(folder: Path) -> dict[str, str]:
    """The text of every output below the folder, by its name."""
    return {path.name: "\n".join(_texts(path)) for path in sorted(folder.rglob("*")) if path.is_file()}


def _texts(path: Path) -> Iterator[str]:
    if path.suffix == ".parquet":
        yield str(pl.read_parquet(path).to_dicts())
    elif path.suffix in (".xlsx", ".docx"):
        with zipfile.ZipFile(path) as parts:
            for name in parts.namelist():
                text = parts.read(name).decode(errors="replace")  # a picture may be among them
                yield text
                yield re.sub("<[^>]*>", "", text)  # a word may be parted by marks of type
    else:
        yield path.read_text("utf-8")
