"""The house: imports point downwards, the wheel carries the data, the documents name every command and keyword."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from auditor.cli.main import cli
from auditor.rulebook.conditions import OPERATORS
from auditor.rulebook.limits import LimitFromField, LimitFromSetting
from auditor.rulebook.rules import RuleFile
from auditor.rulebook.settings import Setting

ROOT = Path(__file__).parents[1]
DATA = ("rules", "reports", "fixtures")
PLACES = ("auditor", "benchmarks", "docs", "tests", ".ci", *DATA)
OUTSIDE = re.compile("|".join(("[.][.]/sha" + "red", "/(home|root|Users|work)" + r"/\w")))


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command at the top of the checkout."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True)


def files(folder: Path) -> Iterator[Path]:
    """Every file below a folder but what Python leaves there."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".pyc")


def test_imports_point_downwards_only() -> None:
    ended = run(Path(sys.executable).with_name("lint-imports"), "--no-cache")
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in the wheel built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    ended = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    assert ended.returncode == 0, ended.stderr
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("folder", DATA)
def test_the_wheel_carries_every_data_file(folder: str, wheel: set[str]) -> None:
    wanted = {f"auditor/{path.relative_to(ROOT).as_posix()}" for path in files(ROOT / folder)}
    assert wanted and wanted <= wheel, sorted(wanted - wheel)


def test_the_wheel_carries_every_module_and_nothing_else(wheel: set[str]) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in files(ROOT / "auditor")}
    assert modules <= wheel
    assert {name.split("/")[0].split("-")[0] for name in wheel} == {"auditor", "disclosure_auditor"}


@pytest.mark.parametrize("folder", DATA)
def test_data_is_data_and_no_code_stands_among_it(folder: str) -> None:
    assert not [path.name for path in files(ROOT / folder) if path.suffix in (".py", ".pth", ".so")]


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_names_every_command(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    assert [name for name in cli.list_commands(None) if f"auditor {name}" not in text] == []  # type: ignore[arg-type]


def test_every_keyword_of_the_rule_language_is_documented() -> None:
    text = (ROOT / "docs" / "rule-language.md").read_text("utf-8")
    keywords = {*OPERATORS, "all", "any", "not", "setting", "field", "home"}
    for model in (RuleFile, LimitFromSetting, LimitFromField, Setting):
        keywords |= keys_of(model)
    keywords -= {"key"}  # a setting's key is the key that it stands under
    missing = sorted(word for word in keywords if not re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", text))
    assert missing == []


def keys_of(annotation: Any, inside: tuple[Any, ...] = ()) -> set[str]:
    """The keys that a model and the models inside it may have in a file."""
    if annotation in inside:
        return set()
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        own = {info.alias or name for name, info in annotation.model_fields.items()}
        parts = [info.annotation for info in annotation.model_fields.values()]
        return own.union(*(keys_of(part, (*inside, annotation)) for part in parts))
    return set().union(*(keys_of(part, inside) for part in get_args(annotation)))


def test_no_file_points_outside_the_project() -> None:
    texts = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    texts += [path for place in PLACES for path in files(ROOT / place)]
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in texts
        if path.suffix not in (".xlsx", ".png", ".parquet")
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        if OUTSIDE.search(line)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_shows_what_the_demonstration_really_prints(name: str, tmp_path: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "auditor", "demo", "demo"], cwd=tmp_path, capture_output=True, check=True
    ).stdout.decode()
    assert shown in (ROOT / name).read_text("utf-8")
    assert len(shown.splitlines()) <= 10
