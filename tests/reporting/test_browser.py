"""The report in a browser: it filters, opens, links, prints, obeys the keyboard, and runs nothing that a log holds."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from auditor.domain.audit import Audit, Earlier
from auditor.domain.figures import Figures, Month, Share
from auditor.domain.finding import Finding
from tests.reporting.whole import render_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed on this machine")
READY = "#filter[data-ready]"
CARDS = "#list .finding"
ATTACKS = (
    "<img src=x onerror=\"window.harmed='img'\">",
    "</noscript><script>window.harmed='script'</script>",
    "</article><svg onload=\"window.harmed='svg'\">",
    "<!-- ]]> --!><iframe srcdoc=\"<script>parent.harmed='frame'</script>\">",
    "{{ cycler.__init__.__globals__ }}{% raw %}",
    "&lt;script&gt;window.harmed='entity'&lt;/script&gt;",
    "javascript:window.harmed='link'",
    '" onmouseover="window.harmed=\'attribute\'" x="',
    "'-alert(1)-'${window.harmed='quote'}",
)


@dataclass
class Opened:
    """A report in the browser, with what the browser asked for and complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def titles(self) -> list[str]:
        """The numbers of the findings that the list shows, in order."""
        return self.page.locator(f"{CARDS} .no").all_text_contents()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of this machine; root needs no sandbox of its own, a container often has none."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def open_report(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Writes an audit's report and opens it as a file."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})

    def opened(audit: Audit, address: str = "") -> Opened:
        file = tmp_path / "report.html"
        file.write_text(render_report(audit), encoding="utf-8")
        found = Opened(context.new_page())
        found.page.on("console", lambda message: found.complaints.append(message.text))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))

        def note(route: Route) -> None:
            found.requests.append(route.request.url)
            route.continue_()

        found.page.route("**/*", note)
        found.page.goto(file.as_uri() + address)
        found.page.wait_for_selector(READY)
        return found

    yield opened
    context.close()


@pytest.fixture
def drawn(altered: Callable[..., Audit]) -> Audit:
    """The invented audit with figures of two units and three months."""
    crossed = {
        "办公室": {"政府信息依申请公开制度": {"met": 15, "breached": 2}, "政府信息公开工作制度": {"unverifiable": 30}},
        "文物科": {"政府信息公开工作制度": {"met": 6, "breached": 0}},
    }
    used = {share: number for number, share in enumerate(Share)}
    months = (Month("2025-01", 4, 0), Month("2025-02", 5, 2), Month("2025-03", 1, 1))
    units = {"办公室": {"met": 15, "breached": 2, "unverifiable": 30}, "文物科": {"met": 6}}
    return altered({"units": units}, figures=Figures(crossed, used, months))


def many(audit: Audit, number: int) -> Audit:
    """So many findings, each like one of the audit's."""
    kinds = audit.findings
    made = [kinds[n % len(kinds)].model_copy(update={"id": f"N-{n:05}"}) for n in range(number)]
    return replace(audit, findings=made)


def attacked(finding: Finding, text: str, number: int) -> Finding:
    """The finding with the text in every place that takes one."""
    cell = finding.evidence[0].__class__(text, text, text, text, text, 1, text)
    texts = dict.fromkeys(("unit", "title", "detail", "liable", "remedy", "met_if", "article", "regulation"), text)
    return finding.model_copy(
        update={"id": f"A-{number}", "records": (text,), "evidence": (cell,), "judgements": (), "grounds": (), **texts}
    )


def test_nothing_is_loaded_and_nothing_is_complained_of(open_report: Callable[..., Opened], drawn: Audit) -> None:
    report = open_report(drawn)
    assert len(report.requests) == 1 and report.requests[0].startswith("file:")
    assert report.complaints == []
    assert report.titles() == ["1", "2", "3", "4"]


@pytest.mark.parametrize("number", [1, 1100])
def test_what_the_logs_hold_never_runs(open_report: Callable[..., Opened], audit: Audit, number: int) -> None:
    late = next(each for each in audit.findings if each.evidence and each.days)
    findings = [attacked(late, text, place) for place, text in enumerate(ATTACKS)]
    report = open_report(replace(many(audit, number), findings=[*findings, *many(audit, number).findings]))
    report.page.select_option("[data-by=unit]", label=ATTACKS[1])
    assert report.page.locator(CARDS).count() == 1
    assert ATTACKS[1] in (report.page.locator(f"{CARDS} h4").text_content() or "")
    assert ATTACKS[1] in report.page.locator(f"{CARDS} td").all_text_contents()
    report.page.click("#clear")
    report.page.evaluate("document.querySelectorAll('*').forEach(e => e.dispatchEvent(new MouseEvent('mouseover')))")
    assert report.page.evaluate("window.harmed") is None
    assert report.page.locator("#list img, #list svg, #list iframe, #list script").count() == 0
    assert report.complaints == [] and len(report.requests) == 1


