"""What is allowed in a rulebook but not good enough: every fault with its place."""

from collections.abc import Iterator

from auditor.domain.obligation import Status
from auditor.errors import Fault
from auditor.rulebook.book import CLOCK_SETTINGS, PlacedRule, Rulebook
from auditor.rulebook.judgements import settings_of_judgements
from auditor.rulebook.references import settings_of

_READ_BY_PROGRAM = {
    "org.office",
    "effective.as_if_from",
    "rectify.critical",
    "rectify.major",
    "rectify.minor",
    "rectify.info",
    "waiver.longest",
    "waiver.broad",
    "judge.accountability_within",
    "report.dedupe",
    "logic.missing",
    *CLOCK_SETTINGS,
}


def lint_rulebook(book: Rulebook) -> list[Fault]:
    """Rules without a met or a breached case, without remedy or liable unit; settings that nothing reads."""
    faults = [fault for placed in book.placed.values() for fault in _rule(placed)]
    faults += _judgements(book)
    read = {key for rule in book.rules for key in settings_of(rule)} | _READ_BY_PROGRAM
    read |= {key for placed in book.placed.values() for _, key in placed.regulation.settings}
    read |= settings_of_judgements(book.judgements)
    unread = [key for key in book.settings if key not in read]
    return [*faults, *(Fault("settings.yaml", 1, f"设置“{key}”没有规则使用", "删去，或在规则中引用") for key in unread)]


def _judgements(book: Rulebook) -> Iterator[Fault]:
    """Judgements without a case, and bodies that rules call liable and that no post answers for."""
    for judgement in book.judgements.judgements:
        if not judgement.cases:
            yield Fault("judgements.yaml", 1, f"研判规则 {judgement.id} 没有案例", "在 cases 中补一个")
    posts = book.judgements.responsibility.posts
    unknown = {body for rule in book.rules for body in rule.liable.split("、") if posts and body and body not in posts}
    for body in sorted(unknown):
        yield Fault("judgements.yaml", 1, f"责任主体“{body}”没有写由哪个岗位负责", "补进 responsibility.posts")


def _rule(placed: PlacedRule) -> Iterator[Fault]:
    rule = placed.rule
    if rule.not_auditable is not None:
        return

    def fault(problem: str, mend: str) -> Fault:
        return Fault(placed.file, placed.line, f"{rule.id} {problem}", mend)

    expected = {case.expect for case in rule.cases}
    for status in (Status.MET, Status.BREACHED):
        if status not in expected:
            yield fault(f"没有结论为 {status.value}（{status.zh}）的案例", "在 cases 中补一个")
    if not rule.remedy:
        yield fault("没有整改建议 remedy", "写明怎样改正")
    if not rule.liable:
        yield fault("没有责任主体 liable", "写明谁负责")
