"""Cells with a meaning: text turned into what the field may hold, or refused with the reason.

Every distinct text of a column is understood once.
"""

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, NamedTuple, TypeAlias

import polars as pl

from auditor.reading.dates import SERIALS_FROM_1900, Reckoning, with_moments
from auditor.reading.faults import FAILED, refusal
from auditor.reading.grid import ITEM
from auditor.reading.lists import divided
from auditor.reading.placeholders import placeholder
from auditor.reading.places import laid_over
from auditor.reading.undated import State
from auditor.rulebook.logs import FieldType, LogField
from auditor.rulebook.valuewords import ValueWords, folded_value
from auditor.tables import FIELD_TYPES

_LOOKED_AT, _MOSTLY = 10_000, 0.5  # of the first cells the share of distinct texts from which all are taken
_TOO_MANY = 1_000_000_000
_TOO_MUCH = 1_000_000_000_000
_SPACES = "".join(chr(at) for at in range(0x3001) if chr(at).isspace() and not 0x1C <= at <= 0x1F)  # but for ITEM
_WITHOUT_SPACES = dict.fromkeys(map(ord, _SPACES))
_GAP = f"[{_SPACES}]*"
_UNIT = r"(?:个?工作日|个|件|人|日|天|次|页|份|条|项|名|年度?|分)?"
_COUNT = re.compile(rf"([0-9]+|[0-9]{{1,3}}(?:,[0-9]{{3}})+)(?:\.0*)?{_GAP}{_UNIT}")
_MONEY = re.compile(
    rf"(?:人民币|rmb|cny)?{_GAP}[¥￥]?{_GAP}(?P<number>-?(?:[0-9]+|[0-9]{{1,3}}(?:,[0-9]{{3}})+)(?:\.[0-9]+)?)"
    rf"{_GAP}(?:(?P<ten_thousand>万){_GAP}元?|元)?整?"
)
_UNDONE = "没有写日期，写的是未办、未答复一类的话，按没有日期读"


@dataclass(frozen=True)
class Cells:
    """One column understood: `values` typed, `blank` where nothing was written, `why` a cell was refused.

    `notes` say what had to be assumed of a cell that is used. `same_day` marks cells that say 当场答复 instead of a
    date: they have no value yet (see `with_same_days`); None in columns without such cells.
    """

    values: pl.Series
    blank: pl.Series
    why: pl.Series
    notes: pl.Series
    same_day: pl.Series | None = None


@dataclass(frozen=True)
class Written:
    """One column as written: stripped texts, the field they stand for, whether they number records.

    `words` are what offices write instead of values; `year` is the year that heading or title names for dates
    without one; `serials_from` the day 0 of dates that are plain numbers.
    """

    texts: pl.Series
    field: LogField
    words: ValueWords
    is_key: bool = False
    year: int | None = None
    serials_from: dt.date = SERIALS_FROM_1900

    @property
    def kind(self) -> tuple[object, ...]:
        """Columns of one kind are understood together."""
        own = self.field
        reckoning = (self.year, self.serials_from, own.planned) if own.type in (FieldType.DATE, FieldType.TIME) else ()
        return own.type, own.options, own.blank, self.is_key, repr(own.synonyms), *reckoning


def read_cells(columns: Mapping[str, Written]) -> dict[str, Cells]:
    """Understand columns by name. A blank cell takes the field's `blank`, a refused one nothing."""
    kinds: defaultdict[tuple[object, ...], list[str]] = defaultdict(list)
    for name, column in columns.items():
        kinds[column.kind].append(name)
    understood: dict[str, Cells] = {}
    for names in kinds.values():
        understood |= _read_kind({name: columns[name].texts for name in names}, columns[names[0]])
    return {name: understood[name] for name in columns}


def _read_kind(columns: Mapping[str, pl.Series], kind: Written) -> dict[str, Cells]:
    """Columns of one kind, as one column: what is done once for each takes longer than all the rest in small tables."""
    texts = pl.concat([each.alias("raw") for each in columns.values()])
    lengths = list(map(len, columns.values()))
    meaning = _read_column(replace(kind, texts=texts))
    parts = [(end - length, length) for end, length in zip(accumulate(lengths), lengths, strict=True)]
    return {name: _cells(meaning, *part) for name, part in zip(columns, parts, strict=True)}


def _read_column(written: Written) -> pl.DataFrame:
    """What every cell of a column means: `value`, `blank`, `why`, `note`, `same_day`."""
    kind = written.field.type
    if kind is FieldType.TEXT:
        return _texts(written)
    distinct, places = _different(written.texts)
    meaning = _dates(distinct, written) if kind in _DATES else _one_by_one(distinct, written)
    return pl.DataFrame([_gathered(each, places) for each in meaning]) if places is not None else meaning.head(-1)


