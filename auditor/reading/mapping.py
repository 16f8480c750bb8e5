"""A saved mapping (列对照): what a person said about the columns of one file, kept beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from auditor.errors import Fault, RulebookError
from auditor.rulebook.located import Located, build, nearest, read_located
from auditor.rulebook.logs import LogCatalogue

MAPPING_SUFFIX = ".map.yaml"


class SavedMapping(BaseModel):
    """The log of a file, or of one of its sheets, and the field that each heading stands for."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    log: str
    sheet: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class MappingFile:
    """A mapping and the file it was read from."""

    path: Path
    mapping: SavedMapping

    def is_for(self, sheet: str) -> bool:
        """Whether it speaks of the sheet."""
        return self.mapping.sheet is None or self.mapping.sheet == sheet


def mapping_path(file: Path) -> Path:
    """Where the mapping of `file` lies."""
    return file.with_name(file.name + MAPPING_SUFFIX)


def load_mapping(file: Path, catalogue: LogCatalogue) -> MappingFile | None:
    """The mapping beside `file`, if there is one. Raises `RulebookError` with the line of every fault."""
    path = mapping_path(file)
    if not path.is_file():
        return None
    located = read_located(path)
    mapping = build(SavedMapping, located, content=located.content or {})
    faults = _faults(mapping, located, catalogue)
    if faults:
        raise RulebookError(faults)
    return MappingFile(path, mapping)


def _faults(mapping: SavedMapping, located: Located, catalogue: LogCatalogue) -> list[Fault]:
    log = catalogue.logs.get(mapping.log)
    if log is None:
        known = nearest(mapping.log, dict(catalogue.logs)) or f"可用：{'、'.join(catalogue.logs)}"
        return [Fault(located.file, located.line(("log",)), f"没有台账“{mapping.log}”", known)]
    faults = []
    seen: dict[str, str] = {}
    for heading, name in mapping.columns.items():
        line = located.line(("columns", heading))
        if name not in log.fields:
            known = nearest(name, dict(log.fields)) or "查 rules/logs.yaml 中该台账的字段"
            faults.append(Fault(located.file, line, f"台账 {mapping.log} 没有字段“{name}”", known))
        elif name in seen:
            faults.append(Fault(located.file, line, f"“{seen[name]}”和“{heading}”都对应字段“{name}”", "只留一个"))
        seen.setdefault(name, heading)
    return faults


def save_mapping(file: Path, log: str, columns: Mapping[str, str], sheet: str | None) -> Path:
    """Write the mapping of `file` beside it and return where it stands."""
    content: dict[str, object] = {"log": log}
    if sheet is not None:
        content["sheet"] = sheet
    content["columns"] = dict(columns)
    path = mapping_path(file)
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path
