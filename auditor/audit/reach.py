"""How far the logs at hand let the rules see: what was read, and what each gap costs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.audit.rejects import shown_rejects
from auditor.judgement.masking import Masker
from auditor.rulebook.book import Rulebook
from auditor.rulebook.conditions import tests
from auditor.rulebook.references import conditions_of, fields_of, open_conditions_of
from auditor.rulebook.rules import Rule
from auditor.tables import SOURCE, Confidence, Logs, Reject, Source

_REJECTS_SHOWN = 20


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
        }

    def _columns(self, log: str) -> Iterator[str]:
        """What every column was taken for, by how sure that is."""
        for source in self.logs.tables[log].sources:
            place = f"{source.file} 工作表“{source.sheet}”" if source.sheet else source.file
            by_confidence = [(sure, _shown(source, sure, self.fields[log])) for sure in Confidence]
            shown = "；".join(f"把握{sure}：{columns}" for sure, columns in by_confidence if columns)
            yield f"    {place}：认出{len(source.columns)}列，{shown}"

    def as_text(self) -> str:
        """For the terminal: first what was read, then what was not used, then what each gap costs."""
        lines = ["一、读到的台账"]
        for name, counts in self.logs.counts.items():
            rows = f"读取{counts.read}行，采用{counts.accepted}行，未采用{counts.rejected}行"
            lines.append(f"  {self.names[name]}（{name}）：{rows}")
            lines += self._columns(name)
        lines += [f"  无法读取：{each}" for each in self.logs.unreadable]
        lines += [f"  未识别：{each}" for each in self.logs.unrecognised]
        lines += [f"  {each}" for each in self.logs.remarks]
        lines.append(f"二、没有采用的行和单元格（共{len(self.rejects)}处）")
        for each in self.rejects[:_REJECTS_SHOWN]:
            place = " ".join(part for part in (each.file, each.sheet, f"第{each.row}行", each.column) if part)
            lines.append(f"  {place}：{each.value}，{each.reason}")
        if len(self.rejects) > _REJECTS_SHOWN:
            lines.append("  其余用 --format json 查看，或见审计结果中的 rejects.csv")
        lines.append("三、缺少的列和台账，及其影响")
        for gap in self.gaps:
            lines.append(f"  {self.names[gap.log]}缺“{gap.zh}”：{'、'.join(gap.rules)}，涉及{gap.records}条记录")
        lines += [f"  未提供{self.names[name]}：{count}条规则无法审计" for name, count in self.absent.items()]
        return "\n".join(lines)


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
            if name in fields and len(table.supplies(name)) < len(table.sources):
                gaps.setdefault((rule.log, name), []).append(rule.id)
    definitions = book.logs.logs
    return Reach(
        logs,
        shown_rejects(logs, book.logs, Masker(book.logs, internal=False)),
        {name: log.zh for name, log in definitions.items()},
        tuple(
            Gap(log, name, definitions[log].fields[name].zh, tuple(rules), _records(logs, log, name))
            for (log, name), rules in gaps.items()
        ),
        absent,
        {name: {field: each.zh for field, each in log.fields.items()} for name, log in definitions.items()},
    )


def _fields(rule: Rule) -> list[str]:
    named = [name for _, name in fields_of(rule)]
    named += [test.name for _, node in (*conditions_of(rule), *open_conditions_of(rule)) for test in tests(node)]
    return list(dict.fromkeys(named))


def _records(logs: Logs, log: str, name: str) -> int:
    """Rows whose source lacks the column."""
    table = logs.tables[log]
    supplied = table.supplies(name)
    return int((~table.frame[SOURCE].is_in(supplied)).sum()) if supplied else table.frame.height
