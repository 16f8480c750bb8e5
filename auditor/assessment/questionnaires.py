"""Questionnaires (问卷评议) counted: answers by content, group and unit, with intervals and last year's beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from auditor.assessment.forms import Returned
from auditor.assessment.intervals import change, wilson
from auditor.domain.appraisal import Answers, Questionnaires, Slice
from auditor.rulebook.schemes import ANSWERS, CONTENTS, UNAWARE, Scheme

if TYPE_CHECKING:
    import pandas as pd

_OPTIONS = (*ANSWERS, UNAWARE)
_SATISFIED = ANSWERS[:2]
UNNAMED, OF_NO_UNIT = "（未填写）", "（未针对具体科室）"

Counted = Mapping[str, Mapping[str, int]]  # by content, by option


def count_questionnaires(this: Returned, last: Returned, scheme: Scheme) -> Questionnaires:
    """The questionnaires of a year, against those of the year before where there are any."""
    are_two_years = len(last.forms) > 0 and bool(this.forms["year"].notna().any())
    before = _counted(last.forms) if are_two_years else None
    forms = this.forms
    return Questionnaires(
        this.returned,
        len(forms),
        this.set_aside,
        _answers(_counted(forms), len(forms), scheme, before),
        _together(_slices(forms, "group", scheme), forms, scheme),
        _ranked(_slices(forms, "unit", scheme), scheme),
        len(last.forms) if are_two_years else None,
    )


def unit_answers(questionnaires: Questionnaires, unit: str) -> tuple[Answers, ...]:
    """The answers about one unit; none where there are too few forms, or none at all."""
    return next((each.answers for each in questionnaires.units if each.names == (unit,)), ())


def _counted(forms: "pd.DataFrame") -> Counted:
    return {content: forms[content].value_counts().to_dict() for content in CONTENTS}


def _answers(counted: Counted, forms: int, scheme: Scheme, before: Counted | None = None) -> tuple[Answers, ...]:
    return tuple(_content(key, counted[key], forms, scheme, before) for key in CONTENTS)


def _content(key: str, found: Mapping[str, int], forms: int, scheme: Scheme, before: Counted | None) -> Answers:
    counts = {option: int(found.get(option, 0)) for option in _OPTIONS}
    n, satisfied = _satisfied(counts)
    low, high = wilson(satisfied, n, scheme.precautions.confidence) if n else (None, None)
    points = sum((scheme.answers[option] * counts[option] for option in ANSWERS), Fraction(0))
    last_n, last_satisfied = _satisfied(before[key]) if before else (0, 0)
    compared = n and last_n
    return Answers(
        key,
        scheme.contents[key].zh,
        counts,
        forms - sum(counts.values()),
        n,
        Fraction(satisfied, n) if n else None,
        low,
        high,
        points / n if n else None,
        change(satisfied, n, last_satisfied, last_n, scheme.precautions.confidence) if compared else None,
    )


def _satisfied(counts: Mapping[str, int]) -> tuple[int, int]:
    """The denominator of the rate, and its numerator: 不了解 is in neither."""
    return sum(int(counts.get(each, 0)) for each in ANSWERS), sum(int(counts.get(each, 0)) for each in _SATISFIED)


def _slices(forms: "pd.DataFrame", by: str, scheme: Scheme) -> list[Slice]:
    """The forms by the values of a column, most forms first; figures withheld where there are too few."""
    named = forms[by].where(forms[by].notna(), OF_NO_UNIT if by == "unit" else UNNAMED)
    sizes = {str(name): int(number) for name, number in named.value_counts().items()}
    tables = {content: forms.groupby([named, forms[content]]).size().to_dict() for content in CONTENTS}
    found = [
        _slice((name,), size, {c: {o: tables[c].get((name, o), 0) for o in _OPTIONS} for c in CONTENTS}, scheme)
        for name, size in sizes.items()
    ]
    return sorted(_withheld(found, scheme.precautions.suppress_below), key=lambda each: (-each.forms, each.names))


def _slice(names: tuple[str, ...], forms: int, counted: Counted, scheme: Scheme) -> Slice:
    totals = [_satisfied(counted[content]) for content in CONTENTS]
    n = sum(each for each, _ in totals)
    satisfied = sum(each for _, each in totals)
    return Slice(names, forms, _answers(counted, forms, scheme), n, Fraction(satisfied, n) if n else None)


def _withheld(slices: Sequence[Slice], below: int) -> list[Slice]:
    """Figures of too few forms withheld, and of one more where else the total would give them away."""
    small = [each for each in slices if each.forms < below]
    if small and sum(each.forms for each in small) < below:
        rest = sorted((each for each in slices if each.forms >= below), key=lambda each: (each.forms, each.names))
        small += rest[:1]
    return [
        Slice(each.names, each.forms, (), protects=each.forms >= below) if each in small else each for each in slices
    ]


def _together(slices: Sequence[Slice], forms: "pd.DataFrame", scheme: Scheme) -> tuple[Slice, ...]:
    """The groups, and those withheld once more as one, where together they are enough."""
    names = tuple(name for each in slices if each.is_withheld for name in each.names)
    if len(names) < 2:
        return tuple(slices)
    named = forms["group"].where(forms["group"].notna(), UNNAMED)
    joined = forms[named.isin(names)]
    if len(joined) < scheme.precautions.suppress_below:
        return tuple(slices)
    return (*slices, _slice(names, len(joined), _counted(joined), scheme))


def _ranked(slices: Sequence[Slice], scheme: Scheme) -> tuple[Slice, ...]:
    """The units with a rank by their rate, equal rates sharing one; too few forms, or forms about none: no rank."""
    ranked = [
        each
        for each in slices
        if each.rate is not None and each.forms >= scheme.precautions.rank_from and each.names != (OF_NO_UNIT,)
    ]
    rates = [each.rate for each in ranked if each.rate is not None]
    return tuple(
        replace(each, rank=1 + sum(rate > each.rate for rate in rates))
        if each in ranked and each.rate is not None
        else each
        for each in slices
    )
