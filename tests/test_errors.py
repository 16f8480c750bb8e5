"""What the system says is told in Chinese, where it is one of the usual reasons."""

import errno
import os
from pathlib import Path

import pytest

from auditor.errors import because


def test_the_usual_reasons_are_told_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(OSError) as missing:
        (tmp_path / "无").read_bytes()
    assert because(missing.value) == "没有这个文件或文件夹"
    with pytest.raises(OSError) as folder:
        tmp_path.read_bytes()
    assert because(folder.value) in ("是文件夹，不是文件", "没有权限")  # the latter on Windows
    assert because(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))) == "磁盘空间不足"


def test_any_other_reason_stands_in_the_words_of_the_system() -> None:
    assert because(OSError(errno.EDOM, "Numerical argument out of domain")) == "Numerical argument out of domain"
    assert because(OSError("断开")) == "断开"
