"""What judgements add to findings, and the further findings that they make."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from auditor.domain.obligation import Severity, heaviest
from auditor.judgement.chaining import Chain, Fired
from auditor.judgement.facts import Known, Obligation, value_of
from auditor.judgement.proof import text_of
from auditor.rulebook.book import Rulebook
from auditor.rulebook.judgementchecks import PLACEHOLDER, SETTING
from auditor.rulebook.judgements import Effect, Judgement

_TEXTS = ("says", "title", "liable", "remedy")


@dataclass
class Consequences:
    """What befalls one finding: the least it weighs, sentences, who answers, records to show, the judgements."""

    severity: Severity | None = None
    says: list[str] = field(default_factory=list)
    liable: str = ""
    one_up: bool = False
    remedy: str = ""
    masks: bool = False
    shows: list[tuple[str, str]] = field(default_factory=list)
    grounds: dict[str, set[int]] = field(default_factory=dict)

    def add(self, fired: Fired, effect: Effect, texts: Mapping[str, str]) -> None:
        """Take in one effect of a judgement that fired, with its texts filled in."""
        if effect.severity:
            self.severity = heaviest([effect.severity, self.severity or effect.severity])
        if texts["says"] and texts["says"] not in self.says:
            self.says.append(texts["says"])
        self.liable = texts["liable"] or self.liable
        self.one_up = self.one_up or effect.one_up
        self.remedy = texts["remedy"] or self.remedy
        self.masks = self.masks or effect.masks
        for alias in effect.shows or ():
            record = fired.found[alias].record
            if record and record not in self.shows:
                self.shows.append(record)
        self.grounds.setdefault(fired.judgement.id, set()).update(fired.grounds)


@dataclass
class Further:
    """A finding that a judgement makes of several: about one unit and one rule."""

    judgement: Judgement
    effect: Effect
    rule: str
    unit: str
    texts: Mapping[str, str]
    grounds: set[int] = field(default_factory=set)


def consequences(chain: Chain, book: Rulebook) -> tuple[Mapping[int, Consequences], Sequence[Further]]:
    """By group of breaches what befalls its finding; and the further findings, in order."""
    befallen: dict[int, Consequences] = defaultdict(Consequences)
    further: dict[tuple[str, str, str], Further] = {}
    for fired in sorted(chain.fired, key=lambda each: (each.judgement.id, each.grounds)):
        for effect in fired.judgement.then:
            texts = {name: filled(getattr(effect, name), fired.found, book) for name in _TEXTS}
            if effect.on:
                group = chain.groups.of(fired.found[effect.on].grounds[0])
                befallen[group].add(fired, effect, texts)
            elif effect.finding and effect.of:
                rule = _rule(effect, fired, book)
                if rule not in book.placed:
                    continue
                unit = str(fired.found[effect.of].values.get("unit") or book.office)
                made = Further(fired.judgement, effect, rule, unit, texts)
                further.setdefault((fired.judgement.id, rule, unit), made).grounds.update(fired.grounds)
    return befallen, [further[key] for key in sorted(further)]


def _rule(effect: Effect, fired: Fired, book: Rulebook) -> str:
    """The rule that leads a further finding; none of the rulebook's where nothing is chosen for an attribute."""
    chosen = effect.finding
    if isinstance(chosen, Mapping):
        return chosen.get(str(value_of(chosen["by"], fired.found)), "")
    return filled(chosen or "", fired.found, book)


def filled(text: str, found: Mapping[str, Known], book: Rulebook) -> str:
    """A sentence with its {alias.attribute} and {setting.key} filled in; nothing else in it means anything."""

    def value(name: str) -> str:
        alias, _, attribute = name.partition(".")
        if alias == SETTING:
            return book.settings[attribute].shown(book.values[attribute])
        known = value_of(name, found)
        return "" if known is None else text_of(known)

    return PLACEHOLDER.sub(lambda place: value(place[1]), text)


def heavier(severity: Severity, degrees: int) -> Severity:
    """So many degrees heavier, as far as there are any."""
    return list(Severity)[max(0, severity.rank - degrees)]


def weight(further: Further, breaches: Sequence[Obligation], book: Rulebook) -> Severity:
    """What a further finding weighs: what the judgement says, else the heaviest breach behind it or the rule's own."""
    effect = further.effect
    if effect.severity:
        return effect.severity
    behind = [Severity(breaches[at]["severity"]) for at in further.grounds] if effect.heavier else []
    own = book.placed[further.rule].rule.severity
    return heavier(heaviest(behind or [own]), effect.heavier)
