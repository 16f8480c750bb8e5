"""Judgements must fit the rules, the logs and the settings: every fault with its line."""

import re
from collections.abc import Collection, Iterator, Mapping

from auditor.errors import Fault
from auditor.rulebook.conditions import COMPARISONS, Place, SettingOperand, Test, settings_read, tests
from auditor.rulebook.judgements import CARRIER, GIVEN, RECORD, WITH_FINDING, Effect, Judgement, JudgementFile, Sought
from auditor.rulebook.located import Located, nearest
from auditor.rulebook.logs import LogCatalogue
from auditor.rulebook.settings import Setting

OPERATORS = ("recorded", "is", "is_not", "in", "not_in", "has", "has_any", "has_none", *COMPARISONS)
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
SETTING = "setting"  # {setting.key} in a text: the value in use

Problem = tuple[Place, str, str]


def check_judgements(
    file: JudgementFile,
    rules: Collection[str],
    logs: LogCatalogue,
    settings: Mapping[str, Setting],
    located: Located,
    all_known: JudgementFile,
) -> list[Fault]:
    """Every fault of one file; `all_known` holds what the files before it declare besides."""
    checks = _Checks(all_known, rules, logs, settings)
    found: list[Problem] = []
    for number, judgement in enumerate(file.judgements):
        place: Place = ("judgements", number)
        found += [((*place, *inside), problem, mend) for inside, problem, mend in checks.judgement(judgement)]
    for kind, counted in file.counts.items():
        found += checks.counted(kind, counted.of, counted.by)
    for number, delay in enumerate(file.delays):
        found += [
            (("delays", number), f"不认识的规则“{rule}”", nearest(rule, set(rules)))
            for rule in (*delay.late, *delay.steps)
            if rule not in rules
        ]
    for number, carried in enumerate(file.carriers):
        for log, name in ((carried.of, carried.title), *carried.by.items()):
            if log not in logs.logs:
                found.append((("carriers", number), f"不认识的台账“{log}”", nearest(log, dict(logs.logs))))
            elif name not in logs.logs[log].fields:
                fields = dict(logs.logs[log].fields)
                found.append((("carriers", number), f"台账“{log}”没有字段“{name}”", nearest(name, fields)))
    return [Fault(located.file, located.line(place), problem, mend) for place, problem, mend in found]


