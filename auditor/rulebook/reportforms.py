"""The form of the yearly report (年度报告格式) of `annual_report.yaml`: its rows, and which records fill them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from auditor.rulebook.located import build, read_located
from auditor.rulebook.strict import Strict
from auditor.shipped import shipped

FORM = "annual_report.yaml"
TOTAL = "总计"
KEYS = ("新收", "上年结转", "办理结果总计", "结转下年度")


class RowLine(Strict):
    """A row of the table of requests, with its printed number and other ways to write it.

    What is `unanswered` was closed without a reply.
    """

    no: str
    zh: str
    group: str = ""
    note: str = ""
    names: tuple[str, ...] = ()
    unanswered: bool = False


class OutcomeLine(Strict):
    """Answers that belong into a row; without `outcome` or `ground` any fits. `handled`: other days than the form's."""

    row: str
    outcome: tuple[str, ...] = ()
    ground: tuple[str, ...] = ()
    remark: str = ""
    handled: tuple[str, ...] = ()

    def fits(self, outcome: str | None, ground: str | None) -> bool:
        """Whether an answer with this ground goes here."""
        return (not self.outcome or outcome in self.outcome) and (not self.ground or ground in self.ground)


class Remedies(Strict):
    """The table of reconsideration and litigation."""

    results: Annotated[tuple[str, ...], Field(min_length=1)]
    rows: Annotated[tuple[str, ...], Field(min_length=3, max_length=3)]


class ActiveRow(Strict):
    """A row of section two that the logs do not tell."""

    row: str
    columns: tuple[str, ...]


class Active(Strict):
    """Section two."""

    documents: str
    others: tuple[ActiveRow, ...]


class ReportForm(Strict):
    """The form."""

    basis: str
    applicants: Annotated[tuple[str, ...], Field(min_length=1)]
    received: Annotated[tuple[str, ...], Field(min_length=1)]
    handled: Annotated[tuple[str, ...], Field(min_length=1)]
    rows: Mapping[str, RowLine]
    results: Annotated[tuple[RowLine, ...], Field(min_length=1)]
    outcomes: Annotated[tuple[OutcomeLine, ...], Field(min_length=1)]
    remedies: Remedies
    active: Active
    categories: Mapping[str, str]

    @model_validator(mode="after")
    def _rows_that_are_there(self) -> "ReportForm":
        if tuple(self.rows) != KEYS:
            raise ValueError(f"rows 应依次为{'、'.join(KEYS)}|补齐")
        known = [row.zh for row in self.results]
        if len(set(known)) != len(known):
            raise ValueError("results 中有同名的行|改用不同的名称")
        unknown = [line.row for line in self.outcomes if line.row not in known]
        if unknown:
            raise ValueError(f"outcomes 中的“{unknown[0]}”不是 results 的行|改为 results 中的一行")
        last = self.outcomes[-1]
        if last.outcome or last.ground:
            raise ValueError("outcomes 的最后一条应当什么都接收，否则有的申请没有归处|最后一条不写 outcome 和 ground")
        return self

    def row_of(self, outcome: str | None, ground: str | None) -> OutcomeLine:
        """Where an answer belongs."""
        return next(line for line in self.outcomes if line.fits(outcome, ground))


class FormFile(Strict):
    """`annual_report.yaml`."""

    form: ReportForm


def load_report_form(extra: Sequence[Path] = ()) -> ReportForm:
    """The form of the last folder that has one, else the shipped one. Raises `RulebookError`."""
    path = next((each for folder in reversed(extra) if (each := folder / FORM).is_file()), shipped("rules") / FORM)
    return build(FormFile, read_located(path, f"rules/{FORM}" if path.parent == shipped("rules") else None)).form
