"""Forward chaining: judgements fire in stages, and what they conclude are facts for the stages after them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from auditor.domain.obligation import Severity, heaviest
from auditor.inference.infer import infer
from auditor.inference.problem import EQUAL, Fact, Pattern, Question
from auditor.judgement.facts import Known, Obligation, as_number, record_fact, records_joined, value_of
from auditor.judgement.holding import Holds, holds
from auditor.judgement.merging import Groups
from auditor.rulebook.book import Rulebook
from auditor.rulebook.judgements import BREACH, FINDING, GIVEN, Judgement, JudgementFile, Sought
from auditor.tables import LogTable


@dataclass(frozen=True)
class Fired:
    """A judgement that fired: the fact that each of its patterns found."""

    judgement: Judgement
    found: Mapping[str, Known]

    @property
    def grounds(self) -> tuple[int, ...]:
        """The breaches behind all facts found, in order."""
        return tuple(sorted({ground for fact in self.found.values() for ground in fact.grounds}))


@dataclass
class Chain:
    """What was inferred: which judgements fired, which breaches are one finding, and what had to be done otherwise."""

    fired: list[Fired] = field(default_factory=list)
    groups: Groups = field(default_factory=Groups)
    fallbacks: list[str] = field(default_factory=list)


class Chaining:
    """One run over the facts of an audit."""

    def __init__(
        self, book: Rulebook, breaches: Sequence[Obligation], tables: Mapping[str, LogTable], processes: int | None
    ) -> None:
        self._book, self._tables, self._processes = book, tables, processes
        self._facts: dict[str, list[Known]] = defaultdict(list)
        self._chain = Chain(groups=_days_together(breaches))
        self._has_findings = False
        self._concluded: dict[tuple[Any, ...], int] = {}

    def run(self, given: Iterable[Known]) -> Chain:
        """Fire every judgement of the rulebook on the facts given and on what follows from them."""
        file = self._book.judgements
        for fact in given:
            self._facts[fact.kind].append(fact)
        for stage in file.stages:
            ready = [each for each in stage if all(log in self._tables for log in each.needs)]
            self._complete(file, {kind for each in ready for kind in each.kinds})
            self._stage(ready)
        return self._chain

    def _complete(self, file: JudgementFile, kinds: set[str]) -> None:
        """Findings and counts are made when they are first asked for: the stages have seen to their completeness."""
        counted = {kind: file.counts[kind] for kind in sorted(kinds) if kind in file.counts}
        if not self._has_findings and FINDING in kinds | {each.of for each in counted.values()}:
            self._has_findings = True
            self._facts[FINDING] = self._findings()
        for kind, count in counted.items():
            if kind not in self._facts:
                self._facts[kind] = self._counts(
                    kind, count.by, self._facts[count.of], holds(count.condition, self._book)
                )

    def _findings(self) -> list[Known]:
        breaches = {fact.grounds[0]: fact.values for fact in self._facts[BREACH]}
        found = []
        for members in self._chain.groups.all():
            lead = {name: breaches[members[0]][name] for name in GIVEN[FINDING]}
            if len(members) > 1:
                lead["severity"] = heaviest(Severity(breaches[at]["severity"]) for at in members).value
            found.append(Known(FINDING, lead, members))
        return found

    def _counts(self, kind: str, by: Sequence[str], facts: Iterable[Known], wanted: Holds) -> list[Known]:
        sets: dict[tuple[Any, ...], list[Known]] = {}
        for fact in facts:
            key = tuple(fact.values.get(name) for name in by)
            if None not in key and wanted(fact.values):
                sets.setdefault(key, []).append(fact)
        counts = []
        for key, members in sorted(sets.items(), key=lambda entry: tuple(map(str, entry[0]))):
            weights = [Severity(each.values["severity"]) for each in members if each.values.get("severity")]
            values = {
                **dict(zip(by, key, strict=True)),
                "number": len(members),
                "severity": heaviest(weights).value if weights else None,
                **{name: members[0].values.get(name) for name in ("title", "regulation")},
            }
            counts.append(Known(kind, values, tuple(sorted({at for each in members for at in each.grounds}))))
        return counts

    def _stage(self, judgements: Sequence[Judgement]) -> None:
        if not judgements:
            return
        own = {(each.id, sought.alias): holds(sought.own, self._book) for each in judgements for sought in each.sought}
        self._fetch_records(judgements, own)
        kinds = sorted({kind for each in judgements for kind in each.kinds})
        facts = [fact for kind in kinds for fact in self._facts.get(kind, ())]
        asked = [(each.id, sought) for each in judgements for sought in each.sought]
        fitting, translated = _translated(facts, asked, own)
        inferred = infer([_question(each) for each in judgements], translated, processes=self._processes)
        self._chain.fallbacks += [each for each in inferred.fallbacks if each not in self._chain.fallbacks]
        by_id = {each.id: each for each in judgements}
        for match in inferred.matches:
            judgement = by_id[match.judgement]
            aliases = [each.alias for each in judgement.sought if not each.absent]
            self._fire(judgement, dict(zip(aliases, (fitting[at] for at in match.facts), strict=True)))

    def _fire(self, judgement: Judgement, found: Mapping[str, Known]) -> None:
        fired = Fired(judgement, found)
        self._chain.fired.append(fired)
        for effect in judgement.then:
            if effect.join and effect.on and self._book.values.get("report.dedupe", "grouped") == "grouped":
                lead = found[effect.on].grounds[0]
                for other in effect.join:
                    for ground in found[other].grounds:
                        self._chain.groups.join(lead, ground)
            if effect.concludes and effect.of:
                values = {name: value_of(source, found) for name, source in effect.with_.items()}
                self._conclude(effect.concludes, values, (*found[effect.of].grounds, *fired.grounds))

    def _conclude(self, kind: str, values: Mapping[str, Any], grounds: Sequence[int]) -> None:
        """A fact that follows; the same fact that follows twice is one, with the breaches behind both."""
        key = (kind, *sorted(values.items(), key=lambda entry: entry[0]))
        at = self._concluded.get(key)
        if at is None:
            self._concluded[key] = len(self._facts[kind])
            self._facts[kind].append(Known(kind, values, tuple(dict.fromkeys(grounds))))
        else:
            known = self._facts[kind][at]
            self._facts[kind][at] = Known(kind, values, tuple(dict.fromkeys([*known.grounds, *grounds])))

    def _fetch_records(self, judgements: Sequence[Judgement], own: Mapping[tuple[str, str], Holds]) -> None:
        """Records of the logs that patterns look for: those whose joined field holds what a fact before them holds."""
        for judgement in judgements:
            kinds = {each.alias: each for each in judgement.sought}
            for sought in judgement.sought:
                if sought.kind not in self._book.logs.logs or sought.kind not in self._tables:
                    continue
                self._facts[sought.kind] = self._with_records(judgement.id, sought, kinds, own)

    def _with_records(
        self, judgement: str, sought: Sought, kinds: Mapping[str, Sought], own: Mapping[tuple[str, str], Holds]
    ) -> list[Known]:
        log, table = self._book.logs.logs[sought.kind], self._tables[sought.kind]
        known = {fact.record: fact for fact in self._facts[sought.kind]}
        equal = next((join for join in sought.joins if join.operator == EQUAL), None)
        if equal is None:
            rows = table.frame.to_dicts()
        else:
            earlier = own[judgement, equal.alias]
            facts = self._facts.get(kinds[equal.alias].kind, ())
            values = {fact.values.get(equal.other) for fact in facts if earlier(fact.values)} - {None}
            rows = records_joined(table, equal.attribute, values) if values else []
        for row in rows:
            fact = record_fact(log, row)
            known.setdefault(fact.record, fact)
        return list(known.values())


def _days_together(breaches: Sequence[Obligation]) -> Groups:
    """What should have been done every day is one finding a month: the days of it are about the same."""
    groups, first = Groups(len(breaches)), dict[tuple[str, str, str], int]()
    for at, row in enumerate(breaches):
        groups.join(first.setdefault((row["rule"], row["log"], row["about"]), at), at)
    return groups


def _question(judgement: Judgement) -> Question:
    patterns = (Pattern(each.alias, each.kind, each.joins, each.absent) for each in judgement.sought)
    return Question(judgement.id, tuple(patterns))


def _translated(
    facts: Sequence[Known], asked: Sequence[tuple[str, Sought]], own: Mapping[tuple[str, str], Holds]
) -> tuple[list[Known], list[Fact]]:
    """The facts that meet some pattern's own tests, and the same as an inference takes them.

    It learns which patterns these are, and what is joined on of those.
    """
    patterns: dict[str, list[tuple[tuple[str, str], Holds]]] = defaultdict(list)
    joined: dict[tuple[str, str], set[str]] = defaultdict(set)
    for judgement, sought in asked:
        patterns[sought.kind].append(((judgement, sought.alias), own[judgement, sought.alias]))
        for join in sought.joins:
            joined[judgement, sought.alias].add(join.attribute)
            joined[judgement, join.alias].add(join.other)
    alike: dict[tuple[tuple[str, str], ...], tuple[frozenset[tuple[str, str]], list[str]]] = {}
    fitting, translated = [], []
    for fact in facts:
        known = fact.values
        fits = tuple([name for name, meets in patterns[fact.kind] if meets(known)])
        if not fits:
            continue
        if fits not in alike:
            alike[fits] = frozenset(fits), sorted({attribute for name in fits for attribute in joined[name]})
        names, attributes = alike[fits]
        values = {name: value for name in attributes if (value := as_number(known.get(name))) is not None}
        fitting.append(fact)
        translated.append(Fact(fact.kind, values, names))
    return fitting, translated
