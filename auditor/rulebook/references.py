"""What a rule refers to: conditions, fields, other logs, settings, each with the place where it is written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from auditor.rulebook.conditions import FieldOperand, Node, Place, SettingTest, settings_read, tests
from auditor.rulebook.deadlineduty import Deadline
from auditor.rulebook.duties import CadenceFromSetting
from auditor.rulebook.limits import LimitFromField, LimitFromSetting
from auditor.rulebook.reconciliationduty import Figure, Relation
from auditor.rulebook.rules import Rule

_INNER_CONDITIONS = (
    ("deadline", "satisfied_if"),
    ("deadline", "breached_if"),
    ("frequency", "where"),
    ("frequency", "doubt"),
    ("frequency", "satisfied_if"),
)


@dataclass(frozen=True)
class Link:
    """Another log that a rule looks into: how it is linked, which of its fields are read, under what condition."""

    place: Place
    log: str
    by: Mapping[str, str]
    by_place: Place
    fields: tuple[tuple[Place, str], ...] = ()
    where: Node | None = None


def conditions_of(rule: Rule) -> Iterator[tuple[Place, Node]]:
    """Every condition on the rule's own record."""
    for name in ("when", "content", "prohibition", "excused_if"):
        if getattr(rule, name) is not None:
            yield (name,), getattr(rule, name)
    for n, variant in enumerate(rule.severity_if):
        yield ("severity_if", n, "if"), variant.if_
    for n, advice in enumerate(rule.advise):
        yield ("advise", n, "if"), advice.if_
    for duty, name in _INNER_CONDITIONS:
        node = getattr(getattr(rule, duty), name, None)
        if node is not None:
            yield (duty, name), node
    for n, relation in enumerate(rule.reconciliation.relations if rule.reconciliation else ()):
        place: Place = ("reconciliation", "relations", n)
        if relation.where is not None:
            yield (*place, "where"), relation.where
        for inner, figure in _figures(relation):
            if figure.log is None and figure.where is not None:
                yield (*place, *inner, "where"), figure.where


def _figures(relation: Relation) -> Iterator[tuple[Place, Figure]]:
    for key in ("sum", "equals", "at_least"):
        yield from (((key, n), figure) for n, figure in enumerate(getattr(relation, key) or ()))


def open_conditions_of(rule: Rule) -> Iterator[tuple[Place, Node]]:
    """Conditions on the rule's own record that a reading opens; under the default they are not even looked at."""
    if rule.deadline:
        for n, start in enumerate(rule.deadline.from_if):
            yield ("deadline", "from_if", n, "if"), start.if_
        for n, other in enumerate(rule.deadline.within_if):
            yield ("deadline", "within_if", n, "if"), other.if_
        for n, unsure in enumerate(rule.deadline.unsure):
            yield ("deadline", "unsure", n, "if"), unsure.if_


def _readings_of(rule: Rule) -> Iterator[tuple[Place, SettingTest]]:
    """What holds under one reading only."""
    deadline = rule.deadline
    if deadline is None:
        return
    if deadline.stands_in and deadline.stands_in.if_:
        yield ("deadline", "stands_in", "if"), deadline.stands_in.if_
    if deadline.doubt and deadline.doubt.if_:
        yield ("deadline", "doubt", "if"), deadline.doubt.if_
    if deadline.tolling and deadline.tolling.leaves_out and deadline.tolling.leaves_out.if_:
        yield ("deadline", "tolling", "leaves_out", "if"), deadline.tolling.leaves_out.if_
    for n, recorded in enumerate(deadline.recorded_limit):
        if recorded.if_:
            yield ("deadline", "recorded_limit", n, "if"), recorded.if_


