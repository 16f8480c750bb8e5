"""Defects of the printed text (制度文本瑕疵): for the drafters, never held against the staff."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from auditor.domain.limit import Limit
from auditor.rulebook.book import PlacedRule, Rulebook
from auditor.rulebook.limits import LimitFromField, LimitFromSetting, Within
from auditor.rulebook.rules import Rule
from auditor.rulebook.textdefectfile import DefectKind

_SUFFIX = re.compile(r"（之[一二三四五]）")


@dataclass(frozen=True)
class TextDefect:
    """One defect: where it stands, what it is, the rules it touches and the reading that deals with it."""

    regulation: str
    clause: str
    kind: DefectKind
    defect: str
    rules: tuple[str, ...]
    ambiguity: str = ""

    def __str__(self) -> str:
        about = "，".join(
            part for part in ("、".join(self.rules), f"口径 {self.ambiguity}" if self.ambiguity else "") if part
        )
        return f"{self.regulation}{self.clause}（{self.kind.zh}）：{self.defect}" + (f"〔{about}〕" if about else "")


def text_defects(book: Rulebook) -> list[TextDefect]:
    """What the rules themselves show, then what a reader has found."""
    names = {placed.regulation.code: placed.regulation.name for placed in book.placed.values()}
    recorded = [
        TextDefect(
            names.get(entry.regulation, entry.regulation),
            entry.clause,
            entry.kind,
            entry.defect,
            entry.rules,
            entry.ambiguity,
        )
        for entry in book.recorded_defects
    ]
    return [*_looser_limits(book), *_numbered_twice(book), *_ranges(book), *recorded]


def _looser_limits(book: Rulebook) -> Iterator[TextDefect]:
    """A local limit that allows more than the superior rule named for it; only like is compared with like."""
    for placed in book.placed.values():
        if placed.rule.superior is None:
            continue
        superior = book.placed[placed.rule.superior]
        mine, theirs = _limit(book, placed.rule), _limit(book, superior.rule)
        if mine and theirs and mine.day_type is theirs.day_type and mine.number > theirs.number:
            yield _defect(
                placed,
                DefectKind.LOOSER,
                f"期限{mine.zh}，宽于{superior.regulation.name}{superior.rule.clause}的{theirs.zh}",
                (placed.rule.id, superior.rule.id),
            )


def _limit(book: Rulebook, rule: Rule) -> Limit | None:
    """The rule's limit, if the text gives it: the office's own number is no defect of the text."""
    within: Within | None = rule.deadline.within if rule.deadline else None
    if isinstance(within, LimitFromField):
        within = within.otherwise
    if isinstance(within, LimitFromSetting) and book.settings[within.setting].is_own_standard:
        return None
    return book.limit(within) if isinstance(within, Limit | LimitFromSetting) else None


def _numbered_twice(book: Rulebook) -> Iterator[TextDefect]:
    """Articles that the text numbers alike; the rules tell them apart as （之一）, （之二）."""

    def printed(placed: PlacedRule) -> tuple[str, str]:
        return placed.regulation.code, _SUFFIX.split(placed.rule.clause)[0]

    twice = [placed for placed in book.placed.values() if _SUFFIX.search(placed.rule.clause)]
    for (_, clause), same in groupby(sorted(twice, key=printed), key=printed):
        articles = list(same)
        if len({_SUFFIX.findall(placed.rule.clause)[0] for placed in articles}) > 1:
            rules = tuple(placed.rule.id for placed in articles)
            yield TextDefect(
                articles[0].regulation.name,
                clause,
                DefectKind.NUMBERING,
                f"有两个{clause}，引用时须注明之一、之二",
                rules,
                "AMB-01",
            )


def _ranges(book: Rulebook) -> Iterator[TextDefect]:
    """A limit of which the text gives several values and no rule which of them holds."""
    for placed in book.placed.values():
        within = placed.rule.deadline.within if placed.rule.deadline else None
        if isinstance(within, LimitFromField):
            within = within.otherwise
        if not isinstance(within, LimitFromSetting):
            continue
        setting = book.settings[within.setting]
        if setting.in_text and setting.type == "option" and all(isinstance(option, int) for option in setting.options):
            values = "、".join(str(option) for option in setting.options)
            unit = book.limit(within).zh.lstrip("0123456789")
            yield _defect(
                placed,
                DefectKind.RANGE,
                f"期限写有{values}{unit}，没有说明何时用哪一种",
                (placed.rule.id,),
                setting.ambiguity,
            )


def _defect(
    placed: PlacedRule, kind: DefectKind, defect: str, rules: tuple[str, ...], ambiguity: str = ""
) -> TextDefect:
    return TextDefect(placed.regulation.name, placed.rule.clause, kind, defect, rules, ambiguity)
