"""The errors a person must act upon; anything else that is raised is a fault of the program.

AuditorError            every message says where, why, and what to do, in Chinese
├── UsageError          exit 2   the command was called wrongly
├── DataError           exit 3   an input could not be read
└── RulebookError       exit 4   a rule file, a setting or the calendar is at fault
"""

from dataclasses import dataclass


class AuditorError(Exception):
    """Base of all errors that end a run with a message instead of a traceback."""

    exit_code = 70


class UsageError(AuditorError):
    """Options or paths that do not fit together."""

    exit_code = 2


class DataError(AuditorError):
    """What the command was to work on could not be read: logs, an audit, a ledger, a workbook that came back."""

    exit_code = 3


@dataclass(frozen=True)
class Fault:
    """One fault in a rule file: where it stands, what is wrong, how to mend it."""

    file: str
    line: int
    problem: str
    suggestion: str = ""

    def __str__(self) -> str:
        mend = f"。建议：{self.suggestion}" if self.suggestion else ""
        return f"{self.file} 第{self.line}行：{self.problem}{mend}"


class RulebookError(AuditorError):
    """The rulebook, its settings or the calendar cannot be used; holds every fault found."""

    exit_code = 4

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.file, fault.line, fault.problem))
        super().__init__("规则文件有误，审计未进行：\n" + "\n".join(map(str, self.faults)))
