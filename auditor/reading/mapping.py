"""Saved mappings (列对照): what a person said about the columns of a file, or of every table with the same headings.

Beside a file lies what holds for that file alone, sheet by sheet. A profile (a folder) holds what is used again: each
of its mappings is found by the headings of a table, whatever the file is called.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from auditor.errors import Fault, RulebookError, UsageError, because
from auditor.reading.headings import ROW_NUMBERS, folded
from auditor.rulebook.located import Located, Place, build, nearest, read_located
from auditor.rulebook.logs import LogCatalogue

MAPPING_SUFFIX = ".map.yaml"


class SavedMapping(BaseModel):
    """The log of a table and the field that each heading stands for; null where a column is not to be used.

    `sheet` limits it to one sheet of its file. `headings` are those of the table for which it was made: in a profile
    it holds for every table with the same ones, beside a file for one of several tables of a sheet.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    log: str
    sheet: str | None = None
    headings: list[str] = Field(default_factory=list)
    columns: dict[str, str | None] = Field(default_factory=dict)

    def is_for(self, sheet: str) -> bool:
        """Whether it speaks of the sheet."""
        return self.sheet is None or self.sheet == sheet

    def as_yaml(self) -> dict[str, object]:
        """What is written to a file."""
        written = self.model_dump(exclude_none=False)
        return {key: value for key, value in written.items() if value not in (None, []) or key == "columns"}


class _Sheets(BaseModel):
    """A file that holds the mappings of several sheets."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    sheets: list[SavedMapping]


@dataclass(frozen=True)
class MappingFile:
    """The mappings of one file and where they stand."""

    path: Path
    mappings: tuple[SavedMapping, ...]

    def for_sheet(self, sheet: str, rows: Iterable[Sequence[str]] = ()) -> SavedMapping | None:
        """The mapping of a table in the sheet; one made for its headings goes first, then one for the sheet alone.

        `rows` are what the headings of the table may be.
        """
        found = [mapping for mapping in self.mappings if mapping.is_for(sheet)]
        if any(mapping.headings for mapping in found):
            marks = {fingerprint(row) for row in rows}
            found = [each for each in found if not each.headings or fingerprint(each.headings) in marks]
        return min(found, key=lambda each: (not each.headings, each.sheet is None)) if found else None

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets that it names."""
        return tuple(dict.fromkeys(each.sheet for each in self.mappings if each.sheet is not None))


@dataclass(frozen=True)
class Profile:
    """A folder of mappings, found by the fingerprint of the headings."""

    folder: Path
    mappings: Mapping[str, MappingFile]

    def find(self, rows: Iterable[Sequence[str]]) -> MappingFile | None:
        """The mapping made for the headings that one of the rows holds."""
        found = (self.mappings.get(fingerprint(row)) for row in rows) if self.mappings else ()
        return next((each for each in found if each), None)

    def name_of(self, file: MappingFile) -> str:
        """How a mapping is named among the inputs: the same wherever the folder lies."""
        return f"{self.folder.resolve().name}/{file.path.name}"


