"""The start of a command: nothing is loaded that it does not use, and the compiled rulebook changes no byte."""

import subprocess
import sys
from pathlib import Path

import pytest

from auditor.rulebook import assembling
from auditor.rulebook.compiled import CHOSEN, OFF
from auditor.shipped import shipped
from tests.cli.conftest import Run

LOGS = ("信息发布台账.csv", "公开审核台账.csv", "公文台账.csv", "来信来访台账.csv")
AUDIT = ("audit", *(shipped("fixtures") / "sample" / name for name in LOGS), "--as-of", "2026-01-31", "--no-documents")
AUDIT += ("--out", "结果")
SCRIPT = """\
import sys
from auditor.cli.main import main
sys.argv = ["auditor", *sys.argv[1:]]
try:
    main()
except SystemExit:
    print("|".join(sorted(sys.modules)))
"""
NOT_FOR_CSV = {
    *("sqlalchemy", "jinja2", "xlsxwriter", "docx", "pandas", "distributed", "python_calamine", "olefile"),
    *("auditor.rulebook.assembling", "auditor.rulebook.checks", "auditor.reading.workbooks", "auditor.ledger.memory"),
    *("auditor.reporting.page", "auditor.reporting.official", "auditor.assessment"),
}


def loaded_by(folder: Path, *arguments: object) -> set[str]:
    """The modules that a command has loaded at its end."""
    command = [sys.executable, "-c", SCRIPT, *map(str, arguments)]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return set(ended.stdout.splitlines()[-1].split("|"))


def test_help_loads_click_and_little_else(tmp_path: Path) -> None:
    loaded = loaded_by(tmp_path, "--help")
    assert "click" in loaded
    assert not loaded & {"polars", "pydantic", "yaml", "sqlalchemy", "auditor.rulebook", "auditor.reading"}


def test_an_audit_of_csv_files_loads_what_csv_files_need(tmp_path: Path) -> None:
    loaded_by(tmp_path, *AUDIT)
    loaded = loaded_by(tmp_path, *AUDIT)  # the rulebook is compiled by now
    assert {"polars", "auditor.reading.delimited", "auditor.judgement.findings"} <= loaded
    assert loaded & NOT_FOR_CSV == set()


def test_without_with_a_new_and_with_a_compiled_rulebook_every_byte_is_the_same(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[str] = []
    assembled = assembling.assembled
    monkeypatch.setattr(assembling, "assembled", lambda *a, **k: (times.append("now"), assembled(*a, **k))[1])
    written = []
    for number, cache in enumerate((OFF, str(tmp_path / "缓存"), str(tmp_path / "缓存"))):
        monkeypatch.setenv(CHOSEN, cache)
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        code, out, err = run(*AUDIT)
        written.append((code, out, err, {path.name: path.read_bytes() for path in (folder / "结果").iterdir()}))
    assert len(times) == 2
    assert written[0] == written[1] == written[2]
    assert written[0][0] == 1 and {"findings.jsonl", "receipt.json", "obligations.parquet"} <= set(written[0][3])
