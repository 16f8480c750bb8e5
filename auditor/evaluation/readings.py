"""Every option of a reading must change a verdict: a choice that changes nothing is no choice."""

from collections.abc import Iterable, Iterator

from auditor.evaluation.cases import Row, groups_of
from auditor.evaluation.days import DayTables
from auditor.rulebook.book import Rulebook
from auditor.rulebook.references import settings_of
from auditor.rulebook.rules import Case, Rule

_VERDICT = ("status", "severity", "late", "due_on", "detail")


def idle_options(book: Rulebook, rules: Iterable[Rule], days: DayTables) -> list[str]:
    """The options of the settings that `rules` read for which no case shows another verdict than by default.

    Any rule of the rulebook may show it. What the program reads and no rule does is not asked for.
    """
    asked = {key for rule in rules for key in settings_of(rule) if book.settings[key].type == "option"}
    return [
        f"设置 {key} 的选项 {option}（{words}）没有案例与默认选项结论不同。"
        f"建议：在 {'、'.join(rule.id for rule in readers)} 中补一个 settings: {{{key}: {option}}} 的案例"
        for key in book.settings
        if key in asked
        for readers in [[rule for rule in book.rules if key in settings_of(rule)]]
        for option, words in book.settings[key].options.items()
        if option != book.settings[key].default and not _shown(book, readers, key, option, days)
    ]


def _shown(book: Rulebook, readers: list[Rule], key: str, option: object, days: DayTables) -> bool:
    """Whether a case chosen for the option has another verdict than it would have by default."""
    return any(chosen != default for rule in readers for chosen, default in _verdicts(book, rule, key, option, days))


def _verdicts(book: Rulebook, rule: Rule, key: str, option: object, days: DayTables) -> Iterator[tuple[object, object]]:
    """The verdicts on each case of the option: as it stands, and with the setting left at its default."""
    cases = [(n, case) for n, case in enumerate(rule.cases, start=1) if case.settings.get(key) == option]
    default = book.settings[key].default
    for group in groups_of(book, rule, days, cases):
        plain = [(n, _with(case, {**case.settings, key: default})) for n, case in group.cases]
        as_default = [rows for other in groups_of(book, rule, days, plain) for rows in [other.rows()]]
        chosen = group.rows()
        for n, _ in group.cases:
            yield _verdict(chosen.get(n)), _verdict(next((rows[n] for rows in as_default if n in rows), None))


def _with(case: Case, settings: dict[str, object]) -> Case:
    return case.model_copy(update={"settings": settings})


def _verdict(row: Row | None) -> object:
    return row and [row[name] for name in _VERDICT]
