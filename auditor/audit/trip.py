"""One audit, from the files to the findings. Reads like the sentence that it is."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from itertools import starmap
from pathlib import Path

import polars as pl

from auditor import __version__
from auditor.audit.counted import Counted, Keeper
from auditor.audit.duesoon import due_list
from auditor.audit.figures import figures, together
from auditor.audit.rejects import shown_rejects
from auditor.audit.summary import summarise
from auditor.domain.audit import Advisory, Audit, Issue, RuleLine
from auditor.domain.obligation import Status
from auditor.domain.period import Period
from auditor.evaluation.evaluate import Evaluation, evaluate
from auditor.evaluation.obligations import hour_rules, within_period
from auditor.judgement.discretion import Discretion
from auditor.judgement.findings import judge
from auditor.judgement.masking import Masker
from auditor.judgement.naming import naming_of
from auditor.judgement.routing import accusations_in
from auditor.listening import Stages, unheard_stages
from auditor.reading import read_logs
from auditor.reading.limits import MEGABYTE
from auditor.rulebook.book import Rulebook
from auditor.tables import Logs


@dataclass(frozen=True)
class Audited:
    """What an audit leaves: the model of the documents, the obligations behind it, and what was read."""

    audit: Audit
    obligations: pl.DataFrame
    logs: Logs
    book: Rulebook
    judged_otherwise: tuple[str, ...] = ()  # what another engine than usual judged, and why
    beside: Mapping[str, str] = field(default_factory=dict)  # hashes of what was laid beside the logs


def audit_logs(
    paths: Sequence[Path],
    book: Rulebook,
    as_of: date,
    period: Period | None = None,
    *,
    internal: bool = False,
    profile: Path | None = None,
    processes: int | None = None,
    notable_only: bool = False,
    stages: Stages = unheard_stages,
) -> Audited:
    """Read the logs under `paths` and hold them against the rulebook as of `as_of`.

    `profile` as for `read_logs`, `processes` as for `judge`; with `notable_only` met obligations are mostly counted
    and not kept, whatever their number; `stages` hear what is being done, and how far it has come.
    """
    book.check_day(as_of)
    heard = stages("读取台账", "MB")
    logs = read_logs(
        paths, book.logs, as_of, profile, listener=lambda done, whole: heard(done // MEGABYTE, whole // MEGABYTE)
    )
    heard = stages(f"已读取{sum(each.read for each in logs.counts.values())}行，对照规则", "行")
    accusations = accusations_in(book.logs, logs.tables)
    keeper = Keeper(book, as_of, period, accusations, internal=internal) if notable_only else None
    evaluation = evaluate(book, logs.tables, as_of, keep=keeper, listener=heard)
    counted = keeper.counted() if keeper else Counted()
    obligations = within_period(evaluation.obligations, period)
    heard = stages(f"得出{obligations.height + counted.by_rule.total()}项义务，研判问题", "个")
    masker = Masker(book.logs, internal)
    asked = period.text if period else ""
    units = {*evaluation.obligations["unit"].unique(), *counted.units}
    pending = evaluation.obligations.filter(pl.col("status") == Status.PENDING.value)
    discretion = Discretion(accusations, units, period=asked, internal=internal)
    judged = judge(
        book,
        obligations,
        logs.tables,
        as_of,
        masker,
        discretion,
        met=counted.of_units,
        period=asked,
        processes=processes,
        listener=heard,
    )
    naming = naming_of(logs.tables, units, as_of, internal=internal)
    judged, counted = naming.judged(judged), counted.named(naming)
    obligations = judged.obligations
    audit = Audit(
        as_of=as_of,
        period=asked,
        findings=judged.findings,
        summary=summarise(
            as_of,
            period,
            logs,
            obligations,
            judged.findings,
            _assessed(book, evaluation),
            evaluation.not_assessed,
            counted,
        )
        | ({"as_if_from": book.as_if_from.isoformat()} if book.as_if_from else {}),
        rules=_rule_lines(book),
        log_names={name: log.zh for name, log in book.logs.logs.items()},
        advisories=_advisories(obligations),
        rejects=[vars(reject) for reject in shown_rejects(logs, book.logs, masker, naming)],
        remarks=naming.texts(logs.remarks),
        cautions=(*_cautions(book, logs, _provisional(obligations, counted), evaluation), *judged.cautions),
        settings={
            key: book.settings[key].shown(value) for key, value in sorted(book.values.items()) if value is not None
        },
        inputs=logs.inputs,
        rulebook=book.hashes,
        calendar_years=sorted(book.notices.noticed),
        in_hours=frozenset(hour_rules(obligations) | counted.in_hours),
        audiences=judged.audiences,
        confided=judged.confided,
        issue=_issue(book),
        figures=together(figures(book, obligations, as_of), counted.figures),
        due=naming.model(due_list(book, discretion.obligations(pending), logs.tables, as_of)),
        internal=internal,
        version=__version__,
    )
    return Audited(audit, obligations, logs, book, judged.fallbacks)


def _assessed(book: Rulebook, evaluation: Evaluation) -> list[str]:
    return [rule.id for rule in book.rules if rule.id not in evaluation.not_assessed]


def _rule_lines(book: Rulebook) -> dict[str, RuleLine]:
    return {
        placed.rule.id: RuleLine(
            placed.rule.id,
            placed.regulation.name,
            placed.rule.clause,
            placed.rule.title,
            placed.rule.severity.value,
            placed.rule.attest,
        )
        for placed in book.placed.values()
    }


def _issue(book: Rulebook) -> Issue:
    chosen = {each.name: book.values.get(f"circular.{each.name}") for each in fields(Issue)}
    return Issue(**{name: str(value) for name, value in chosen.items() if value is not None})


class _Advisories(Collection[Advisory]):
    """What met obligations tell besides, made when it is asked for: of a long log it is much that only documents show.

    `told` has the columns `rule`, `record`, `unit`, `detail`.
    """

    def __init__(self, told: pl.DataFrame) -> None:
        self._told = told

    def __len__(self) -> int:
        return self._told.height

    def __iter__(self) -> Iterator[Advisory]:
        return starmap(Advisory, self._told.iter_rows())

    def __contains__(self, advisory: object) -> bool:
        return any(advisory == each for each in self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Advisories) and self._told.equals(other._told)


def _advisories(obligations: pl.DataFrame) -> Collection[Advisory]:
    advised = obligations.filter((pl.col("status") == Status.MET.value) & (pl.col("detail") != ""))
    return _Advisories(advised.select("rule", "record", "unit", "detail"))


def _provisional(obligations: pl.DataFrame, counted: Counted) -> int:
    return int(obligations["provisional"].sum()) + counted.provisional


def _cautions(book: Rulebook, logs: Logs, provisional: int, evaluation: Evaluation) -> list[str]:
    cautions = [f"无法读取：{each}" for each in logs.unreadable]
    cautions += [f"未识别：{each}" for each in logs.unrecognised]
    if book.as_if_from is not None:
        cautions.append(f"推演：按各项制度自 {book.as_if_from} 起已经施行计算，结论不作为实际违规认定。")
    if provisional:
        cautions.append(f"有{provisional}项义务的到期日跨入放假通知尚未发布的年份，为暂定日期。")
    absent = sorted({reason for reason in evaluation.not_assessed.values() if reason.startswith("未提供")})
    if absent:
        number = sum(reason.startswith("未提供") for reason in evaluation.not_assessed.values())
        total = len(evaluation.not_assessed)
        cautions.append(f"有{total}条规则未审计，其中{number}条因缺台账：{'；'.join(absent)}。")
    return cautions