class _Checks:
    def __init__(
        self, file: JudgementFile, rules: Collection[str], logs: LogCatalogue, settings: Mapping[str, Setting]
    ) -> None:
        self._file, self._rules, self._logs, self._settings = file, rules, logs, settings

    def judgement(self, judgement: Judgement) -> Iterator[Problem]:
        kinds = {each.alias: each.kind for each in judgement.sought}
        for sought in judgement.sought:
            where = ("unless" if sought.absent else "if", sought.alias)
            for problem, mend in self._sought(sought, kinds):
                yield where, problem, mend
        for log in judgement.needs:
            if log not in self._logs.logs:
                yield ("needs",), f"不认识的台账“{log}”", nearest(log, dict(self._logs.logs))
        for number, effect in enumerate(judgement.then):
            for problem, mend in self._effect(effect, kinds):
                yield ("then", number), problem, mend

    def counted(self, kind: str, of: str, by: tuple[str, ...]) -> Iterator[Problem]:
        known = self._attributes(of)
        place: Place = ("counts", kind)
        if kind in GIVEN or kind in self._logs.logs:
            yield place, f"“{kind}”已是事实的种类", "另取一个名称"
        if known is None:
            yield place, f"不认识的事实种类“{of}”", self._kinds_hint(of)
            return
        for name in by:
            if name not in known:
                yield place, f"“{of}”没有属性“{name}”", nearest(name, set(known))

    def _attributes(self, kind: str) -> Collection[str] | None:
        if kind in self._logs.logs:
            return {RECORD, *self._logs.logs[kind].fields}
        return self._file.attributes.get(kind)

    def _kinds_hint(self, kind: str) -> str:
        known = {**self._file.attributes, **dict.fromkeys(self._logs.logs)}
        return nearest(kind, set(known)) or f"可用：{'、'.join(self._file.attributes)}，以及各台账的名称"

    def _sought(self, sought: Sought, kinds: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        known = self._attributes(sought.kind)
        if known is None:
            yield f"不认识的事实种类“{sought.kind}”", self._kinds_hint(sought.kind)
            return
        for join in sought.joins:
            if join.attribute not in known:
                yield f"“{sought.kind}”没有属性“{join.attribute}”", nearest(join.attribute, set(known))
            others = self._attributes(kinds.get(join.alias, "")) or ()
            if join.other not in others:
                yield f"“{join.alias}”没有属性“{join.other}”", nearest(join.other, set(others))
        if sought.own is None:
            return
        for test in tests(sought.own):
            if test.name not in known:
                yield f"“{sought.kind}”没有属性“{test.name}”", nearest(test.name, set(known))
            elif test.operator not in OPERATORS:
                yield f"研判规则不能用“{test.operator}”", f"可用：{'、'.join(OPERATORS)}"
            else:
                yield from self._rules_named(test)
        for key, _ in settings_read(sought.own):
            if key not in self._settings:
                yield f"不认识的设置“{key}”", nearest(key, dict(self._settings))

    def _rules_named(self, test: Test) -> Iterator[tuple[str, str]]:
        if test.name != "rule" or isinstance(test.operand, SettingOperand):
            return
        for rule in test.operand if isinstance(test.operand, tuple) else (test.operand,):
            if rule not in self._rules:
                yield f"不认识的规则“{rule}”", nearest(str(rule), set(self._rules))

    def _effect(self, effect: Effect, kinds: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for text in (effect.says, effect.title, effect.liable, effect.remedy):
            for name in PLACEHOLDER.findall(text):
                yield from self._placeholder(name, kinds)
        for name in effect.with_.values():
            yield from self._placeholder(name, kinds)
        stood_behind = [name for name in (effect.on, *(effect.join or ())) if name]
        for name in stood_behind:
            if not self._has_finding(kinds[name]):
                yield f"“{name}”（{kinds[name]}）不是违反，没有可以附加结论的问题", "改用 finding，或换一个模式"
        for name in effect.shows or ():
            if kinds[name] not in self._logs.logs and kinds[name] != CARRIER:
                yield f"“{name}”不是台账的记录，不能列出", "shows 只写台账的模式"
        finding = effect.finding
        if isinstance(finding, str) and (name := PLACEHOLDER.fullmatch(finding)):
            yield from self._placeholder(name[1], kinds)
            return
        named = [finding] if isinstance(finding, str) else list((finding or {}).values())
        if isinstance(finding, Mapping):
            by = finding.get("by", "")
            yield from self._placeholder(by, kinds)
            named = [rule for key, rule in finding.items() if key != "by"]
        for rule in named:
            if rule not in self._rules:
                yield f"不认识的规则“{rule}”", nearest(rule, set(self._rules))

    def _has_finding(self, kind: str) -> bool:
        """Whether a finding stands behind facts of the kind: also behind those concluded of such facts."""
        if kind in WITH_FINDING:
            return True
        sources = [
            {each.alias: each.kind for each in judgement.sought}[effect.of]
            for judgement in self._file.judgements
            for effect in judgement.then
            if effect.concludes == kind and effect.of
        ]
        return bool(sources) and all(self._has_finding(source) for source in sources)

    def _placeholder(self, name: str, kinds: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        alias, dot, attribute = name.partition(".")
        if alias == SETTING and dot:
            if attribute not in self._settings:
                yield f"不认识的设置“{attribute}”", nearest(attribute, dict(self._settings))
            return
        if not dot or alias not in kinds:
            yield f"“{{{name}}}”应写成 {{别名.属性}} 或 {{setting.设置项}}", f"可用的别名：{'、'.join(kinds)}"
            return
        known = self._attributes(kinds[alias]) or ()
        if attribute not in known:
            yield f"“{alias}”没有属性“{attribute}”", nearest(attribute, set(known))