def fields_of(rule: Rule) -> Iterator[tuple[Place, str]]:
    """Every field of the rule's own log that is named outside a condition."""
    for n, name in enumerate(rule.trigger or ()):
        yield ("trigger", n), name
    if rule.order:
        for n, name in enumerate(rule.order.steps):
            yield ("order", "steps", n), name
    if rule.interval:
        yield from ((("interval", "from", n), name) for n, name in enumerate(rule.interval.from_))
        yield ("interval", "to"), rule.interval.to
    if rule.frequency:
        for key in ("period", "done", *(["elements_field"] if rule.frequency.elements else [])):
            field = getattr(rule.frequency, key)
            if field:
                yield ("frequency", key), field
    if rule.tariff:
        yield ("tariff", "amount"), rule.tariff.amount
        yield ("tariff", "method"), rule.tariff.method
        yield from ((("tariff", "count", method), name) for method, name in rule.tariff.count.items())
    if rule.reconciliation:
        yield ("reconciliation", "year"), rule.reconciliation.year
        for n, relation in enumerate(rule.reconciliation.relations):
            place: Place = ("reconciliation", "relations", n)
            yield from (((*place, "per", position), name) for position, name in enumerate(relation.per))
            for inner, figure in _figures(relation):
                if figure.log is None and figure.field:
                    yield (*place, *inner, "field"), figure.field
    if rule.deadline:
        yield from ((("deadline", *place), name) for place, name in _deadline_fields(rule.deadline))


def _deadline_fields(deadline: Deadline) -> Iterator[tuple[Place, str]]:
    for key, names in (("from", deadline.from_), ("to", deadline.to), ("advise_from", deadline.advise_from)):
        yield from (((key, n), name) for n, name in enumerate(names or ()))
    if deadline.or_within:
        yield from ((("or_within", "from", n), name) for n, name in enumerate(deadline.or_within.from_))
    for n, start in enumerate(deadline.from_if):
        yield from ((("from_if", n, "from"), name) for name in start.from_)
    if deadline.stands_in:
        yield from ((("stands_in", "act"), name) for name in deadline.stands_in.act)
    for n, recorded in enumerate(deadline.recorded_limit):
        yield ("recorded_limit", n, "field"), recorded.field
    for n, unsure in enumerate(deadline.unsure):
        if unsure.act:
            yield ("unsure", n, "act"), unsure.act
        yield from ((("unsure", n, "missing"), name) for name in unsure.missing)
    if deadline.until:
        yield ("until",), deadline.until
    if deadline.fixed_day:
        yield ("fixed_day", "year"), deadline.fixed_day.year
    if isinstance(deadline.within, LimitFromField):
        yield ("within", "field"), deadline.within.field
    if deadline.restart:
        yield ("restart", "notice"), deadline.restart.notice
        yield ("restart", "received"), deadline.restart.received
    if deadline.extension:
        for key in ("approved", "notified", "days"):
            yield ("extension", key), getattr(deadline.extension, key)
    if deadline.doubt:
        yield from ((("doubt", "missing", n), name) for n, name in enumerate(deadline.doubt.missing))


def links_of(rule: Rule) -> Iterator[Link]:
    """Every other log that the rule looks into."""
    if rule.counterpart:
        place: Place = ("counterpart",)
        yield Link(place, rule.counterpart.log, rule.counterpart.by, (*place, "by"), where=rule.counterpart.where)
    for name, lookup in rule.lookup.items():
        place = ("lookup", name)
        yield Link(place, lookup.log, lookup.by, (*place, "by"), (((*place, "field"), lookup.field),), lookup.where)
    if rule.deadline and rule.deadline.tolling:
        tolling, place = rule.deadline.tolling, ("deadline", "tolling")
        fields: list[tuple[Place, str]] = [((*place, "sent"), tolling.sent), ((*place, "answered"), tolling.answered)]
        if tolling.leaves_out:
            fields.append(((*place, "leaves_out", "field"), tolling.leaves_out.field))
        yield Link(place, tolling.log, {tolling.by: tolling.by}, (*place, "by"), tuple(fields))
    for n, relation in enumerate(rule.reconciliation.relations if rule.reconciliation else ()):
        for inner, figure in _figures(relation):
            if figure.log is not None:
                place = ("reconciliation", "relations", n, *inner)
                named = [("dated", name) for name in figure.dated or ()]
                named += [(key, name) for key in ("year", "field") if (name := getattr(figure, key))]
                read = tuple(((*place, key), name) for key, name in named)
                yield Link(place, figure.log, {}, (*place, "log"), read, figure.where)


