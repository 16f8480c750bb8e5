"""A rule with the readings in use filled in: what hangs on a setting alone is decided before any record is seen.

Evaluation, proof and sentences work on this form, so that they cannot read a setting differently.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.rulebook.conditions import SettingTest, resolved
from auditor.rulebook.deadlineduty import Deadline, StartIf, Unsure
from auditor.rulebook.limits import LimitFromSetting
from auditor.rulebook.rules import Rule

Values = Mapping[str, Any]


def in_use(rule: Rule, values: Values) -> Rule:
    """`rule` under the settings `values`; rules without a deadline are what they are."""
    if rule.deadline is None:
        return rule
    return rule.model_copy(update={"deadline": _deadline(rule.deadline, values)})


def _deadline(deadline: Deadline, values: Values) -> Deadline:
    restart, tolling, extension = deadline.restart, deadline.tolling, deadline.extension
    if restart is not None:
        effect = _chosen(restart.effect, values)
        restart = None if effect == "none" else restart.model_copy(update={"effect": effect})
    if tolling is not None:
        left_out = tolling.leaves_out
        update = {
            "capped": _chosen(tolling.capped, values),
            "leaves_out": left_out if left_out and _holds(left_out.if_, values) else None,
        }
        tolling = tolling.model_copy(update=update)
    if extension is not None:
        extension = extension.model_copy(update={"late_notice": _chosen(extension.late_notice, values)})
    starts, from_ = _starts(deadline, values)
    return deadline.model_copy(
        update={
            "from_": from_,
            "from_if": starts,
            "restart": restart,
            "tolling": tolling,
            "extension": extension,
            "doubt": deadline.doubt if deadline.doubt and _holds(deadline.doubt.if_, values) else None,
            "stands_in": deadline.stands_in if deadline.stands_in and _holds(deadline.stands_in.if_, values) else None,
            "recorded_limit": tuple(each for each in deadline.recorded_limit if _holds(each.if_, values)),
            "unsure": tuple(_unsure(deadline, values)),
            "advise_from": deadline.advise_from if deadline.advise_from != from_ else None,
        }
    )


def _starts(deadline: Deadline, values: Values) -> tuple[tuple[StartIf, ...], tuple[str, ...] | None]:
    """The starts that are still open, and the one that holds where none of them does."""
    still_open: list[StartIf] = []
    for variant in deadline.from_if:
        holds = resolved(variant.if_, values)
        if holds is True:
            return tuple(still_open), variant.from_
        if holds is not False:
            still_open.append(variant.model_copy(update={"if_": holds}))
    return tuple(still_open), deadline.from_


def _unsure(deadline: Deadline, values: Values) -> Iterator[Unsure]:
    for each in deadline.unsure:
        holds = resolved(each.if_, values)
        if holds is not False:
            yield each if holds is True else each.model_copy(update={"if_": holds})


def _chosen(choice: LimitFromSetting | str, values: Values) -> str:
    return str(values[choice.setting]) if isinstance(choice, LimitFromSetting) else choice


def _holds(reading: SettingTest | None, values: Values) -> bool:
    return reading is None or values[reading.key] in reading.values
