"""The conversation of `auditor map` on a terminal: look at the columns, change some, save."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from unicodedata import normalize

from auditor.cli.map import field_named, lines_of, log_named
from auditor.errors import UsageError
from auditor.reading import propose, save_in_profile, save_mapping
from auditor.reading.proposal import Proposal, ProposedColumn
from auditor.rulebook.logs import LogCatalogue
from auditor.tables import Confidence

_WHAT_NEXT = "写列的序号改这一列，L 换台账，S 保存，直接回车不保存"
_WHICH_LOG = "这张表是哪种台账？写中文名或英文名，直接回车跳过这张表"
_WHICH_FIELD = "写字段的中文名或英文名，? 列出可选字段，- 不用这一列，直接回车不变"


@dataclass
class Talk:
    """One sheet talked over with a person; `ask` puts a question and returns the answer, `say` shows a line.

    `whole_file` says that the file has no other sheet, so that what is saved beside it needs to name none.
    """

    file: Path
    catalogue: LogCatalogue
    proposal: Proposal
    profile: Path | None
    whole_file: bool
    ask: Callable[[str], str]
    say: Callable[[str], object]
    changed: dict[str, str | None] = field(default_factory=dict)

    def hold(self) -> Path | None:
        """Talk until the mapping is saved, and return where; None if it is not."""
        self._show()
        if self.proposal.log is None and not self._change_log():
            return None
        while True:
            answer = normalize("NFKC", self.ask(_WHAT_NEXT)).casefold()
            if answer == "":
                self.say("没有保存。")
                return None
            if answer == "s":
                return self._save()
            if answer == "l":
                self._change_log()
            elif answer.isdecimal() and 1 <= int(answer) <= len(self.proposal.columns):
                self._change_column(int(answer) - 1)
            else:
                self.say(f"没有“{answer}”这一项。")

    def _show(self) -> None:
        for line in lines_of(self.proposal, self.catalogue):
            self.say(line)

    def _change_log(self) -> bool:
        while answer := self.ask(_WHICH_LOG):
            try:
                log = log_named(answer, self.catalogue)
            except UsageError as error:
                self.say(str(error))
                continue
            self.changed.clear()
            sheet, part = self.proposal.sheet, self.proposal.part
            (self.proposal,) = propose(self.file, self.catalogue, log, sheet, profile=self.profile, part=part)
            self._show()
            return True
        return False

    def _change_column(self, at: int) -> None:
        assert self.proposal.log is not None
        log, column = self.catalogue.logs[self.proposal.log], self.proposal.columns[at]
        while answer := self.ask(f"“{column.heading}”对应哪个字段？{_WHICH_FIELD}"):
            if answer in ("?", "？"):
                self.say("、".join(f"{each.zh}（{name}）" for name, each in log.fields.items()))
                continue
            try:
                name = None if answer == "-" else field_named(answer, log)
            except UsageError as error:
                self.say(str(error))
                continue
            self._set(at, name)
            self._show()
            return

    def _set(self, at: int, name: str | None) -> None:
        """Give the column the field, and take the field from the column that had it."""
        columns = list(self.proposal.columns)
        for other, column in enumerate(columns):
            if name is not None and column.field == name and other != at:
                columns[other] = _taken_for(column, None)
                self.changed[column.heading] = None
        columns[at] = _taken_for(columns[at], name)
        self.changed[columns[at].heading] = name
        self.proposal = replace(self.proposal, columns=tuple(columns))

    def _save(self) -> Path:
        """Save what every column in use stands for, and which the person left out."""
        assert self.proposal.log is not None
        used = {column.heading: column.field for column in self.proposal.columns if column.field}
        columns = {**used, **self.changed}
        if self.profile:
            path = save_in_profile(self.profile, self.proposal.log, self.proposal.headings, columns)
        else:
            sheet = None if self.whole_file else self.proposal.sheet
            headings = () if self.proposal.part is None else self.proposal.headings
            path = save_mapping(self.file, self.proposal.log, columns, sheet, headings)
        self.say(f"已保存：{path}")
        return path


def _taken_for(column: ProposedColumn, name: str | None) -> ProposedColumn:
    sure = Confidence.HIGH if name else None
    return replace(column, field=name, confidence=sure, why="", perhaps=())
