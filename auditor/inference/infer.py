"""Which judgements fire on which facts: the engine answers part by part, the plain evaluator where it cannot."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from auditor.inference.encoding import Encoded, Plan
from auditor.inference.engine import within_limits
from auditor.inference.partitions import Part, groups_of, split
from auditor.inference.plain import Found, evaluate, evaluate_among
from auditor.inference.problem import Fact, Match, Question
from auditor.inference.workers import Bench, Crew, Failure, Outcome

SMALL = 10_000  # facts for the engine up to which starting processes costs more than it gains
MOST_PROCESSES = 4


@dataclass(frozen=True)
class Inferred:
    """The matches, sorted; what the plain evaluator answered instead of the engine, in Chinese; what the engine saw.

    `facts` counts a fact once for each part that it was in.
    """

    matches: tuple[Match, ...]
    fallbacks: tuple[str, ...]
    parts: int
    facts: int


def infer(questions: Sequence[Question], facts: Sequence[Fact], *, processes: int | None = None) -> Inferred:
    """Answer the questions. More than a few facts go to `processes` worker processes; with 0 all stays in this one."""
    return _Inference(questions, facts).run(processes)


class _Inference:
    """The answers as they come together."""

    def __init__(self, questions: Sequence[Question], facts: Sequence[Fact]) -> None:
        self.questions, self.facts = questions, facts
        self.recorded = [fact.values for fact in facts]
        self.found: Found = set()
        self.fallbacks: list[str] = []

    def run(self, processes: int | None) -> Inferred:
        """Split, judge what the engine can, evaluate the rest plainly."""
        groups = groups_of([question for question in self.questions if within_limits(question)])
        beyond = [question for question in self.questions if not within_limits(question)]
        if beyond:
            self.found |= {(match.judgement, match.facts) for match in evaluate(beyond, self.facts)}
            self._note(f"{_named(beyond)}的条件或比较过多，超出规则引擎的限度")
        parts: list[Part] = []
        for number, group in enumerate(groups):
            for part in split(number, group, self.facts):
                if part.too_large:
                    self.found |= evaluate_among(group, part.members, self.recorded)
                    self._note(f"{_named(group)}有 {len(part.members)} 条事实相互牵连过多，超出规则引擎一次的限度")
                else:
                    parts.append(part)
        seen = self._judge(groups, parts, processes)
        matches = tuple(Match(judgement, chosen) for judgement, chosen in sorted(self.found))
        return Inferred(matches, tuple(self.fallbacks), len(seen), sum(len(part.members) for part in seen))

    def _judge(self, groups: Sequence[Sequence[Question]], parts: list[Part], processes: int | None) -> list[Part]:
        """Let the engine judge the parts; return those that it did judge."""
        plans = [Plan(group) for group in groups]
        encoders = {number: _encoder(plans[part.group], part, self.facts) for number, part in enumerate(parts)}
        outcomes: Iterable[tuple[int, Outcome]]
        if processes == 0 or sum(len(part.members) for part in parts) <= SMALL:
            outcomes = _judged_here(groups, encoders)
        else:
            size = processes or min(os.cpu_count() or 1, MOST_PROCESSES)
            outcomes = Crew(groups, encoders, size).work().items()
        seen: list[Part] = []
        failed: dict[str, list[Part]] = {}
        for number, outcome in outcomes:
            part = parts[number]
            group = groups[part.group]
            if isinstance(outcome, Failure):
                self.found |= evaluate_among(group, part.members, self.recorded)
                failed.setdefault(outcome.reason, []).append(part)
                continue
            seen.append(part)
            for question, chosen in outcome:
                self.found.add((group[question].judgement, tuple([part.members[place][0] for place in chosen])))
        for reason, lost in failed.items():
            named = _named([question for group in sorted({part.group for part in lost}) for question in groups[group]])
            count = sum(len(part.members) for part in lost)
            self._note(f"{named}有 {len(lost)} 批共 {count} 条事实未由规则引擎判断（{reason}）")
        return seen

    def _note(self, why: str) -> None:
        self.fallbacks.append(f"{why}，改由内置的逐条比对得出，结果不受影响。")


def _encoder(plan: Plan, part: Part, facts: Sequence[Fact]) -> Callable[[], Encoded]:
    return lambda: plan.encode(part, facts)


def _judged_here(
    groups: Sequence[Sequence[Question]], encoders: dict[int, Callable[[], Encoded]]
) -> Iterable[tuple[int, Outcome]]:
    """The parts judged in this process."""
    bench = Bench(groups)
    for number, encoder in encoders.items():
        yield number, bench.judge(encoder())
    bench.close()


def _named(questions: Sequence[Question]) -> str:
    """The judgements by name, the first few of many."""
    names = list(dict.fromkeys(question.judgement for question in questions))
    return "、".join(f"「{name}」" for name in names[:3]) + (f"等 {len(names)} 项判断" if len(names) > 3 else "")
