"""Cells with a meaning: text turned into what the field may hold, or refused with the reason.

Every distinct text of a column is understood once.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TypeAlias

import polars as pl

from auditor.reading.dates import SERIALS_FROM_1900, Reckoning, with_moments
from auditor.reading.faults import refusal
from auditor.reading.grid import ITEM
from auditor.reading.lists import divided
from auditor.reading.placeholders import placeholder
from auditor.reading.undated import State
from auditor.rulebook.logs import FieldType, LogField
from auditor.rulebook.valuewords import ValueWords, folded_value
from auditor.tables import FIELD_TYPES

_MOSTLY = 0.5  # share of distinct texts from which they are understood one by one
_TOO_MANY = 1_000_000_000
_UNIT = r"(?:个?工作日|个|件|人|日|天|次|页|份|条|项|名|年度?|分)?"
_COUNT = rf"^([0-9]+|[0-9]{{1,3}}(?:,[0-9]{{3}})+)(?:\.0*)?\s*{_UNIT}$"
_MONEY = (
    r"^(?:人民币|rmb|cny)?\s*[¥￥]?\s*(?P<number>-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?)"
    r"\s*(?:(?P<ten_thousand>万)\s*元?|元)?整?$"
)
_RAW = pl.col("raw")
_FAILED = refusal(_RAW)
_PLAIN = _RAW.str.normalize("NFKC").str.strip_chars()
_FOLDED = _RAW.str.normalize("NFKC").str.replace_all(r"\s", "").str.to_lowercase()


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


Reader: TypeAlias = Callable[[pl.LazyFrame, Written], pl.LazyFrame]  # adds value, why, note, same_day to "raw"


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
    if written.field.type is FieldType.TEXT and not written.is_key:
        return _understood(written, _text)
    reader = _READERS[written.field.type]
    distinct = written.texts.unique().drop_nulls()
    if len(distinct) > len(written.texts) * _MOSTLY:  # to find each text's place would take longer
        return _understood(written, reader)
    meaning = _understood(replace(written, texts=pl.concat([distinct, distinct.clear(1)])), reader)
    place = written.texts.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32).fill_null(len(distinct))
    empty = [each.name for each in meaning if each.null_count() == len(each)]  # most have nothing to say of any cell
    gathered = meaning.drop(empty)[place]
    return gathered.with_columns(meaning[name].clear(gathered.height) for name in empty)


def _cells(meaning: pl.DataFrame, start: int, length: int) -> Cells:
    read = meaning.slice(start, length)
    same_day = read["same_day"] if read["same_day"].any() else None
    return Cells(read["value"], read["blank"], read["why"], read["note"], same_day)


def _understood(written: Written, reader: Reader) -> pl.DataFrame:
    pattern = placeholder(written.words.blank)
    blank = _RAW.is_null() | (_RAW.str.contains(pattern) & ~_RAW.is_in(_meant(written)))
    read = reader(written.texts.alias("raw").to_frame().lazy(), written).select(
        value=pl.when(blank)
        .then(_value_of_blank(written))
        .when(_FAILED.is_null())
        .then("value")
        .cast(FIELD_TYPES[written.field.type]),
        blank=blank,
        why=pl.when(~blank).then(pl.coalesce(_FAILED, "why")),
        note=pl.when(~blank).then("note"),
        same_day=~blank & pl.col("same_day"),
    )
    return read.collect()


def _meant(written: Written) -> list[str]:
    """Words that look like placeholders and are values of the field."""
    own = written.field
    words = [*own.options, *([own.blank] if own.blank else [])]
    return [*words, *written.words.flags.yes, *written.words.flags.no] if own.type is FieldType.FLAG else words


def _value_of_blank(written: Written) -> pl.Expr:
    own = written.field
    if own.blank == "unknown":
        return pl.lit(None)
    if own.blank is None:
        return pl.lit(False) if own.type is FieldType.FLAG else pl.lit(None)
    word = pl.LazyFrame({"raw": [own.blank]})
    return pl.lit(_READERS[own.type](word, written).collect()["value"].item())


def _refused(column: pl.LazyFrame, value: pl.Expr, reason: str) -> pl.LazyFrame:
    why = pl.when(pl.col("value").is_null()).then(pl.lit(reason))
    return column.with_columns(value=value, note=pl.lit(None, pl.String), same_day=False).with_columns(why=why)


def _text(column: pl.LazyFrame, written: Written) -> pl.LazyFrame:
    was_list = _RAW.str.starts_with(ITEM)
    joined = _RAW.str.strip_prefix(ITEM).str.replace_all(ITEM, "、", literal=True)
    value = pl.when(was_list).then(joined).otherwise(_RAW)
    return column.with_columns(value=value, why=pl.lit(None, pl.String), note=pl.lit(None, pl.String), same_day=False)


def _key(column: pl.LazyFrame, written: Written) -> pl.LazyFrame:
    return _text(column, written).with_columns(pl.col("value").str.normalize("NFKC").str.strip_chars())


def _flag(column: pl.LazyFrame, written: Written) -> pl.LazyFrame:
    flags = written.words.flags
    truth = {folded_value(word): True for word in flags.yes} | {folded_value(word): False for word in flags.no}
    value = _FOLDED.replace_strict(truth, default=None, return_dtype=pl.Boolean)
    return _refused(column, value, "只能填“是”或“否”")


def _one_of(column: pl.LazyFrame, written: Written) -> pl.LazyFrame:
    own = written.field
    options = {folded_value(option): option for option in own.options}
    synonyms = {folded_value(word): option for option, words in own.synonyms.items() for word in words}
    value = _FOLDED.replace_strict(synonyms | options, default=None, return_dtype=pl.String)
    read = _refused(column, value, f"不在可选范围，可填：{'、'.join(own.options)}")
    reworded = pl.col("value").is_not_null() & ~_FOLDED.is_in(list(options))
    return read.with_columns(note=pl.when(reworded).then(pl.format("写的是“{}”，按“{}”读", _RAW, "value")))


def _date(column: pl.LazyFrame, written: Written) -> pl.LazyFrame:
    why = pl.col("why") + "，应写成 2020-12-02 这样的日期"
    return _dated(column, written).with_columns(pl.col("day").alias("value"), why)


def _time(column: pl.LazyFrame, written: Written) -> pl.LazyFrame:
    hazy = pl.col("clockless") & (pl.col("state") == State.OK.value)
    why = (
        pl.when(hazy).then(pl.lit("只写到上午、下午，缺时刻")).otherwise("why")
        + "，应写成 2020-12-02 09:30 这样的日期和时间"
    )
    read = _dated(column, written)  # midnight, as for a date alone, would make hours of a limit run that nobody wrote
    return read.with_columns(why.alias("why"), value=pl.when(~hazy).then("moment"))


def _dated(column: pl.LazyFrame, written: Written) -> pl.LazyFrame:
    """Dates, and the words that offices write instead: 未答复 says that there is none, 当场答复 names another's."""
    reckoning = Reckoning(written.year, written.serials_from, written.field.planned)
    raw = column.collect()
    read = pl.concat([raw, with_moments(raw["raw"], reckoning)], how="horizontal")
    odd = (read["state"] != State.OK.value).arg_true()
    dates = written.words.dates
    words = {folded_value(word): "same_day" for word in dates.same_day}
    words |= {folded_value(word): "not_done" for word in dates.not_done}
    meant = read[odd].select(_FOLDED.replace_strict(words, default=None, return_dtype=pl.String)).to_series()
    word = pl.Series("word", [None], dtype=pl.String).new_from_index(0, read.height).scatter(odd, meant)
    undone = pl.lit("没有写日期，写的是未办、未答复一类的话，按没有日期读")
    return (
        read.with_columns(word)
        .lazy()
        .with_columns(
            why=pl.when(pl.col("word").is_null()).then("why"),
            note=pl.when(pl.col("word") == "not_done").then(undone).otherwise("note"),
            same_day=(pl.col("word") == "same_day").fill_null(False),
        )
    )


