"""Cells with a meaning: text turned into what the field may hold, or refused with the reason.

Every distinct text of a column is understood once.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from auditor.reading.dates import with_moments
from auditor.reading.faults import refusal
from auditor.reading.grid import ITEM
from auditor.rulebook.logs import FieldType, LogField
from auditor.tables import FIELD_TYPES

_PLACEHOLDER = (
    r"^(?:无|不涉及|暂无|待定|[/\x{FF0F}]+|[-\x{2010}-\x{2015}\x{2212}\x{FF0D}]+"
    r"|[nN\x{FF2E}\x{FF4E}][/\x{FF0F}][aA\x{FF21}\x{FF41}])$"
)
_TOO_MANY = 1_000_000_000
_YES = ("是", "有", "√", "✓", "✔", "☑", "1", "y", "yes", "true", "对")
_NO = ("否", "无", "×", "✗", "✘", "0", "n", "no", "false")
_UNIT = r"(?:个?工作日|个|件|人|日|天|次|页|份|条|项|名|年度?|分)?"
_COUNT = rf"^([0-9]+|[0-9]{{1,3}}(?:,[0-9]{{3}})+)(?:\.0*)?\s*{_UNIT}$"
_MONEY = r"^¥?\s*(-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?)\s*元?$"
_BETWEEN_ITEMS = "[、,\uff0c;\uff1b\r\n]+"
Reader: TypeAlias = Callable[[pl.LazyFrame, LogField], pl.LazyFrame]  # adds "value" and "why" to "raw"
_RAW = pl.col("raw")
_PLAIN = _RAW.str.normalize("NFKC").str.strip_chars()


@dataclass(frozen=True)
class Cells:
    """One column understood: `values` typed, `blank` where nothing was written, `why` a cell was refused."""

    values: pl.Series
    blank: pl.Series
    why: pl.Series


@dataclass(frozen=True)
class Written:
    """One column as written: stripped texts, the field they stand for, whether they number records."""

    texts: pl.Series
    field: LogField
    is_key: bool = False

    @property
    def kind(self) -> tuple[object, ...]:
        """Columns of one kind are understood together."""
        return self.field.type, self.field.options, self.field.blank, self.is_key


def read_cells(columns: Mapping[str, Written]) -> dict[str, Cells]:
    """Understand columns by name. A blank cell takes the field's `blank`, a refused one nothing."""
    kinds: defaultdict[tuple[object, ...], list[str]] = defaultdict(list)
    for name, column in columns.items():
        kinds[column.kind].append(name)
    understood: dict[str, Cells] = {}
    for names in kinds.values():
        first = columns[names[0]]
        if first.field.type is FieldType.TEXT and not first.is_key:
            understood |= {name: _cells(_understood(columns[name].texts, first.field, _text)) for name in names}
        else:
            understood |= _read_distinct({name: columns[name].texts for name in names}, first.field)
    return {name: understood[name] for name in columns}


def _read_distinct(columns: Mapping[str, pl.Series], field: LogField) -> dict[str, Cells]:
    distinct = pl.concat([texts.alias("raw").drop_nulls().unique() for texts in columns.values()]).unique()
    meaning = _understood(pl.concat([distinct, distinct.clear(1)]), field, _READERS[field.type])
    known, none = pl.Enum(distinct), len(distinct)
    places = (texts.cast(known).to_physical().cast(pl.UInt32).fill_null(none) for texts in columns.values())
    return {name: _cells(meaning[place]) for name, place in zip(columns, places, strict=True)}


def _cells(read: pl.DataFrame) -> Cells:
    return Cells(read["value"], read["blank"], read["why"])


def _understood(texts: pl.Series, field: LogField, reader: Reader) -> pl.DataFrame:
    blank = _RAW.is_null() | (_RAW.str.contains(_PLACEHOLDER) & ~_RAW.is_in(_meant(field)))
    failed = refusal(_RAW)
    read = reader(texts.alias("raw").to_frame().lazy(), field).select(
        value=pl.when(blank)
        .then(_value_of_blank(field))
        .when(failed.is_null())
        .then("value")
        .cast(FIELD_TYPES[field.type]),
        blank=blank,
        why=pl.when(~blank).then(pl.coalesce(failed, "why")),
    )
    return read.collect()


