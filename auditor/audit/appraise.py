"""The yearly evaluation, from the files to the figures: the year's audit, the forms, the scores, the composite."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from auditor import __version__
from auditor.assessment.composite import compose
from auditor.assessment.forms import Returned, returned_forms
from auditor.assessment.opinions import comment_lines, opinion_lines
from auditor.assessment.panel import Scores, count_panel, scores_of
from auditor.assessment.procedure import procedure_lines, suggestion_lines
from auditor.assessment.questionnaires import count_questionnaires, unit_answers
from auditor.assessment.supervision import Duty, YearAudit, supervise
from auditor.domain.appraisal import Appraisal, Composite, Outlier, Panel, PanelContent, Questionnaires
from auditor.domain.finding import Finding
from auditor.domain.period import parse_period
from auditor.evaluation.evaluate import Evaluation, evaluate
from auditor.evaluation.obligations import within_period
from auditor.judgement.discretion import Discretion
from auditor.judgement.findings import judge
from auditor.judgement.identity import is_pattern
from auditor.judgement.masking import Masker, mask_personal
from auditor.judgement.naming import naming_of
from auditor.judgement.routing import accusations_in
from auditor.reading import read_logs
from auditor.reporting.blocks import document_words
from auditor.reporting.evaluation_rows import WORDS
from auditor.rulebook.book import Rulebook
from auditor.rulebook.schemefile import PlacedScheme
from auditor.rulebook.schemes import CONTENTS, Scheme
from auditor.rulebook.schemewords import scheme_lines
from auditor.tables import RECORD, Logs, LogTable

_OWN_LOG = "evaluations"
_ABSENT = "未提供"  # how the reason begins that a rule's log was not supplied


@dataclass(frozen=True)
class YearJudged:
    """The year's obligations with what was found."""

    obligations: list[dict[str, Any]]
    findings: tuple[Finding, ...]
    evaluation: Evaluation
    confidential: frozenset[str] = frozenset()  # ids of findings that not everybody may read of


def appraise(
    paths: Sequence[Path],
    book: Rulebook,
    placed: PlacedScheme,
    year: int,
    as_of: date,
    *,
    internal: bool = False,
    profile: Path | None = None,
) -> tuple[Appraisal, Logs]:
    """Read the logs under `paths` and evaluate the year `year` by the office's scheme."""
    scheme = placed.checked([rule.id for rule in book.rules]).scheme
    book.check_day(as_of)
    logs = read_logs(paths, book.logs, as_of, profile)
    masker = Masker(book.logs, internal)
    judged = judged_year(book, logs, year, as_of, masker)
    attested = {rule.id for rule in book.rules if rule.attestation is not None}
    duties = [Duty(each["rule"], each["record"], each["unit"], each["status"]) for each in judged.obligations]
    audit = YearAudit(duties, judged.findings, attested)
    returned, scores = returned_forms(logs, year), scores_of(logs, year)
    questionnaires = count_questionnaires(returned, returned_forms(logs, year - 1), scheme)
    supervision = supervise(audit, scheme, logs.tables, year)
    composite = compose("", scheme, questionnaires.contents, _by_content(scores, None), supervision, audit)
    evaluated = _evaluated(questionnaires, scores)
    units = [_unit(unit, scheme, questionnaires, scores, audit, year) for unit in evaluated]
    named = {*evaluated, *judged.evaluation.obligations["unit"].unique()}
    naming = naming_of(logs.tables, named, as_of, internal=internal)
    suggestions = logs.tables.get("suggestions")
    appraisal = Appraisal(
        year=year,
        as_of=as_of,
        office=book.office,
        questionnaires=questionnaires,
        panel=_masked(count_panel(scores, scheme), internal),
        supervision=supervision,
        composite=composite,
        units=tuple(units),
        procedure=procedure_lines(
            scheme.procedure, book.placed, judged.obligations, judged.findings, judged.evaluation.not_assessed
        ),
        suggestions=suggestion_lines(
            scheme.procedure, suggestions, _due(judged.evaluation), year, as_of, _problems(suggestions, masker)
        ),
        opinions=(
            *opinion_lines(returned.forms, questionnaires, _shower(masker, scheme, "questionnaires", "opinion")),
            *comment_lines(scores.table, _shower(masker, scheme, "panel_scores", "comment")),
        ),
        findings=_cited(judged, [composite, *units]),
        scheme=scheme_lines(scheme),
        scheme_title=scheme.zh,
        scheme_notice=scheme.notice,
        decimals=scheme.precautions.decimals,
        confidence=scheme.precautions.confidence,
        suppress_below=scheme.precautions.suppress_below,
        rank_from=scheme.precautions.rank_from,
        cautions=tuple(_cautions(logs, questionnaires, returned, judged.evaluation, year, as_of)),
        inputs=logs.inputs,
        internal=internal,
        version=__version__,
    )
    return naming.model(appraisal), logs


def judged_year(book: Rulebook, logs: Logs, year: int, as_of: date, masker: Masker) -> YearJudged:
    """The obligations of the year; those of an evaluation belong to its year, whenever they fell due."""
    evaluation = evaluate(book, logs.tables, as_of)
    own = pl.col("log") == _OWN_LOG
    by_record = own & pl.col("record").is_in(_records_of_year(logs.tables.get(_OWN_LOG), year))
    by_day = within_period(evaluation.obligations, parse_period(str(year)))
    periodic = pl.col("rule").is_in([rule.id for rule in book.rules if rule.frequency])
    obligations = pl.concat([by_day.filter(~own | periodic), evaluation.obligations.filter(by_record & ~periodic)])
    units = set(obligations["unit"].unique())
    discretion = Discretion(accusations_in(book.logs, logs.tables), units, internal=masker.internal)
    judged = judge(book, obligations, logs.tables, as_of, masker, discretion)
    findings = tuple(each for each in judged.findings if not is_pattern(each, ""))  # a fact is counted once in scores
    columns = ["rule", "log", "record", "unit", "status", "due_on"]
    confidential = frozenset() if masker.internal else frozenset(judged.audiences)
    return YearJudged(judged.obligations.select(columns).to_dicts(), findings, evaluation, confidential)


