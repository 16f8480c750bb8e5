"""Formats of other programs: the same findings, and nothing that a cell could inject."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from auditor.domain.audit import Audit
from auditor.domain.finding import Evidence, Finding
from auditor.domain.obligation import Status
from auditor.reporting.exchange import exchange_files, findings_csv, junit, sarif
from auditor.reporting.text import clean

HOSTILE = ("=cmd|' /C calc'!A0", "<script>alert(1)</script>", "]]><x/>", "甲\x00\x0b乙", "\ud800", "{{ 7*7 }}", '"')


def test_sarif_has_a_result_for_every_finding_with_its_rows(audit: Audit) -> None:
    (run,) = json.loads(sarif(audit))["runs"]
    assert [each["partialFingerprints"]["findingId/v1"] for each in run["results"]] == [
        each.id for each in audit.findings
    ]
    for result, finding in zip(run["results"], audit.findings, strict=True):
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == finding.rule
        assert (result["kind"] == "fail") is (finding.status is Status.BREACHED)
        assert (result["level"] == "none") is (finding.status is not Status.BREACHED)
        lines = {place["physicalLocation"]["region"]["startLine"] for place in result["locations"]}
        assert lines == {each.row for each in finding.evidence if each.file and each.row}


def test_a_file_has_an_address_whatever_its_name(audit: Audit) -> None:
    finding = next(each for each in audit.findings if each.evidence)
    cell = replace(finding.evidence[0], file="台账\\100%#1?.csv")
    named = replace(audit, findings=(finding.model_copy(update={"evidence": (cell,)}),))
    (run,) = json.loads(sarif(named))["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "%E5%8F%B0%E8%B4%A6/100%25%231%3F.csv"


def test_junit_fails_what_was_broken_and_skips_what_was_not_assessed(audit: Audit) -> None:
    root = ElementTree.fromstring(junit(audit).encode())
    failed = {case.attrib["name"].split()[0] for case in root.iter("testcase") if case.find("failure") is not None}
    assert failed == {each.rule for each in audit.findings if each.status is Status.BREACHED} & set(audit.rules)
    skipped = {case.attrib["name"].split()[0] for case in root.iter("testcase") if case.find("skipped") is not None}
    assert set(audit.summary["not_assessed"]) & set(audit.rules) <= skipped
    for suite in root:
        assert int(suite.attrib["tests"]) == len(suite)
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))


def test_the_table_holds_every_finding(audit: Audit) -> None:
    rows = list(csv.DictReader(io.StringIO(findings_csv(audit).removeprefix("\ufeff"), newline="")))
    assert [row["id"] for row in rows] == [each.id for each in audit.findings]
    assert [row["detail"] for row in rows] == [clean(each.detail) for each in audit.findings]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_a_cell_holds_breaks_out(audit: Audit, hostile: str) -> None:
    finding = audit.findings[0].model_copy(
        update={"unit": hostile, "detail": hostile, "evidence": (Evidence("x", "", hostile, hostile, hostile, 2, "A"),)}
    )
    changed = replace(audit, findings=[finding])
    files = exchange_files(changed, ["sarif", "junit", "csv", "csv"])
    assert sorted(files) == ["findings.csv", "findings.junit.xml", "findings.sarif"]
    for text in files.values():
        text.encode("utf-8")
    json.loads(files["findings.sarif"])
    root = ElementTree.fromstring(files["findings.junit.xml"].encode())
    assert not list(root.iter("script")) and not list(root.iter("x"))
    (row,) = csv.DictReader(io.StringIO(files["findings.csv"].removeprefix("\ufeff"), newline=""))
    assert not row["unit"].startswith("=")
    assert exchange_files(changed, ["csv"]) == exchange_files(changed, ["csv"])


def test_the_published_schema_is_that_of_the_findings() -> None:
    """Written by `auditor rules schema --of findings`."""
    published = json.loads((Path(__file__).parents[2] / "docs" / "finding.schema.json").read_text("utf-8"))
    assert published == Finding.model_json_schema(mode="serialization")
