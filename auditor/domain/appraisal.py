"""Appraisal (评议): what the yearly evaluation came to. The one model that its documents are written from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from auditor.domain.finding import Finding
from auditor.domain.scoring import Scored


@dataclass(frozen=True)
class SetAside:
    """A form or a score that was not counted, and why (不计入)."""

    record: str
    file: str
    sheet: str
    row: int
    reason: str
    why: str


@dataclass(frozen=True)
class Change:
    """This year's rate against last year's: the difference with its interval, both in shares of one."""

    last_rate: Fraction
    last_n: int
    difference: float
    low: float
    high: float

    @property
    def more_than_chance(self) -> bool:
        """Whether the interval of the difference leaves no change out."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Answers:
    """The answers to one content: `counts` by option, 不了解 included; `unanswered` forms left it blank."""

    content: str
    zh: str
    counts: Mapping[str, int]
    unanswered: int
    n: int
    rate: Fraction | None
    low: float | None
    high: float | None
    points: Fraction | None
    change: Change | None = None


@dataclass(frozen=True)
class Slice:
    """The forms of one group of people or one unit. `answers` is empty where figures are withheld.

    `names` holds several groups where small ones are shown together. `rank` is None where a unit is not ranked.
    Withheld figures may `protect` those of another, which the total would else give away.
    """

    names: tuple[str, ...]
    forms: int
    answers: tuple[Answers, ...]
    n: int = 0
    rate: Fraction | None = None
    rank: int | None = None
    protects: bool = False

    @property
    def is_withheld(self) -> bool:
        """Whether what the forms say is not shown: there are too few (人数过少，不显示), or another has too few."""
        return not self.answers


@dataclass(frozen=True)
class Questionnaires:
    """The questionnaires (问卷评议) of a year."""

    returned: int
    valid: int
    set_aside: tuple[SetAside, ...]
    contents: tuple[Answers, ...]
    groups: tuple[Slice, ...]
    units: tuple[Slice, ...]
    last_valid: int | None = None


@dataclass(frozen=True)
class Outlier:
    """A score far from the others (离群), shown and counted."""

    representative: str
    group: str
    unit: str
    score: int


@dataclass(frozen=True)
class PanelContent:
    """The representatives' scores for one content, and how far they spread; `unnamed` of them name nobody."""

    content: str
    zh: str
    n: int
    mean: Fraction | None
    deviation: float | None = None
    low: int | None = None
    first_quartile: float | None = None
    median: float | None = None
    third_quartile: float | None = None
    high: int | None = None
    outliers: tuple[Outlier, ...] = ()
    unnamed: int = 0


@dataclass(frozen=True)
class Panel:
    """The representatives' evaluation (代表评议) of a year. `representatives` counts names."""

    representatives: int
    groups: Mapping[str, int]
    contents: tuple[PanelContent, ...]
    set_aside: tuple[SetAside, ...]

    @property
    def unnamed(self) -> int:
        """The scores that count and name no representative: nobody can tell how many people gave them."""
        return sum(each.unnamed for each in self.contents)


@dataclass(frozen=True)
class Duties:
    """Obligations under one head by status, with the rate of those met (履行率)."""

    key: str
    zh: str
    counts: Mapping[str, int]
    findings: tuple[str, ...] = ()

    @property
    def settled(self) -> int:
        """The denominator: what was met or breached."""
        return self.counts.get("met", 0) + self.counts.get("breached", 0)

    @property
    def rate(self) -> Fraction | None:
        """Met of settled; None where nothing was settled."""
        return Fraction(self.counts.get("met", 0), self.settled) if self.settled else None


@dataclass(frozen=True)
class Supervision:
    """Supervision (监督评议): the year's audit by contents, complaints, rectification, and what was inspected."""

    contents: tuple[Duties, ...]
    components: tuple[Duties, ...]
    inspection: Duties
    complaints: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """A part of the composite: its score, its weight, and what was lost on it for which findings."""

    key: str
    zh: str
    weight: Fraction
    score: Fraction | None
    points: Fraction | None
    lost: Fraction | None
    why: str
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Adjustment:
    """Points off or on (扣分、加分), or a veto, with the findings behind it."""

    zh: str
    points: Fraction
    why: str
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Composite:
    """A composite score (综合评定) with everything that made it. `unit` is "" for the whole office."""

    unit: str
    scored: Scored
    parts: tuple[Part, ...]
    deductions: tuple[Adjustment, ...] = ()
    bonus: tuple[Adjustment, ...] = ()
    vetoes: tuple[Adjustment, ...] = ()


@dataclass(frozen=True)
class ProcedureLine:
    """A rule of the evaluation's own procedure (评议程序) and what became of it this year."""

    rule: str
    article: str
    title: str
    counts: Mapping[str, int]
    says: tuple[str, ...]
    not_assessed: str = ""


@dataclass(frozen=True)
class SuggestionLine:
    """An opinion of the evaluation (评议意见) with its one month for measures, or for an explanation."""

    record: str
    year: int | None
    unit: str
    problem: str
    notified_on: date | None
    rectifiable: bool | None
    due_on: date | None
    measures_on: date | None
    explained_on: date | None
    completed_on: date | None
    feedback_on: date | None
    state: str
    is_late: bool = False


@dataclass(frozen=True)
class OpinionLine:
    """What somebody wrote on a form or beside a score; `unit` is "" where it would tell who wrote it."""

    source: str
    unit: str
    text: str


@dataclass(frozen=True)
class Appraisal:
    """One yearly evaluation. `cautions` must stand before any figure."""

    year: int
    as_of: date
    office: str
    questionnaires: Questionnaires
    panel: Panel
    supervision: Supervision
    composite: Composite
    units: tuple[Composite, ...]
    procedure: tuple[ProcedureLine, ...]
    suggestions: tuple[SuggestionLine, ...]
    opinions: tuple[OpinionLine, ...]
    findings: Mapping[str, Finding]
    scheme: Sequence[tuple[str, str]]
    scheme_title: str
    scheme_notice: str
    decimals: int
    confidence: float
    suppress_below: int
    rank_from: int
    cautions: Sequence[str] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    internal: bool = False
    version: str = ""
