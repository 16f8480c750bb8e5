"""What a rule says must fit the logs and the settings: fields exist, values fit their types."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from auditor.errors import Fault
from auditor.rulebook.conditions import COMPARISONS, FieldOperand, Node, Place, SettingTest, Test, settings_read, tests
from auditor.rulebook.duties import LimitFromField, LimitFromSetting
from auditor.rulebook.located import Located, nearest
from auditor.rulebook.logs import FieldType, LogCatalogue, LogDefinition, LogField
from auditor.rulebook.rules import Rule
from auditor.rulebook.settings import Setting

Problem = tuple[Place, str, str]
_DATES = (FieldType.DATE, FieldType.TIME)
_NUMBERS = (FieldType.COUNT, FieldType.MONEY)
_ON_DATES = ("before", "not_after", "after", "not_before", "same_day")
_ON_LISTS = ("has", "has_any", "has_none", "items_at_least", "shares_any")


def check_rule(
    rule: Rule, logs: LogCatalogue, settings: Mapping[str, Setting], located: Located, number: int
) -> list[Fault]:
    """Every fault of one rule, each with its line."""
    if rule.log is None:
        return []
    if rule.log not in logs.logs:
        line = located.line(("rules", number, "log"))
        return [Fault(located.file, line, f"不认识的台账“{rule.log}”", nearest(rule.log, dict(logs.logs)))]
    problems = [*_conditions(rule, logs), *_plain_fields(rule, logs), *_settings(rule, settings), *_links(rule, logs)]
    return [
        Fault(located.file, located.line(("rules", number, *place)), problem, mend)
        for place, problem, mend in problems
    ]


def conditions_of(rule: Rule) -> Iterator[tuple[Place, Node]]:
    """Every condition on the rule's own record, with its place."""
    for name in ("when", "content", "prohibition", "excused_if"):
        if getattr(rule, name) is not None:
            yield (name,), getattr(rule, name)
    for n, variant in enumerate(rule.severity_if):
        yield ("severity_if", n, "if"), variant.if_
    for n, advice in enumerate(rule.advise):
        yield ("advise", n, "if"), advice.if_
    for duty, name in (("deadline", "satisfied_if"), ("deadline", "breached_if"), ("frequency", "satisfied_if")):
        node = getattr(getattr(rule, duty), name, None)
        if node is not None:
            yield (duty, name), node


def fields_of(rule: Rule) -> Iterator[tuple[Place, str]]:
    """Every field of the rule's own log that is named outside a condition."""
    for name in rule.trigger or ():
        yield ("trigger",), name
    if rule.order:
        for name in rule.order.steps:
            yield ("order", "steps"), name
    if rule.frequency:
        for each in (rule.frequency.period, rule.frequency.done, rule.frequency.excuse):
            if each:
                yield ("frequency",), each
    if rule.deadline:
        yield from _deadline_fields(rule)


def _deadline_fields(rule: Rule) -> Iterator[tuple[Place, str]]:
    deadline = rule.deadline
    assert deadline is not None
    named = [*(deadline.from_ or ()), *deadline.to]
    if deadline.until:
        named.append(deadline.until)
    if deadline.fixed_day:
        named.append(deadline.fixed_day.year)
    if isinstance(deadline.within, LimitFromField):
        named.append(deadline.within.field)
    if deadline.restart:
        named += [deadline.restart.notice, deadline.restart.received]
    if deadline.extension:
        named += [deadline.extension.approved, deadline.extension.notified, deadline.extension.days]
    if deadline.doubt:
        named += deadline.doubt.missing
    for name in named:
        yield ("deadline",), name


def _conditions(rule: Rule, logs: LogCatalogue) -> Iterator[Problem]:
    own = logs.logs[rule.log or ""]
    extra = dict(rule.lookup)
    for place, node in conditions_of(rule):
        for test in tests(node):
            yield from _check_test(test, own, extra, place)
    for place, log, where in _wheres(rule):
        if where is not None and log in logs.logs:
            for test in tests(where):
                yield from _check_test(test, logs.logs[log], {}, place, own, extra)


def _wheres(rule: Rule) -> Iterator[tuple[Place, str, Node | None]]:
    if rule.counterpart:
        yield ("counterpart", "where"), rule.counterpart.log, rule.counterpart.where
    for name, lookup in rule.lookup.items():
        yield ("lookup", name, "where"), lookup.log, lookup.where


def _check_test(
    test: Test,
    log: LogDefinition,
    extra: Mapping[str, object],
    place: Place,
    home: LogDefinition | None = None,
    home_extra: Mapping[str, object] | None = None,
) -> Iterator[Problem]:
    where = (*place, *test.place)
    if test.name in extra:
        return
    if test.name not in log.fields:
        yield where, f"台账“{log.name}”没有字段“{test.name}”", nearest(test.name, dict(log.fields))
        return
    if isinstance(test.operand, FieldOperand):
        other: LogDefinition | None = home if test.operand.home else log
        known = {**(other.fields if other else {}), **((home_extra or {}) if test.operand.home else extra)}
        if test.operand.name not in known:
            yield where, f"没有字段“{test.operand.name}”", nearest(test.operand.name, known)
    yield from ((where, *problem) for problem in _check_value(test, log.fields[test.name]))


