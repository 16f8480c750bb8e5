"""The benchmark's one command, tiny: the ways agree, the page is written. No time is asserted."""

import csv
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PERFORMANCE, GENERATE = ROOT / "benchmarks" / "performance.py", ROOT / "benchmarks" / "generate.py"
TINY = (
    *("--sizes", "500", "--repeat", "1", "--facts", "200", "--records", "400"),
    *("--bureaus", "1", "--bureau-rows", "30"),
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
    assert chart.count("<rect ") == 1 + 4 + 5  # the ground, four ways, columns twice and three engines


def test_the_audit_its_stages_and_the_floor_stand_on_the_page(tmp_path: Path) -> None:
    text = page(tmp_path, "--only", "audit,floor")
    titles = re.findall(r"^## (.+)$", text, re.M)
    assert titles == ["What is slower than a peer", "Machine", "The whole audit", "Not measured in this run"]
    figures = re.findall(r"^\| 500 \| (?:csv|parquet) \|.*\| ([\d,]+) \| ([\d,]+) \|$", text, re.M)
    assert len(figures) == 2 and figures[0] == figures[1]  # as many obligations and findings from either form
    assert "| rows read | import | rulebook | read | evaluate | judge | write |" in text
    assert "on 2026-01-01" in text and "Python: " in text


def test_commands_and_many_bureaus_stand_on_the_page(tmp_path: Path) -> None:
    text = page(tmp_path, "--only", "commands,bureaus")
    assert "| `auditor audit --no-documents` |" in text and "| `auditor audit` |" in text
    assert "over 1 bureaus of 30 rows; all runs wrote the same" in text
    assert "| one process |" in text and "| 2 workers |" in text


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
