"""Conditions and duties in the words of the office, for people who do not read rule files."""

from collections.abc import Iterator, Mapping
from datetime import date

from auditor.domain.limit import Limit
from auditor.domain.obligation import Severity
from auditor.personaldata import PersonalKind
from auditor.rulebook.book import Rulebook
from auditor.rulebook.conditions import (
    COMPARISONS,
    DUE_DAY,
    OPERATORS,
    ROLLED_DUE_DAY,
    FieldOperand,
    Join,
    Negation,
    Node,
    Operand,
    SettingOperand,
    SettingTest,
    Test,
    Unclear,
    tests,
)
from auditor.rulebook.deadlineduty import Deadline, Tolling
from auditor.rulebook.duties import Counterpart, Frequency
from auditor.rulebook.limits import LimitFromField, LimitFromSetting, Within
from auditor.rulebook.reconciliationduty import Figure, Reconciliation
from auditor.rulebook.references import conditions_of, fields_of, links_of, open_conditions_of
from auditor.rulebook.rules import Rule

_DUE_DAYS = {DUE_DAY: "到期日", ROLLED_DUE_DAY: "到期日（遇休息日顺延）"}
_PRESENCE = {True: "已登记", False: "未登记"}
_SETS = {"has": "包含{}", "has_any": "含有{}", "has_none": "不含{}", "has_only": "只含{}", "ends_with": "以{}结尾"}