def _due(evaluation: Evaluation) -> list[dict[str, Any]]:
    """The obligations on opinions of the evaluation, of whatever year."""
    of_opinions = evaluation.obligations.filter(pl.col("log") == "suggestions")
    return of_opinions.select("rule", "record", "status", "due_on").to_dicts()


def _records_of_year(table: LogTable | None, year: int) -> list[str]:
    if table is None or "year" not in table.frame.columns:
        return []
    return table.frame.filter(pl.col("year") == year)[RECORD].to_list()


def _unit(
    unit: str,
    scheme: Scheme,
    questionnaires: Questionnaires,
    scores: Scores,
    audit: YearAudit,
    year: int,
) -> Composite:
    own = audit.of_unit(unit)
    supervision = supervise(own, scheme, {}, year)
    answers = unit_answers(questionnaires, unit)
    return compose(unit, scheme, answers, _by_content(scores, unit), supervision, own)


def _evaluated(questionnaires: Questionnaires, scores: Scores) -> list[str]:
    """The units that forms or scores name."""
    named = [name for each in questionnaires.units for name in each.names if not name.startswith("（")]
    named += [unit for unit in scores.table["unit"].dropna().unique() if unit]
    return sorted(dict.fromkeys(named))


def _by_content(scores: Scores, unit: str | None) -> dict[str, list[int]]:
    table = scores.table if unit is None else scores.table[scores.table["unit"] == unit]
    return {key: [int(each) for each in table.loc[table["content"] == key, "score"]] for key in CONTENTS}


def _masked(panel: Panel, internal: bool) -> Panel:
    if internal:
        return panel
    contents = tuple(
        PanelContent(**{**vars(each), "outliers": tuple(_hidden(outlier) for outlier in each.outliers)})
        for each in panel.contents
    )
    return Panel(panel.representatives, panel.groups, contents, panel.set_aside)


def _hidden(outlier: Outlier) -> Outlier:
    return Outlier(mask_personal("name", outlier.representative), outlier.group, outlier.unit, outlier.score)


def _problems(table: LogTable | None, masker: Masker) -> Mapping[str, str]:
    if table is None:
        return {}
    return {
        row[RECORD]: masker.value("suggestions", "problem", row.get("problem"), row) or ""
        for row in table.frame.to_dicts()
    }


def _shower(masker: Masker, scheme: Scheme, log: str, field: str) -> Callable[[str], str]:
    """How an opinion is shown: nothing of one that accuses somebody or asks for silence; masked like any text else."""

    def shown(text: str) -> str:
        if not masker.internal and any(word in text for word in scheme.precautions.confidential_words):
            return document_words(WORDS).terms["hidden_opinion"]
        return masker.value(log, field, text, {}) or ""

    return shown


def _cited(judged: YearJudged, composites: Sequence[Composite]) -> Mapping[str, Finding]:
    """The findings behind points that were lost, by id, in the order of the audit, but those that are confidential."""
    wanted: set[str] = set()
    for each in composites:
        wanted.update(name for part in each.parts for name in part.findings)
        wanted.update(name for one in (*each.deductions, *each.bonus, *each.vetoes) for name in one.findings)
    wanted -= judged.confidential
    return {each.id: each for each in judged.findings if each.id in wanted}


def _cautions(
    logs: Logs, questionnaires: Questionnaires, returned: Returned, evaluation: Evaluation, year: int, as_of: date
) -> list[str]:
    cautions = [f"无法读取：{each}" for each in logs.unreadable]
    cautions += [f"未识别：{each}" for each in logs.unrecognised]
    if as_of < date(year, 12, 31):
        cautions.append(f"{year}年度尚未结束（基准日{as_of}），监督评议只反映到基准日为止的情况。")
    if "questionnaires" not in logs.tables:
        cautions.append("没有提供评议问卷。")
    elif not questionnaires.returned:
        cautions.append(f"评议问卷中没有{year}年度的问卷。")
    if returned.unnumbered:
        cautions.append(f"有{returned.unnumbered}份问卷没有编号，看不出有没有重复，全部计入。")
    if returned.partly_unread:
        cautions.append(
            f"有{returned.partly_unread}份问卷的部分回答不是满意、基本满意、不满意、不了解之一，该项按未答处理。"
        )
    stated = _stated(logs.tables.get(_OWN_LOG), year)
    if stated and stated != questionnaires.returned:
        cautions.append(
            f"民主评议台账登记回收{stated}份，评议问卷有{questionnaires.returned}份，两者不一致，以下只统计录入的问卷。"
        )
    absent = sorted({reason for reason in evaluation.not_assessed.values() if reason.startswith(_ABSENT)})
    names = sorted({name for reason in absent for name in reason.removeprefix(_ABSENT).split("、")})
    if names:
        cautions.append(f"监督评议缺少{len(names)}种台账，有关规则没有计入：{'、'.join(names)}。")
    return cautions


def _stated(table: LogTable | None, year: int) -> int | None:
    """The number of returned forms that the evaluation's own log states."""
    if table is None or not {"year", "returned"} <= set(table.frame.columns):
        return None
    stated = table.frame.filter(pl.col("year") == year)["returned"].drop_nulls().to_list()
    return int(sum(stated)) if stated else None
