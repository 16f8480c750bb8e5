"""The files that a rulebook is made of: the shipped folder, those laid over it, and the office's settings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import Fault, RulebookError
from auditor.shipped import shipped

RULE_FOLDERS = ("bureau", "national")
CALENDAR = "calendar"
VALUE_WORDS = "value_words.yaml"
LEDGER = "ledger.yaml"
_NOT_RULES = {
    "logs.yaml",
    "settings.yaml",
    "same_fact.yaml",
    "judgements.yaml",
    "tariffs.yaml",
    "requirements.yaml",
    "text_defects.yaml",
    "evaluation.yaml",
    "annual_report.yaml",
    VALUE_WORDS,
    LEDGER,
}


@dataclass(frozen=True)
class Sources:
    """The folders in the order in which each is laid over the one before, and the settings file where there is one."""

    folders: tuple[Path, ...]
    settings: Path | None = None

    def newest(self, name: str) -> Path:
        """The file of this name in the last folder that has one, else the shipped one."""
        for folder in reversed(self.folders):
            if (folder / name).exists():
                return folder / name
        return shipped("rules") / name

    @property
    def judgements(self) -> list[Path]:
        """A whole rulebook without judgements has none; folders laid over add theirs."""
        return [folder / "judgements.yaml" for folder in self.folders if (folder / "judgements.yaml").exists()]

    @property
    def hashed(self) -> Mapping[str, Sequence[Path]]:
        """The files of each part of the rulebook, in the order in which a receipt hashes them."""
        calendars = [shipped("rules") / CALENDAR, *(folder / CALENDAR for folder in self.folders)]
        return {
            "rules": [path for folder in self.folders for path in rule_paths(folder)],
            "logs": [self.newest("logs.yaml"), self.newest(VALUE_WORDS)],
            "tariffs": [self.newest("tariffs.yaml")],
            "judgements": [self.newest("same_fact.yaml"), *self.judgements],
            "evaluation": [self.newest("evaluation.yaml"), self.newest("annual_report.yaml")],
            "settings": [self.newest("settings.yaml"), *([self.settings] if self.settings else [])],
            "calendar": [path for folder in calendars for path in sorted(folder.glob("*.yaml"))],
        }

    def files(self) -> Iterator[Path]:
        """Every file that the rulebook can have been made of, and some that it was not: all of every folder."""
        for folder in dict.fromkeys((shipped("rules"), *self.folders)):
            for part in (folder, *(folder / name for name in (*RULE_FOLDERS, CALENDAR))):
                yield from sorted(part.glob("*.yaml"))
        if self.settings is not None:
            yield self.settings


def check_folders(folders: Sequence[Path]) -> None:
    """Raises `RulebookError` unless all the folders of rules exist."""
    missing = [
        Fault(str(folder), 1, "规则目录不存在", "检查 --rules 后的路径") for folder in folders if not folder.is_dir()
    ]
    if missing:
        raise RulebookError(missing)


def sources_of(extra: Sequence[Path], settings: Path | None) -> Sources:
    """The shipped folder with those of `extra` laid over it. Raises `RulebookError` where one does not exist.

    A folder that has a `logs.yaml` is a whole rulebook and replaces those before it.
    """
    check_folders(extra)
    folders = [shipped("rules")]
    for folder in extra:
        folders = [folder] if (folder / "logs.yaml").exists() else [*folders, folder]
    return Sources(tuple(folders), settings)


def rule_paths(folder: Path) -> list[Path]:
    """The rule files of a folder, in the order in which they are read."""
    paths = [path for path in sorted(folder.glob("*.yaml")) if path.name not in _NOT_RULES]
    for name in RULE_FOLDERS:
        paths += sorted((folder / name).glob("*.yaml"))
    return paths
