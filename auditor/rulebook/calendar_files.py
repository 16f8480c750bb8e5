"""The holiday notices under `rules/calendar/`, one file a year, as a `Calendar`.

A new year's notice is a new file; a notice that changes a year that has begun is a further entry
of that year's file. Nothing in the program needs to change.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from auditor.domain.calendar import Calendar, SpecialDay
from auditor.errors import Fault, RulebookError
from auditor.rulebook.located import Place, build, read_located
from auditor.rulebook.sources import check_folders
from auditor.rulebook.strict import Strict
from auditor.shipped import shipped

FIRST_DAY = date(2007, 1, 1)
YEARS_AHEAD = 6  # provisional years kept after the last notice, enough for every limit of the rules


class RestDays(Strict):
    """A run of days off."""

    from_: Annotated[date, Field(alias="from")]
    to: date
    holiday: str


class MakeUpDay(Strict):
    """A weekend day that is worked (调休上班)."""

    on: date
    holiday: str


class Notice(Strict):
    """One notice of the State Council; `source` tells whether its number was read or remembered."""

    number: str | None
    title: str
    issued_on: date
    source: Literal["read", "remembered"]
    rest: tuple[RestDays, ...] = ()
    work: tuple[MakeUpDay, ...] = ()


class YearFile(Strict):
    """A year: its notices in order, or the days that the holiday measure alone fixes."""

    year: int
    notices: tuple[Notice, ...]
    statutory: tuple[RestDays, ...] = ()


class ProvisionalFile(Strict):
    """Month and day of holidays that are off in every year without a file of its own."""

    fixed_days: tuple[str, ...]


def load_calendar(folders: Sequence[Path]) -> Calendar:
    """Read every year file; a file in a later folder replaces the one of the same name before it."""
    files = {path.name: path for folder in folders for path in sorted(folder.glob("*.yaml"))}
    if not files:
        raise RulebookError([Fault(str(folders[-1]), 1, "没有找到放假通知", "放入 rules/calendar/<年份>.yaml")])
    fixed = _fixed_days(files.pop("provisional.yaml", None))
    years = [_year_file(path) for path in files.values()]
    noticed = frozenset(year.year for year in years if year.notices)
    last_year = max(noticed, default=FIRST_DAY.year) + YEARS_AHEAD
    special = _fixed_everywhere(fixed, range(FIRST_DAY.year, last_year + 1), {year.year for year in years})
    for year in sorted(years, key=lambda each: each.year):
        special.update(_days_of(year))
    return Calendar(FIRST_DAY, date(last_year, 12, 31), special, noticed)


def _year_file(path: Path) -> YearFile:
    located = read_located(path, path.name)
    year = build(YearFile, located)
    faults = []
    if path.stem != str(year.year):
        faults.append(
            Fault(path.name, located.line(("year",)), f"文件名与年份 {year.year} 不符", "文件名写成 <年份>.yaml")
        )
    places: list[tuple[Place, RestDays]] = [(("statutory", n), rest) for n, rest in enumerate(year.statutory)]
    works: list[tuple[Place, MakeUpDay]] = []
    for n, notice in enumerate(year.notices):
        places += [(("notices", n, "rest", m), rest) for m, rest in enumerate(notice.rest)]
        works += [(("notices", n, "work", m), work) for m, work in enumerate(notice.work)]
    for place, rest in places:
        if rest.from_ > rest.to:
            faults.append(Fault(path.name, located.line(place), f"{rest.holiday}放假的起止日颠倒", "改正 from 与 to"))
    days = [(place, day) for place, rest in places for day in (rest.from_, rest.to)]
    for place, day in [*days, *((place, work.on) for place, work in works)]:
        if not date(year.year - 1, 12, 1) <= day <= date(year.year + 1, 1, 31):
            mend = "写入该日所属年份的文件"
            faults.append(Fault(path.name, located.line(place), f"{day} 不在 {year.year} 年放假安排内", mend))
    if faults:
        raise RulebookError(list(dict.fromkeys(faults)))
    return year


def _fixed_days(path: Path | None) -> list[tuple[int, int]]:
    """Month and day pairs; 29 February is not among them, so that every year has the day."""
    if path is None:
        return []
    located = read_located(path, path.name)
    pairs = []
    for n, text in enumerate(build(ProvisionalFile, located).fixed_days):
        try:
            day = date.fromisoformat(f"2001-{text}")
        except ValueError:
            line = located.line(("fixed_days", n))
            raise RulebookError([Fault(path.name, line, f"“{text}”不是月-日", "写成 10-01")]) from None
        pairs.append((day.month, day.day))
    return pairs


def _fixed_everywhere(fixed: list[tuple[int, int]], years: range, with_file: set[int]) -> dict[date, SpecialDay]:
    return {
        date(year, month, day): SpecialDay(False, "法定节假日")
        for year in years
        if year not in with_file
        for month, day in fixed
    }


def _days_of(year: YearFile) -> Mapping[date, SpecialDay]:
    days: dict[date, SpecialDay] = {}
    for notice in year.notices:
        named = notice.number or notice.title
        days.update({day: SpecialDay(False, name, named) for day, name in _each(notice.rest)})
        days.update({work.on: SpecialDay(True, work.holiday, named) for work in notice.work})
    days.update({day: SpecialDay(False, name) for day, name in _each(year.statutory)})
    return days


def _each(runs: tuple[RestDays, ...]) -> Iterator[tuple[date, str]]:
    for run in runs:
        for offset in range((run.to - run.from_).days + 1):
            yield run.from_ + timedelta(days=offset), run.holiday


def calendar_for(rule_folders: Sequence[Path]) -> Calendar:
    """The calendar alone: the shipped notices with those of `rule_folders` laid over them."""
    check_folders(rule_folders)
    folders = [shipped("rules") / "calendar", *(folder / "calendar" for folder in rule_folders)]
    return load_calendar([folder for folder in folders if folder.is_dir()])