def _different(texts: pl.Series) -> tuple[pl.Series, pl.Series | None]:
    """The texts that differ, and for every cell the place of its own among them; a blank cell's lies behind all.

    Where most differ to find each one's place would take longer: then all of them, and no places if none is blank.
    """
    first = texts.head(_LOOKED_AT)
    if first.n_unique() <= len(first) * _MOSTLY:
        distinct = texts.unique().drop_nulls()
        return distinct, texts.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32).fill_null(len(distinct))
    if not texts.null_count():
        return texts, None
    filled = pl.col("raw").is_not_null()
    places = pl.when(filled).then(filled.cum_sum() - 1).otherwise(filled.sum())
    return texts.drop_nulls(), texts.alias("raw").to_frame().select(places).to_series()


def _gathered(meaning: pl.Series, places: pl.Series) -> pl.Series:
    """One column for all cells; most have nothing to say of any."""
    known = len(meaning) - meaning.null_count()
    says_nothing = not known or (known == len(meaning) and meaning.dtype == pl.Boolean and not meaning.any())
    return meaning.new_from_index(0, len(places)) if says_nothing else meaning[places]


def _cells(meaning: pl.DataFrame, start: int, length: int) -> Cells:
    read = meaning.slice(start, length)
    same_day = read["same_day"] if read["same_day"].any() else None
    return Cells(read["value"], read["blank"], read["why"], read["note"], same_day)


class _Meaning(NamedTuple):
    """What one text means."""

    value: object = None
    blank: bool = False
    why: str | None = None
    note: str | None = None
    same_day: bool = False


Reader: TypeAlias = Callable[[str], _Meaning]


def _table(meanings: Sequence[_Meaning], written: Written) -> pl.DataFrame:
    kinds: tuple[Any, ...] = (FIELD_TYPES[written.field.type], pl.Boolean, pl.String, pl.String, pl.Boolean)
    columns = list(zip(*meanings, strict=True)) or [()] * len(kinds)
    return pl.DataFrame(
        [pl.Series(name, column, kind) for name, column, kind in zip(_Meaning._fields, columns, kinds, strict=True)]
    )


def _of_values(values: pl.Series) -> pl.DataFrame:
    """Cells that hold these values, and of which nothing is to be said."""
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(values))
    return pl.DataFrame(
        [
            values.alias("value"),
            pl.Series("blank", [False]).new_from_index(0, len(values)),
            nothing.alias("why"),
            nothing.alias("note"),
            pl.Series("same_day", [False]).new_from_index(0, len(values)),
        ]
    )


def _texts(written: Written) -> pl.DataFrame:
    """Texts stand for themselves, but for those that say nothing or show that a formula failed."""
    texts, blank = written.texts, _blank(written)
    values = texts
    if written.is_key and texts.str.contains("[^ -~]").any():
        values = texts.str.normalize("NFKC").str.strip_chars()
    if texts.null_count() and blank.value is not None:
        values = values.fill_null(blank.value)
    read = _of_values(values).with_columns(texts.is_null().alias("blank"))
    odd = texts.str.contains(f"{placeholder(written.words.blank)}|{FAILED}|^{ITEM}").arg_true()
    if not len(odd):
        return read
    said = texts.gather(odd)
    told = {text: meaning for text in said.unique() if (meaning := _otherwise(text, written))}
    is_told = said.is_in(list(told))
    rows = said.filter(is_told).cast(pl.Enum(list(told))).to_physical()
    return laid_over(read, odd.filter(is_told), _table(list(told.values()), written)[rows])


def _one_by_one(texts: pl.Series, written: Written) -> pl.DataFrame:
    """What each text means, and behind them a blank cell."""
    read = _READERS[written.field.type](written)
    meanings = [_otherwise(text, written) or read(text) for text in texts.to_list()]
    return _table([*meanings, _blank(written)], written)


def _otherwise(text: str, written: Written) -> _Meaning | None:
    """What a text means by itself, whatever its field is; None where the field says."""
    if re.fullmatch(placeholder(written.words.blank), text) and text not in _meant(written):
        return _blank(written)
    if why := refusal(text):
        return _Meaning(why=why)
    if written.field.type is FieldType.TEXT and text.startswith(ITEM):
        joined = text.removeprefix(ITEM).replace(ITEM, "、")
        return _Meaning(_plain(joined) if written.is_key else joined)
    return None


def _meant(written: Written) -> frozenset[str]:
    """Words that look like placeholders and are values of the field."""
    own = written.field
    words = [*own.options, *([own.blank] if own.blank else [])]
    flags = [*written.words.flags.yes, *written.words.flags.no] if own.type is FieldType.FLAG else []
    return frozenset((*words, *flags))