def fields_read(rules: Iterable[Rule]) -> defaultdict[str, set[str]]:
    """Per log every name that any rule reads there, look-ups included."""
    read: defaultdict[str, set[str]] = defaultdict(set)
    for rule in rules:
        own = read[rule.log or ""]
        own.update(name for _, name in fields_of(rule))
        own.update(lookup.otherwise for lookup in rule.lookup.values() if lookup.otherwise)
        for _, node in (*conditions_of(rule), *open_conditions_of(rule)):
            own.update(_names(node))
        for link in links_of(rule):
            own.update(link.by)
            there = read[link.log]
            there.update(link.by.values(), (name for _, name in link.fields))
            if link.where is not None:
                there.update(_names(link.where))
                own.update(_names(link.where))  # `home` operands; names of the other log do no harm
    return read


def _names(node: Node) -> Iterator[str]:
    for test in tests(node):
        yield test.name
        if isinstance(test.operand, FieldOperand):
            yield test.operand.name


def settings_of(rule: Rule) -> set[str]:
    """Every setting that a rule names or reads."""
    return {key for key, _ in settings_with_places(rule)}


def quiet_settings(rule: Rule) -> set[str]:
    """Settings of which a finding speaks only where the office has chosen otherwise than the default.

    They are read in an advice, which a breach does not rest on, or in a part of the deadline that the
    default leaves as the text has it.
    """
    heard = {key for key, place in settings_with_places(rule) if not _is_quiet(place)}
    return settings_of(rule) - heard


def _is_quiet(place: Place) -> bool:
    parts = ("from_if", "restart", "tolling", "recorded_limit", "unsure")
    readings = (("doubt", "if"), ("stands_in", "if"))
    return place[0] == "advise" or place[1] in parts or place[1:3] in readings


def settings_with_places(rule: Rule) -> Iterator[tuple[str, Place]]:
    """Every setting that a rule names or reads, with its place."""
    for n, key in enumerate(rule.settings):
        yield key, ("settings", n)
    for place, node in nodes_of(rule):
        yield from ((key, (*place, *inner)) for key, inner in settings_read(node))
    if rule.frequency and isinstance(rule.frequency.every, CadenceFromSetting):
        yield rule.frequency.every.setting, ("frequency", "every")
    if rule.interval:
        yield from ((key, ("interval", "at_least")) for key in _limit_settings(rule.interval.at_least))
    deadline = rule.deadline
    if deadline is None:
        return
    doubt = deadline.doubt.until if deadline.doubt else None
    stand_in = deadline.stands_in.within if deadline.stands_in else None
    limits: list[tuple[Place, object]] = [
        (("within",), deadline.within),
        (("advise_beyond",), deadline.advise_beyond),
        (("doubt", "until"), doubt),
        (("stands_in", "within"), stand_in),
        *((("unsure", n, "beyond"), unsure.beyond) for n, unsure in enumerate(deadline.unsure)),
    ]
    for inside, within in limits:
        yield from ((key, ("deadline", *inside)) for key in _limit_settings(within))
    choices: list[tuple[Place, object]] = [
        (("extension", "late_notice"), deadline.extension and deadline.extension.late_notice),
        (("restart", "effect"), deadline.restart and deadline.restart.effect),
        (("tolling", "capped"), deadline.tolling and deadline.tolling.capped),
    ]
    for inside, choice in choices:
        if isinstance(choice, LimitFromSetting):
            yield choice.setting, ("deadline", *inside)


def nodes_of(rule: Rule) -> Iterator[tuple[Place, Node]]:
    """Everything of a rule that may read a setting as a condition."""
    yield from conditions_of(rule)
    yield from open_conditions_of(rule)
    yield from _readings_of(rule)
    yield from (((*link.place, "where"), link.where) for link in links_of(rule) if link.where)


def setting_tests(node: Node) -> Iterator[SettingTest]:
    """Every test of a setting inside a condition."""
    if isinstance(node, SettingTest):
        yield node
    for part in getattr(node, "parts", ()):
        yield from setting_tests(part)
    if hasattr(node, "part"):
        yield from setting_tests(node.part)


def _limit_settings(within: object) -> Iterator[str]:
    if isinstance(within, LimitFromSetting):
        yield within.setting
    if isinstance(within, LimitFromField):
        yield from _limit_settings(within.otherwise)
