"""A document as sections of blocks: written once, shown as a web page, a Word document and a workbook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from auditor.shipped import shipped

Cell = str | int | Decimal | None
Tone = Literal["plain", "note", "caution", "strong"]
Kind = Literal["text", "count", "number"]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `tone` says how much it weighs."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, its width in half-width characters, and what its cells are."""

    heading: str
    width: int
    kind: Kind = "text"


@dataclass(frozen=True)
class Table:
    """A table with its caption, and a note below."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    empty: str = "没有"

    @property
    def width(self) -> int:
        """The half-width characters that the columns ask for together."""
        return sum(column.width for column in self.columns)


@dataclass(frozen=True)
class Bar:
    """One bar: a label and its parts."""

    label: str
    parts: tuple[int, ...]

    @property
    def total(self) -> int:
        """The length of the whole bar."""
        return sum(self.parts)

    def spans(self, length: int) -> tuple[int, ...]:
        """The parts in whole steps of `length`, together exactly that; none where there is nothing to show."""
        if not self.total:
            return tuple(0 for _ in self.parts)
        ends = [sum(self.parts[: place + 1]) * length // self.total for place in range(len(self.parts))]
        return tuple(end - start for start, end in zip([0, *ends], ends, strict=False))


@dataclass(frozen=True)
class Bars:
    """A chart of stacked bars, all of the same length: shares, with the numbers written in."""

    caption: str
    series: tuple[str, ...]
    bars: tuple[Bar, ...]


Block = Paragraph | Table | Bars


@dataclass(frozen=True)
class Section:
    """A section with its title and its blocks; `sheet` is what its sheet of the workbook is called."""

    title: str
    sheet: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A whole document. `cautions` stand before everything; `inputs` are the files behind it."""

    title: str
    meta: str
    day: str
    cautions: tuple[str, ...]
    sections: tuple[Section, ...]
    inputs: Mapping[str, str] = field(default_factory=dict)
    internal: bool = False
    signed: tuple[str, ...] = ()


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnWords(_Words):
    """A column in words."""

    heading: str
    width: int
    kind: Kind = "text"


class TableWords(_Words):
    """A table in words."""

    caption: str
    columns: tuple[ColumnWords, ...]
    note: str = ""
    empty: str = "没有"


class SectionWords(_Words):
    """A section in words: its title, its sheet, and what its paragraphs say."""

    title: str
    sheet: str
    says: Mapping[str, str] = {}


class DocumentWords(_Words):
    """The words of a document: sections, tables and single terms, by key."""

    title: str
    meta: str
    sections: Mapping[str, SectionWords]
    tables: Mapping[str, TableWords]
    terms: Mapping[str, str] = {}

    def table(self, key: str, rows: Sequence[Sequence[Cell]], **filled: object) -> Table:
        """The table `key` with these rows; captions and notes filled in."""
        words = self.tables[key]
        columns = tuple(Column(each.heading, each.width, each.kind) for each in words.columns)
        if any(len(row) != len(columns) for row in rows):
            raise ValueError(f"rows of table {key} do not fit its columns")
        caption, note = words.caption.format(**filled), words.note.format(**filled)
        return Table(caption, columns, tuple(tuple(row) for row in rows), note, words.empty)

    def section(self, key: str, blocks: Sequence[Block]) -> Section:
        """The section `key` with these blocks."""
        words = self.sections[key]
        return Section(words.title, words.sheet, tuple(blocks))

    def says(self, section: str, key: str, **filled: object) -> str:
        """A paragraph of a section."""
        return self.sections[section].says[key].format(**filled)


@cache
def document_words(name: str) -> DocumentWords:
    """The words of the document `name`, from `reports/`."""
    return DocumentWords.model_validate(yaml.safe_load((shipped("reports") / name).read_text("utf-8")))
