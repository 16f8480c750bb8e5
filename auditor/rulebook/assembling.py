"""Putting the rulebook together: every file, strictly; any fault stops the run with file, line and suggestion."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from auditor.domain.calendar import Calendar
from auditor.errors import Fault, RulebookError
from auditor.rulebook.book import PlacedRule, Rulebook, SameFact
from auditor.rulebook.calendar_files import calendar_for
from auditor.rulebook.casechecks import check_cases
from auditor.rulebook.checks import check_rule
from auditor.rulebook.judgementchecks import check_judgements
from auditor.rulebook.judgements import JudgementFile
from auditor.rulebook.located import Lines, Located, build, lines_of, nearest, read_located
from auditor.rulebook.logs import LogCatalogue
from auditor.rulebook.requirements import RequirementFile
from auditor.rulebook.rules import RuleFile
from auditor.rulebook.settings import Setting, flatten, is_read_by_program
from auditor.rulebook.sources import VALUE_WORDS, Sources, rule_paths
from auditor.rulebook.strict import Strict
from auditor.rulebook.synonyms import with_value_words
from auditor.rulebook.tariffs import Tariff, load_tariffs
from auditor.rulebook.textdefectfile import DefectFile
from auditor.shipped import shipped


class SameFactEntry(Strict):
    """One line of `same_fact.yaml`."""

    fact: str
    rules: tuple[str, ...]


class SameFactFile(Strict):
    """`same_fact.yaml`: the groups of rules that one failure breaks together."""

    groups: tuple[SameFactEntry, ...]


def assembled(sources: Sources, *, shipped_cases: bool) -> Rulebook:
    """The rulebook of these files; see `load_rulebook`. Raises `RulebookError`."""
    folders = sources.folders
    logs = _load_logs(sources)
    settings = _load_settings(sources.newest("settings.yaml"))
    values = {key: setting.accept(setting.default) for key, setting in settings.items()}
    notices = calendar_for(folders)
    if sources.settings is not None:
        values |= _chosen(read_located(sources.settings), settings, notices)
    tariffs = load_tariffs(read_located(sources.newest("tariffs.yaml")))
    placed: dict[str, PlacedRule] = {}
    for folder in folders:
        placed |= _load_rules(folder, logs, settings, tariffs, cases=shipped_cases or folder != shipped("rules"))
    placed = {rule: _cited(each, values) for rule, each in placed.items()}
    if not shipped_cases:
        placed = {rule: replace(each, lines=None) for rule, each in placed.items()}
    _check_superiors(placed)
    return Rulebook(
        placed,
        settings,
        values,
        logs,
        notices,
        _load_same_facts(sources.newest("same_fact.yaml"), placed),
        build(RequirementFile, read_located(sources.newest("requirements.yaml"))).requirements,
        build(DefectFile, read_located(sources.newest("text_defects.yaml"))).defects,
        {part: _hash(paths) for part, paths in sources.hashed.items()},
        tariffs,
        _load_judgements(sources.judgements, placed, logs, settings, cases=shipped_cases),
    )


def _load_logs(sources: Sources) -> LogCatalogue:
    logs, words = sources.newest("logs.yaml"), sources.newest(VALUE_WORDS)
    # A rulebook with logs of its own and no words is read with the shipped words, which may name fields it lacks.
    own = words.parent == logs.parent or words.parent != shipped("rules")
    return with_value_words(build(LogCatalogue, read_located(logs)), read_located(words), strict=own)


def _load_rules(
    folder: Path,
    logs: LogCatalogue,
    settings: Mapping[str, Setting],
    tariffs: Mapping[str, Tariff],
    *,
    cases: bool,
) -> dict[str, PlacedRule]:
    placed: dict[str, PlacedRule] = {}
    faults: list[Fault] = []
    for path in rule_paths(folder):
        located = read_located(path, str(path.relative_to(folder.parent)), cases=cases)
        try:
            rules = build(RuleFile, located)
        except RulebookError as error:
            faults += error.faults
            continue
        faults += _regulation_settings(rules, settings, located)
        for number, rule in enumerate(rules.rules):
            line = located.line(("rules", number, "id"))
            if rule.id in placed:
                other = placed[rule.id]
                problem = f"规则编号“{rule.id}”重复，已用于 {other.file} 第{other.line}行"
                faults.append(Fault(located.file, line, problem, "改用条款自己的编号"))
            lines = lines_of(located.lines, ("rules", number))
            placed[rule.id] = PlacedRule(rule, rules.regulation, located.file, line, lines)
            faults += check_rule(rule, logs, settings, tariffs, located, number)
            faults += check_cases(rule, logs, settings, located, number)
    if faults:
        raise RulebookError(faults)
    return placed


def _cited(placed: PlacedRule, values: Mapping[str, Any]) -> PlacedRule:
    """The rule with its clause cited as the reading in use wants it."""
    other = placed.regulation.renumbered
    if other is None or values.get(other.setting) != other.is_:
        return placed
    return replace(placed, rule=placed.rule.model_copy(update={"clause": other.cited(placed.rule.clause)}))


def _check_superiors(placed: Mapping[str, PlacedRule]) -> None:
    faults = [
        Fault(each.file, each.line, f"{each.rule.id} 的上位规则“{superior}”不存在", nearest(superior, dict(placed)))
        for each in placed.values()
        if (superior := each.rule.superior) is not None and superior not in placed
    ]
    if faults:
        raise RulebookError(faults)


def _regulation_settings(rules: RuleFile, settings: Mapping[str, Setting], located: Located) -> list[Fault]:
    return [
        Fault(
            located.file,
            located.line(("regulation", key)),
            f"不认识的设置“{setting}”",
            nearest(setting, dict(settings)) or "先写入 rules/settings.yaml",
        )
        for key, setting in rules.regulation.settings
        if setting not in settings
    ]


def _load_settings(path: Path) -> dict[str, Setting]:
    """The settings of a rulebook, and those that the program itself reads where it has none of its own."""
    own = _settings_in(read_located(path))
    if path.parent == shipped("rules"):
        return own
    known = _settings_in(read_located(shipped("rules") / "settings.yaml"))
    return {key: setting for key, setting in known.items() if is_read_by_program(key)} | own


def _settings_in(located: Located) -> dict[str, Setting]:
    if not isinstance(located.content, dict):
        raise RulebookError([Fault(located.file, 1, "设置文件应为“键: 内容”的形式", "")])
    return {
        key: build(Setting, located, (key,), {**entry, "key": key})
        if isinstance(entry, dict)
        else build(Setting, located, (key,), {"key": key})
        for key, entry in located.content.items()
    }


def _chosen(located: Located, settings: Mapping[str, Setting], notices: Calendar) -> dict[str, Any]:
    raw = located.content if located.content is not None else {}
    if not isinstance(raw, dict):
        raise RulebookError(
            [Fault(located.file, 1, "设置文件应为“键: 值”的形式", "例如 vague.promptly: 5 working days")]
        )
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for key, value in flatten(raw, settings).items():
        line = _line_of(located.lines, key) or 1
        if key not in settings:
            faults.append(Fault(located.file, line, f"不认识的设置“{key}”", nearest(key, dict(settings))))
            continue
        try:
            values[key] = settings[key].accept(value)
        except ValueError as error:
            problem, _, mend = str(error).partition("|")
            faults.append(Fault(located.file, line, problem, mend))
            continue
        if settings[key].type == "dates":
            outside = [day for day in value if not notices.covers(day)]
            faults += [Fault(located.file, line, f"{day} 不在日历范围内", "检查年份") for day in outside]
    if faults:
        raise RulebookError(faults)
    return values


def _line_of(lines: Lines, key: str) -> int | None:
    """The line of a dotted key, whether written flat or nested."""
    parts = {} if isinstance(lines, int) or isinstance(lines[1], list) else lines[1]
    for name, inside in parts.items():
        if str(name) == key:
            return inside if isinstance(inside, int) else inside[0]
        if key.startswith(f"{name}.") and (line := _line_of(inside, key.removeprefix(f"{name}."))) is not None:
            return line
    return None


def _load_same_facts(path: Path, placed: Mapping[str, PlacedRule]) -> tuple[SameFact, ...]:
    located = read_located(path)
    groups = build(SameFactFile, located).groups
    faults = [
        Fault(located.file, located.line(("groups", n)), f"不认识的规则“{rule}”", nearest(rule, dict(placed)))
        for n, group in enumerate(groups)
        for rule in group.rules
        if rule not in placed
    ]
    if faults:
        raise RulebookError(faults)
    return tuple(SameFact(group.fact, group.rules) for group in groups)


def _load_judgements(
    paths: Sequence[Path],
    placed: Mapping[str, PlacedRule],
    logs: LogCatalogue,
    settings: Mapping[str, Setting],
    *,
    cases: bool,
) -> JudgementFile:
    known = JudgementFile()
    faults: list[Fault] = []
    for path in paths:
        located = read_located(path, str(path.relative_to(path.parent.parent)), cases=cases)
        file = build(JudgementFile, located, content=located.content or {})
        known = known.with_overlay(file)
        faults += check_judgements(file, placed, logs, settings, located, known)
        try:
            _ = known.stages
        except ValueError as error:
            problem, _, mend = str(error).partition("|")
            faults.append(Fault(located.file, located.line(("judgements",)), problem, mend))
    if faults:
        raise RulebookError(faults)
    return known


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
