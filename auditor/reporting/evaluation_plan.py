"""The evaluation plan (评议方案): the six elements of article 6, and the office's scheme."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.reporting.blocks import Block, Document, DocumentWords, Paragraph, Section, document_words

WORDS = "evaluation-plan.yaml"
_ELEMENTS = ("organiser", "objects", "contents", "time", "steps", "people")
_STEPS = ("ways", "plan", "inspect", "survey", "assess", "dispose")


@dataclass(frozen=True)
class Plan:
    """What the plan is about; `contents` are the five contents with question and weight."""

    year: int
    day: str
    forms: int
    units: Sequence[str]
    groups: Sequence[str]
    hot: Sequence[str]
    options: Sequence[str]
    contents: Sequence[tuple[str, str, int]]
    scheme_title: str
    scheme_notice: str
    scheme: Sequence[tuple[str, str]]


def plan_document(plan: Plan) -> Document:
    """The plan as a document."""
    words = document_words(WORDS)
    blocks = _Blocks(plan, words)
    sections = [words.section(key, list(getattr(blocks, key)())) for key in _ELEMENTS]
    return Document(words.title.format(year=plan.year), words.meta, plan.day, (), (*sections, blocks.scheme()))


class _Blocks:
    """What stands under each element, by its key."""

    def __init__(self, plan: Plan, words: DocumentWords) -> None:
        self.plan, self.words = plan, words

    def _say(self, section: str, key: str, **filled: object) -> Paragraph:
        return Paragraph(self.words.says(section, key, **filled))

    def organiser(self) -> Iterator[Block]:
        yield self._say("organiser", "text")

    def objects(self) -> Iterator[Block]:
        named = "、".join(self.plan.units)
        yield self._say("objects", "named", units=named) if named else self._say("objects", "open")

    def contents(self) -> Iterator[Block]:
        yield self.words.table("contents", self.plan.contents)
        hot = "；".join(self.plan.hot)
        yield self._say("contents", "hot", hot=hot) if hot else self._say("contents", "no_hot")

    def time(self) -> Iterator[Block]:
        yield self._say("time", "text", year=self.plan.year)

    def steps(self) -> Iterator[Block]:
        for key in _STEPS:
            yield self._say("steps", key, forms=self.plan.forms)

    def people(self) -> Iterator[Block]:
        yield self._say("people", "panel")
        yield self._say("people", "public", groups="、".join(self.plan.groups))

    def scheme(self) -> Section:
        notice = Paragraph(self.plan.scheme_notice, "caution")
        return self.words.section(
            "scheme", [notice, self.words.table("scheme", self.plan.scheme, title=self.plan.scheme_title)]
        )
