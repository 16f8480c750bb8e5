"""How a finding stands to the audits before: judged by the obligations behind it, never by its absence."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from auditor.domain.finding import Finding
from auditor.domain.obligation import Status
from auditor.domain.rectification import Pair, Remembered, Standing
from auditor.rulebook.rectification import Steps

NO_DUTY = "none"  # the record is there, the rule was asked, and calls for nothing any more
_KEPT = {Status.MET.value, Status.EXCUSED.value}
_BREACHED = Status.BREACHED.value
_ANSWERED = _KEPT | {_BREACHED, Status.PENDING.value, NO_DUTY}  # a question is gone once there is any verdict


@dataclass(frozen=True)
class Told:
    """What an audit tells of obligations and records that somebody asked about.

    `present` are the logs' records that it read; `asked` the rules whose silence about a record says that they call
    for nothing: only those for which every column was supplied that they read, and none of them where the audit left
    out met obligations, or all that lies outside a period.
    """

    statuses: Mapping[Pair, str]
    present: Collection[tuple[str, str]] = ()
    asked: Collection[str] = ()

    def of(self, pair: Pair, log: str, was: str) -> str | None:
        """What became of an obligation about a record of `log`; None where the audit does not tell.

        Silence tells nothing of what `was` a breach: a blank cell that the rule reads is silence too.
        """
        told = self.statuses.get(pair)
        if told is not None or was == _BREACHED:
            return told
        return NO_DUTY if pair[0] in self.asked and (log, pair[1]) in self.present else None


def fact_of(finding: Finding) -> str:
    """What tells whether a finding is still about the same fact: its verdict and its days."""
    parts = (finding.status.value, finding.start_on, finding.due_on, finding.done_on)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def candidates(finding: Finding) -> list[Pair]:
    """The obligations that may stand behind a finding."""
    own = [(rule, record) for rule in (finding.rule, *finding.also) for record in finding.records]
    behind = [pair for ground in finding.grounds for pair in ground.obligations]
    return list(dict.fromkeys([*own, *behind]))


def behind(finding: Finding, statuses: Mapping[Pair, str]) -> list[Pair]:
    """The obligations that do stand behind a finding: those of its status, all that may where none has it."""
    pairs = candidates(finding)
    return [pair for pair in pairs if statuses.get(pair) == finding.status.value] or pairs


def unseen(status: str, log: str, pairs: Iterable[Pair], told: Told) -> Standing:
    """How a finding of this status about records of `log` stands that an audit does not show.

    Put right only where every obligation behind it is there and kept; still there where one of them
    has not changed; else nobody can tell.
    """
    now = {told.of(pair, log, status) for pair in pairs}
    if status in now:
        return Standing.CONTINUING
    gone = _KEPT if status == _BREACHED else _ANSWERED
    return Standing.PUT_RIGHT if now and now <= gone else Standing.CANNOT_TELL


def seen_again(finding: Finding, state: str, put_right: bool, fact: str, steps: Steps) -> Standing:
    """How a known finding stands that an audit shows.

    It is back where an audit had seen it put right, or where it was settled and the fact is another by now, or
    where it was closed although what is overdue is still not done. What was done too late stays in the logs for
    ever: once checked and closed, the same fact is nothing new.
    """
    changed = fact_of(finding) != fact
    undone = finding.status is Status.BREACHED and finding.due_on is not None and finding.done_on is None
    settled = state in steps.settled
    if put_right or (settled and changed) or (state == steps.only["closed"] and undone):
        return Standing.BACK
    return Standing.CONTINUING


def as_remembered(finding: Finding, known: Remembered | None, steps: Steps, as_of: str, reading: str) -> Finding:
    """The finding with what the ledger remembers of it; unknown to the ledger it is seen first on `as_of`.

    Where it was shown last by an audit of another `reading`, it is never back.
    """
    if known is None:
        return finding.model_copy(update={"first_seen": as_of, "recurrence": 0})
    put_right = known.standing is Standing.PUT_RIGHT
    standing = seen_again(finding, known.state, put_right, known.fact, steps)
    again = standing is Standing.BACK and known.reading == reading
    seen = {"first_seen": known.first_seen, "last_seen": known.last_seen}
    return finding.model_copy(update={**seen, "recurrence": known.recurrence + again})