def _check_value(test: Test, field: LogField) -> Iterator[tuple[str, str]]:
    kind, word = field.type, test.operator
    values = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    literal = [value for value in values if isinstance(value, str | bool | int | float | date | datetime)]
    if word in _ON_DATES and kind not in _DATES:
        yield f"“{test.name}”不是日期，不能用“{word}”", "改用 is 或 in"
    elif word in COMPARISONS and word not in _ON_DATES and kind not in _NUMBERS:
        yield f"“{test.name}”不是数字，不能用“{word}”", "改用 is 或 in"
    elif word in _ON_LISTS and kind is not FieldType.LIST:
        yield f"“{test.name}”不是列表，不能用“{word}”", "改用 is 或 in"
    elif word in ("mentions", "ends_with") and kind is not FieldType.TEXT:
        yield f"“{test.name}”不是文字，不能用“{word}”", "改用 is 或 in"
    elif word in ("is", "is_not", "in", "not_in") and kind is FieldType.LIST:
        yield f"“{test.name}”是列表，不能用“{word}”", "改用 has、has_any 或 has_none"
    elif word in ("is", "is_not", "in", "not_in"):
        yield from _check_literals(test.name, literal, field)
    elif word in _ON_DATES:
        yield from (
            (f"“{test.name}”后应为日期，现为“{value}”", "写成 2020-12-02")
            for value in literal
            if not isinstance(value, date)
        )


def _check_literals(name: str, values: Sequence[object], field: LogField) -> Iterator[tuple[str, str]]:
    for value in values:
        if field.type is FieldType.ONE_OF and value not in field.options:
            hint = nearest(str(value), list(field.options)) or "可选：" + "、".join(field.options)
            yield f"“{name}”没有“{value}”这个选项", hint
        if field.type is FieldType.FLAG and value not in (True, False, "是", "否"):
            yield f"“{name}”只能为 是 或 否，现为“{value}”", "写成 是 或 否"
        if field.type in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float)):
            yield f"“{name}”应与数字比较，现为“{value}”", "写成数字"


def _plain_fields(rule: Rule, logs: LogCatalogue) -> Iterator[Problem]:
    known = {**logs.logs[rule.log or ""].fields, **rule.lookup}
    for place, name in fields_of(rule):
        if name not in known:
            yield place, f"台账“{rule.log}”没有字段“{name}”", nearest(name, known)


def _links(rule: Rule, logs: LogCatalogue) -> Iterator[Problem]:
    own = logs.logs[rule.log or ""].fields
    links: list[tuple[Place, str, dict[str, str], list[str]]] = []
    if rule.counterpart:
        links.append((("counterpart",), rule.counterpart.log, rule.counterpart.by, []))
    for name, lookup in rule.lookup.items():
        links.append((("lookup", name), lookup.log, lookup.by, [lookup.field]))
        if lookup.otherwise and lookup.otherwise not in own:
            yield ("lookup", name), f"没有字段“{lookup.otherwise}”", nearest(lookup.otherwise, dict(own))
    if rule.deadline and rule.deadline.tolling:
        tolling = rule.deadline.tolling
        names = [tolling.sent, tolling.answered]
        links.append((("deadline", "tolling"), tolling.log, {tolling.by: tolling.by}, names))
    for place, log, by, names in links:
        if log not in logs.logs:
            yield place, f"不认识的台账“{log}”", nearest(log, dict(logs.logs))
            continue
        other = logs.logs[log].fields
        for name in by:
            if name not in own and name not in rule.lookup:
                yield place, f"台账“{rule.log}”没有字段“{name}”", nearest(name, dict(own))
        for name in [*by.values(), *names]:
            if name not in other:
                yield place, f"台账“{log}”没有字段“{name}”", nearest(name, dict(other))


def settings_of(rule: Rule) -> set[str]:
    """Every setting that a rule names or reads."""
    return {key for key, _ in _settings_read(rule)}


def _settings_read(rule: Rule) -> Iterator[tuple[str, Place]]:
    for key in rule.settings:
        yield key, ("settings",)
    for place, node in conditions_of(rule):
        for key, inner in settings_read(node):
            yield key, (*place, *inner)
    for place, _, where in _wheres(rule):
        if where is not None:
            for key, inner in settings_read(where):
                yield key, (*place, *inner)
    if rule.deadline:
        for name in ("within", "advise_beyond"):
            yield from ((key, ("deadline", name)) for key in _limit_settings(getattr(rule.deadline, name)))
        if rule.deadline.doubt:
            yield from ((key, ("deadline", "doubt")) for key in _limit_settings(rule.deadline.doubt.until))
        if rule.deadline.extension and isinstance(rule.deadline.extension.late_notice, LimitFromSetting):
            yield rule.deadline.extension.late_notice.setting, ("deadline", "extension", "late_notice")


def _limit_settings(within: object) -> Iterator[str]:
    if isinstance(within, LimitFromSetting):
        yield within.setting
    if isinstance(within, LimitFromField):
        yield from _limit_settings(within.otherwise)


def _settings(rule: Rule, settings: Mapping[str, Setting]) -> Iterator[Problem]:
    for key, place in _settings_read(rule):
        if key not in settings:
            yield place, f"不认识的设置“{key}”", nearest(key, dict(settings)) or "先写入 rules/settings.yaml"
    for place, node in conditions_of(rule):
        for part in _setting_tests(node):
            setting = settings.get(part.key)
            if setting and setting.type == "option":
                for value in part.values:
                    if value not in setting.options:
                        options = "、".join(map(str, setting.options))
                        yield (*place, *part.place), f"设置“{part.key}”没有“{value}”这个选项", f"可选：{options}"


def _setting_tests(node: Node) -> Iterator[SettingTest]:
    if isinstance(node, SettingTest):
        yield node
    for part in getattr(node, "parts", ()):
        yield from _setting_tests(part)
    if hasattr(node, "part"):
        yield from _setting_tests(node.part)
