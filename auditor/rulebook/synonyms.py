"""The words of `value_words.yaml` laid over the logs: every field knows other ways to write its options."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.errors import Fault, RulebookError
from auditor.rulebook.located import Located, nearest
from auditor.rulebook.logs import LogCatalogue, LogField
from auditor.rulebook.valuewords import Words, folded_value, load_value_words

Table = Mapping[str, Words]  # option → ways to write it


@dataclass
class _Desk:
    logs: LogCatalogue
    located: Located
    strict: bool
    found: dict[tuple[str, str], Table] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, place: tuple[str | int, ...], problem: str, suggestion: str) -> None:
        self.faults.append(Fault(self.located.file, self.located.line(place), problem, suggestion))


def with_value_words(logs: LogCatalogue, located: Located, *, strict: bool = True) -> LogCatalogue:
    """The logs with the words of the file `located`. Raises `RulebookError` with the line of every fault.

    Without `strict`, words for fields and options that the logs lack are passed over.
    """
    words = load_value_words(located)
    desk = _Desk(logs, located, strict)
    for at, entry in enumerate(words.synonyms):
        for name in entry.fields:
            _lay(desk, at, name, entry.words)
    if desk.faults:
        raise RulebookError(desk.faults)
    changed = {
        log: definition.model_copy(
            update={
                "fields": {
                    name: each.model_copy(update={"synonyms": desk.found[log, name]})
                    if (log, name) in desk.found
                    else each
                    for name, each in definition.fields.items()
                }
            }
        )
        for log, definition in logs.logs.items()
    }
    return logs.model_copy(update={"logs": changed, "words": words})


def _lay(desk: _Desk, at: int, name: str, table: Table) -> None:
    place = ("synonyms", at, "fields")
    log, _, own = name.partition(".")
    definition = desk.logs.logs.get(log)
    each = definition.fields.get(own) if definition else None
    if each is None:
        known = [f"{other}.{inside}" for other in desk.logs.logs for inside in desk.logs.logs[other].fields]
        if desk.strict:
            desk.fault(place, f"没有字段“{name}”", nearest(name, known) or "写成 台账.字段，名称见 logs.yaml")
        return
    if (log, own) in desk.found:
        desk.fault(place, f"字段“{name}”在前面已有同义词表", "合并到一处")
        return
    _check(desk, at, name, each, table)
    desk.found[log, own] = {option: words for option, words in table.items() if option in each.options}


def _check(desk: _Desk, at: int, name: str, each: LogField, table: Table) -> None:
    options = {folded_value(option): option for option in each.options}
    for option, words in table.items():
        place = ("synonyms", at, "words", option)
        if option not in each.options:
            if desk.strict:
                mend = nearest(option, list(each.options)) or f"可填：{'、'.join(each.options) or '该字段没有选项'}"
                desk.fault(place, f"“{option}”不是 {name} 的选项", mend)
            continue
        for word in words:
            own = options.get(folded_value(word))
            if own is not None:
                desk.fault(place, f"“{word}”已是 {name} 的选项", "删去")
