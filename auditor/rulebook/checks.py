"""What a rule says must fit the logs and the settings: fields exist, values fit their types."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from auditor.errors import Fault
from auditor.personaldata import PersonalKind
from auditor.rulebook.conditions import (
    COMPARISONS,
    DUE_DAY,
    ROLLED_DUE_DAY,
    FieldOperand,
    Place,
    SettingOperand,
    Test,
    tests,
)
from auditor.rulebook.located import Located, nearest
from auditor.rulebook.logs import FieldType, LogCatalogue, LogDefinition, LogField
from auditor.rulebook.references import (
    Link,
    conditions_of,
    fields_of,
    links_of,
    nodes_of,
    open_conditions_of,
    setting_tests,
    settings_with_places,
)
from auditor.rulebook.rules import Rule
from auditor.rulebook.settings import Setting
from auditor.rulebook.tariffs import Tariff

Problem = tuple[Place, str, str]
_DATES = (FieldType.DATE, FieldType.TIME)
_NUMBERS = (FieldType.COUNT, FieldType.MONEY)
# Where the day on which a deadline falls due may be named: inside the deadline, and in what is said of its outcome.
_INSIDE = (("deadline", "satisfied_if"), ("deadline", "within_if"))
_OF_THE_OUTCOME = (("excused_if",), ("severity_if",), ("advise",))
_EQUALITY = ("is", "is_not", "in", "not_in")
# Which operators go with which types of field: operators, types, what such a field is, what to use instead.
_FITTING: tuple[tuple[Collection[str], Collection[FieldType], str, str], ...] = (
    (("before", "not_after", "after", "not_before", "same_day"), _DATES, "日期", "改用 is 或 in"),
    (("clocked",), (FieldType.TIME,), "带钟点的时间", "改用 recorded"),
    (("at_least", "at_most", "more_than", "less_than"), _NUMBERS, "数字", "改用 is 或 in"),
    (
        ("has", "has_any", "has_none", "has_only", "items_at_least", "shares_any"),
        (FieldType.LIST,),
        "列表",
        "改用 is 或 in",
    ),
    (("mentions",), (FieldType.TEXT, FieldType.LIST), "文字", "改用 is 或 in"),
    (("ends_with", "reveals", "like_a_name"), (FieldType.TEXT,), "文字", "改用 is 或 in"),
)


def check_rule(
    rule: Rule,
    logs: LogCatalogue,
    settings: Mapping[str, Setting],
    tariffs: Mapping[str, Tariff],
    located: Located,
    number: int,
) -> list[Fault]:
    """Every fault of one rule, each with its line."""
    if rule.log is None:
        return []
    if rule.log not in logs.logs:
        line = located.line(("rules", number, "log"))
        return [Fault(located.file, line, f"不认识的台账“{rule.log}”", _hint(rule.log, logs.logs))]
    own = logs.logs[rule.log]
    problems = [*_conditions(rule, own), *_plain_fields(rule, own), *_settings(rule, settings)]
    problems += _tariff(rule, own, tariffs)
    for link in links_of(rule):
        problems += _link(rule, link, own, logs)
    return [
        Fault(located.file, located.line(("rules", number, *place)), problem, mend) for place, problem, mend in problems
    ]


def _hint(word: str, known: Mapping[str, object]) -> str:
    return nearest(word, dict(known)) or "查 rules/logs.yaml"


def _conditions(rule: Rule, own: LogDefinition) -> Iterator[Problem]:
    known: Mapping[str, object] = {**own.fields, **rule.lookup}
    for place, node in (*conditions_of(rule), *open_conditions_of(rule)):
        names: Mapping[str, object] = known
        if rule.deadline and place[:1] in _OF_THE_OUTCOME:
            names = {**known, DUE_DAY: None, ROLLED_DUE_DAY: None}
        elif rule.deadline and place[:2] in _INSIDE:
            names = {**known, DUE_DAY: None}
        for test in tests(node):
            yield from _test(test, own, names, place, names)


def _test(
    test: Test,
    log: LogDefinition,
    known: Mapping[str, object],
    place: Place,
    home: Mapping[str, object],
) -> Iterator[Problem]:
    """One field test. `known` are the names it may use, `home` those of the record that looks at this one."""
    if test.name not in known:
        yield (*place, *test.field_place), f"台账“{log.name}”没有字段“{test.name}”", _hint(test.name, known)
        return
    where = (*place, *test.place)
    if isinstance(test.operand, FieldOperand):
        names = home if test.operand.home else known
        if test.operand.name not in names:
            yield where, f"没有字段“{test.operand.name}”", _hint(test.operand.name, names)
    if test.name in log.fields:
        yield from ((where, *problem) for problem in _value(test, log.fields[test.name]))


def _value(test: Test, field: LogField) -> Iterator[tuple[str, str]]:
    for operators, types, what, instead in _FITTING:
        if test.operator in operators and field.type not in types:
            yield f"“{test.name}”不是{what}，不能用“{test.operator}”", instead
            return
    if test.operator in _EQUALITY and field.type is FieldType.LIST:
        yield f"“{test.name}”是列表，不能用“{test.operator}”", "改用 has、has_any 或 has_none"
        return
    values = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    literal = [value for value in values if isinstance(value, str | bool | int | float | date | datetime)]
    if test.operator in _EQUALITY:
        yield from _literals(test.name, literal, field)
    elif test.operator in COMPARISONS:
        yield from _comparable(test.name, literal, field)
    elif test.operator == "reveals":
        for kind in literal:
            if kind not in list(PersonalKind):
                yield f"不认识的个人信息“{kind}”", "可选：" + "、".join(PersonalKind)


def _literals(name: str, values: Sequence[object], field: LogField) -> Iterator[tuple[str, str]]:
    for value in values:
        if field.type is FieldType.ONE_OF and value not in field.options:
            hint = nearest(str(value), list(field.options)) or "可选：" + "、".join(field.options)
            yield f"“{name}”没有“{value}”这个选项", hint
        elif field.type is FieldType.FLAG and value not in (True, False, "是", "否"):
            yield f"“{name}”只能为 是 或 否，现为“{value}”", "写成 是 或 否"
        elif field.type in (*_NUMBERS, *_DATES):
            yield from _comparable(name, [value], field)


def _comparable(name: str, values: Sequence[object], field: LogField) -> Iterator[tuple[str, str]]:
    for value in values:
        if field.type in _DATES and not isinstance(value, date):
            yield f"“{name}”后应为日期，现为“{value}”", "写成 2020-12-02"
        if field.type in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float)):
            yield f"“{name}”应与数字比较，现为“{value}”", "写成数字"


def _plain_fields(rule: Rule, own: LogDefinition) -> Iterator[Problem]:
    known = {**own.fields, **rule.lookup}
    for place, name in fields_of(rule):
        if name not in known:
            yield place, f"台账“{rule.log}”没有字段“{name}”", _hint(name, known)
    for name, lookup in rule.lookup.items():
        if lookup.otherwise and lookup.otherwise not in own.fields:
            place = ("lookup", name, "otherwise")
            yield place, f"台账“{rule.log}”没有字段“{lookup.otherwise}”", _hint(lookup.otherwise, own.fields)


def _link(rule: Rule, link: Link, own: LogDefinition, logs: LogCatalogue) -> Iterator[Problem]:
    if link.log not in logs.logs:
        yield (*link.place, "log"), f"不认识的台账“{link.log}”", _hint(link.log, logs.logs)
        return
    other = logs.logs[link.log]
    home = {**own.fields, **rule.lookup}
    for mine, theirs in link.by.items():
        if mine not in home:
            yield (*link.by_place, mine), f"台账“{rule.log}”没有字段“{mine}”", _hint(mine, home)
        if theirs not in other.fields:
            yield (*link.by_place, mine), f"台账“{link.log}”没有字段“{theirs}”", _hint(theirs, other.fields)
    for place, name in link.fields:
        if name not in other.fields:
            yield place, f"台账“{link.log}”没有字段“{name}”", _hint(name, other.fields)
    if link.where is not None:
        for test in tests(link.where):
            yield from _test(test, other, other.fields, (*link.place, "where"), home)


def _settings(rule: Rule, settings: Mapping[str, Setting]) -> Iterator[Problem]:
    for key, place in settings_with_places(rule):
        if key not in settings:
            yield place, f"不认识的设置“{key}”", nearest(key, dict(settings)) or "先写入 rules/settings.yaml"
    for place, node in nodes_of(rule):
        for held in tests(node):
            operand = held.operand
            if isinstance(operand, SettingOperand) and operand.of and operand.key in settings:
                named = settings[operand.key].default
                if not isinstance(named, Mapping) or operand.of not in named:
                    hint = nearest(operand.of, dict(named) if isinstance(named, Mapping) else {})
                    yield (*place, *held.place), f"设置“{operand.key}”没有“{operand.of}”", hint
        for test in setting_tests(node):
            setting = settings.get(test.key)
            for value in test.values:
                if setting and setting.type == "option" and value not in setting.options:
                    hint = nearest(str(value), [str(option) for option in setting.options])
                    options = hint or "可选：" + "、".join(map(str, setting.options))
                    yield (*place, *test.value_place), f"设置“{test.key}”没有“{value}”这个选项", options


def _tariff(rule: Rule, own: LogDefinition, tariffs: Mapping[str, Tariff]) -> Iterator[Problem]:
    """The tariff exists, has the methods that the rule counts by, and its numbers are numbers."""
    check = rule.tariff
    if check is None:
        return
    if check.table not in tariffs:
        yield ("tariff", "table"), f"tariffs.yaml 中没有“{check.table}”", nearest(check.table, dict(tariffs))
        return
    versions = tariffs[check.table].versions
    for method in check.count:
        without = next((version for version in versions if method not in version.methods), None)
        if without is not None:
            known = "、".join(without.methods)
            yield ("tariff", "count", method), f"收费标准“{check.table}”没有“{method}”", f"可写：{known}"
    for name in (check.amount, *check.count.values()):
        if name in own.fields and own.fields[name].type not in _NUMBERS:
            yield ("tariff",), f"“{name}”不是数字", "写金额、件数或者页数的字段"
