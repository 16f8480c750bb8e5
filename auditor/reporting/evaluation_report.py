"""The report on the yearly evaluation: its sections and what stands in them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from auditor.domain.appraisal import (
    Answers,
    Appraisal,
    Change,
    Composite,
    PanelContent,
    Slice,
    SuggestionLine,
)
from auditor.domain.scoring import rounded
from auditor.reporting.blocks import Bar, Bars, Block, Cell, Document, DocumentWords, Paragraph, Section, document_words
from auditor.reporting.evaluation_rows import (
    WORDS,
    duties_row,
    lost_points,
    procedure_row,
    ratio,
    share,
    shown_day,
    two_places,
)

_LISTED = 500  # rows of a list in a document; the JSON file has them all
_OPTIONS = ("满意", "基本满意", "不满意", "不了解")


def evaluation_report(appraisal: Appraisal) -> Document:
    """The report; equal evaluations give equal reports."""
    words = document_words(WORDS)
    builder = _Builder(appraisal, words)
    return Document(
        title=words.title.format(year=appraisal.year),
        meta=words.meta.format(year=appraisal.year, as_of=appraisal.as_of, version=appraisal.version),
        day=appraisal.as_of.isoformat(),
        cautions=tuple(appraisal.cautions),
        sections=tuple(builder.sections()),
        inputs=appraisal.inputs,
        internal=appraisal.internal,
    )


class _Builder:
    """Builds the sections of one report."""

    def __init__(self, appraisal: Appraisal, words: DocumentWords) -> None:
        self.appraisal, self.words = appraisal, words

    def sections(self) -> Iterator[Section]:
        """All sections in order."""
        yield self._section("result", self._result())
        yield self._section("questionnaire", self._questionnaires())
        yield self._section("panel", self._panel())
        yield self._section("supervision", self._supervision())
        yield self._section("units", self._units())
        yield self._section("procedure", self._procedure())
        yield self._section("suggestions", self._suggestions())
        yield self._section("scheme", self._scheme())
        yield self._section("findings", self._findings())

    def _section(self, key: str, blocks: Iterator[Block]) -> Section:
        return self.words.section(key, list(blocks))

    def _say(self, section: str, key: str, **filled: object) -> Paragraph:
        return Paragraph(self.words.says(section, key, **filled))

    def _note(self, section: str, key: str, **filled: object) -> Paragraph:
        return Paragraph(self.words.says(section, key, **filled), "note")

    def _number(self, value: Fraction | None) -> Decimal | None:
        return rounded(value, self.appraisal.decimals)

    def _result(self) -> Iterator[Block]:
        composite, scored = self.appraisal.composite, self.appraisal.composite.scored
        if scored.total is None:
            yield Paragraph(self.words.says("result", "none"), "strong")
        else:
            full = dict(self.appraisal.scheme)["满分"].removesuffix("分")
            total = self.words.says(
                "result",
                "total",
                year=self.appraisal.year,
                total=self._number(scored.total),
                full=full,
                grade=scored.grade,
            )
            yield Paragraph(total, "strong")
            figures = {key: self._number(getattr(scored, key)) for key in ("base", "deducted", "bonus")}
            yield self._say("result", "base", **figures)
        if scored.factor not in (0, 1):
            yield self._say("result", "rescaled", factor=ratio(scored.factor))
        if composite.vetoes:
            said = "veto" if scored.grade is not None else "veto_alone"
            yield self._say("result", said, count=len(composite.vetoes), grade=scored.grade)
        parts = [
            (
                each.zh,
                self._number(each.weight),
                self._number(each.score),
                self._number(each.points),
                self._number(each.lost),
                each.why,
                len(each.findings),
            )
            for each in composite.parts
        ]
        yield self.words.table("parts", parts)
        yield self.words.table("adjustments", list(self._adjustments(composite)))
        yield self._note("result", "rounding", decimals=self.appraisal.decimals)

    def _adjustments(self, composite: Composite) -> Iterator[tuple[Cell, ...]]:
        terms = self.words.terms
        has_bonus = bool(composite.scored.bonus)
        for each in composite.vetoes:
            yield (terms["veto"], each.zh, None, each.why, len(each.findings))
        for each in composite.deductions:
            yield (terms["deduction"], each.zh, self._number(each.points), each.why, len(each.findings))
        for each in composite.bonus:
            why = each.why if has_bonus or not each.points else each.why + terms["no_bonus"]
            yield (terms["bonus"], each.zh, self._number(each.points), why, len(each.findings))

    def _questionnaires(self) -> Iterator[Block]:
        found, appraisal = self.appraisal.questionnaires, self.appraisal
        confidence = f"{appraisal.confidence * 100:g}%"
        aside = len(found.set_aside)
        yield self._say("questionnaire", "returned", returned=found.returned, valid=found.valid, aside=aside)
        yield self.words.table("contents", [self._content(each) for each in found.contents])
        yield self._chart(found.contents)
        yield self._note("questionnaire", "rate", confidence=confidence)
        if found.last_valid is None:
            yield self._note("questionnaire", "no_last")
        else:
            yield self._note("questionnaire", "last", last=found.last_valid, confidence=confidence)
        limits = {"suppress": appraisal.suppress_below, "rank": appraisal.rank_from}
        yield self.words.table("groups", [self._slice(each) for each in found.groups], **limits)
        units = [(*self._slice(each), self._rank(each)) for each in found.units]
        yield self.words.table("units", units, **limits)
        listed = [(each.record, each.reason, each.why, each.file, each.sheet, each.row) for each in found.set_aside]
        yield self.words.table("aside", listed[:_LISTED], count=aside, cut=self._cut(aside))

    def _cut(self, count: int) -> str:
        return self.words.terms["cut"].format(limit=_LISTED, count=count) if count > _LISTED else ""

    def _content(self, each: Answers) -> tuple[Cell, ...]:
        counts = [each.counts[option] for option in _OPTIONS]
        interval = f"{each.low:.1%}～{each.high:.1%}" if each.low is not None and each.high is not None else ""
        last = share(each.change.last_rate, each.change.last_n) if each.change else self.words.terms["new"]
        change = self._change(each.change) if each.change else self.words.terms["new"]
        return (each.zh, *counts, each.unanswered, each.n, share(each.rate, each.n), interval, last, change)

    def _change(self, change: Change) -> str:
        terms = self.words.terms
        points = f"{change.difference * 100:+.1f}个百分点"
        if not change.more_than_chance:
            return f"{points}（{terms['chance']}）"
        return f"{points}（{terms['more'] if change.difference > 0 else terms['less']}）"

    def _chart(self, contents: Sequence[Answers]) -> Bars:
        bars = [Bar(each.zh, (*(each.counts[option] for option in _OPTIONS), each.unanswered)) for each in contents]
        terms = self.words.terms
        return Bars(terms["answers"], (*_OPTIONS, terms["unanswered"]), tuple(bars))

    def _slice(self, each: Slice) -> tuple[Cell, ...]:
        terms = self.words.terms
        name = each.names[0] if len(each.names) == 1 else terms["together"].format(count=len(each.names))
        if each.is_withheld:
            return (name, each.forms, *([terms["protects" if each.protects else "withheld"]] * 6))
        return (name, each.forms, *(share(a.rate, a.n) for a in each.answers), share(each.rate, each.n))

    def _rank(self, each: Slice) -> str:
        if each.rank is not None:
            return str(each.rank)
        few = each.forms < self.appraisal.rank_from
        return self.words.terms["not_ranked" if few else "no_rank"].format(rank=self.appraisal.rank_from)

    def _panel(self) -> Iterator[Block]:
        panel = self.appraisal.panel
        if not any(each.n for each in panel.contents):
            yield self._say("panel", "none")
        else:
            if panel.representatives:
                groups = "、".join(f"{name}{number}人" for name, number in panel.groups.items())
                yield self._say("panel", "people", people=panel.representatives, groups=groups)
            if panel.unnamed:
                key = "unnamed" if panel.representatives else "all_unnamed"
                yield self._say("panel", key, count=panel.unnamed)
            yield self.words.table("panel", [self._scores(each) for each in panel.contents])
        if panel.set_aside:
            aside = [(each.record, each.why, each.file, each.sheet, each.row) for each in panel.set_aside[:_LISTED]]
            yield self.words.table("scores_aside", aside, count=len(panel.set_aside))

    def _scores(self, each: PanelContent) -> tuple[Cell, ...]:
        outliers = "；".join(
            f"{out.score}分（{'，'.join(part for part in (out.group, out.representative, out.unit) if part)}）"
            for out in each.outliers
        )
        spread = [two_places(each.deviation), each.low, two_places(each.first_quartile), two_places(each.median)]
        return (each.zh, each.n, self._number(each.mean), *spread, two_places(each.third_quartile), each.high, outliers)

    def _supervision(self) -> Iterator[Block]:
        found = self.appraisal.supervision
        yield self._say("supervision", "basis")
        heads = (*found.contents, *found.components, found.inspection)
        yield self.words.table("duties", [duties_row(each) for each in heads])
        if found.complaints:
            yield self.words.table("complaints", list(found.complaints.items()))

    def _units(self) -> Iterator[Block]:
        yield self._note("units", "basis", suppress=self.appraisal.suppress_below)
        rows = [
            (
                each.unit,
                *(self._number(part.score) for part in each.parts),
                self._number(each.scored.factor),
                self._number(each.scored.deducted),
                self._number(each.scored.bonus),
                self._number(each.scored.total),
                each.scored.grade or "",
                "；".join(veto.zh for veto in each.vetoes),
            )
            for each in self.appraisal.units
        ]
        yield self.words.table("unit_scores", rows)

    def _procedure(self) -> Iterator[Block]:
        yield self._say("procedure", "basis")
        yield self.words.table("procedure", [procedure_row(each) for each in self.appraisal.procedure])

    def _suggestions(self) -> Iterator[Block]:
        yield self._say("suggestions", "basis")
        yield self.words.table("suggestions", [self._suggestion(each) for each in self.appraisal.suggestions])
        opinions = self.appraisal.opinions
        if opinions:
            yield self._note("suggestions", "opinions")
            rows = [(each.source, each.unit, each.text) for each in opinions[:_LISTED]]
            yield self.words.table("opinions", rows, cut=self._cut(len(opinions)))

    def _suggestion(self, each: SuggestionLine) -> tuple[Cell, ...]:
        terms = self.words.terms
        can = "" if each.rectifiable is None else terms["can"] if each.rectifiable else terms["cannot"]
        days = (each.due_on, each.measures_on, each.explained_on, each.completed_on, each.feedback_on)
        told = (each.record, each.year, each.unit, each.problem, shown_day(each.notified_on), can)
        return (*told, *map(shown_day, days), each.state)

    def _scheme(self) -> Iterator[Block]:
        yield Paragraph(self.appraisal.scheme_notice, "caution")
        yield self.words.table("scheme", self.appraisal.scheme, title=self.appraisal.scheme_title)

    def _findings(self) -> Iterator[Block]:
        yield self._note("findings", "basis")
        yield self.words.table("findings", lost_points(self.appraisal))
