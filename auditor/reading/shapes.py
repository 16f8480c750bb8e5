"""The shape of a column's values: secondary evidence for or against what its heading says, never enough by itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import polars as pl

from auditor.reading.dates import plain_texts, share_of_dates
from auditor.reading.headings import Fit, Fits, folded
from auditor.rulebook.logs import FieldType, LogDefinition, LogField

_SAMPLE = 100  # different values that are looked at in each column
_ROWS = 20_000  # of the rows, so many are looked through for them
_FEWEST = 3  # fewer values have no shape
_MOST, _FEW = 0.8, 0.3  # shares from which a shape speaks for a field, and below which against it
_PLACEHOLDER = re.compile(r"^(?:无|不涉及|暂无|待定|/+|[-—–]+|n/a)$")
_LOOKS = {
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
    """What a column's different values look like: `written` as dates are read, `plain` without spaces or capitals."""

    written: Sequence[str] = ()
    plain: Sequence[str] = ()

    @property
    def seen(self) -> int:
        """How many values are looked at."""
        return len(self.plain)

    @cached_property
    def dates(self) -> float:
        """The share of values that are dates."""
        return share_of_dates(self.written)

    def share(self, look: str) -> float:
        """The share of values that look like something; worked out only for what a heading makes likely."""
        pattern = re.compile(_LOOKS[look])
        return sum(bool(pattern.search(value)) for value in self.plain) / self.seen

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
            return self.dates
        if field.type is FieldType.ONE_OF:
            options = {folded(option) for option in field.options}
            return sum(value in options for value in set(self.plain)) / self.seen
        if field.type in _BY_TYPE:
            return self.share(_BY_TYPE[field.type])
        if field.personal in ("phone", "contact"):
            return min(1.0, self.share("mobile") + self.share("landline") + self.share("mail"))
        if field.personal == "id":
            return self.share("resident")
        return self.share(_LIKE[field.looks_like]) if field.looks_like else None

    def _is_foreign(self, name: str, field: LogField, log: LogDefinition) -> bool:
        """Numbers of persons or days where words should be: the cells may stand one column off."""
        if field.type is not FieldType.TEXT or name == log.key or name.endswith(("_id", "_no")):
            return False
        persons = max(self.share("mobile"), self.share("resident"))
        if persons >= _MOST:
            return True
        return not any(word in field.zh for word in _WORDS_OF_TIME) and self.dates >= _MOST


def is_telling(field: LogField) -> bool:
    """Whether the shape of its values tells the field from the others of a log: of dates and flags there are many."""
    return bool(field.looks_like or field.options or field.personal in ("phone", "contact", "id"))


def fits(shaped: Sequence[Shape], log: LogDefinition) -> Fits:
    """How the column at a position speaks of the field of a name."""
    return lambda at, name: shaped[at].fit(name, log.fields[name], log)


def shapes(columns: Sequence[pl.Series]) -> list[Shape]:
    """The shape of every column of texts, from its first different values; blanks and placeholders are no values."""
    parts = [_different(column) for column in columns]
    raw = pl.Series([text for part in parts for text in part], dtype=pl.String)
    squeezed = raw.str.normalize("NFKC").str.replace_all(r"\s", "").str.to_lowercase()
    values = zip(plain_texts(raw).to_list(), squeezed.to_list(), strict=True)
    shaped = []
    for part in parts:
        own = [(text, plain) for text, plain in islice(values, len(part)) if not _PLACEHOLDER.search(plain)]
        shaped.append(Shape(*zip(*own, strict=True)) if own else Shape())
    return shaped


def _different(column: pl.Series) -> list[str]:
    first = column.head(_ROWS)
    texts = (first.drop_nulls() if first.null_count() else first).head(_SAMPLE * 5)
    return list(dict.fromkeys(texts.to_list()))[:_SAMPLE]
