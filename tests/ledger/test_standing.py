"""From one audit to the next: new, continuing, put right as far as the logs show, back, and what none can tell."""

from dataclasses import replace

import pytest

from auditor.domain.obligation import Status
from auditor.domain.rectification import Standing
from auditor.errors import DataError
from auditor.ledger.memory import remembered
from auditor.ledger.overview import overview
from auditor.ledger.soundness import faults_of
from auditor.ledger.standing import NO_DUTY, Told, as_remembered
from auditor.ledger.stepping import Act, take_step
from auditor.rulebook.rectification import Steps
from tests.ledger.conftest import Take, audit, finding


def counts(place: str, steps: Steps) -> dict[str, int]:
    """The counts of the last audit, those that are not nought."""
    return {name: number for name, number in overview(place, steps).as_json()["counts"].items() if number}


def states(place: str, steps: Steps) -> dict[str, int]:
    """How many findings are in each state."""
    return dict(overview(place, steps).states)


def test_what_is_shown_again_goes_on_and_what_was_not_there_before_is_new(place: str, steps: Steps, take: Take) -> None:
    take(audit(finding("甲")))
    taken = take(audit(finding("甲"), finding("乙")))
    assert (taken.counts[Standing.NEW], taken.counts[Standing.CONTINUING]) == (1, 1)
    assert states(place, steps) == {"待核实": 2}


def test_what_the_logs_show_as_kept_waits_for_somebody_to_check_it(place: str, steps: Steps, take: Take) -> None:
    take(audit(finding("甲")))
    take(audit(甲="met"))
    assert counts(place, steps) == {"put_right_unchecked": 1}
    assert states(place, steps) == {"待复核": 1}
    take(audit(甲="met"))
    assert counts(place, steps) == {"put_right_unchecked": 1}


@pytest.mark.parametrize("now", [{}, {"甲": "pending"}, {"甲": "unverifiable"}, {"甲": "manual"}])
def test_what_this_export_does_not_tell_of_stays_as_it_was(
    now: dict[str, str], place: str, steps: Steps, take: Take
) -> None:
    take(audit(finding("甲")))
    take(audit(**now))
    assert counts(place, steps) == {"cannot_tell": 1}
    assert states(place, steps) == {"待核实": 1}


@pytest.mark.parametrize(
    ("status", "now"),
    [
        (Status.BREACHED, "cannot_tell"),
        (Status.UNVERIFIABLE, "put_right_unchecked"),
        (Status.MANUAL, "put_right_unchecked"),
    ],
)
def test_a_rule_that_asks_nothing_any_more_of_a_record_that_is_there_settles_a_question_and_no_breach(
    status: Status, now: str, place: str, steps: Steps, take: Take
) -> None:
    take(audit(finding("甲", status=status)))
    take(audit(甲=NO_DUTY))
    assert counts(place, steps) == {now: 1}


def test_a_breach_of_which_a_rule_is_silent_stays_behind_its_finding(place: str, steps: Steps, take: Take) -> None:
    take(audit(finding("甲", records=("甲-1", "乙-1"))))
    take(audit(finding("甲", records=("甲-1",)), 乙=NO_DUTY))
    take(audit(甲="met", 乙=NO_DUTY))
    assert counts(place, steps) == {"cannot_tell": 1}


def test_a_breach_that_became_part_of_another_finding_goes_on(place: str, steps: Steps, take: Take) -> None:
    take(audit(finding("甲")))
    take(audit(甲="breached"))
    assert counts(place, steps) == {"continuing": 1}


def test_what_was_put_right_and_is_shown_again_is_back(place: str, steps: Steps, take: Take) -> None:
    take(audit(finding("甲")))
    take(audit(甲="met"))
    take(audit())
    assert counts(place, steps) == {"cannot_tell": 1}
    take(audit(finding("甲")))
    assert counts(place, steps) == {"back": 1}
    assert states(place, steps) == {"复发": 1}
    take(audit(finding("甲")))
    assert counts(place, steps) == {"continuing": 1}


def test_half_the_records_of_a_grouped_finding_gone_closes_nothing(place: str, steps: Steps, take: Take) -> None:
    both, one = (
        finding(records=("a", "b"), status=Status.UNVERIFIABLE),
        finding(records=("a",), status=Status.UNVERIFIABLE),
    )
    take(audit(both))
    take(audit(one))
    assert counts(place, steps) == {"continuing": 1}
    take(replace(audit(), ask=lambda pairs, logs: Told({pair: "met" for pair in pairs if pair[1] == "a"})))
    assert counts(place, steps) == {"cannot_tell": 1}


def test_what_is_verifiable_by_now_is_no_longer_missing_whatever_the_verdict(
    place: str, steps: Steps, take: Take
) -> None:
    take(audit(finding("甲", status=Status.UNVERIFIABLE)))
    take(audit(finding("乙", records=("甲-1",))))
    assert counts(place, steps) == {"new": 1, "put_right_unchecked": 1}


