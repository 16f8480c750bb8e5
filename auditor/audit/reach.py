"""How far the logs at hand let the rules see: what was read, and what each gap costs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from auditor.audit.rejects import shown_rejects
from auditor.judgement.masking import Masker
from auditor.judgement.naming import naming_of
from auditor.rulebook.book import Rulebook
from auditor.rulebook.conditions import tests
from auditor.rulebook.logs import FieldType
from auditor.rulebook.references import conditions_of, fields_of, fields_read, open_conditions_of
from auditor.rulebook.rules import Rule
from auditor.tables import SOURCE, Confidence, Logs, Reject, Source

_REJECTS_SHOWN = 20  # groups of rejects
_PLACES_SHOWN, _RULES_SHOWN, _VALUE_SHOWN = 3, 5, 30
_PLACE = re.compile(r"（与 .* 相同）$")  # a repeat says of which row it is one


@dataclass(frozen=True)
class Gap:
    """A field that rules read and the export lacks: the rules, and the number of records."""

    log: str
    field: str
    zh: str
    rules: tuple[str, ...]
    records: int


@dataclass(frozen=True)
class Reach:
    """What was read and what it leaves open."""

    logs: Logs
    rejects: tuple[Reject, ...]
    names: dict[str, str]
    gaps: tuple[Gap, ...]
    absent: dict[str, int]
    fields: Mapping[str, Mapping[str, str]]  # what the fields of every log are called
    blank: dict[str, list[str]] = field(default_factory=dict)  # by log the dates whose whole column is blank

    def as_json(self) -> dict[str, Any]:
        """For other programs."""
        return {
            "logs": {
                name: {"read": each.read, "accepted": each.accepted, "rejected": each.rejected}
                for name, each in self.logs.counts.items()
            },
            "columns": [
                {
                    "log": table.log,
                    "file": source.file,
                    "sheet": source.sheet,
                    "column": column.letter,
                    "heading": column.heading,
                    "field": name,
                    "confidence": column.confidence,
                    "why": column.why,
                }
                for table in self.logs.tables.values()
                for source in table.sources
                for name, column in source.columns.items()
            ],
            "remarks": list(self.logs.remarks),
            "unrecognised": list(self.logs.unrecognised),
            "unreadable": list(self.logs.unreadable),
            "rejects": [vars(each) for each in self.rejects],
            "gaps": [vars(each) for each in self.gaps],
            "absent": self.absent,
            "blank_columns": self.blank,
        }

    def _columns(self, log: str) -> Iterator[str]:
        """What every column was taken for, by how sure that is."""
        for source in self.logs.tables[log].sources:
            place = f"{source.file} 工作表“{source.sheet}”" if source.sheet else source.file
            by_confidence = [(sure, _shown(source, sure, self.fields[log])) for sure in Confidence]
            shown = "；".join(f"把握{sure}：{columns}" for sure, columns in by_confidence if columns)
            yield f"    {place}：认出{len(source.columns)}列，{shown}"

    def as_text(self) -> str:
        """For the terminal: what was read, what was not and why, and last what each gap costs."""
        rows = [each for each in self.rejects if not each.column]
        cells = [each for each in self.rejects if each.column]
        sections = (
            ("读到的台账", "", list(self._read())),
            ("没有读取的文件和表", "", list(self._not_read())),
            ("没有作为记录的行", f"（共{len(rows)}处）", list(_grouped(rows))),
            ("没有采用的单元格", f"（共{len(cells)}处，按没有记录处理）", list(_grouped(cells))),
            ("没有认出的列，和其他要知道的", "", [f"  {each}" for each in self.logs.remarks]),
            ("缺少什么，影响什么", "（判断要靠这些的，列为无法核实，不认定违反）", list(self._costs())),
        )
        lines = []
        for number, (title, counted, content) in zip("一二三四五六", sections, strict=True):
            lines.append(f"{number}、{title}{counted if content else '：没有'}")
            lines += content
        return "\n".join(lines)

    def _read(self) -> Iterator[str]:
        for name, counts in self.logs.counts.items():
            rows = f"读取{counts.read}行，采用{counts.accepted}行，未采用{counts.rejected}行"
            yield f"  {self.names[name]}（{name}）：{rows}"
            yield from self._columns(name)

    def _not_read(self) -> Iterator[str]:
        yield from (f"  无法读取：{each}" for each in self.logs.unreadable)
        yield from (f"  未识别：{each}" for each in self.logs.unrecognised)

    def _costs(self) -> Iterator[str]:
        """What most rules wait for comes first."""
        for log in self.names:
            if log in self.absent:
                yield f"  没有{self.names[log]}：{self.absent[log]}条规则无法审计"
        for gap in sorted(self.gaps, key=lambda gap: (-len(gap.rules), -gap.records, gap.log, gap.field)):
            shown = "、".join(gap.rules[:_RULES_SHOWN]) + ("等" if len(gap.rules) > _RULES_SHOWN else "")
            yield (
                f"  {self.names[gap.log]}没有“{gap.zh}”这一列：{len(gap.rules)}条规则要用到（{shown}），"
                f"涉及{gap.records}条记录"
            )
        for log, fields in self.blank.items():
            shown = "、".join(fields)
            yield (
                f"  {self.names[log]}有{len(fields)}列整列空着，按没有办判断；本单位不登记的，请删去整列，"
                f"就不会据此认定违反：{shown}"
            )


def _grouped(rejects: Sequence[Reject]) -> Iterator[str]:
    """Rejects that say the same of the same column in one line, with the first places."""
    groups: dict[tuple[str, str, str, str], list[Reject]] = {}
    for each in rejects:
        reason = _PLACE.sub("", each.reason)
        groups.setdefault((each.file, each.sheet, each.column, reason), []).append(each)
    for (file, sheet, column, reason), alike in list(groups.items())[:_REJECTS_SHOWN]:
        reason = alike[0].reason if len(alike) == 1 else reason
        place = " ".join(part for part in (file, sheet, column and f"“{column}”") if part)
        first = "、".join(map(_place, alike[:_PLACES_SHOWN]))
        yield f"  {place}：{first}{f'等{len(alike)}处' if len(alike) > _PLACES_SHOWN else ''}，{reason}"
    if len(groups) > _REJECTS_SHOWN:
        yield "  其余用 --format json 查看，或用 --annotate 标在表上，或见审计结果中的 rejects.csv"


def _place(reject: Reject) -> str:
    return f"第{reject.row}行" + (f"“{reject.value[:_VALUE_SHOWN]}”" if reject.value else "")


def _shown(source: Source, sure: Confidence, zh: Mapping[str, str]) -> str:
    """The columns of one confidence: a heading that is called like its field is named once."""
    columns = [(name, column) for name, column in source.columns.items() if column.confidence is sure]
    return "、".join(
        column.heading if column.heading == zh.get(name) else f"{column.heading}→{zh.get(name, name)}"
        for name, column in columns
    )


def reach_of(book: Rulebook, logs: Logs) -> Reach:
    """Hold what the rules read against what the exports have."""
    gaps: dict[tuple[str, str], list[str]] = {}
    absent: dict[str, int] = {}
    for rule in book.in_use.values():
        if rule.log is None or rule.not_auditable is not None:
            continue
        if rule.log not in logs.tables:
            absent[rule.log] = absent.get(rule.log, 0) + 1
            continue
        if rule.counterpart and rule.counterpart.log not in logs.tables:
            absent[rule.counterpart.log] = absent.get(rule.counterpart.log, 0) + 1
        table, fields = logs.tables[rule.log], book.logs.logs[rule.log].fields
        for name in _fields(rule):
            if name in fields and not table.is_supplied(name):
                gaps.setdefault((rule.log, name), []).append(rule.id)
    definitions = book.logs.logs
    # No day is asked for here: the last year with a notice of holidays tells well enough how old anybody may be.
    naming = naming_of(logs.tables, (), date(max(book.notices.noticed, default=date.min.year), 12, 31))
    return Reach(
        replace(logs, remarks=naming.texts(logs.remarks)),
        shown_rejects(logs, book.logs, Masker(book.logs, internal=False), naming),
        {name: log.zh for name, log in definitions.items()},
        tuple(
            Gap(log, name, definitions[log].fields[name].zh, tuple(rules), _records(logs, log, name))
            for (log, name), rules in gaps.items()
        ),
        absent,
        {name: {field: each.zh for field, each in log.fields.items()} for name, log in definitions.items()},
        _blank_columns(book, logs),
    )


def half_blind(book: Rulebook, logs: Logs) -> list[str]:
    """The rules in use that read a column which not every source supplies, of their own log or of one linked to it.

    Where such a rule calls for nothing nobody can tell whether it would with the column.
    """
    lacking = {
        (log, name)
        for log, definition in book.logs.logs.items()
        for name in definition.fields
        if log not in logs.tables or not logs.tables[log].is_supplied(name)
    }
    return sorted(
        rule.id
        for rule in book.in_use.values()
        if any((log, name) in lacking for log, names in fields_read([rule]).items() for name in names)
    )


def _blank_columns(book: Rulebook, logs: Logs) -> dict[str, list[str]]:
    """Dates that some rule reads and no row has, though every source has the column."""
    read = fields_read(book.in_use.values())
    found: dict[str, list[str]] = {}
    for log, table in logs.tables.items():
        for name, each in book.logs.logs[log].fields.items():
            is_date = each.type in (FieldType.DATE, FieldType.TIME) and name in read[log]
            tells = name in table.columns and name not in table.unread and table.is_supplied(name)
            if is_date and table.height and tells and table.lazy.select(pl.col(name).is_null().all()).collect().item():
                found.setdefault(log, []).append(each.zh)
    return found


def _fields(rule: Rule) -> list[str]:
    named = [name for _, name in fields_of(rule)]
    named += [test.name for _, node in (*conditions_of(rule), *open_conditions_of(rule)) for test in tests(node)]
    return list(dict.fromkeys(named))


def _records(logs: Logs, log: str, name: str) -> int:
    """Rows whose source lacks the column."""
    table = logs.tables[log]
    supplied = table.supplies(name)
    lacking = (~pl.col(SOURCE).is_in(supplied)).sum()
    return int(table.lazy.select(lacking).collect().item()) if supplied else table.height
