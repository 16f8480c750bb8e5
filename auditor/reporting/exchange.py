"""The findings in the formats of other programs: SARIF of reviewing tools, JUnit of test reports, CSV of tables.

All three hold the findings of `findings.jsonl` and nothing else; what is masked there is masked here.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from auditor.domain.audit import Audit
from auditor.domain.finding import Finding
from auditor.domain.obligation import Severity, Status
from auditor.reporting.machine import BOM, dumped, encodable, safe_cell
from auditor.reporting.text import clean

_LEVELS = {Severity.CRITICAL: "error", Severity.MAJOR: "error", Severity.MINOR: "warning", Severity.INFO: "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"  # a name that the format asks for; nothing is fetched
_LISTS = ("also", "records", "judgements")
_PLAIN = (
    *("id", "status", "severity", "rule", "also", "regulation", "article", "title", "log", "records", "unit"),
    *("start_on", "due_on", "done_on", "late", "provisional", "detail", "met_if"),
    *("judgements", "liable", "remedy", "rectify_by"),
)


def sarif(audit: Audit) -> str:
    """SARIF 2.1.0: a rule for each rule that was broken, a result for each finding, a location for each row shown."""
    named = sorted({rule for each in audit.findings for rule in (each.rule, *each.also)} & set(audit.rules))
    positions = {rule: at for at, rule in enumerate(named)}
    driver = {
        "name": "disclosure-auditor",
        "version": audit.version,
        "rules": [
            {
                "id": rule,
                "shortDescription": {"text": audit.rules[rule].title},
                "fullDescription": {"text": f"{audit.rules[rule].regulation}{audit.rules[rule].article}"},
                "defaultConfiguration": {"level": _LEVELS[Severity(audit.rules[rule].severity)]},
            }
            for rule in named
        ],
    }
    results = [_result(finding, positions) for finding in audit.findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return dumped({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _result(finding: Finding, positions: Mapping[str, int]) -> dict[str, Any]:
    breached = finding.status is Status.BREACHED
    rows = dict.fromkeys((each.file, each.sheet, each.row) for each in finding.evidence if each.file and each.row)
    return {
        "ruleId": finding.rule,
        "ruleIndex": positions.get(finding.rule, -1),
        "kind": "fail" if breached else "review",
        "level": _LEVELS[finding.severity] if breached else "none",
        "message": {"text": finding.detail},
        "locations": [_location(*row) for row in rows],
        "partialFingerprints": {"findingId/v1": finding.id},
        "properties": {"status": finding.status.value, "severity": finding.severity.value, "unit": finding.unit},
    }


def _location(file: str, sheet: str, row: int) -> dict[str, Any]:
    """A row of a file; the sheet has no place of its own in the format."""
    place: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(encodable(file).replace("\\", "/"))},
            "region": {"startLine": row},
        }
    }
    if sheet:
        place["logicalLocations"] = [{"name": sheet, "kind": "module"}]
    return place


def junit(audit: Audit) -> str:
    """JUnit: a suite for each regulation, a case for each rule; broken rules fail, those not assessed are skipped."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in audit.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    suites: dict[str, list[ElementTree.Element]] = {}
    for line in audit.rules.values():
        case = ElementTree.Element("testcase", classname=clean(line.regulation), name=clean(f"{line.id} {line.title}"))
        suites.setdefault(line.regulation, []).append(case)
        if line.id in audit.summary["not_assessed"]:
            ElementTree.SubElement(case, "skipped", message=clean(audit.summary["not_assessed"][line.id]))
            continue
        found = by_rule.get(line.id, [])
        broken = [each for each in found if each.status is Status.BREACHED]
        if broken:
            failure = ElementTree.SubElement(case, "failure", message=f"{len(broken)}", type=broken[0].severity.value)
            failure.text = "\n".join(clean(f"{each.id} {each.unit}：{each.detail}") for each in broken)
        elif found:
            ElementTree.SubElement(case, "skipped", message=clean(found[0].detail))
    root = ElementTree.Element("testsuites", name=clean(f"{audit.as_of}"))
    for name, cases in suites.items():
        suite = ElementTree.SubElement(root, "testsuite", name=clean(name), tests=str(len(cases)))
        for word, outcome in (("failures", "failure"), ("skipped", "skipped")):
            suite.set(word, str(sum(case.find(outcome) is not None for case in cases)))
        suite.extend(cases)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{encodable(text)}\n'


def findings_csv(audit: Audit) -> str:
    """A row a finding, for a spreadsheet: BOM first, lists joined, no cell that would be read as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_PLAIN)
    for finding in audit.findings:
        writer.writerow([safe_cell(clean(_joined(finding, name))) for name in _PLAIN])
    return BOM + encodable(out.getvalue())


def _joined(finding: Finding, name: str) -> str:
    value = getattr(finding, name)
    if name in _LISTS:
        return "、".join(value)
    return "" if value is None else str(value)


FORMATS: Mapping[str, tuple[str, Callable[[Audit], str]]] = {
    "sarif": ("findings.sarif", sarif),
    "junit": ("findings.junit.xml", junit),
    "csv": ("findings.csv", findings_csv),
}


def exchange_files(audit: Audit, formats: Iterable[str]) -> dict[str, str]:
    """The files of the formats asked for, by name."""
    return {name: write(audit) for name, write in (FORMATS[each] for each in dict.fromkeys(formats))}
