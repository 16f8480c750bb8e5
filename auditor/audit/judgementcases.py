"""The cases of the judgements (研判的判例), run through the same chaining as an audit, in any order of the facts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.domain.finding import Finding
from auditor.domain.obligation import DayType, Status
from auditor.evaluation.cases import table_of
from auditor.judgement.chaining import Chaining
from auditor.judgement.facts import FactsOf, Known
from auditor.judgement.findings import FindingMaker, in_order
from auditor.judgement.masking import Masker
from auditor.judgement.proof import Records
from auditor.rulebook.book import Rulebook
from auditor.rulebook.judgements import BREACH, CARRIER, KEPT, ExpectedFinding, Judgement, JudgementCase
from auditor.tables import LogTable

_BLANK: dict[str, Any] = {
    **dict.fromkeys(("start_on", "due_on", "done_on", "late")),
    **{"day_type": DayType.NONE.value, "detail": "", "provisional": False, "missing": []},
}


@dataclass(frozen=True)
class JudgementFailure:
    """A case whose findings are not those expected."""

    judgement: str
    number: int
    because: str
    difference: str

    def __str__(self) -> str:
        because = f"（{self.because}）" if self.because else ""
        return f"研判规则 {self.judgement} 第{self.number}个案例{because}：{self.difference}"


def run_judgement_cases(book: Rulebook) -> tuple[int, list[JudgementFailure]]:
    """Run every case as written and in reverse; how many there are, and the failures."""
    failures, number = [], 0
    for judgement in book.judgements.judgements:
        for position, case in enumerate(judgement.cases, 1):
            number += 1
            failures += [
                JudgementFailure(judgement.id, position, case.because, difference)
                for difference in _differences(book, judgement, case)
            ]
    return number, failures


def _differences(book: Rulebook, judgement: Judgement, case: JudgementCase) -> Iterator[str]:
    found = findings_of_case(book, case)
    if _without_places(findings_of_case(book, case, backwards=True)) != _without_places(found):
        yield "事实的先后不同，结论不同"
    left = list(found)
    for expected in case.expect:
        alike = [each for each in left if not difference(expected, each)]
        if alike:
            left.remove(alike[0])
            continue
        near = [difference(expected, each) for each in left if each.rule == expected.rule]
        yield f"没有得到 {expected.rule} 的问题" + (f"：{near[0]}" if near else "")
    for each in left:
        yield f"多出 {each.rule} 的问题（{'、'.join(each.records)}；{'、'.join(each.judgements)}）"
    fired = {name for each in found for name in each.judgements}
    if any(judgement.id in (each.judgements or ()) for each in case.expect) and judgement.id not in fired:
        yield "没有起作用"


def _without_places(findings: Sequence[Finding]) -> list[Finding]:
    """The findings without their cells: the rows of a case are numbered as its facts are written."""
    return [each.model_copy(update={"evidence": ()}) for each in findings]


def difference(expected: ExpectedFinding, found: Finding) -> str:
    """What of a finding is not as expected; empty where all is."""
    wanted = expected.model_dump(exclude_none=True)
    says = wanted.pop("says", "")
    for name, value in wanted.items():
        actual = getattr(found, name)
        same = sorted(value) == sorted(actual) if isinstance(value, tuple) else value == actual
        if not same:
            return f"{name} 应为 {value}，实际为 {actual}"
    return "" if says in found.detail else f"说明应含“{says}”，实际为“{found.detail}”"


def findings_of_case(book: Rulebook, case: JudgementCase, *, backwards: bool = False) -> list[Finding]:
    """The findings that the facts of a case lead to."""
    book = book.with_values(case.settings)
    written = [(kind, values) for fact in case.facts for kind, values in fact.items()]
    if backwards:
        written.reverse()
    rows = [_obligation(book, kind, values) for kind, values in written if kind in (BREACH, KEPT)]
    tables = _tables(book, written)
    breaches = in_order(book, [row for row in rows if row["status"] == Status.BREACHED.value])
    facts = FactsOf(book, case.as_of)
    given = facts.breaches(breaches)
    given += [
        *facts.kept(in_order(book, (row for row in rows if row["status"] != Status.BREACHED.value))),
        *facts.delays(given),
    ]
    given += [
        Known(kind, values, (), (values["log"], values["record"]) if kind == CARRIER else None)
        for kind, values in written
        if kind not in (BREACH, KEPT) and kind not in book.logs.logs
    ]
    records = Records(book, tables)
    maker = FindingMaker(book, records, case.as_of, Masker(book.logs, internal=True), breaches, "")
    chain = Chaining(book, breaches, tables, processes=1).run(given)
    return sorted(maker.judged(chain), key=lambda each: each.id)


def _obligation(book: Rulebook, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    rule = book.placed[values["rule"]].rule
    status = Status.BREACHED.value if kind == BREACH else values.get("status", Status.MET.value)
    timed = {"day_type": DayType.WORKING.value} if values.get("late") is not None else {}
    own = {"log": rule.log, "severity": rule.severity.value, "status": status}
    return {**_BLANK, **timed, **own, **values}


def _tables(book: Rulebook, written: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, LogTable]:
    """The records of a case, by log; a record that a carrier names stands in its log."""
    records: dict[str, dict[str, Mapping[str, Any]]] = {}
    for kind, values in written:
        if kind == CARRIER:
            key = book.logs.logs[values["log"]].key
            records.setdefault(values["log"], {})[values["record"]] = {key: values["record"]}
        elif kind in book.logs.logs:
            key = str(values.get(book.logs.logs[kind].key, len(records.get(kind, ()))))
            records.setdefault(kind, {})[key] = values
    return {log: table_of(book.logs.logs[log], list(rows.items())) for log, rows in records.items()}
