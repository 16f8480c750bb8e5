"""The words of official documents, from `reports/official/words.yaml`."""

from collections.abc import Mapping
from functools import cache

import yaml
from pydantic import BaseModel, ConfigDict

from auditor.shipped import shipped


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SpanWords(_Words):
    """How a period is said."""

    year: str
    half: tuple[str, ...]
    quarter: tuple[str, ...]
    month: str
    range: str
    all: str


class TableWords(_Words):
    """The title of an attachment and the headings of its table."""

    title: str
    headings: tuple[str, ...]
    all: str = ""


class FigureWords(_Words):
    """The attachment of charts, and what their parts are called."""

    title: str
    timely: str
    late: str


class HistoryWords(_Words):
    """What the audits before say of a problem."""

    seen: str
    once: str
    back: str
    known: str
    waiver: str
    unmarked: str


class CircularWords(_Words):
    """What the circular says."""

    title: tuple[str, ...]
    opening: str
    what_if: str
    situation: str
    scope: str
    scope_text: str
    overall: str
    overall_text: str
    nothing: str
    units: str
    units_text: str
    unit: str
    terms: str
    terms_text: str
    earlier: str
    earlier_text: str
    back_text: str
    waived_text: str
    cautions: str
    problems: str
    no_problem: str
    main: str
    regulation: str
    regulation_text: str
    problem: str
    place: str
    other_regulations: str
    accusations: str
    requirements: str
    rectify: str
    rectify_text: str
    deadline_one: str
    deadline_several: str
    deadline_none: str
    complete: str
    complete_text: str
    answer: str
    answer_text: str
    feedback: str
    feedback_text: str
    nothing_asked: str
    closing: str


class AttachmentWords(_Words):
    """What the attachments say."""

    units: TableWords
    problems: TableWords
    problem: str
    late: str
    due: str
    done: str
    not_done: str
    place: str
    counts: TableWords
    count: str
    left_out: str
    rest_days: str
    rest_day_marks: tuple[str, ...]
    run: str
    run_one: str
    open: TableWords
    not_assessed_headings: tuple[str, ...]
    not_supplied: str
    versions: TableWords
    version: str
    as_of: str
    period: str
    calendar: str
    calendar_text: str
    rulebook: Mapping[str, str]
    input: str
    note: str
    rest: str
    numbering: str
    plain_numbering: str
    settings: str


class NoticeWords(_Words):
    """What the letter to a unit says."""

    file: str
    title: tuple[str, ...]
    opening: str
    what: str
    what_text: str
    regulation: str
    several: str
    other_regulations: str
    confided: str
    back: str
    unverifiable: str
    requirements: str
    rectify: str
    rectify_text: str
    feedback: str
    feedback_text: str
    objection: str
    objection_text: str
    consequence: str
    consequence_text: str
    problem: str
    attachment: TableWords


class OfficialWords(_Words):
    """All words of official documents."""

    issuer: str
    basis: str
    mark: str
    cut: str
    readings_start: tuple[str, ...]
    readings: str
    requirement: str
    own_standard: str
    own_standard_kept: str
    day: str
    spans: SpanWords
    severities: str
    rate: str
    no_rate: str
    unknown_regulation: str
    figures: FigureWords
    history: HistoryWords
    circular: CircularWords
    attachments: AttachmentWords
    notice: NoticeWords


@cache
def official_words() -> OfficialWords:
    """The words as shipped."""
    text = (shipped("reports") / "official" / "words.yaml").read_text("utf-8")
    return OfficialWords.model_validate(yaml.safe_load(text))
