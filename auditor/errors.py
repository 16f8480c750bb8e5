"""The errors a person must act upon; anything else that is raised is a fault of the program.

AuditorError            every message says where, why, and what to do, in Chinese
├── UsageError          exit 2   the command was called wrongly
├── DataError           exit 3   an input could not be read
└── RulebookError       exit 4   a rule file, a setting or the calendar is at fault
"""

import errno
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
        # What several rules share is faulty in each of them, and told once.
        self.faults = sorted(set(faults), key=lambda fault: (fault.file, fault.line, fault.problem))
        super().__init__("规则文件有误，审计未进行：\n" + "\n".join(map(str, self.faults)))


# What systems other than Windows say in English whatever the language of the desk.
_WORDS = {
    "ENOENT": "没有这个文件或文件夹",
    "EACCES": "没有权限",
    "EPERM": "没有权限",
    "EROFS": "磁盘是只读的",
    "ENOSPC": "磁盘空间不足",
    "EDQUOT": "磁盘配额已满",
    "EEXIST": "已经存在",
    "EISDIR": "是文件夹，不是文件",
    "ENOTDIR": "路径中有一段不是文件夹",
    "ENOTEMPTY": "文件夹不是空的",
    "ENAMETOOLONG": "路径太长",
    "ELOOP": "链接互相指向，没有尽头",
    "EBUSY": "正被占用",
    "ETXTBSY": "正被占用",
    "EMFILE": "打开的文件太多",
    "ENFILE": "打开的文件太多",
    "EIO": "磁盘读写出错",
    "ESTALE": "网络文件夹已断开",
}
_WHY = {getattr(errno, name): words for name, words in _WORDS.items() if hasattr(errno, name)}


def because(error: OSError) -> str:
    """Why the system refused, in Chinese where it is one of the usual reasons, else in its own words."""
    return _WHY.get(error.errno or 0) or error.strerror or str(error)
