"""A rulebook folder of the test's own, with the shipped logs."""

import shutil
from pathlib import Path

import pytest

from auditor.shipped import shipped
from tests.rulebook.trial import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Write a rule file, and settings where given, into a whole rulebook; returns its folder."""
    root = tmp_path / "规则"

    def write(rules: str | bytes, name: str = "bureau/x.yaml", settings: str | None = None) -> Path:
        if not root.exists():
            root.mkdir()
            shutil.copyfile(shipped("rules") / "logs.yaml", root / "logs.yaml")
            (root / "same_fact.yaml").write_text("groups: []\n", "utf-8")
        if settings is not None:
            (root / "settings.yaml").write_text(settings, "utf-8")
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(rules if isinstance(rules, bytes) else rules.encode())
        return root

    return write
