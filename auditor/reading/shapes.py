"""The shape of a column's values: secondary evidence for or against what its heading says, never enough by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from auditor.reading.dates import with_moments
from auditor.reading.headings import Fit, Fits, folded
from auditor.rulebook.logs import FieldType, LogDefinition, LogField

_SAMPLE = 100  # different values that are looked at in each column
_ROWS = 20_000  # of the rows, so many are looked through for them
_FEWEST = 3  # fewer values have no shape
_MOST, _FEW = 0.8, 0.3  # shares from which a shape speaks for a field, and below which against it
_PLACEHOLDER = r"^(?:无|不涉及|暂无|待定|/+|[-—–]+|n/a)$"
_NUMBERS = {
    "mobile": r"^(?:\+?86-?)?1[3-9]\d-?\d{4}-?\d{4}$",
    "landline": r"^\(?0\d{2,3}\)?-?\d{7,8}$",
    "resident": r"^(?:[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dx]|[0-9a-hj-npqrtuwxy]{18})$",
    "document": r"[〔\[(【]20\d{2}[〕\])】]第?\d+号?$",
    "count": r"^\d{1,3}(?:,?\d{3})*(?:\.0+)?(?:个?工作日|个|件|人|日|天|次|页|份|条|项|名|年度?|分)?$",
    "money": r"^¥?-?\d[\d,]*(?:\.\d+)?元?$",
    "flag": r"^(?:是|否|有|无|√|✓|✔|×|✗|[01]|y|n|yes|no|true|false|对)$",
    "section": r"^[^0-9。,:]{1,11}(?:科|室|处|股|局|办|中心|队|所|委|站|院|校|镇|街道|公司|部|厅)(?:、.*)?$",
    "mail": r"@",
}
_BY_TYPE = {FieldType.FLAG: "flag", FieldType.COUNT: "count", FieldType.MONEY: "money"}
DATES = (FieldType.DATE, FieldType.TIME)
_LIKE = {"document_no": "document", "section": "section"}
_WORDS_OF_TIME = ("时", "期", "日", "年")


@dataclass(frozen=True)
class Shape:
    """Shares of a column's different values that look like something; `seen` is how many were looked at."""

    seen: int
    shares: Mapping[str, float]
    values: frozenset[str]

    def fit(self, name: str, field: LogField, log: LogDefinition) -> Fit:
        """What the values say of the field; nothing where there are too few of them."""
        if self.seen < _FEWEST:
            return Fit.SILENT
        share = self._share(field)
        if share is None:
            return Fit.SPEAKS_AGAINST if self._is_foreign(name, field, log) else Fit.SILENT
        if field.looks_like and share < _MOST:
            return Fit.SILENT  # a section or a document may be written in any way
        return Fit.SPEAKS_FOR if share >= _MOST else Fit.IN_PART if share >= _FEW else Fit.SPEAKS_AGAINST

    def _share(self, field: LogField) -> float | None:
        if field.type in DATES:
            return self.shares["date"]
        if field.type is FieldType.ONE_OF:
            options = {folded(option) for option in field.options}
            return sum(value in options for value in self.values) / self.seen
        if field.type in _BY_TYPE:
            return self.shares[_BY_TYPE[field.type]]
        if field.personal in ("phone", "contact"):
            return min(1.0, self.shares["mobile"] + self.shares["landline"] + self.shares["mail"])
        if field.personal == "id":
            return self.shares["resident"]
        return self.shares[_LIKE[field.looks_like]] if field.looks_like else None

    def _is_foreign(self, name: str, field: LogField, log: LogDefinition) -> bool:
        """Numbers of persons or days where words should be: the cells may stand one column off."""
        if field.type is not FieldType.TEXT or name == log.key or name.endswith(("_id", "_no")):
            return False
        persons = max(self.shares["mobile"], self.shares["resident"])
        days = 0.0 if any(word in field.zh for word in _WORDS_OF_TIME) else self.shares["date"]
        return max(persons, days) >= _MOST


def is_telling(field: LogField) -> bool:
    """Whether the shape of its values tells the field from the others of a log: of dates and flags there are many."""
    return bool(field.looks_like or field.options or field.personal in ("phone", "contact", "id"))


def fits(shaped: Sequence[Shape], log: LogDefinition) -> Fits:
    """How the column at a position speaks of the field of a name."""
    return lambda at, name: shaped[at].fit(name, log.fields[name], log)


def shapes(columns: Sequence[pl.Series]) -> list[Shape]:
    """The shape of every column of texts, from its first different values; blanks and placeholders are no values."""
    parts = [
        _different(column).alias("raw").to_frame().with_columns(pl.lit(at, pl.UInt32).alias("at"))
        for at, column in enumerate(columns)
    ]
    if not parts:
        return []
    cells = pl.concat(parts)
    plain = pl.col("raw").str.normalize("NFKC").str.replace_all(r"\s", "").str.to_lowercase()
    cells = cells.with_columns(plain=plain).filter(~pl.col("plain").str.contains(_PLACEHOLDER))
    days = with_moments(cells.select("raw").lazy()).select("day").collect()["day"].is_not_null()
    like = [pl.col("plain").str.contains(pattern).alias(name) for name, pattern in _NUMBERS.items()]
    names = ["date", *_NUMBERS]
    frame = cells.with_columns(*like, date=days)
    shares = {row["at"]: row for row in frame.group_by("at").agg(pl.col(names).mean(), pl.len()).to_dicts()}
    values = {row["at"]: row["plain"] for row in frame.group_by("at").agg("plain").to_dicts()}
    none = dict.fromkeys(names, 0.0)
    return [
        Shape(shares[at]["len"], {name: shares[at][name] for name in names}, frozenset(values[at]))
        if at in shares
        else Shape(0, none, frozenset())
        for at in range(len(columns))
    ]


def _different(column: pl.Series) -> pl.Series:
    return column.head(_ROWS).drop_nulls().head(_SAMPLE * 5).unique(maintain_order=True).head(_SAMPLE)