def fingerprint(headings: Sequence[str]) -> str:
    """Twelve digits that are the same for the same headings in any order; row numbers and blanks do not count."""
    words = sorted({folded(heading) for heading in headings} - ROW_NUMBERS - {""})
    return hashlib.sha256("\n".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def mapping_path(file: Path) -> Path:
    """Where the mapping of `file` lies."""
    return file.with_name(file.name + MAPPING_SUFFIX)


def load_mapping(file: Path, catalogue: LogCatalogue) -> MappingFile | None:
    """The mapping beside `file`, if there is one. Raises `RulebookError` with the line of every fault."""
    path = mapping_path(file)
    return _load(path, catalogue) if path.is_file() else None


def load_profile(folder: Path, catalogue: LogCatalogue) -> Profile:
    """All mappings of a profile. Raises `UsageError` for a missing folder, `RulebookError` for a faulty mapping."""
    if not folder.is_dir():
        raise UsageError(f"没有列对照文件夹 {folder}。先用 auditor map 文件 --profile {folder} 保存")
    found: dict[str, MappingFile] = {}
    for path in sorted(folder.glob(f"*{MAPPING_SUFFIX}")):
        file = _load(path, catalogue)
        for mapping in file.mappings:
            if not mapping.headings:
                raise RulebookError([Fault(str(path), 1, "没有写明适用的表头（headings）", "用 auditor map 重新保存")])
            other = found.setdefault(fingerprint(mapping.headings), MappingFile(path, (mapping,)))
            if other.path != path:
                raise RulebookError([Fault(str(path), 1, f"与 {other.path.name} 针对同样的表头", "只留一个")])
    return Profile(folder, found)


def _load(path: Path, catalogue: LogCatalogue) -> MappingFile:
    located = read_located(path)
    placed = _placed(located)
    faults = [fault for place, mapping in placed.items() for fault in _faults(mapping, located, place, catalogue)]
    if faults:
        raise RulebookError(faults)
    return MappingFile(path, tuple(placed.values()))


def _placed(located: Located) -> dict[Place, SavedMapping]:
    """The mappings of a file by where they stand in it."""
    content = located.content or {}
    if isinstance(content, dict) and "sheets" in content:
        return {("sheets", at): each for at, each in enumerate(build(_Sheets, located, content=content).sheets)}
    return {(): build(SavedMapping, located, content=content)}


def _faults(mapping: SavedMapping, located: Located, place: Place, catalogue: LogCatalogue) -> list[Fault]:
    log = catalogue.logs.get(mapping.log)
    if log is None:
        known = nearest(mapping.log, dict(catalogue.logs)) or f"可用：{'、'.join(catalogue.logs)}"
        return [Fault(located.file, located.line((*place, "log")), f"没有台账“{mapping.log}”", known)]
    faults = []
    seen: dict[str, str] = {}
    for heading, name in mapping.columns.items():
        if name is None:
            continue
        line = located.line((*place, "columns", heading))
        if name not in log.fields:
            known = nearest(name, dict(log.fields)) or "查 rules/logs.yaml 中该台账的字段"
            faults.append(Fault(located.file, line, f"台账 {mapping.log} 没有字段“{name}”", known))
        elif name in seen:
            faults.append(Fault(located.file, line, f"“{seen[name]}”和“{heading}”都对应字段“{name}”", "只留一个"))
        seen.setdefault(name, heading)
    return faults


def save_mapping(
    file: Path, log: str, columns: Mapping[str, str | None], sheet: str | None, headings: Sequence[str] = ()
) -> Path:
    """Write the mapping of `file`, or of one of its sheets, beside it and return where it stands.

    `headings` limit it to one of several tables of a sheet. What was saved for other sheets and tables stays.
    """
    path = mapping_path(file)
    kept = [heading for heading in headings if folded(heading)]
    mapping = SavedMapping(log=log, sheet=sheet, headings=kept, columns=dict(columns))
    saved = _placed(read_located(path)).values() if path.is_file() else ()
    mark = fingerprint(kept) if kept else ""
    others = [
        each
        for each in saved
        if (sheet is not None and each.sheet not in (None, sheet))
        or (mark and each.headings and each.sheet == sheet and fingerprint(each.headings) != mark)
    ]
    content = {"sheets": [each.as_yaml() for each in (*others, mapping)]} if others else mapping.as_yaml()
    return _write(path, content)


def save_in_profile(folder: Path, log: str, headings: Sequence[str], columns: Mapping[str, str | None]) -> Path:
    """Write a mapping for every table with these headings into a profile, which is made if need be."""
    kept = [heading for heading in headings if folded(heading)]
    mapping = SavedMapping(log=log, headings=kept, columns=dict(columns))
    mark = fingerprint(kept)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"*-{mark}{MAPPING_SUFFIX}"):
            old.unlink()  # made for the same headings, perhaps as another log
    except OSError as error:
        raise UsageError(f"{folder}：写不进（{because(error)}）。请换一个文件夹") from None
    return _write(folder / f"{log}-{mark}{MAPPING_SUFFIX}", mapping.as_yaml())


def _write(path: Path, content: Mapping[str, object]) -> Path:
    import yaml

    try:
        path.write_text(yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False), "utf-8", newline="")
    except OSError as error:
        raise UsageError(f"{path}：写不进（{because(error)}）。请检查权限，或用 --profile 存到别的文件夹") from None
    return path
