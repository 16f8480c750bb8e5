"""The fixed words of the documents, from `reports/words.yaml` and `reports/workbook.yaml`."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from auditor.shipped import shipped


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cautions(_Words):
    """Warnings that follow from the figures; a `_word` in the audit's own cautions makes one needless."""

    not_assessed_word: str
    provisional_word: str
    not_assessed: str
    not_supplied: str
    provisional: str
    hidden: str
    internal: str


class LedgerWords(_Words):
    """Names of rows that the workbook fills in."""

    as_of: str
    period: str
    version: str
    caution: str
    note: str
    setting: str
    input: str
    all_units: str
    rules_counted: str
    rules_idle: str
    rules_not_assessed: str
    rules_total: str
    not_assessed_reason: str
    audited: str


class ChartWords(_Words):
    """A chart: its title, the headings of its table, what the numbers on it mean and what it says."""

    title: str
    headings: tuple[str, ...]
    numbers: str
    says: str


class RepliesWords(ChartWords):
    """The chart of late replies, which says something else where there are none."""

    says_none: str


class ChartsWords(_Words):
    """The charts of a report."""

    used: ChartWords
    replies: RepliesWords


class Words(_Words):
    """What the program fills in."""

    no_period: str
    period_range: str
    whole_sheet: str
    whole_row: str
    blank_cell: str
    not_recorded: str
    counted: str
    not_counted: str
    provisional_day: str
    provisional: str
    late_hours: str
    late_days: str
    seen_first: str
    seen_before: str
    not_assessed: str
    idle: str
    not_supplied: str
    cut: str
    day_marks: Mapping[str, str]
    shares: Mapping[str, str]
    since: Mapping[str, str]
    heat: Mapping[str, str]
    charts: ChartsWords
    evidence: str
    evidence_row: str
    evidence_column: str
    evidence_more: str
    cautions: Cautions
    notes: tuple[str, ...]
    ledger: LedgerWords


class ColumnWords(_Words):
    """A column of a sheet: which value it shows, its heading, its width in half-width characters.

    With a `span` it takes the room of that many columns of the sheet. An `optional` one stands only where it has
    something to show.
    """

    key: str
    heading: str
    width: int
    kind: Literal["text", "count", "severity", "rule", "choice", "date", "entry"] = "text"
    options: tuple[str, ...] = ()
    span: int = 1
    optional: bool = False


class TableWords(_Words):
    """A table of a sheet, with a caption where the sheet has several."""

    caption: str = ""
    columns: tuple[ColumnWords, ...]


class SheetWords(_Words):
    """A sheet of the workbook."""

    name: str
    title: str
    remark: str = ""
    freeze: int = 0
    paper: Literal["A3", "A4"] = "A4"
    filter: bool = True
    tables: Mapping[str, TableWords]


class WorkbookWords(_Words):
    """The workbook's sheets and what its pages and entry cells say."""

    meta: str
    internal: str
    page: str
    entry_error: str
    date_error: str
    sheets: Mapping[str, SheetWords]


@cache
def words() -> Words:
    """The words shared by the documents."""
    return Words.model_validate(_load("words.yaml"))


@cache
def workbook_words() -> WorkbookWords:
    """The words of the workbook."""
    return WorkbookWords.model_validate(_load("workbook.yaml"))


def _load(name: str) -> object:
    return yaml.safe_load((shipped("reports") / name).read_text("utf-8"))