def _blank(written: Written) -> _Meaning:
    """What a cell means in which nothing is written."""
    own = written.field
    if own.blank is None or own.blank == "unknown":
        return _Meaning(False if own.blank is None and own.type is FieldType.FLAG else None, blank=True)
    if own.type is FieldType.TEXT:
        return _Meaning(_plain(own.blank), blank=True)
    if own.type in _DATES:
        return _Meaning(with_moments(pl.Series([own.blank]))[_DATES[own.type]].item(), blank=True)
    return _READERS[own.type](written)(own.blank)._replace(blank=True, why=None, note=None)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip(_SPACES)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_WITHOUT_SPACES).lower()


def _or_refused(value: object, why: str) -> _Meaning:
    return _Meaning(value) if value is not None else _Meaning(why=why)


def _flag(written: Written) -> Reader:
    flags = written.words.flags
    truth = {folded_value(word): True for word in flags.yes} | {folded_value(word): False for word in flags.no}
    return lambda text: _or_refused(truth.get(_folded(text)), "只能填“是”或“否”")


def _one_of(written: Written) -> Reader:
    own = written.field
    options = {folded_value(option): option for option in own.options}
    synonyms = {folded_value(word): option for option, words in own.synonyms.items() for word in words}
    refused = _Meaning(why=f"不在可选范围，可填：{'、'.join(own.options)}")

    def read(text: str) -> _Meaning:
        word = _folded(text)
        if word in options:
            return _Meaning(options[word])
        option = synonyms.get(word)
        return refused if option is None else _Meaning(option, note=f"写的是“{text}”，按“{option}”读")

    return read


def _dates(texts: pl.Series, written: Written) -> pl.DataFrame:
    """Dates, and the words that offices write instead: 未答复 says that there is none, 当场答复 names another's."""
    own = written.field
    name = _DATES[own.type]
    read = with_moments(texts, Reckoning(written.year, written.serials_from, own.planned))
    wanted = "2020-12-02 这样的日期" if own.type is FieldType.DATE else "2020-12-02 09:30 这样的日期和时间"
    words = dict.fromkeys(map(folded_value, written.words.dates.same_day), _Meaning(same_day=True))
    words |= dict.fromkeys(map(folded_value, written.words.dates.not_done), _Meaning(note=_UNDONE))

    def meant(text: str, state: str, value: object, clockless: bool, why: str | None, note: str | None) -> _Meaning:
        if state != State.OK.value:
            refused = _Meaning(why=f"{why}，应写成 {wanted}")
            return _otherwise(text, written) or words.get(_folded(text), refused)
        if clockless and own.type is FieldType.TIME:
            # midnight, as for a date alone, would make hours of a limit run that nobody wrote
            return _Meaning(why=f"只写到上午、下午，缺时刻，应写成 {wanted}", note=note)
        return _Meaning(value, note=note)

    odd = (pl.col("state") != State.OK.value) | pl.col("clockless") | pl.col("note").is_not_null()
    at = read.select(odd.arg_true()).to_series()
    parts = read[at].select("state", name, "clockless", "why", "note").rows()
    told = [meant(text, *part) for text, part in zip(texts.gather(at), parts, strict=True)]
    values = laid_over(_of_values(read[name]), at, _table(told, written))
    return pl.concat([values, _table([_blank(written)], written)])


def _count(text: str) -> _Meaning:
    found = _COUNT.fullmatch(_plain(text))
    digits = found[1].replace(",", "").lstrip("0") or "0" if found else ""
    is_usable = digits and len(digits) < len(str(_TOO_MANY))
    return _or_refused(int(digits) if is_usable else None, "应为不小于 0、小于10亿的整数，如 5")


def _money(text: str) -> _Meaning:
    found = _MONEY.fullmatch(_plain(text).lower())
    if not found:
        return _Meaning(why="应为以元计的金额，如 12.50")
    number = float(found["number"].replace(",", ""))
    if abs(number) >= _TOO_MUCH:
        return _Meaning(why="金额应小于1万亿元，如 12.50")
    return _Meaning(round(number * 1_000_000) / 100 if found["ten_thousand"] else number)


def _list(text: str) -> _Meaning:
    items = [item.strip(_SPACES) for item in (text.split(ITEM) if text.startswith(ITEM) else divided(text))]
    return _or_refused([item for item in items if item] or None, "只有分隔符，没有内容")


_DATES = {FieldType.DATE: "day", FieldType.TIME: "moment"}
_READERS: dict[FieldType, Callable[[Written], Reader]] = {
    FieldType.FLAG: _flag,
    FieldType.ONE_OF: _one_of,
    FieldType.COUNT: lambda written: _count,
    FieldType.MONEY: lambda written: _money,
    FieldType.LIST: lambda written: _list,
}
