"""A rule engine that misbehaves on purpose, found before the real one, here and in the workers."""

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import auditor

Sabotage = Callable[[str], Path]


@pytest.fixture
def sabotage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sabotage]:
    """Let a library be loaded that runs the given statements before each batch of `facts` is asserted."""

    def loaded() -> list[str]:
        return [name for name in sys.modules if name.split(".")[0] == "durable"]

    def install(statements: str) -> Path:
        package = tmp_path / "sabotaged" / "durable"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "engine.py").write_text(WRAPPER.replace("STATEMENTS", textwrap.indent(statements, "    ")))
        monkeypatch.syspath_prepend(str(package.parent))
        return package / "engine.py"

    before = {name: sys.modules.pop(name) for name in loaded()}
    yield install
    for name in loaded():
        del sys.modules[name]
    sys.modules.update(before)


WRAPPER = """
import importlib.util, os, signal, sys, time
from pathlib import Path

here = Path(__file__).parent
for folder in sys.path:
    found = Path(folder or ".") / "durable" / "engine.py"
    if found.is_file() and found.parent != here:
        sys.modules["durable"].__path__.append(str(found.parent))
        sys.modules["durable"].logger = __import__("logging").getLogger("durable")
        specification = importlib.util.spec_from_file_location("durable.real", found)
        real = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(real)
        break

Host = real.Host
original = real.Ruleset.assert_facts


def assert_facts(self, facts):
STATEMENTS
    return original(self, facts)


real.Ruleset.assert_facts = assert_facts
"""


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that the package lies in."""
    return Path(auditor.__file__).parents[1]
