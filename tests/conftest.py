"""A cache folder of the tests' own: the first that asks for a rulebook puts it together, others find it compiled."""

import os
import shutil
import tempfile

from auditor.rulebook.compiled import CHOSEN

_made = ""


def pytest_configure() -> None:
    """Choose the folder before any test is loaded, unless the caller has; the processes of one run share it."""
    global _made
    if not os.environ.get(CHOSEN):
        _made = os.environ[CHOSEN] = tempfile.mkdtemp(prefix="auditor-tests-")


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    if _made:
        shutil.rmtree(_made, ignore_errors=True)
        del os.environ[CHOSEN]