class Describer:
    """Describes the rules of one rulebook, with the readings in use."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book

    def condition(self, node: Node, rule: Rule, log: str | None = None) -> str:
        """A condition on records of `log` (the rule's own by default) as a clause of a sentence."""
        match node:
            case SettingTest(key=key, values=values):
                setting = self._book.settings[key]
                chosen = "或者".join(setting.shown(value) for value in values)
                return f"口径“{setting.question}”取“{chosen}”"
            case Negation(part=part):
                return f"并非（{self.condition(part, rule, log)}）"
            case Unclear(part=part):
                return f"无法断定（{self.condition(part, rule, log)}）"
            case Join(kind=kind, parts=parts):
                spoken = [part for part in parts if not (kind == "all" and _goes_without_saying(part, parts))]
                inner = [self._inside(part, rule, log, alone=len(spoken) == 1) for part in spoken]
                return "，并且".join(inner) if kind == "all" else "，或者".join(inner)
            case Test():
                return self._test(node, rule, log or rule.log or "")

    def _inside(self, node: Node, rule: Rule, log: str | None, *, alone: bool) -> str:
        text = self.condition(node, rule, log)
        return f"（{text}）" if isinstance(node, Join) and not alone else text

    def _test(self, test: Test, rule: Rule, log: str) -> str:
        name = f"“{self.field(rule, test.name, log)}”"
        word, operand = test.operator, test.operand
        if word in ("recorded", "known"):
            return f"{name}{_PRESENCE[bool(operand)]}"
        if word == "clocked":
            return f"{name}{'' if operand else '没有'}写明钟点"
        if word == "like_a_name":
            return f"{name}{'' if operand else '不'}像人名"
        if word == "shares_any":
            return f"{name}与{self._values(operand, rule, log)}有相同的项"
        if word == "reveals":
            kinds = self._book.value(operand.key) if isinstance(operand, SettingOperand) else operand
            listed = kinds if isinstance(kinds, tuple) else (kinds,)
            return f"{name}写有{'、'.join(PersonalKind(str(kind)).zh for kind in listed)}"
        values = self._values(operand, rule, log)
        if word in ("is", "in"):
            return f"{name}为{values}"
        if word in ("is_not", "not_in"):
            return f"{name}不为{values}"
        if word in _SETS:
            return f"{name}{_SETS[word].format(values)}"
        if word in COMPARISONS:
            return f"{name}{COMPARISONS[word]}{values}"
        return f"{name}{OPERATORS[word]}{values}"

    def _values(self, operand: Operand, rule: Rule, log: str) -> str:
        if isinstance(operand, FieldOperand):
            whose = rule.log or "" if operand.home else log
            return f"“{self.field(rule, operand.name, whose)}”"
        if isinstance(operand, SettingOperand):
            setting, value = self._book.settings[operand.key], self._book.values[operand.key]
            if setting.type not in ("list", "names"):
                return f"设置“{operand.key}”的{setting.shown(value)}"
            return f"设置“{operand.key}”所列" + (f"的“{operand.of}”" if operand.of else "")
        values = operand if isinstance(operand, tuple) else (operand,)
        return "、".join(value.isoformat() if isinstance(value, date) else str(value) for value in values)

    def field(self, rule: Rule, name: str, log: str) -> str:
        """A field as the office calls it; a look-up by what it takes."""
        if name in _DUE_DAYS and log == rule.log and rule.deadline:
            return _DUE_DAYS[name]
        if log == rule.log and name in rule.lookup:
            lookup = rule.lookup[name]
            other = self._book.logs.logs[lookup.log]
            return f"{other.zh}的{other.fields[lookup.field].zh}{_mark(rule, name)}"
        fields = self._book.logs.logs[log].fields if log in self._book.logs.logs else {}
        return fields[name].zh if name in fields else name

    def _fields(self, rule: Rule, names: tuple[str, ...]) -> str:
        return "或".join(f"“{self.field(rule, name, rule.log or '')}”" for name in names)

    def duty(self, rule: Rule) -> str:
        """What the rule requires, by the readings in use."""
        rule = self._book.in_use[rule.id]
        if rule.deadline:
            return self._deadline(rule, rule.deadline)
        if rule.content is not None:
            return f"应当：{self.condition(rule.content, rule)}。"
        if rule.prohibition is not None:
            return f"不得出现：{self.condition(rule.prohibition, rule)}。"
        if rule.interval:
            interval = rule.interval
            first, second = self._fields(rule, interval.from_), self.field(rule, interval.to, rule.log or "")
            return f"自{first}起至少满{self._within(rule, interval.at_least)}，才可以有“{second}”。"
        if rule.order:
            steps = "、".join(f"“{self.field(rule, step, rule.log or '')}”" for step in rule.order.steps)
            return f"依次进行，缺一不可：{steps}。"
        if rule.counterpart:
            return self._counterpart(rule, rule.counterpart)
        if rule.frequency:
            return self._frequency(rule, rule.frequency)
        if rule.reconciliation:
            return self._reconciliation(rule, rule.reconciliation)
        if rule.tariff:
            counted = "、".join(
                f"{method}按“{self.field(rule, name, rule.log or '')}”" for method, name in rule.tariff.count.items()
            )
            amount = self.field(rule, rule.tariff.amount, rule.log or "")
            return f"“{amount}”符合当时施行的{self._book.tariffs[rule.tariff.table].zh}标准（{counted}）。"
        return f"由人工核查：{rule.attestation}" if rule.attestation else f"不可审计：{rule.not_auditable}"

    def _deadline(self, rule: Rule, deadline: Deadline) -> str:
        done = self._fields(rule, deadline.to).replace("”或“", "”和“" if deadline.every else "”或“")
        if deadline.fixed_day:
            fixed = deadline.fixed_day
            later = "次年" if fixed.years_later == 1 else "当年"
            text = f"{later}{fixed.month}月{fixed.day}日（含当日）前完成{done}，遇休息日不顺延。"
            if fixed.rest_day_severity:
                weight = Severity(fixed.rest_day_severity).zh
                text += f"到期日为休息日、次一工作日完成的，违反程度为“{weight}”。"
        elif deadline.until:
            text = f"在登记的“{self.field(rule, deadline.until, rule.log or '')}”前完成{done}。"
        else:
            assert deadline.within is not None
            text = f"自{self._fields(rule, deadline.from_ or ())}起{self._within(rule, deadline.within)}内完成{done}。"
            key = getattr(deadline.within, "setting", None)
            if (
                key is not None
                and self._book.settings[key].is_own_standard
                and rule.severity.rank < Severity.MINOR.rank
            ):
                text += f"只是逾期的，违反程度最多为“{Severity.MINOR.zh}”。"
        return text + "".join(self._clock(rule, deadline))

    def _clock(self, rule: Rule, deadline: Deadline) -> Iterator[str]:
        if deadline.or_within:
            other_start = self._fields(rule, deadline.or_within.from_)
            yield f"自{other_start}起{self._within(rule, deadline.or_within.within)}还没有届满的，以其届满为准。"
        for other in deadline.within_if:
            yield f"{self.condition(other.if_, rule)}的，期限为{self._within(rule, other.within)}。"
        for start in deadline.from_if:
            yield f"{self.condition(start.if_, rule)}的，自{self._fields(rule, start.from_)}起算。"
        for recorded in deadline.recorded_limit:
            which = "短于上述期限的" if recorded.take == "shorter" else "有登记的"
            yield f"登记的“{self.field(rule, recorded.field, rule.log or '')}”{which}，以其为准。"
        if deadline.restart:
            effect = "重新起算" if deadline.restart.effect == "restart" else "扣除等待补正的时间"
            yield f"收到补正（“{self.field(rule, deadline.restart.received, rule.log or '')}”）的，{effect}。"
        if deadline.tolling:
            yield self._tolling(deadline.tolling)
        if deadline.extension:
            yield f"依规定批准并告知的，可延长，最长{deadline.extension.at_most}个工作日。"
        if deadline.stands_in:
            within = deadline.stands_in.within
            time = f"{self._within(rule, within)}内、且不超过上述期限" if within is not None else "期限内"
            yield f"在{time}完成{self._fields(rule, deadline.stands_in.act)}的，视为符合。"
        if deadline.recurring:
            yield "此后每隔同样的时间再办一次。"
        if deadline.satisfied_if is not None:
            yield f"{self.condition(deadline.satisfied_if, rule)}的，视为符合。"
        if deadline.breached_if is not None:
            yield f"{self.condition(deadline.breached_if, rule)}的，不论日期都是违反。"
        if deadline.doubt:
            until = self._within(rule, deadline.doubt.until)
            yield f"超过上述期限而没有超过{until}的，因{self._fields(rule, deadline.doubt.missing)}不明，无法核实。"
        for unsure in deadline.unsure:
            known = isinstance(unsure.if_, SettingTest)  # a reading, and it is the one in use
            parts = [] if known else [self.condition(unsure.if_, rule)]
            if unsure.act is not None and unsure.beyond is not None:
                act = self.field(rule, unsure.act, rule.log or "")
                parts.append(f"“{act}”晚于{self._within(rule, unsure.beyond)}")
            if unsure.late:
                parts.append("没有在期限内完成")
            yield f"{'，并且'.join(parts) or '按期完成'}的，无法核实（{unsure.say}）。"
        if deadline.advise_from is not None:
            yield f"自{self._fields(rule, deadline.advise_from)}起算已超过上述期限的，提示。"
        if deadline.advise_beyond is not None:
            yield f"超过{self._within(rule, deadline.advise_beyond)}的，提示。"

    def _tolling(self, tolling: Tolling) -> str:
        log = self._book.logs.logs[tolling.log]
        which = "" if tolling.capped == "always" else "未答复的"
        text = f"{log.zh}中的征求意见时间不计入；{which}最多扣除{tolling.unanswered_cap}个工作日。"
        if tolling.leaves_out:
            text += f"{log.fields[tolling.leaves_out.field].zh}为{'、'.join(tolling.leaves_out.values)}的不扣除。"
        return text

    def _within(self, rule: Rule, within: Within) -> str:
        if isinstance(within, Limit):
            return within.zh
        if isinstance(within, LimitFromSetting):
            basis = "，本级配置标准，非制度明文" if self._book.settings[within.setting].is_own_standard else ""
            return f"{self._book.limit(within).zh}（设置“{within.setting}”{basis}）"
        assert isinstance(within, LimitFromField)
        otherwise = self._within(rule, within.otherwise)
        return f"登记的“{self.field(rule, within.field, rule.log or '')}”（未登记的按{otherwise}）"

    def _counterpart(self, rule: Rule, counterpart: Counterpart) -> str:
        zh = self._book.logs.logs[counterpart.log].zh
        verb = "应有" if counterpart.expect == "exists" else "不得有"
        where = (
            f"，其{self.condition(counterpart.where, rule, counterpart.log)}" if counterpart.where is not None else ""
        )
        by_then = ""
        if counterpart.within is not None:
            by_then = f"，最迟自{self._fields(rule, rule.trigger or ())}起{self._within(rule, counterpart.within)}内"
        return f"{zh}中{verb}对应的记录{where}{by_then}。"

    def _frequency(self, rule: Rule, frequency: Frequency) -> str:
        cadence = self._book.cadence(frequency.every).zh
        where = f"{self.condition(frequency.where, rule)}的记录" if frequency.where is not None else "记录"
        text = f"{cadence}至少有一条{where}（看“{self.field(rule, frequency.done, rule.log or '')}”）。"
        if frequency.elements:
            text += f"一期之内合起来应当包括：{'、'.join(frequency.elements)}。"
        if frequency.satisfied_if is not None:
            text += f"{self.condition(frequency.satisfied_if, rule)}的，视为符合。"
        return text

    def _reconciliation(self, rule: Rule, reconciliation: Reconciliation) -> str:
        def side(figures: tuple[Figure, ...]) -> str:
            return "＋".join(self._figure(rule, figure) for figure in figures)

        return "".join(
            f"{relation.of}：{side(relation.sum)}{'等于' if relation.equals else '不少于'}{side(relation.other)}。"
            for relation in reconciliation.relations
        )

    def _figure(self, rule: Rule, figure: Figure) -> str:
        log = figure.log or rule.log or ""
        where = f"（{self.condition(figure.where, rule, log)}）" if figure.where is not None else ""
        zh = f"{self._book.logs.logs[log].zh}" if figure.log else ""
        earlier = "上年" if figure.years_back else ""
        if figure.dated:
            days = "，没有的看".join(f"“{self.field(rule, name, log)}”" for name in figure.dated)
            return f"{zh}{earlier or '当年'}{days}的件数{where}"
        return f"{earlier}{zh}“{self.field(rule, figure.field or '', log)}”{where}"

    def lookups(self, rule: Rule) -> list[str]:
        """Values that are taken from other logs only under a condition, with the marks that stand for them."""
        return [
            f"{self.field(rule, name, rule.log or '')}：{self.condition(lookup.where, rule, lookup.log)}的，才取"
            for name, lookup in rule.lookup.items()
            if lookup.where is not None
        ]

    def fields_read(self, rule: Rule) -> list[str]:
        """The fields that prove or disprove the duty, log by log."""
        rule = self._book.in_use[rule.id]
        read: dict[str, dict[str, None]] = {}

        def note(log: str | None, names: Iterator[str] | tuple[str, ...]) -> None:
            if log is not None:
                known: Mapping[str, object] = self._book.logs.logs[log].fields
                read.setdefault(log, {}).update({name: None for name in names if name in known})

        note(rule.log, tuple(name for _, name in fields_of(rule)))
        for _, node in (*conditions_of(rule), *open_conditions_of(rule)):
            note(rule.log, _tested(node))
        for link in links_of(rule):
            note(rule.log, tuple(link.by))
            note(link.log, (*link.by.values(), *(name for _, name in link.fields)))
            if link.where is not None:
                note(link.log, _tested(link.where))
        logs = self._book.logs.logs
        return [
            f"{logs[log].zh}：{'、'.join(logs[log].fields[name].zh for name in names)}"
            for log, names in read.items()
            if names
        ]


def _goes_without_saying(node: Node, beside: tuple[Node, ...]) -> bool:
    """Whether a test only says that a field is recorded of which another test beside it says more."""
    return (
        isinstance(node, Test)
        and node.operator in ("recorded", "known")
        and node.operand is True
        and any(isinstance(other, Test) and other is not node and other.name == node.name for other in beside)
    )


def _mark(rule: Rule, name: str) -> str:
    """①, ②, … for the look-ups of a rule that take their value only under a condition."""
    conditional = [each for each, lookup in rule.lookup.items() if lookup.where is not None]
    return chr(ord("①") + conditional.index(name)) if name in conditional else ""


def _tested(node: Node) -> Iterator[str]:
    for test in tests(node):
        yield test.name
        if isinstance(test.operand, FieldOperand) and not test.operand.home:
            yield test.operand.name
