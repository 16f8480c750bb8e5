"""The benchmark's one command, tiny: the ways agree, the page is written. No time is asserted."""

import csv
import hashlib
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]
PERFORMANCE, GENERATE = ROOT / "benchmarks" / "performance.py", ROOT / "benchmarks" / "generate.py"
TINY = (
    *("--sizes", "500", "--repeat", "1", "--facts", "200", "--records", "400"),
    *("--bureaus", "1", "--bureau-rows", "30", "--bureau-repeat", "1"),
)


def run(*words: str | Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a script of the benchmarks; `path` stands for all folders that programs are looked for in."""
    environment = {**os.environ, "PATH": str(path)} if path else dict(os.environ)
    command = [sys.executable, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def page(out: Path, *words: str) -> str:
    """The page of a tiny run without any program beside Python."""
    (out / "nothing").mkdir()
    ended = run(PERFORMANCE, *TINY, "--date", "2026-01-01", "--out", out, *words, path=out / "nothing")
    assert ended.returncode == 0, ended.stderr
    return (out / "performance.md").read_text(encoding="utf-8")


def test_the_hands_and_the_engines_agree_with_the_rules(tmp_path: Path) -> None:
    text = page(tmp_path, "--only", "checks,engines")
    verdicts = re.search(r"500 rows: ([\d,]+) verdicts of 40 checks, ([\d,]+) breached", text)
    assert verdicts and int(verdicts[1].replace(",", "")) > 1000 and int(verdicts[2]) > 20
    for way in ("rule language", "Polars", "DuckDB", "pandas"):
        assert re.search(rf"^\| 500 \| {way} \|", text, re.M)
    breaches = re.search(r"All found the same (\d+) breaches in (\d+) requests", text)
    assert breaches and int(breaches[1]) > 10 and 190 < int(breaches[2]) <= 200
    for engine in ("durable-rules", "CLIPS (clipspy)", "zen-engine"):
        assert re.search(rf"^\| {re.escape(engine)} \|", text, re.M)
    assert "- json-rules-engine (node): skipped, node or its package" in text
    assert (
        text.index("## What is slower than a peer") < text.index("## Forty checks") < text.index("## Sixteen request")
    )
    assert re.findall(r"^- (audit|commands|floor|checks|engines|bureaus)$", text, re.M) == [
        *("audit", "commands", "floor", "bureaus"),
    ]
    chart = (tmp_path / "performance.svg").read_text(encoding="utf-8")
    assert chart.count("<rect ") == 1 + 4 + 2 * 2 + 3  # the ground, the ways, both over columns twice, three engines


def test_the_audit_its_growth_its_stages_and_the_floor_stand_on_the_page(tmp_path: Path) -> None:
    text = page(tmp_path, "--only", "audit,floor", "--sizes", "2000,500")
    titles = re.findall(r"^## (.+)$", text, re.M)
    assert titles == ["What is slower than a peer", "Machine", "The whole audit", "Not measured in this run"]
    counts = r"([\d,]+) \| ([\d,]+) \| ([\d,]+) / ([\d,]+) \(([\d.]+)%\) \| ([\d,]+) / .+ \|$"
    for size in ("500", "2,000"):
        found = re.findall(rf"^\| {size} \| (?:csv|parquet) \| 1 \| .* \| {counts}", text, re.M)
        assert len(found) == 2 and found[0] == found[1]  # as many obligations and findings from either form
        _, findings, breaches, rows, percent, records = (float(each.replace(",", "")) for each in found[0])
        assert 0 < records <= breaches < findings
        assert percent == pytest.approx(100 * breaches / rows, abs=0.06)
    growth = re.search(r"^\| 2,000 against 500 \| (\S+) \| (\S+) \| (\S+) \| (\S+) \| (\S+) \|$", text, re.M)
    assert growth
    ratio, *parts = map(float, growth.groups())
    assert ratio == pytest.approx(4, rel=0.05)
    assert parts[1] == pytest.approx(parts[0] / ratio, abs=0.02) and parts[3] == pytest.approx(
        parts[2] / ratio, abs=0.02
    )
    cost = [
        int(each.replace(",", ""))
        for each in re.findall(
            r"^\| (?:ordinary|ten times the faults) \| 1 \|.* ([\d,]+) / .+ [\d,]+ / .+$", text, re.M
        )
    ]
    assert len(cost) == 2 and cost[1] > 4 * cost[0]
    assert "| rows read | runs | import | rulebook | read | evaluate | judge | write |" in text
    assert "on 2026-01-01" in text and "Python: " in text
    chart = (tmp_path / "performance.svg").read_text(encoding="utf-8")
    assert chart.count("<rect ") == 1 + 2 + 1  # the ground, the sizes, the office with many faults


def test_a_size_that_the_program_refuses_is_named_and_the_others_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(PERFORMANCE.parent))
    sections = importlib.import_module("sections")
    takes = sections.auditor

    def refusing(*words: str | Path) -> list[str | Path]:
        large = any("logs-700-" in str(word) for word in words)
        return [sys.executable, "-c", "exit('too large' and 3)"] if large else takes(*words)

    monkeypatch.setattr(sections, "auditor", refusing)
    plan = sections.Plan(tmp_path, [300, 700], 1, 1, 100, 100, 300, 1, 30, 1)
    section = sections.audit(plan)
    assert "- 700 rows: not measured: an input could not be read (exit 3)." in section.lines
    assert [label for label, _ in section.bars] == ["300 rows", "300 rows, ten times the faults"]
    assert "ended with 3" in capfd.readouterr().err


def test_large_sizes_are_compared_with_those_that_list_as_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(PERFORMANCE.parent))
    sections, stages = importlib.import_module("sections"), importlib.import_module("stages")
    audits: list[tuple[int, bool]] = []

    def ran(command: list[str | Path], *_: object, **__: object) -> object:
        """As long as there are rows, a tenth of it where met obligations are not listed."""
        logs = next((found for part in command if (found := re.search(r"logs-(\d+)-csv", str(part)))), None)
        rows, notable = int(logs[1]) if logs else 1, "--notable-only" in command
        if "audit" in command and logs:
            audits.append((rows, notable))
        said = dict.fromkeys(["rows", "obligations", "findings", "breached", "records"], rows)
        return sections.Run(rows / 10 if notable else rows, rows, said | dict.fromkeys(stages.STAGES, 1.0))

    monkeypatch.setattr(sections, "measure", ran)
    monkeypatch.setattr(sections, "warm", lambda folder: 1.0)
    monkeypatch.setattr(sections, "take_turns", lambda asked, *_, **__: {each: [ran(asked[each])] for each in asked})
    sizes = [10_000_000, 1_000_000, 100_000]
    section = sections.audit(sections.Plan(tmp_path, sizes, 1, 1, 100, 100, 300, 1, 30, 1))
    measured = [(100_000, False), (1_000_000, False), (1_000_000, True), (10_000_000, True)]
    assert audits[:4] == measured
    labels = [f"{rows:,}{', met only counted' if notable else ''}" for rows, notable in measured]
    for label in labels:
        assert sum(line.startswith(f"| {label} | csv |") for line in section.lines) == 1
    growth = [line for line in section.lines if " against 1" in line and line.startswith("| 1")]
    assert growth == [
        "| 1,000,000 against 100,000 | 10.00 | 10.00 | 1.00 | 10.00 | 1.00 |",
        "| 10,000,000 against 1,000,000, met only counted | 10.00 | 10.00 | 1.00 | 10.00 | 1.00 |",
    ]


def test_commands_and_many_bureaus_stand_on_the_page(tmp_path: Path) -> None:
    text = page(tmp_path, "--only", "commands,bureaus")
    assert "| `auditor audit --no-documents` |" in text and "| `auditor audit` |" in text
    assert "over 1 bureaus of 30 rows; all runs (1 each way, medians) wrote the same" in text
    assert re.search(r"^\| one process \| 1 \|", text, re.M) and re.search(r"^\| 2 workers \| 1 \|", text, re.M)
    assert re.search(r"- 2 workers: [\d.]+ times the processor time of one process \(aim: at most 1.1, ", text)


@pytest.mark.parametrize("seed", [0, 2])
def test_logs_are_the_same_for_the_same_seed_and_differ_from_bureau_to_bureau(tmp_path: Path, seed: int) -> None:
    hashes = []
    for name, first in (("one", seed), ("again", seed), ("other", seed + 1)):
        assert run(GENERATE, tmp_path / name, "--rows", "1500", "--seed", str(first)).returncode == 0
        hashes.append(
            {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (tmp_path / name).iterdir()}
        )
    assert hashes[0] == hashes[1]
    assert len(hashes[0]) == 8
    assert all(hashes[0][name] != hashes[2][name] for name in hashes[0])
    with (tmp_path / "one" / "依申请公开台账.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert 150 < len(rows) < 220
    assert re.match(r"\d{4}/\d\d/\d\d$|\d{4}年\d+月\d+日$", rows[0]["收到申请日期"])


def test_the_dial_says_how_many_records_break_a_rule(tmp_path: Path) -> None:
    shares, unverifiable = {}, {}
    for faults in ("0", "0.006", "0.06"):
        logs = tmp_path / faults
        assert run(GENERATE, logs, "--rows", "2000", "--faults", faults).returncode == 0
        ended = run(GENERATE.with_name("stages.py"), logs, tmp_path / f"{faults}-out")
        assert ended.returncode == 0, ended.stderr
        found = json.loads(ended.stdout.splitlines()[-1])
        assert found["findings"] > found["breached"] >= found["records"]
        shares[faults] = found["records"] / found["rows"]
        statuses = pl.read_parquet(tmp_path / f"{faults}-out" / "obligations.parquet", columns=["status"])["status"]
        assert statuses.len() > 5 * found["rows"]
        unverifiable[faults] = (statuses == "unverifiable").mean()
    assert shares["0"] < 0.002  # what dirt may do
    assert 0.01 < shares["0.006"] < 0.03
    assert 0.14 < shares["0.06"] < 0.25
    # What rules read is entered: dirt remains, and what was left out.
    assert 0 < unverifiable["0"] < 0.02 and unverifiable["0.006"] < 0.03 < unverifiable["0.06"] < 0.1


def test_without_the_dial_the_logs_are_those_of_its_default(tmp_path: Path) -> None:
    written = []
    for name, words in (("plain", []), ("told", ["--faults", "0.006"]), ("more", ["--faults", "0.06"])):
        assert run(GENERATE, tmp_path / name, "--rows", "300", *words).returncode == 0
        written.append([path.read_bytes() for path in sorted((tmp_path / name).iterdir())])
    assert written[0] == written[1] != written[2]