def _meant(field: LogField) -> list[str]:
    """Words that look like placeholders and are values of the field."""
    words = [*field.options, *([field.blank] if field.blank else [])]
    return [*words, "无"] if field.type is FieldType.FLAG else words


def _value_of_blank(field: LogField) -> pl.Expr:
    if field.blank == "unknown":
        return pl.lit(None)
    if field.blank is None:
        return pl.lit(False) if field.type is FieldType.FLAG else pl.lit(None)
    word = pl.LazyFrame({"raw": [field.blank]})
    return pl.lit(_READERS[field.type](word, field).collect()["value"].item())


def _refused(column: pl.LazyFrame, value: pl.Expr, reason: str) -> pl.LazyFrame:
    why = pl.when(pl.col("value").is_null()).then(pl.lit(reason))
    return column.with_columns(value=value).with_columns(why=why)


def _text(column: pl.LazyFrame, field: LogField) -> pl.LazyFrame:
    was_list = _RAW.str.starts_with(ITEM)
    joined = _RAW.str.strip_prefix(ITEM).str.replace_all(ITEM, "、", literal=True)
    value = pl.when(was_list).then(joined).otherwise(_RAW)
    return column.with_columns(value=value, why=pl.lit(None, pl.String))


def _key(column: pl.LazyFrame, field: LogField) -> pl.LazyFrame:
    return _text(column, field).with_columns(pl.col("value").str.normalize("NFKC").str.strip_chars())


def _flag(column: pl.LazyFrame, field: LogField) -> pl.LazyFrame:
    word = _RAW.str.normalize("NFKC").str.replace_all(r"\s", "").str.to_lowercase()
    truth = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)
    value = word.replace_strict(truth, default=None, return_dtype=pl.Boolean)
    return _refused(column, value, "只能填“是”或“否”")


def _one_of(column: pl.LazyFrame, field: LogField) -> pl.LazyFrame:
    options = {"".join(unicodedata.normalize("NFKC", option).split()): option for option in field.options}
    word = _RAW.str.normalize("NFKC").str.replace_all(r"\s", "")
    value = word.replace_strict(options, default=None, return_dtype=pl.String)
    return _refused(column, value, f"不在可选范围，可填：{'、'.join(field.options)}")


def _date(column: pl.LazyFrame, field: LogField) -> pl.LazyFrame:
    why = pl.col("why") + "，应写成 2020-12-02 这样的日期"
    return with_moments(column).with_columns(pl.col("day").alias("value"), why)


def _time(column: pl.LazyFrame, field: LogField) -> pl.LazyFrame:
    why = pl.col("why") + "，应写成 2020-12-02 09:30 这样的日期和时间"
    return with_moments(column).with_columns(pl.col("moment").alias("value"), why)


def _count(column: pl.LazyFrame, field: LogField) -> pl.LazyFrame:
    digits = _PLAIN.str.extract(_COUNT).str.replace_all(",", "", literal=True)
    number = digits.cast(pl.Int64, strict=False)
    return _refused(column, pl.when(number < _TOO_MANY).then(number), "应为不小于 0、小于10亿的整数，如 5")


def _money(column: pl.LazyFrame, field: LogField) -> pl.LazyFrame:
    digits = _PLAIN.str.extract(_MONEY).str.replace_all(",", "", literal=True)
    return _refused(column, digits.cast(pl.Float64, strict=False), "应为以元计的金额，如 12.50")


def _list(column: pl.LazyFrame, field: LogField) -> pl.LazyFrame:
    divided = pl.when(_RAW.str.starts_with(ITEM)).then(_RAW).otherwise(_RAW.str.replace_all(_BETWEEN_ITEMS, ITEM))
    items = divided.str.split(ITEM).list.eval(pl.element().str.strip_chars())
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
