"""Which returned forms count: blank, repeated and contradictory ones are set aside, each with its reason."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.domain.appraisal import SetAside
from auditor.rulebook.schemes import CONTENTS
from auditor.tables import RECORD, ROW, SOURCE, UNREAD, Logs, LogTable, Reject

if TYPE_CHECKING:
    import pandas as pd

LOG = "questionnaires"
BLANK, REPEATED, CONTRADICTORY, UNDATED, ILLEGIBLE = "空白", "重复", "矛盾", "年度不明", "读不出"
_OPTION = re.compile("基本满意|不满意|不了解|满意")
_REPEAT = re.compile(r"^重复（与 (?P<file>.*) 第(?P<row>\d+)行 相同）$")
_TEXTS = ("form_no", "group", "unit", "opinion", *CONTENTS)


@dataclass(frozen=True)
class Returned:
    """The forms of one year: those that count as a table, those set aside, and how many came back."""

    forms: "pd.DataFrame"
    set_aside: tuple[SetAside, ...]
    partly_unread: int = 0  # of those that count: an answer is none of the four, and taken for none

    @property
    def unnumbered(self) -> int:
        """Of those that count so many without a number: nobody can tell whether one came twice."""
        return int(self.forms["form_no"].isna().sum())

    @property
    def returned(self) -> int:
        """All forms that came back."""
        return len(self.forms) + len(self.set_aside)


def returned_forms(logs: Logs, year: int) -> Returned:
    """The forms of `year`; of the others nothing is said."""
    import pandas as pd

    table = logs.tables.get(LOG)
    if table is None:
        return Returned(pd.DataFrame({name: [] for name in (*_TEXTS, "_place")}, dtype="object"), ())
    forms = _put_back(table, _as_pandas(table), logs.rejects)
    dated = forms["year"].notna()
    undated = forms[~dated] if dated.any() else forms[:0]  # where no form has a year, all are of the year asked for
    of_year = forms[forms["year"] == year] if dated.any() else forms
    reasons = pd.Series([""] * len(of_year), index=of_year.index, dtype="object")
    whys = reasons.copy()

    def mark(where: "pd.Series", reason: str, why: str) -> None:
        fresh = where & (reasons == "")
        reasons[fresh], whys[fresh] = reason, why

    ticked_twice = of_year["_place"].isin(_ticked_twice(table, logs.rejects))
    mark(ticked_twice, CONTRADICTORY, "同一项内容选了两个以上答案")
    unanswered = of_year[list(CONTENTS)].isna().all(axis=1)
    unread = of_year["_place"].isin(_unread(table))
    mark(unanswered & unread, ILLEGIBLE, "作答的各项都不在四种回答之内")
    mark(unanswered, BLANK, "五项内容都没有作答")
    again, differing = _same_number(of_year[reasons == ""])
    mark(differing.reindex(of_year.index, fill_value=False), CONTRADICTORY, "票号相同而回答不同，无法判断以哪一份为准")
    mark(again.reindex(of_year.index, fill_value=False), REPEATED, "票号和回答都与前一份相同")
    aside = [*_listed(table, of_year, reasons, whys), *_undated(table, undated)]
    aside += _repeats(table, forms, logs.rejects, year, whole=not dated.any())
    aside.sort(key=lambda each: (each.file, each.sheet, each.row))
    return Returned(of_year[reasons == ""], tuple(aside), int((unread & (reasons == "")).sum()))


def _same_number(forms: "pd.DataFrame") -> tuple["pd.Series", "pd.Series"]:
    """Forms that repeat one of the same number and the same answers, and forms of one number whose answers differ."""
    numbered = forms["form_no"].notna()
    forms = forms.assign(_number=_numbers(forms))
    told = ["_number", *CONTENTS]
    numbers = forms.loc[numbered, told].drop_duplicates()["_number"]
    differing = numbered & forms["_number"].isin(numbers[numbers.duplicated()])
    return numbered & ~differing & forms.duplicated(told), differing


def _numbers(forms: "pd.DataFrame") -> "pd.Series":
    """The number of each form; where a number stands on forms about several units, every unit has its own."""
    of_units = forms.groupby("form_no")["unit"].nunique()
    several = forms["form_no"].isin(of_units[of_units > 1].index)
    unit = forms["unit"].where(forms["unit"].notna(), "")
    return forms["form_no"].where(~several, forms["form_no"] + "\x1f" + unit)


def _as_pandas(table: LogTable) -> "pd.DataFrame":
    """The columns that the statistics need, lacking ones blank; `_place` says where a form stands."""
    import pandas as pd

    frame = table.frame
    columns: dict[str, object] = {
        name: frame[name].to_list() if name in frame.columns else [None] * frame.height for name in _TEXTS
    }
    years = frame["year"].to_list() if "year" in frame.columns else [None] * frame.height
    columns["year"] = pd.array(years, dtype="Int64")
    columns["_record"] = frame[RECORD].to_list()
    columns["_place"] = list(zip(frame[SOURCE].to_list(), frame[ROW].to_list(), strict=True))
    made = pd.DataFrame(columns)
    for name in _TEXTS:
        made[name] = made[name].astype("object").where(made[name].notna(), None)
    return made


def _unread(table: LogTable) -> set[tuple[int, int]]:
    """Places of forms of which an answer was rejected."""
    marks = [f"{UNREAD}{name}" for name in CONTENTS if name in table.unread]
    rows = table.frame.select(SOURCE, ROW, *marks).iter_rows()
    return {(source, row) for source, row, *refused in rows if any(refused)}


def _ticked_twice(table: LogTable, rejects: Iterable[Reject]) -> set[tuple[int, int]]:
    """Places of forms of which a rejected cell names two answers at once."""
    if not table.unread:
        return set()
    at: dict[tuple[str, str], list[int]] = {}
    for number, source in enumerate(table.sources):
        at.setdefault((source.file, source.sheet), []).append(number)
    headings = {
        column.heading for source in table.sources for name, column in source.columns.items() if name in CONTENTS
    }
    return {
        (number, reject.row)
        for reject in rejects
        if reject.column in headings and len(set(_OPTION.findall(reject.value))) > 1
        for number in at.get((reject.file, reject.sheet), ())
    }


def _listed(table: LogTable, forms: "pd.DataFrame", reasons: "pd.Series", whys: "pd.Series") -> list[SetAside]:
    marked = forms[reasons != ""]
    return [
        _aside(table, record, place, reason, why)
        for record, place, reason, why in zip(
            marked["_record"], marked["_place"], reasons[marked.index], whys[marked.index], strict=True
        )
    ]


def _undated(table: LogTable, forms: "pd.DataFrame") -> list[SetAside]:
    why = "没有写明评议年度，不能算作哪一年的问卷"
    return [
        _aside(table, record, place, UNDATED, why)
        for record, place in zip(forms["_record"], forms["_place"], strict=True)
    ]


def _aside(table: LogTable, record: str, place: tuple[int, int], reason: str, why: str) -> SetAside:
    source = table.sources[place[0]]
    return SetAside(record, source.file, source.sheet, place[1], reason, why)


def _exact_repeats(table: LogTable, forms: "pd.DataFrame", rejects: Iterable[Reject]) -> Iterator[tuple[Reject, int]]:
    """Rows that reading refused because a form says exactly the same, and the index of that form."""
    shown = [" ".join(part for part in (source.file, source.sheet) if part) for source in table.sources]
    index = {(shown[source], row): at for at, (source, row) in zip(forms.index, forms["_place"], strict=True)}
    for reject in rejects:
        match = None if reject.column else _REPEAT.match(reject.reason)
        at = index.get((match["file"], int(match["row"]))) if match else None
        if at is not None:
            yield reject, at


def _is_another(table: LogTable, forms: "pd.DataFrame", reject: Reject, at: int) -> bool:
    """Whether an exact repeat of a form is another one: two people may agree, where neither has a number.

    The same row of another file may be a copy of it.
    """
    source = table.sources[forms.at[at, "_place"][0]]
    is_here = (reject.file, reject.sheet) == (source.file, source.sheet)
    return is_here and forms.at[at, "form_no"] is None


def _put_back(table: LogTable, forms: "pd.DataFrame", rejects: Iterable[Reject]) -> "pd.DataFrame":
    """The forms with those that reading refused though they are others."""
    import pandas as pd

    again = [
        {**forms.loc[at].to_dict(), "_place": (forms.at[at, "_place"][0], reject.row), "_record": reject.value}
        for reject, at in _exact_repeats(table, forms, rejects)
        if _is_another(table, forms, reject, at)
    ]
    if not again:
        return forms
    return pd.concat([forms, pd.DataFrame(again).astype(forms.dtypes)], ignore_index=True)


def _repeats(
    table: LogTable, forms: "pd.DataFrame", rejects: Iterable[Reject], year: int, *, whole: bool
) -> list[SetAside]:
    """Rows that reading refused as exact repeats of a form of this year, and that were not put back."""
    of_year = set(forms.index if whole else forms.index[(forms["year"] == year).fillna(False)])
    return [
        SetAside(reject.value, reject.file, reject.sheet, reject.row, REPEATED, reject.reason[len(REPEATED) + 1 : -1])
        for reject, at in _exact_repeats(table, forms, rejects)
        if at in of_year and not _is_another(table, forms, reject, at)
    ]
