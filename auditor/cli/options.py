"""Option types and options that several commands share."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from auditor.domain.limit import Limit, parse_limit
from auditor.domain.period import Period, parse_period
from auditor.errors import UsageError, because

F = TypeVar("F", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A date written 2025-12-31."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}”不是日期，写成 2025-12-31", param, ctx)
        if not 2007 <= day.year <= 2100:
            self.fail(f"{day} 不在 2007 至 2100 年之间", param, ctx)
        return day


class AuditPeriod(click.ParamType[Period]):
    """A period: 2025, 2025Q1, 2025-03, 2025-01-01..2025-06-30."""

    name = "期间"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        try:
            return parse_period(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Number(click.ParamType[int]):
    """A whole number from `least` to `most`."""

    name = "数"

    def __init__(self, least: int, most: int, example: str) -> None:
        self.least, self.most, self.example = least, most, example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if not text.isdecimal() or not self.least <= int(text) <= self.most:
            self.fail(f"“{value}”应为{self.least}至{self.most}的整数，如 {self.example}", param, ctx)
        return int(text)


class Existing(click.Path):
    """A path at which something is; the conversion raises `UsageError` where nothing is."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = super().convert(value, param, ctx)
        try:
            is_there = Path(value).exists()
        except PermissionError as error:
            raise UsageError(f"打不开：{value}（{because(error)}）。请检查权限") from None
        if not is_there:
            raise UsageError(f"找不到：{value}。请检查路径是否写对")
        return path


ONE_PATH = click.Path(path_type=Path)
THERE = Existing()


def rulebook_options(command: F) -> F:
    """`--rules` and `--settings`."""
    command = click.option("--settings", "settings_file", type=THERE, help="本级设置文件（YAML），覆盖默认解释口径。")(
        command
    )
    return click.option("--rules", "rule_folders", type=THERE, multiple=True, help="另加的规则目录，可重复。")(command)


def profile_option(command: F) -> F:
    """`--profile`: mappings saved for their headings."""
    return click.option(
        "--profile", type=ONE_PATH, help="列对照文件夹（auditor map --profile 所存）：表头相同的表照此读取。"
    )(command)


def as_of_option(command: F) -> F:
    """`--as-of`: the day on which the audit stands; see `today_unless`."""
    return click.option("--as-of", type=Day(), default=None, help="审计基准日，默认今天。")(command)


def audit_options(command: F) -> F:
    """What an audit may be asked for, of one bureau or of many."""
    for option in reversed(_AUDIT_OPTIONS):
        command = option(command)
    return command


def yearly_options(command: F) -> F:
    """What an evaluation or a report of a calendar year is asked for: `--year`, the day, mappings, the rulebook."""
    kind = Number(2007, 2100, "2025")
    year = click.option("--year", type=kind, required=True, metavar="年度", help="年度，如 2025。")
    return year(as_of_option(profile_option(rulebook_options(command))))


def on_option(command: F) -> F:
    """`--on`: the day of a step; see `today_unless`."""
    return click.option("--on", type=Day(), default=None, help="办理日期，默认今天。")(command)


def ledger_option(command: F) -> F:
    """`--ledger`: where the findings are remembered."""
    return click.option(
        "--ledger",
        "--database",
        "place",
        default="auditor.db",
        metavar="FILE|URL",
        help="问题库：文件（SQLite），或 postgresql:// 开头的地址；默认 auditor.db。",
    )(command)


def format_option(command: F) -> F:
    """`--format`: text for people, JSON for programs."""
    return click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", help="输出形式。")(
        command
    )


def limit_of(text: str) -> Limit:
    """A limit as people type it. Raises `UsageError`."""
    try:
        return parse_limit(text)
    except ValueError:
        raise UsageError(f"期限“{text}”读不出，写成 20wd（工作日）、30d（自然日）、1m（月）或 48h（小时）") from None


def today_unless(as_of: date | None) -> date:
    """The day given, or today: nothing else in the program asks for the day."""
    return as_of or date.today()


def day_in_year(year: int, as_of: date | None) -> date:
    """The day on which something about `year` stands. Raises `UsageError` where the year has not begun by then."""
    day = today_unless(as_of)
    if date(year, 1, 1) > day:
        raise UsageError(f"{year}年度在基准日 {day} 还没有开始。请核对 --year 和 --as-of")
    return day


def say_unreadable(messages: Iterable[str]) -> None:
    """Name the inputs that could not be read, on the error output."""
    for message in messages:
        click.echo(f"无法读取：{message}", err=True)


_AUDIT_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    as_of_option,
    click.option("--period", type=AuditPeriod(), help="只看该期间到期的义务：2025、2025Q1、2025-03、起..止。"),
    profile_option,
    rulebook_options,
    click.option(
        "--fail-on",
        type=click.Choice(["critical", "major", "minor", "never"]),
        default="minor",
        help="有此程度及以上的违反时，退出码为 1；默认 minor。",
    ),
    click.option("--internal", is_flag=True, help="内部资料：不隐去个人信息。"),
    click.option("--template", "template_file", type=ONE_PATH, help="本单位的红头模板（docx），通报写进其中的占位符。"),
    click.option(
        "--format",
        "formats",
        type=click.Choice(["sarif", "junit", "csv"]),
        multiple=True,
        help="把审计发现另写成供其他程序读取的格式，可写多次。",
    ),
    click.option("--no-documents", is_flag=True, help="不写供人阅读的文件（report、ledger、notices）。"),
    click.option("--notable-only", is_flag=True, help="obligations.parquet 中不列已履行的义务。"),
)
