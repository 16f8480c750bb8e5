"""What people wrote on forms and beside scores, to be sorted into opinions of the evaluation."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.domain.appraisal import OpinionLine, Questionnaires

if TYPE_CHECKING:
    import pandas as pd


def opinion_lines(
    forms: "pd.DataFrame", questionnaires: Questionnaires, shown: Callable[[str], str]
) -> tuple[OpinionLine, ...]:
    """The opinions on the forms that count, without the unit where it has too few forms; repeats once."""
    open_units = {name for each in questionnaires.units if not each.is_withheld for name in each.names}
    written = forms[forms["opinion"].notna()]
    lines = [
        OpinionLine("问卷", unit if unit in open_units else "", shown(text))
        for unit, text in zip(written["unit"], written["opinion"], strict=True)
    ]
    return tuple(dict.fromkeys(lines))


def comment_lines(scores: "pd.DataFrame", shown: Callable[[str], str]) -> tuple[OpinionLine, ...]:
    """The representatives' comments, without who made them."""
    written = scores[scores["comment"].notna()]
    lines = [
        OpinionLine("代表", unit or "", shown(text))
        for unit, text in zip(written["unit"], written["comment"], strict=True)
    ]
    return tuple(dict.fromkeys(lines))
