"""Paths that have to be there: what is said of one that is not, or that nobody may look at."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize("words", [["audit"], ["due"], ["audit-all"], ["rules", "preview"], ["ledger", "import"]])
def test_a_path_that_is_not_there_is_wrong_usage(run: Run, words: list[str]) -> None:
    code, _, error = run(*words, "无此台账")
    assert code == 2 and "错误：找不到：无此台账。请检查路径是否写对" in error


def test_a_path_that_nobody_may_look_at_is_wrong_usage(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "exists", refused)
        code, _, error = run("audit", "机密")
    assert code == 2 and "打不开：机密（没有权限）。请检查权限" in error