def test_every_obligation_behind_a_finding_must_be_kept(place: str, steps: Steps, take: Take) -> None:
    take(audit(finding("甲", records=("甲-1", "乙-1"))))
    take(audit(甲="met"))
    assert counts(place, steps) == {"cannot_tell": 1}
    take(audit(甲="met", 乙="excused"))
    assert counts(place, steps) == {"put_right_unchecked": 1}


def test_the_same_audit_is_taken_in_once_and_an_older_one_is_refused(place: str, steps: Steps, take: Take) -> None:
    first = audit(finding("甲"))
    assert not take(first).already and take(first).already
    with pytest.raises(DataError, match="更早"):
        take(audit(as_of="2025-06-29"))
    assert len(overview(place, steps).audits) == 1


def test_the_counts_have_all_five_names_even_where_they_are_nought(place: str, steps: Steps, take: Take) -> None:
    take(audit())
    assert overview(place, steps).as_json() == {"counts": dict.fromkeys(map(str, Standing), 0), "states": {}}


def test_a_breach_that_was_put_right_and_comes_back_as_part_of_another_finding_is_back(
    place: str, steps: Steps, take: Take
) -> None:
    take(audit(finding("甲")))
    take(audit(甲="met"))
    assert take(audit(finding("乙", records=("甲-1",)))).counts[Standing.BACK] == 1
    assert counts(place, steps) == {"new": 1, "back": 1}
    assert states(place, steps) == {"待核实": 1, "复发": 1}
    assert remembered(place)["甲"].recurrence == 1
    take(audit(finding("乙", records=("甲-1",))))
    assert counts(place, steps) == {"continuing": 2} and remembered(place)["甲"].recurrence == 1
    take(audit(甲="met"))
    take(audit(finding("甲")))
    assert remembered(place)["甲"].recurrence == 2


def test_what_was_closed_as_put_right_and_is_broken_again_under_another_finding_is_back(
    place: str, steps: Steps, take: Take
) -> None:
    take(audit(finding("甲")))
    take(audit(甲="met"))
    take_step(place, steps, ["甲"], Act("已销号", "李四", "复核人", "2025-07-02", "已核"))
    take(audit(finding("乙", records=("甲-1",))), "2025-07-03")
    assert counts(place, steps) == {"new": 1, "back": 1} and states(place, steps) == {"待核实": 1, "复发": 1}
    assert faults_of(place) == []


def test_what_was_settled_and_never_seen_put_right_is_not_back_as_part_of_another_finding(
    place: str, steps: Steps, take: Take
) -> None:
    """A late reply stays in the logs for ever."""
    take(audit(finding("甲", done_on="2025-04-02")))
    take_step(place, steps, ["甲"], Act("不成立", "钱核", "核实人", "2025-07-02", "已核"))
    take(audit(finding("乙", records=("甲-1",))), "2025-07-03")
    assert counts(place, steps) == {"new": 1} and states(place, steps) == {"不成立": 1, "待核实": 1}


def test_another_reading_puts_nothing_right_and_the_first_one_again_brings_nothing_back(
    place: str, steps: Steps, take: Take
) -> None:
    take(audit(finding("甲"), reading="五日"))
    taken = take(audit(甲="met", reading="十日"))
    assert counts(place, steps) == {"cannot_tell": 1} and states(place, steps) == {"待核实": 1}
    assert any("五日→十日" in each for each in taken.remarks) and any("有1个问题" in each for each in taken.remarks)
    assert take(audit(甲="met", reading="十日")).remarks == taken.remarks[1:]
    assert counts(place, steps) == {"cannot_tell": 1}
    take(audit(finding("甲"), reading="五日"))
    assert counts(place, steps) == {"continuing": 1} and remembered(place)["甲"].recurrence == 0
    take(audit(甲="met", reading="五日"))
    assert counts(place, steps) == {"put_right_unchecked": 1}
    assert faults_of(place) == []


def test_what_was_put_right_is_not_back_by_another_reading(place: str, steps: Steps, take: Take) -> None:
    again = finding("甲", due_on="2025-03-20")
    take(audit(finding("甲"), reading="十日"))
    take(audit(甲="met", reading="十日"))
    assert as_remembered(again, remembered(place)["甲"], steps, "2025-07-01", "十日").recurrence == 1
    assert as_remembered(again, remembered(place)["甲"], steps, "2025-07-01", "五日").recurrence == 0
    take(audit(again, reading="五日"))
    assert counts(place, steps) == {"continuing": 1} and states(place, steps) == {"待复核": 1}
    take(audit(again, reading="五日"))
    assert counts(place, steps) == {"continuing": 1} and remembered(place)["甲"].recurrence == 0


def test_what_was_put_right_is_not_back_as_part_of_another_finding_by_another_reading(
    place: str, steps: Steps, take: Take
) -> None:
    take(audit(finding("甲"), reading="十日"))
    take(audit(甲="met", reading="十日"))
    for _ in range(2):
        take(audit(甲="breached", reading="五日"))
        assert counts(place, steps) == {"continuing": 1} and remembered(place)["甲"].recurrence == 0