def test_filters_narrow_each_other_and_the_count_is_told(open_report: Callable[..., Opened], audit: Audit) -> None:
    report = open_report(audit)
    report.page.select_option("[data-by=severity]", "major")
    assert report.titles() == ["2", "3"]
    report.page.select_option("[data-by=status]", "unverifiable")
    assert report.titles() == ["3"]
    assert report.page.locator("#filter output").inner_text() == "已筛选：显示 1 项，共 4 项"
    report.page.select_option("[data-by=judgement]", "repeat")
    assert report.page.locator("#list").inner_text() == "没有符合条件的发现。"
    report.page.click("#clear")
    assert len(report.titles()) == 4
    report.page.select_option("[data-by=regulation]", "《政府信息依申请公开制度》")
    assert report.page.locator(CARDS).count() > 0


def test_search_finds_records_cells_and_clauses_but_not_the_days(
    open_report: Callable[..., Opened], audit: Audit
) -> None:
    report = open_report(audit)
    for words, found in (("申请.xlsx 答复日期", ["1"]), ("xx-030", ["3"]), ("<script>alert(1)", ["2"]), ("周末", [])):
        report.page.fill("#filter input", words)
        expect(report.page.locator(f"{CARDS} .no")).to_have_text(found)


def test_findings_are_sorted_by_unit_day_and_lateness(open_report: Callable[..., Opened], audit: Audit) -> None:
    findings = [
        each.model_copy(update={"due_on": day, "late": late, "unit": unit})
        for each, day, late, unit in zip(
            sorted(audit.findings, key=lambda each: each.id),
            ("2025-03-31", None, "2025-02-01", "2025-05-01"),
            (2, None, 40, 7),
            ("乙", "甲", "乙", "甲"),
            strict=True,
        )
    ]
    report = open_report(replace(audit, findings=findings))
    assert report.titles() == ["1", "2", "3", "4"]
    for by, order in (("due", "3142"), ("late", "3412"), ("unit", "1324"), ("", "1234")):
        report.page.select_option("[data-sort]", by)
        assert "".join(report.titles()) == order, by


def test_a_link_opens_a_finding_and_a_filtered_view(open_report: Callable[..., Opened], audit: Audit) -> None:
    large = many(audit, 900)
    report = open_report(large, "#F-N-00899")
    assert report.page.locator("#F-N-00899.current").is_visible()
    assert report.page.evaluate("document.activeElement.id") == "F-N-00899"
    output = report.page.locator("#filter output")
    report.page.evaluate("location.hash = '#?severity=major&status=breached&q=%3Cscript'")
    expect(output).to_have_text("已筛选：显示 225 项，共 900 项")
    assert report.page.input_value("#filter input") == "<script"
    report.page.select_option("[data-by=status]", "unverifiable")
    assert "status=unverifiable" in report.page.url
    report.page.evaluate("location.hash = '#?unit=nobody&severity=%E0%A4%A'")
    expect(output).to_have_text("共 900 项")
    assert report.complaints == []


def test_the_keyboard_walks_searches_opens_and_helps(open_report: Callable[..., Opened], audit: Audit) -> None:
    report = open_report(audit)
    keyboard, current = report.page.keyboard, report.page.locator(".current .no")
    for key, number in (("j", "1"), ("j", "2"), ("j", "3"), ("k", "2"), ("k", "1"), ("k", "1")):
        keyboard.press(key)
        assert current.text_content() == number
    keyboard.press("o")
    assert report.page.locator(".current details.days[open]").count() == 1
    keyboard.press("/")
    keyboard.type("jk?")
    assert report.page.input_value("#filter input") == "jk?"
    keyboard.press("Escape")
    keyboard.press("c")
    assert report.page.input_value("#filter input") == ""
    keyboard.press("?")
    assert report.page.locator("#help").is_visible()
    report.page.uncheck("#single-keys")
    keyboard.press("Escape")
    keyboard.press("?")
    assert not report.page.locator("#help").is_visible()


def test_the_heat_map_tells_zero_from_nothing_and_leads_to_the_findings(
    open_report: Callable[..., Opened], drawn: Audit
) -> None:
    report = open_report(drawn)
    rows = {row[0].split("\n")[0]: row[1:] for row in _table(report.page, ".heatmap")}
    assert rows["《政府信息依申请公开制度》"] == ["2\n2/17\n11.8%", "2\n2/17\n11.8%", "无事项"]
    assert rows["《政府信息公开工作制度》"] == ["0\n0/6\n0.0%", "无结论\n30 项", "0\n0/6\n0.0%"]
    assert rows["《会议公开制度》"] == ["未审计"]
    assert rows["《政策解读制度》"] == ["无事项"]
    report.page.locator(".heatmap a").nth(1).click()
    expect(report.page.locator("[data-by=unit]")).to_have_value("办公室")
    assert report.page.input_value("[data-by=regulation]") == "《政府信息依申请公开制度》"


