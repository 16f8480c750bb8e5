"""Naming: the names of records and units as everybody may read them.

A row whose cells slipped may hold a resident number or a mobile number where its key or its unit should be. Names join
records, findings and obligations, and two that are masked may be one: so they are masked when all is judged, and each
keeps a name of its own. Office numbers of as many digits are names like any other, and stay.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any, TypeVar

import polars as pl

from auditor.domain.finding import Finding
from auditor.judgement.findings import Judged
from auditor.judgement.masking import mask_beside_names, mask_numbers
from auditor.personaldata import Passage, PersonalKind, personal_data
from auditor.tables import RECORD, LogTable

_YOUNGEST, _OLDEST = 16, 110  # years of age; a later day is rather that on which an office counted a number
_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"  # the first digits of a resident number
_BEFORE, _AFTER = r"(?:^|[^0-9A-Za-z./=_\-〕\]])", r"(?:$|[^0-9A-Za-z])"
_MOBILE = r"(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}"
_FULL_WIDTH = r"[０-９](?:[-－ \u3000]?[０-９]){9}"  # numbers in full width are few: each is looked at
_COUNTED = r"^(.*?)(1[3-9][0-9]{9})([^0-9].*)?$"  # what stands around a number that may be one of a series
_SERIES = 3  # numbers of which half follow upon each other: no telephones
_TOLD_APART = re.compile(r"#[0-9a-f]{8}(?:[0-9a-f]{8})?$")  # what reading adds to a key that several rows share
_RUN = re.compile(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]+")

M = TypeVar("M")


class Naming:
    """The names that are shown in place of others; where there are none, everything stays what it is."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        # A key or a unit is shown as proof too, where only its numbers are masked.
        self._cells = {
            cell: shown for name in names if (shown := mask_beside_names(name)) != (cell := mask_numbers(name))
        }
        self._at: dict[str, list[tuple[int, str]]] = {}  # by its first run of digits or letters: where it has it
        for name in sorted(names, key=lambda each: (-len(each), each)):
            if run := _RUN.search(name):
                self._at.setdefault(run[0], []).append((run.start(), name))

    def __bool__(self) -> bool:
        return bool(self._names)

    def text(self, text: str) -> str:
        """A text with every such name in it replaced, unless it is a part of something longer."""
        if not self._names:
            return text
        parts, done = list[str](), 0
        for run in _RUN.finditer(text):
            for offset, name in self._at.get(run[0], ()):
                first = run.start() - offset
                last = first + len(name)
                whole = not (_RUN.match(text, last) and _RUN.match(name, len(name) - 1))
                if first >= done and whole and text.startswith(name, first):
                    parts += [text[done:first], self._names[name]]
                    done = last
                    break
        return "".join([*parts, text[done:]]) if parts else text

    def texts(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Each of the texts."""
        return tuple(map(self.text, texts))

    def counts(self, counts: Mapping[str, M]) -> dict[str, M]:
        """Something by unit, by the units' names as they are shown."""
        return {self.text(name): each for name, each in counts.items()}

    def model(self, model: M) -> M:
        """A model of frozen dataclasses with all its texts and findings; what its mappings are keyed by stays."""
        return self._told(model) if self._names else model

    def judged(self, judged: Judged) -> Judged:
        """What was judged; ids, order and audiences stay."""
        if not self._names:
            return judged
        return replace(
            judged,
            findings=self.findings(judged.findings),
            confided=self.findings(judged.confided),
            obligations=self.obligations(judged.obligations),
            cautions=self.texts(judged.cautions),
        )

    def findings(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Findings with their ids as they are."""
        return tuple(map(self._finding, findings)) if self._names else tuple(findings)

    def obligations(self, obligations: pl.DataFrame) -> pl.DataFrame:
        """The table of obligations, or some of its columns."""
        if not self._names:
            return obligations
        named = (name for name in ("record", "unit", "detail") if name in obligations.columns)
        return obligations.with_columns([self._column(obligations[name]) for name in named])

    def _column(self, column: pl.Series) -> pl.Series:
        changed = self._changed(column.unique().cast(pl.String).drop_nulls())
        return column.cast(pl.String).replace(changed).cast(column.dtype) if changed else column

    def _changed(self, texts: pl.Series) -> dict[str, str]:
        """Those of the texts that are shown otherwise, with what is shown; only few of many are looked at closely."""
        asked = texts.filter(texts.str.contains_any(list(self._at)))
        return {text: shown for text in asked if (shown := self.text(text)) != text}

    def _records(self, records: tuple[str, ...]) -> tuple[str, ...]:
        """The records of one finding: of an open obligation they may be all of a long log."""
        changed = self._changed(pl.Series(records, dtype=pl.String))
        return tuple(changed.get(record, record) for record in records) if changed else records

    def _finding(self, finding: Finding) -> Finding:
        told = {name: getattr(finding, name) for name in ("unit", "title", "detail", "liable", "remedy", "met_if")}
        changed: dict[str, Any] = {name: self.text(text) for name, text in told.items() if text}
        changed["records"] = self._records(finding.records)
        changed["grounds"] = tuple(
            replace(ground, obligations=tuple((rule, self.text(record)) for rule, record in ground.obligations))
            for ground in finding.grounds
        )
        changed["evidence"] = tuple(
            replace(cell, value=self._cells[cell.value]) if cell.value in self._cells else cell
            for cell in finding.evidence
        )
        changed = {name: value for name, value in changed.items() if value != getattr(finding, name)}
        return finding.model_copy(update=changed) if changed else finding

    def _told(self, value: Any) -> Any:
        if isinstance(value, str) and type(value) is str:
            return self.text(value)
        if isinstance(value, Finding):
            return self._finding(value)
        if isinstance(value, tuple | list):
            return type(value)(map(self._told, value))
        if isinstance(value, Mapping):
            return {key: self._told(each) for key, each in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            made = {each.name: self._told(getattr(value, each.name)) for each in fields(value) if each.init}
            return replace(value, **made)
        return value


NOTHING_MASKED = Naming({})


def naming_of(
    tables: Mapping[str, LogTable],
    units: Iterable[str | None],
    as_of: date,
    *,
    internal: bool = False,
    told: Collection[Finding] = (),
) -> Naming:
    """How records of the logs and units are named, and those that findings told before name.

    With `internal` as they are. Of a long log only the names come into memory that may hold such a number.
    """
    if internal:
        return NOTHING_MASKED
    may_hold = pl.col(RECORD).str.contains(_may_hold(as_of))
    kept = {log: table.where(may_hold, RECORD)[RECORD] for log, table in tables.items()}
    for log in {each.log for each in told}:
        own = pl.Series(
            RECORD, [record for each in told if each.log == log for record in each.records], dtype=pl.String
        )
        kept[log] = pl.concat([kept.get(log, own.clear()), own.to_frame().filter(may_hold)[RECORD]])
    named = pl.Series(RECORD, sorted({*filter(None, units), *(each.unit for each in told)}), dtype=pl.String)
    found = set(named.to_frame().filter(may_hold)[RECORD])
    for records in kept.values():
        found |= set(_not_counted_through(records.unique()))
    certain = sorted(name for name in found if any(_is_certain(name, each, as_of) for each in personal_data(name)))
    if not certain:
        return NOTHING_MASKED
    shown = {name: mask_beside_names(name) for name in certain}
    looks = pl.col(RECORD).is_in(list(set(shown.values())))
    taken = {name for table in tables.values() for name in table.where(looks, RECORD)[RECORD]}
    return Naming(_each_its_own(shown, taken | set(named)))


def _each_its_own(shown: Mapping[str, str], taken: set[str]) -> dict[str, str]:
    """Names that would be alike, or like one that is not masked, are numbered."""
    names = dict[str, str]()
    for name, masked in shown.items():
        own, number = masked, 1
        while own in taken:
            number += 1
            own = f"{masked}（{number}）"
        taken.add(own)
        names[name] = own
    return names


def _may_hold(as_of: date) -> str:
    """A pattern without which a name holds no such number; of keys that are mere digits it takes hardly any."""
    years = "|".join(map(str, range(as_of.year - _OLDEST, as_of.year - _YOUNGEST + 1)))
    resident = rf"{_PROVINCE}[0-9]{{4}}\s?(?:{years})(?:0[1-9]|1[0-2])[0-3][0-9]\s?[0-9]{{3}}[0-9Xx]"
    return rf"{_BEFORE}(?:{resident}|{_MOBILE}){_AFTER}|{_FULL_WIDTH}"


def _not_counted_through(records: pl.Series) -> Sequence[str]:
    """The keys without what was added to them, and without those that an office counted through.

    Telephones do not follow upon each other: numbers alike in their first seven digits, and in what stands around
    them, of which at least half have the next or the last one beside them, are a series.
    """
    if records.is_empty():
        return []
    keys = records.str.replace(_TOLD_APART.pattern, "").unique(maintain_order=True)
    parts = keys.str.extract_groups(_COUNTED).struct.unnest()
    parts.columns = ["before", "number", "after"]
    numbered = parts.with_columns(keys.alias("key"), pl.col("number").cast(pl.Int64)).sort("number")
    alike = ["before", pl.col("number") // 10_000, "after"]
    step = pl.col("number").diff()
    beside = ((step == 1) | (step.shift(-1) == 1)).fill_null(False)
    counted = pl.col("number").is_not_null() & (pl.len() >= _SERIES) & (beside.sum() * 2 >= pl.len())
    return numbered.filter(~counted.over(alike))["key"].to_list()


def _is_certain(name: str, passage: Passage, as_of: date) -> bool:
    """Whether it is a mobile number, or the resident number of somebody of an age to deal with an office."""
    if passage.kind is PersonalKind.MOBILE:
        return not name.startswith("号", passage.end)  # a number that is called one: 依申请15202500123号
    if passage.kind is not PersonalKind.RESIDENT_NUMBER:
        return False
    digits = "".join(str(int(each)) for each in name[passage.start : passage.end] if each.isdecimal())
    age = as_of.year - int(digits[6:10])
    return re.match(_PROVINCE, digits) is not None and _YOUNGEST <= age <= _OLDEST
