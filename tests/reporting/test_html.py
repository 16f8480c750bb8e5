"""The report is one file that shows text as text, says what was not audited, and is the same each time."""

import base64
import hashlib
import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from auditor.domain.audit import Audit
from auditor.domain.finding import CountedDay
from auditor.reporting.findings import view_findings
from auditor.reporting.text import clean
from tests.reporting.whole import render_report


class _Page(HTMLParser):
    """What a browser would see: elements, attributes, and the text of each kind of element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


def _cells(page: str, heading: str) -> list[str]:
    """The cells of the first table row that starts with this heading."""
    row = re.search(rf"<tr[^>]*><th[^>]*>(?:<[^>]*>)?{heading}<.*?</tr>", page, re.DOTALL)
    assert row, heading
    return re.findall(r"<td[^>]*>(.*?)</td>", row[0], re.DOTALL)


def test_every_hostile_text_is_shown_as_the_text_it_is(audit: Audit, hostile: tuple[str, ...]) -> None:
    page = render_report(audit)
    shown = "".join(_Page(page).texts)
    for text in hostile:
        assert clean(text) in shown
        assert text not in page or html.escape(text) == text


def test_no_text_becomes_an_element_or_an_attribute(audit: Audit) -> None:
    page = _Page(render_report(audit))
    assert page.count("script") == page.count("style") == 1
    assert page.count("img") == 0
    attributes = {name for _, attrs in page.tags for name in attrs}
    assert not {name for name in attributes if name.startswith("on") or name == "style"}


def test_template_words_in_a_log_are_not_computed(audit: Audit) -> None:
    page = render_report(audit)
    assert "{{ 7*7 }}" in page
    assert not re.search(r"<h4>.*49", page)


def test_nothing_is_fetched_from_elsewhere(audit: Audit) -> None:
    page = _Page(render_report(audit))
    for _, attrs in page.tags:
        assert "src" not in attrs
        assert (attrs.get("href") or "#").startswith("#")


def test_the_policy_allows_the_inline_style_and_script_and_nothing_else(audit: Audit) -> None:
    page = render_report(audit)
    metas = [attrs for tag, attrs in _Page(page).tags if tag == "meta"]
    policy = next(a["content"] for a in metas if a.get("http-equiv") == "Content-Security-Policy")
    rules = dict(part.strip().split(" ", 1) for part in (policy or "").split(";"))
    assert rules["default-src"] == "'none'"
    for element in ("style", "script"):
        inline = re.search(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
        assert inline
        digest = base64.b64encode(hashlib.sha256(inline[1].encode()).digest()).decode()
        assert rules[f"{element}-src"] == f"'sha256-{digest}'"


def test_two_renderings_of_an_audit_are_equal(audit: Audit) -> None:
    assert render_report(audit) == render_report(audit)


def test_the_order_of_the_findings_given_does_not_matter(audit: Audit, altered: Callable[..., Audit]) -> None:
    assert render_report(altered(findings=tuple(reversed(audit.findings)))) == render_report(audit)


def test_cautions_stand_before_any_verdict(audit: Audit) -> None:
    page = render_report(audit)
    assert page.index("本次为推演") < page.index("一、总体情况</h2>") < page.index('class="badge')
    assert page.index("未提供的台账：会议台账") < page.index("一、总体情况</h2>")


def test_the_parts_follow_in_order(audit: Audit) -> None:
    page = render_report(audit)
    parts = ("overview", "scope", "units", "rules", "findings", "advisories")
    places = [page.index(f'<section id="{part}"') for part in parts]
    assert places == sorted(places)


def test_what_was_not_audited_says_so_and_shows_no_number(audit: Audit) -> None:
    page = render_report(audit)
    assert _cells(page, "MTG-1-1")[-1] == "未审计"
    assert _cells(page, "INP-6.4-1")[-1] == "本期无适用事项"
    assert '<td>会议台账</td><td colspan="3" class="none">未提供，未审计</td>' in page


def test_a_rate_has_its_numerator_and_denominator(audit: Audit) -> None:
    assert _cells(render_report(audit), "办公室")[-1] == "20/22（90.9%）"


def test_a_unit_without_any_settled_obligation_has_no_rate(altered: Callable[..., Audit]) -> None:
    page = render_report(altered({"units": {"新设科": {"pending": 3}}}))
    assert _cells(page, "新设科")[-1] == "—"


def test_no_finding_is_not_the_same_as_no_problem(altered: Callable[..., Audit]) -> None:
    page = render_report(altered(findings=()))
    assert "已审计的规则没有发现问题。未审计的规则见第二部分" in page


def test_an_audit_without_any_record_is_no_clean_bill(altered: Callable[..., Audit]) -> None:
    page = render_report(altered({"rules": {}, "units": {}}, findings=()))
    assert "不能据此认为没有问题" in page


def test_a_breach_shows_its_cells_its_days_and_what_would_have_complied(audit: Audit) -> None:
    page = render_report(audit)
    card = page[page.index('id="F-F-001"') : page.index('id="F-F-002"')]
    assert "<td>答复日期</td><td>2025-04-02</td><td>申请.xlsx</td><td>2025</td>" in card
    assert "经过 28 日，计入 20 日" in card
    assert "<td>2025-03-08 周六</td><td>不计</td><td>周末</td>" in card
    assert "2025-03-31 前答复" in card


def test_a_grouped_finding_shows_twenty_records_and_folds_the_rest_away(audit: Audit) -> None:
    page = render_report(audit)
    card = page[page.index('id="F-F-003"') :]
    assert "XX-020 等，共 30 条" in card
    assert card.index("<details>") < card.index("XX-001")
    assert "XX-030" in card[: card.index("</article>")]


def test_the_report_of_an_internal_audit_says_so(altered: Callable[..., Audit]) -> None:
    assert "内部资料" in render_report(altered(internal=True))
    assert "内部资料" not in render_report(altered(internal=False))


@pytest.mark.parametrize("name", ["F/1", 'F" onclick="x', "申请-1"])
def test_an_unusual_id_still_makes_a_safe_anchor(audit: Audit, name: str) -> None:
    finding = audit.findings[0].model_copy(update={"id": name})
    page = render_report(replace(audit, findings=(finding,)))
    anchor = re.search(r'<article[^>]* id="(F-[0-9a-f]{16})"', page)
    assert anchor and f'href="#{anchor[1]}"' in page


def test_a_caution_that_the_audit_gives_itself_is_not_given_twice(altered: Callable[..., Audit]) -> None:
    page = render_report(altered(cautions=("有1条规则未审计：未提供会议台账。",)))
    box = page[page.index('<section class="cautions"') : page.index("<nav")]
    assert box.count("未审计") == 1


def test_weekends_that_count_as_calendar_days_are_no_make_up_days(altered: Callable[..., Audit], audit: Audit) -> None:
    """The marks say how a working-day count differs from the weekdays; where every day counts they say nothing."""
    first = next(each for each in audit.findings if each.days)
    kinds = {"working": [False, False, True], "calendar": [True, True, True]}  # Saturday, Sunday, Monday
    marks = {}
    for kind, counted in kinds.items():
        days = tuple(CountedDay(date(2025, 3, 8 + at), each, "") for at, each in enumerate(counted))
        (view,) = view_findings(altered(findings=(first.model_copy(update={"days": days}),)))
        marks[kind] = [row.mark for row in view.days.rows]
    assert marks == {"working": ["", "", ""], "calendar": ["", "", ""]}
    days = (CountedDay(date(2025, 4, 27), True, ""), CountedDay(date(2025, 5, 1), False, ""))
    (view,) = view_findings(altered(findings=(first.model_copy(update={"days": days}),)))
    assert [row.mark for row in view.days.rows] == ["班", "休"]