def _table(page: Page, selector: str) -> list[list[str]]:
    rows = page.locator(f"{selector} tbody tr").all()
    return [[cell.inner_text().strip() for cell in row.locator("th, td").all()] for row in rows]


def test_a_chart_has_a_text_and_its_table(open_report: Callable[..., Opened], drawn: Audit) -> None:
    page = open_report(drawn).page
    assert "期内应答复 10 件，逾期（含逾期未答复）3 件；逾期最多的月份是 2025-02（2 件）" in (
        page.get_attribute("#chart-replies svg", "aria-label") or ""
    )
    page.locator("#chart-replies summary").click()
    assert page.locator("#chart-replies tbody tr").nth(1).inner_text().split() == ["2025-02", "5", "2", "40.0%"]
    assert page.locator("#chart-used tbody tr").count() == len(Share)


def test_without_figures_there_is_no_chart_and_no_heat_map(open_report: Callable[..., Opened], audit: Audit) -> None:
    assert open_report(audit).page.locator(".chart, .heatmap").count() == 0


def test_an_earlier_audit_tells_what_is_new_known_and_gone(open_report: Callable[..., Opened], audit: Audit) -> None:
    first, *_ = audit.findings
    gone = first.model_copy(update={"id": "F-OLD", "title": "上次的问题"})
    report = open_report(replace(audit, earlier=Earlier(audit.as_of, "2024", (first, gone))))
    assert "本次新增 3 项，上次已有 1 项，上次有而本次未见 1 项" in report.page.locator("#comparison").inner_text()
    report.page.select_option("[data-by=since]", "known")
    assert report.page.locator(CARDS).count() == 1


def test_every_printed_page_of_an_internal_report_says_so(
    open_report: Callable[..., Opened], drawn: Audit, tmp_path: Path
) -> None:
    marks = {}
    for internal in (False, True):
        printed = tmp_path / "report.pdf"
        open_report(replace(drawn, internal=internal)).page.pdf(path=printed, prefer_css_page_size=True)
        marks[internal] = _pages(printed)
        assert len(marks[internal]) >= 4
    assert all("内部资料" in page for page in marks[True])
    assert not any("内部资料" in page for page in marks[False])
    assert any("XX-030" in page and "XX-025" in page for page in marks[False])  # what is folded on the screen


def _pages(printed: Path) -> list[str]:
    """The text of each page."""
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no pdftotext is installed on this machine")
    text = subprocess.run([reader, printed, "-"], capture_output=True, check=True).stdout.decode()
    return text.split("\f")[:-1]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_its_window_and_axe_finds_no_violation(
    open_report: Callable[..., Opened], browser: Browser, drawn: Audit, tmp_path: Path, width: int
) -> None:
    file = tmp_path / "axe.html"
    file.write_text(render_report(replace(drawn, internal=True)), encoding="utf-8")
    # The checker is a script of the test, which the report's own policy would rightly refuse.
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.goto(file.as_uri())
    page.wait_for_selector(READY)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for opened in (False, True):
        if opened:
            page.click("#help-open")
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    context.close()


def test_without_scripts_everything_stands_on_the_page(browser: Browser, drawn: Audit, tmp_path: Path) -> None:
    file = tmp_path / "plain.html"
    for audit in (drawn, many(drawn, 1100)):
        file.write_text(render_report(audit), encoding="utf-8")
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(file.as_uri())
        assert page.locator(".finding").count() == len(audit.findings)
        assert page.locator(".finding").first.is_visible()
        assert not page.locator("#filter").is_visible()
        assert "申请.xlsx" in (page.locator(".finding").first.text_content() or "")
        context.close()


def test_of_ten_thousand_findings_only_what_shows_is_made_into_cards(
    open_report: Callable[..., Opened], audit: Audit
) -> None:
    report = open_report(many(audit, 10_000))
    assert report.page.evaluate("performance.getEntriesByName('ready').length") == 1
    assert report.page.locator(CARDS).count() < 200
    assert report.page.locator(f"{CARDS} table td").first.is_visible()
    assert report.page.locator(f"{CARDS} pre").count() == 0


def test_a_long_report_names_the_file_and_the_sheet_of_every_cell(
    open_report: Callable[..., Opened], audit: Audit
) -> None:
    long = many(audit, 1100)
    assert "〃" in render_report(long)
    report = open_report(long)
    card = report.page.locator(CARDS).filter(has_text="申请.xlsx").first
    rows = card.locator("table.small").first.locator("tbody tr")
    told = [rows.nth(place).locator("td").all_text_contents() for place in range(rows.count())]
    assert len(told) >= 2 and all(row[3:5] == ["申请.xlsx", "2025"] and row[5] == "7" for row in told)
    assert "〃" not in (card.text_content() or "")
