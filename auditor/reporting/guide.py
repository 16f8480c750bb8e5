"""The guide to the rules (规则指南): one page that an office reads beside the printed regulations."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from auditor.domain.obligation import Severity
from auditor.reporting.html import content_policy, environment, read
from auditor.rulebook.book import PlacedRule, Rulebook
from auditor.rulebook.describing import Describer
from auditor.rulebook.references import settings_of
from auditor.rulebook.requirements import How, coverage, how_audited
from auditor.rulebook.rules import DUTY_ZH
from auditor.rulebook.settings import Setting
from auditor.rulebook.textdefects import text_defects
from auditor.shipped import shipped

TITLE = "政务公开制度规则指南"


@dataclass(frozen=True)
class Reading:
    """A setting with the value in use."""

    key: str
    ambiguity: str
    question: str
    chosen: str
    options: str
    is_own_standard: bool
    changed: bool
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One rule as the guide shows it."""

    id: str
    clause: str
    title: str
    severity: Severity
    duty: str
    how: How
    requires: str
    applies: str
    event: str
    excuses: str
    weights: tuple[str, ...]
    advice: tuple[str, ...]
    question: str
    liable: str
    remedy: str
    lookups: tuple[str, ...]
    fields: tuple[str, ...]
    readings: tuple[Reading, ...]
    superior: str
    in_force: str


@dataclass(frozen=True)
class Chapter:
    """One regulation with its rules in the order of the text."""

    code: str
    name: str
    document: str
    in_force_from: str
    entries: tuple[Entry, ...]


def render_guide(book: Rulebook) -> str:
    """The guide as one HTML file; the same rulebook gives the same text."""
    folder = shipped("reports")
    style = read(folder / "report.css")
    template = environment(folder).get_template("guide.html.j2")
    found = coverage(book.requirements, {rule.id: rule for rule in book.rules})
    return template.render(
        title=TITLE,
        style=Markup(style),  # ours, not the office's: it alone goes in unescaped
        policy=content_policy(style, ""),
        chapters=_chapters(book),
        covered=found,
        counts=[(how, sum(each.how is how for each in found)) for how in How],
        unaccounted=[each.requirement for each in found if each.how is None],
        judgements=book.judgements.judgements,
        readings=_readings(book),
        defects=text_defects(book),
    )


def _chapters(book: Rulebook) -> list[Chapter]:
    describer = Describer(book)
    chapters: dict[str, list[PlacedRule]] = {}
    for placed in book.placed.values():
        chapters.setdefault(placed.regulation.code, []).append(placed)
    return [
        Chapter(
            code,
            rules[0].regulation.name,
            rules[0].regulation.document,
            book.in_force_from(rules[0].regulation).isoformat(),
            tuple(_entry(book, describer, placed) for placed in rules),
        )
        for code, rules in chapters.items()
    ]


def _entry(book: Rulebook, describer: Describer, placed: PlacedRule) -> Entry:
    rule = placed.rule
    first, last = book.in_force(rule)
    own_days = rule.in_force_from is not None or last is not None
    return Entry(
        id=rule.id,
        clause=rule.clause,
        title=rule.title,
        severity=rule.severity,
        duty=DUTY_ZH[rule.duty],
        how=how_audited(rule),
        requires=describer.duty(rule),
        applies=describer.condition(rule.when, rule) if rule.when is not None else "",
        event="或".join(describer.field(rule, name, rule.log or "") for name in rule.trigger or ()),
        excuses=describer.condition(rule.excused_if, rule) if rule.excused_if is not None else "",
        weights=tuple(
            f"{describer.condition(variant.if_, rule)}的，为“{variant.severity.zh}”" for variant in rule.severity_if
        ),
        advice=tuple(f"{describer.condition(advice.if_, rule)}的，提示：{advice.say}" for advice in rule.advise),
        question=rule.attest,
        liable=rule.liable,
        remedy=rule.remedy,
        lookups=tuple(describer.lookups(rule)),
        fields=tuple(describer.fields_read(rule)),
        readings=tuple(_reading(book, key) for key in sorted(settings_of(rule))),
        superior=rule.superior or "",
        in_force=f"{first}起" + (f"，至{last}" if last else "") if own_days else "",
    )


def _readings(book: Rulebook) -> list[Reading]:
    return [
        _reading(book, key, tuple(rule.id for rule in book.rules if key in settings_of(rule))) for key in book.settings
    ]


def _chosen(setting: Setting, value: Any, *, in_full: bool) -> str:
    """The value in use; lists are spelt out once, in the table of readings."""
    if value is None:
        return "不设"
    if setting.type == "names" and in_full:
        return "；".join(f"{name}：{'、'.join(listed)}" for name, listed in value.items())
    return "所列写法见“解释口径”" if setting.type in ("list", "names") and not in_full else setting.shown(value)


def _reading(book: Rulebook, key: str, rules: tuple[str, ...] = ()) -> Reading:
    setting, value = book.settings[key], book.values[key]
    return Reading(
        key,
        setting.ambiguity,
        setting.question,
        _chosen(setting, value, in_full=bool(rules)),
        "；".join(f"{option}＝{words}" for option, words in setting.options.items()),
        setting.is_own_standard,
        value != setting.accept(setting.default),
        rules,
    )