def _count(column: pl.LazyFrame, written: Written) -> pl.LazyFrame:
    digits = _PLAIN.str.extract(_COUNT).str.replace_all(",", "", literal=True)
    number = digits.cast(pl.Int64, strict=False)
    return _refused(column, pl.when(number < _TOO_MANY).then(number), "应为不小于 0、小于10亿的整数，如 5")


def _money(column: pl.LazyFrame, written: Written) -> pl.LazyFrame:
    parts = _PLAIN.str.to_lowercase().str.extract_groups(_MONEY)
    number = parts.struct.field("number").str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)
    thousands = parts.struct.field("ten_thousand").is_not_null()
    yuan = pl.when(thousands).then((number * 10_000).round(2)).otherwise(number)
    return _refused(column, yuan, "应为以元计的金额，如 12.50")


def _list(column: pl.LazyFrame, written: Written) -> pl.LazyFrame:
    parted = pl.when(_RAW.str.starts_with(ITEM)).then(_RAW).otherwise(divided(_RAW))
    items = parted.str.split(ITEM).list.eval(pl.element().str.strip_chars())
    items = items.list.eval(pl.element().filter(pl.element() != ""))
    return _refused(column, pl.when(items.list.len() > 0).then(items), "只有分隔符，没有内容")


_READERS: dict[FieldType, Reader] = {
    FieldType.TEXT: _key,
    FieldType.FLAG: _flag,
    FieldType.ONE_OF: _one_of,
    FieldType.DATE: _date,
    FieldType.TIME: _time,
    FieldType.COUNT: _count,
    FieldType.MONEY: _money,
    FieldType.LIST: _list,
}
