"""The yearly report as a document: the tables of the national form, the local items, and what was checked."""

from collections.abc import Iterator, Sequence

from auditor.domain.annualreport import ACTIVE, ITEMS, REMEDIES, REQUESTS, AnnualReport, Check, Figure
from auditor.reporting.blocks import (
    Block,
    Cell,
    Column,
    Document,
    DocumentWords,
    Paragraph,
    Section,
    Table,
    document_words,
)
from auditor.rulebook.reportforms import KEYS, TOTAL, ReportForm

WORDS = "annual-report.yaml"
_NUMBER_WIDTH, _ROW_WIDTH, _KIND_WIDTH = 10, 34, 9


def annual_document(report: AnnualReport, form: ReportForm, *, to_print: bool) -> Document:
    """The report; `to_print` leaves out the records behind the figures, which stay in the workbook."""
    words = document_words(WORDS)
    builder = _Builder(report, form, words)
    meta = words.meta.format(year=report.year, as_of=report.as_of, basis=report.basis, version=report.version)
    return Document(
        title=words.title.format(year=report.year),
        meta=meta,
        day=report.as_of.isoformat(),
        cautions=tuple(report.cautions),
        sections=tuple(builder.sections(to_print=to_print)),
        inputs=report.inputs,
    )


class _Builder:
    """Builds the sections of one report."""

    def __init__(self, report: AnnualReport, form: ReportForm, words: DocumentWords) -> None:
        self.report, self.form, self.words = report, form, words

    def sections(self, *, to_print: bool) -> Iterator[Section]:
        """The six sections of the form, then what belongs to this office."""
        yield self._section("overall", self._overall())
        yield self._section("active", self._active())
        yield self._section("requests", self._requests())
        yield self._section("remedies", self._remedies())
        yield self._section("problems", self._problems())
        yield self._section("others", self._others())
        yield self._section("items", self._items())
        yield self._section("checks", self._checks(whole=not to_print))
        if self.report.compared is not None:
            yield self._section("compared", self._compared())
        if not to_print:
            yield self._section("sources", self._sources())

    def _section(self, key: str, blocks: Iterator[Block]) -> Section:
        return self.words.section(key, list(blocks))

    def _say(self, section: str, key: str, **filled: object) -> Paragraph:
        return Paragraph(self.words.says(section, key, **filled))

    def _value(self, table: str, row: str, column: str) -> Cell:
        figure = self.report.figures.get((table, row, column))
        return self.words.terms["to_fill"] if figure is None or figure.value is None else figure.value

    def _overall(self) -> Iterator[Block]:
        counts = dict(zip(("new", "carried_in", "handled", "carried_out"), KEYS, strict=True))
        yield self._say(
            "overall",
            "counted",
            year=self.report.year,
            published=self._value(ITEMS, "（一）2 主动公开信息总数", "数值"),
            **{name: self._value(REQUESTS, key, TOTAL) for name, key in counts.items()},
        )
        yield self._say("overall", "fill")

    def _active(self) -> Iterator[Block]:
        columns = [column.heading for column in self.words.tables["documents"].columns[1:]]
        named = [each for each in self.form.active.others if len(each.columns) > 1]
        names = [*(each.row for each in named), self.form.active.documents]
        rows = [(name, *(self._value(ACTIVE, name, column) for column in columns)) for name in names]
        yield self.words.table("documents", rows)
        others = [
            (each.row, each.columns[0], self._value(ACTIVE, each.row, each.columns[0]))
            for each in self.form.active.others
            if len(each.columns) == 1
        ]
        yield self.words.table("decisions", others)
        yield Paragraph(self.words.says("active", "fill"), "note")

    def _requests(self) -> Iterator[Block]:
        terms, kinds = self.words.terms, [*self.report.applicants, TOTAL]
        first, carried_in, handled, carried_out = KEYS
        lines = [
            *((self.form.rows[key].no, self.form.rows[key].zh, key) for key in (first, carried_in)),
            *((line.no, self._full(line.zh), line.zh) for line in self.form.results),
            *((self.form.rows[key].no, self.form.rows[key].zh, key) for key in (handled, carried_out)),
        ]
        rows = [(no, zh, *(self._value(REQUESTS, key, kind) for kind in kinds)) for no, zh, key in lines]
        columns = [Column(terms["number"], _NUMBER_WIDTH), Column(terms["row"], _ROW_WIDTH)]
        columns += [Column(kind, _KIND_WIDTH, "count") for kind in kinds]
        yield Table(terms["requests"], tuple(columns), tuple(rows), self.words.says("requests", "rule"))

    def _full(self, zh: str) -> str:
        note = next((line.note for line in self.form.results if line.zh == zh), "")
        return zh + (f"（{note}）" if note else "")

    def _remedies(self) -> Iterator[Block]:
        columns = [*self.form.remedies.results, TOTAL]
        rows = [(row, *(self._value(REMEDIES, row, column) for column in columns)) for row in self.form.remedies.rows]
        yield self.words.table("remedies", rows)
        yield Paragraph(self.words.says("remedies", "basis"), "note")

    def _problems(self) -> Iterator[Block]:
        found = self.report.figures.get((ITEMS, "（三） 检查发现的问题", "数值"))
        if found is None or found.value is None:
            yield self._say("problems", "unknown")
        else:
            rectified = self._value(ITEMS, "（三） 其中：已经整改", "数值")
            yield self._say("problems", "counted", found=found.value, rectified=rectified)
        yield self._say("problems", "fill")

    def _others(self) -> Iterator[Block]:
        count = self._value(ITEMS, "（二）5 收费件数", "数值")
        yield self._say("others", "fees", count=count, amount=self._value(ITEMS, "（二）5 收费金额（元）", "数值"))
        yield self._say("others", "fill")

    def _items(self) -> Iterator[Block]:
        figures = [each for each in self.report.figures.values() if each.table == ITEMS]
        rows = [(each.row, self._value(*each.place), each.note) for each in figures]
        yield self.words.table("items", rows)

    def _checks(self, *, whole: bool) -> Iterator[Block]:
        """All relations, or for print those that fail."""
        checks = sorted(self.report.checks, key=lambda each: each.ok)
        failed = sum(not each.ok for each in checks)
        key = ("some" if failed else "all") if checks else "unchecked"
        yield self._say("checks", key, count=len(checks), failed=failed)
        if whole or failed:
            yield self.words.table("checks", [self._check(each) for each in checks if whole or not each.ok])
        if self.report.across:
            failed = sum(not each.ok for each in self.report.across)
            if failed:
                yield self._say("checks", "across", failed=failed)
            yield self.words.table("across", [self._check(each) for each in self.report.across])
        if self.report.doubts:
            yield self._say("checks", "doubts")
            yield self.words.table("doubts", [(each.record, each.why) for each in self.report.doubts])

    def _check(self, each: Check) -> tuple[Cell, ...]:
        terms = self.words.terms
        return (each.name, each.left, each.right, terms["holds"] if each.ok else terms["fails"])

    def _compared(self) -> Iterator[Block]:
        compared = self.report.compared
        assert compared is not None
        count = len(compared.disagreements)
        key = "some" if count else "none"
        yield self._say("compared", key, file=compared.file, cells=compared.cells, count=count)
        rows = [
            (each.sheet, each.cell, *each.place, each.stated, each.expected, each.why, "、".join(each.records))
            for each in compared.disagreements
        ]
        yield self.words.table("compared", rows)

    def _sources(self) -> Iterator[Block]:
        yield Paragraph(self.words.says("sources", "basis"), "note")
        yield self.words.table("sources", [_source(each) for each in _counted(self.report)])


def _counted(report: AnnualReport) -> Sequence[Figure]:
    return [each for each in report.figures.values() if each.value]


def _source(each: Figure) -> tuple[Cell, ...]:
    return (each.table, each.row, each.column, each.value, "、".join(each.records))
