"""The compiled rulebook: the same book, never a stale one, never somebody else's, and never an error."""

import hashlib
import io
import os
import pickle
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from auditor.rulebook import assembling, compiled, fingerprint
from auditor.rulebook.book import Rulebook
from auditor.rulebook.conditions import Join
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.located import parse_located
from auditor.rulebook.sources import Sources, sources_of
from auditor.shipped import shipped
from tests.rulebook.trial import Shelf, faults_of

RULES = """\
regulation: {code: TST, name: 试验制度, in_force_from: 2020-12-02}
rules:
- id: TST-1
  clause: 第一条
  title: 公开前经过审核
  severity: minor
  log: publications
  trigger: published_on
  content: {reviewed: true}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own, not yet made."""
    monkeypatch.setenv(compiled.CHOSEN, str(tmp_path / "缓存"))
    return tmp_path / "缓存"


@pytest.fixture
def put_together(monkeypatch: pytest.MonkeyPatch) -> list[Sources]:
    """Every time that a rulebook was put together from its files."""
    found: list[Sources] = []
    assembled = assembling.assembled

    def noted(sources: Sources, *, shipped_cases: bool) -> Rulebook:
        found.append(sources)
        return assembled(sources, shipped_cases=shipped_cases)

    monkeypatch.setattr(assembling, "assembled", noted)
    return found


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder of one rule, to be laid over the shipped ones."""
    (tmp_path / "本级").mkdir()
    (tmp_path / "本级" / "x.yaml").write_text(RULES.replace("reviewed: true", "title: {recorded: true}"), "utf-8")
    return tmp_path / "本级"


def kept_in(folder: Path) -> list[Path]:
    """Every file of the cache."""
    return sorted(folder.iterdir()) if folder.is_dir() else []


@pytest.mark.parametrize("cases", [True, False])
def test_the_book_is_the_same_to_the_last_line(cases: bool, folder: Path, put_together: list[Sources]) -> None:
    first = load_rulebook(shipped_cases=cases)
    again = load_rulebook(shipped_cases=cases)
    assert len(put_together) == 1 and again is not first
    assert again == first and repr(again) == repr(first)
    assert [each.lines for each in again.placed.values()] == [each.lines for each in first.placed.values()]
    assert any(rule.cases for rule in again.rules) is cases
    assert list(again.in_use.values()) == list(first.in_use.values())
    assert again.judgements.stages == first.judgements.stages


def test_with_and_without_cases_are_two_books(folder: Path, put_together: list[Sources]) -> None:
    bare, whole = load_rulebook(shipped_cases=False), load_rulebook()
    assert len(put_together) == len(kept_in(folder)) == 2
    name, placed = next((name, each) for name, each in whole.placed.items() if each.rule.cases)
    assert not bare.placed[name].rule.cases
    assert placed.line_of(("cases", 0)) > placed.line == placed.line_of(("no such part",))
    assert bare.placed[name].line_of(("cases", 0)) == placed.line


def test_it_asks_for_no_yaml_and_no_checks(folder: Path) -> None:
    load_rulebook(shipped_cases=False)
    script = (
        "import sys; from auditor.rulebook.loading import load_rulebook; book = load_rulebook(shipped_cases=False);"
        "print(len(book.rules), [name for name in ('yaml', 'auditor.rulebook.assembling') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert told == f"{len(load_rulebook().rules)} []\n"


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """The shipped rules as a rulebook of the test's own."""
    return Path(shutil.copytree(shipped("rules"), tmp_path / "规则"))


def key_of(*folders: Path, settings: Path | None = None, cases: bool = False) -> str:
    """The key of a rulebook."""
    found = fingerprint.fingerprint(sources_of(folders, settings), shipped_cases=cases)
    assert found is not None
    return found.key


def test_a_change_of_any_byte_of_any_file_is_another_key(whole: Path, tmp_path: Path) -> None:
    settings = tmp_path / "设置.yaml"
    settings.write_text("org.office: 政务公开办\n", "utf-8")
    seen = {key_of(whole, settings=settings)}
    files = sorted(whole.rglob("*.yaml"))
    assert len(files) > 50
    for number, path in enumerate([*files, settings], 2):
        before, content = path.stat(), path.read_bytes()
        path.write_bytes(content[:-1] + b"#")  # as long as before, and as old
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        seen.add(key_of(whole, settings=settings))
        assert len(seen) == number, path
        path.write_bytes(content)
    assert key_of(whole, settings=settings) in seen


def test_another_file_name_order_or_way_to_load_is_another_key(whole: Path, rules: Path, tmp_path: Path) -> None:
    over = Path(shutil.copytree(rules, tmp_path / "又一级"))
    empty = tmp_path / "空.yaml"
    empty.write_text("{}\n", "utf-8")
    keys = [key_of(whole), key_of(whole, cases=True), key_of(), key_of(whole, rules), key_of(whole, over)]
    keys += [key_of(whole, rules, over), key_of(whole, over, rules), key_of(whole, settings=empty)]
    (whole / "national" / "另一部.yaml").write_text(RULES, "utf-8")
    keys.append(key_of(whole))
    (whole / "national" / "另一部.yaml").rename(whole / "bureau" / "另一部.yaml")
    keys.append(key_of(whole))
    assert len(set(keys)) == len(keys)


def test_another_program_is_another_key(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {key_of(whole)}
    program = Path(fingerprint.__file__).parents[1]
    copy = Path(shutil.copytree(program, tmp_path / "程序", ignore=shutil.ignore_patterns("__pycache__")))
    monkeypatch.setattr(fingerprint, "_PROGRAM", copy)
    keys.add(key_of(whole))
    for number, name in enumerate(("rulebook/rules.py", "domain/limit.py", "inference/problem.py", "errors.py"), 3):
        (copy / name).write_text((copy / name).read_text("utf-8") + "# changed\n", "utf-8")
        keys.add(key_of(whole))
        assert len(keys) == number
    monkeypatch.setattr(fingerprint, "__version__", "0.0.0")
    keys.add(key_of(whole))
    monkeypatch.setattr("sys.version", "3.99")
    keys.add(key_of(whole))
    monkeypatch.setattr("pydantic.VERSION", "0")
    keys.add(key_of(whole))
    assert len(keys) == 9


def test_without_its_source_the_program_keeps_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprint, "_PROGRAM", tmp_path / "nothing")
    assert load_rulebook().rules and kept_in(folder) == []


def test_an_edit_shows_in_the_very_next_book(rules: Path, folder: Path, put_together: list[Sources]) -> None:
    path = rules / "x.yaml"
    before = path.stat()
    assert load_rulebook([rules]).placed["TST-1"].rule.severity == "minor"
    path.write_text(path.read_text("utf-8").replace("minor", "major"), "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert load_rulebook([rules]).placed["TST-1"].rule.severity == "major"
    assert load_rulebook([rules]).placed["TST-1"].rule.severity == "major"
    path.unlink()
    assert "TST-1" not in load_rulebook([rules]).placed
    assert len(put_together) == 3


def test_a_reading_of_the_office_shows_in_the_very_next_book(tmp_path: Path, folder: Path) -> None:
    settings = tmp_path / "设置.yaml"
    for office in ("政务公开办", "局综合科", "政务公开办"):
        settings.write_text(f"org.office: {office}\n", "utf-8")
        assert [load_rulebook((), settings).office for _ in range(2)] == [office] * 2
    assert load_rulebook().office not in ("政务公开办", "局综合科")


def test_a_file_changed_while_it_is_read_is_not_kept(
    rules: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, assembled = rules / "x.yaml", assembling.assembled
    content = path.read_bytes()

    def disturbed(sources: Sources, *, shipped_cases: bool) -> Rulebook:
        path.write_bytes(content.replace(b"minor", b"major"))
        book = assembled(sources, shipped_cases=shipped_cases)
        path.write_bytes(content)  # and back
        return book

    with monkeypatch.context() as patched:
        patched.setattr(assembling, "assembled", disturbed)
        assert load_rulebook([rules]).placed["TST-1"].rule.severity == "major"
    assert kept_in(folder) == []
    assert load_rulebook([rules]).placed["TST-1"].rule.severity == "minor"


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no pipes by name")
def test_settings_from_a_pipe_are_read_once_and_not_kept(folder: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, "org.office: 从管道来\n".encode())
    os.close(writing)
    assert load_rulebook((), Path(f"/dev/fd/{reading}")).office == "从管道来"
    os.close(reading)
    assert kept_in(folder) == []


def test_malformed_rules_are_refused_every_time_and_nothing_is_kept(folder: Path, shelf: Shelf) -> None:
    root = shelf(RULES)  # names a field that the log does not have
    refused = [faults_of(lambda: load_rulebook([root])) for _ in range(3)]
    assert refused[0] == refused[1] == refused[2] and refused[0][0].line == 9
    assert kept_in(folder) == []
    shelf(RULES.replace("reviewed: true", "title: {recorded: true}"))
    assert load_rulebook([root]).rules and len(kept_in(folder)) == 1
    shelf(RULES)
    assert faults_of(lambda: load_rulebook([root])) == refused[0]


def damaged(content: bytes) -> Iterator[bytes]:
    """What may have become of a file of the cache."""
    yield b""
    for length in (1, 40, 110, 150, len(content) // 2, len(content) - 1):
        yield content[:length]
    for place in (0, 50, 120, 145, 200, len(content) // 2, len(content) - 1):
        yield content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    yield content + b"\x00"
    yield b"\x00" * len(content)
    yield content.replace(b"minor", b"major")
    yield pickle.dumps({"not": "ours"})


def test_a_damaged_file_is_replaced(rules: Path, folder: Path, put_together: list[Sources]) -> None:
    first = load_rulebook([rules], shipped_cases=False)
    (path,) = kept_in(folder)
    sound = path.read_bytes()
    for number, content in enumerate(damaged(sound), 2):
        path.write_bytes(content)
        assert load_rulebook([rules], shipped_cases=False) == first
        assert len(put_together) == number, content[:200]
        assert kept_in(folder) == [path] and load_rulebook([rules], shipped_cases=False) == first
        assert len(put_together) == number


def forged(key: str, payload: bytes) -> bytes:
    """A whole file of the right key, of whatever content."""
    return compiled._head(key) + hashlib.sha256(payload).digest() + payload


class Evil:
    """Runs a command where somebody unpickles it without care."""

    def __init__(self, *what: object) -> None:
        self.what = what

    def __reduce__(self) -> tuple[object, ...]:
        return self.what[0], self.what[1:]


def test_nothing_in_a_file_can_run(rules: Path, folder: Path, put_together: list[Sources], tmp_path: Path) -> None:
    first = load_rulebook([rules], shipped_cases=False)
    (path,) = kept_in(folder)
    key, sign = path.stem.removeprefix("rulebook-"), tmp_path / "ran"
    sound = path.read_bytes()[len(forged(key, b"")) :]
    payloads = [
        pickle.dumps(Evil(os.system, f"touch {sign}")),
        pickle.dumps(Evil(eval, f"open({str(sign)!r}, 'w')")),
        pickle.dumps(Evil(Path.touch, sign)),
        pickle.dumps(Evil(load_rulebook)),
        pickle.dumps(Evil(__import__, "this")),
        pickle.dumps(Evil(getattr, Rulebook, "__class__")),
        b"cauditor.rulebook.compiled\nos.system\n(S'touch " + str(sign).encode() + b"'\ntR.",
        b"\x80\x04\x8c\x19auditor.rulebook.compiled\x8c\x09os.system\x93.",
        pickle.dumps({"a": 1}),
        b"not a pickle",
    ]
    for number, payload in enumerate(payloads, 2):
        path.write_bytes(forged(key, payload))
        assert load_rulebook([rules], shipped_cases=False) == first
        assert len(put_together) == number, payload
        assert not sign.exists()
    path.write_bytes(forged(key, sound))  # and yet this is how a sound one looks
    assert load_rulebook([rules], shipped_cases=False) == first
    assert len(put_together) == len(payloads) + 1


@pytest.mark.parametrize(
    "name",
    [
        "auditor.rulebook.loading load_rulebook",
        "auditor.rulebook.compiled os",
        "auditor.rulebook.compiled Path",
        "auditor.rulebook.rules Rule.__class__",
        "auditor.rulebook.rules Rule.__base__",
        "auditor.rulebook.rules BaseModel",
        "auditor.rulebook.rules Rule.model_validate",
        "auditor.cli.main cli",
        "datetime sys",
        "functools partial",
        "builtins getattr",
        "copyreg _reconstructor",
    ],
)
def test_only_models_and_days_are_known_by_name(name: str) -> None:
    module, kind = name.split()
    with pytest.raises((pickle.UnpicklingError, AttributeError)):
        compiled._Reader(io.BytesIO()).find_class(module, kind)


def test_days_and_models_are_known_by_name() -> None:
    reader = compiled._Reader(io.BytesIO())
    assert reader.find_class("datetime", "date") is date
    assert reader.find_class("auditor.rulebook.conditions", "Join") is Join


def test_it_is_the_users_own_and_nobody_elses(folder: Path) -> None:
    load_rulebook(shipped_cases=False)
    (path,) = kept_in(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_replaced(mode: int, folder: Path, put_together: list[Sources]) -> None:
    load_rulebook(shipped_cases=False)
    (path,) = kept_in(folder)
    path.chmod(mode)
    for _ in range(2):
        load_rulebook(shipped_cases=False)
    assert len(put_together) == 2 and stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_folder_that_others_may_write_is_left_alone(mode: int, folder: Path, put_together: list[Sources]) -> None:
    load_rulebook(shipped_cases=False)
    (path,) = kept_in(folder)
    before = path.stat()
    folder.chmod(mode)
    load_rulebook(shipped_cases=False)
    load_rulebook()
    assert len(put_together) == 3 and kept_in(folder) == [path] and path.stat() == before


def test_what_belongs_to_somebody_else_is_left_alone(
    folder: Path, put_together: list[Sources], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_rulebook(shipped_cases=False)
    (path,) = kept_in(folder)
    before = path.stat()
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    for _ in range(2):
        load_rulebook(shipped_cases=False)
    assert len(put_together) == 3 and kept_in(folder) == [path] and path.stat() == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_a_file_given_away_is_replaced(folder: Path, put_together: list[Sources]) -> None:
    load_rulebook(shipped_cases=False)
    (path,) = kept_in(folder)
    os.chown(path, 12345, -1)
    load_rulebook(shipped_cases=False)
    assert len(put_together) == 2 and path.stat().st_uid == os.geteuid()
    os.chown(folder, 12345, -1)
    load_rulebook(shipped_cases=False)
    assert len(put_together) == 3


def test_links_are_not_followed(
    folder: Path, tmp_path: Path, put_together: list[Sources], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_rulebook(shipped_cases=False)
    (path,) = kept_in(folder)
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    content = elsewhere.read_bytes()
    load_rulebook(shipped_cases=False)
    assert len(put_together) == 2 and not path.is_symlink() and elsewhere.read_bytes() == content
    (tmp_path / "link").symlink_to(folder)
    monkeypatch.setenv(compiled.CHOSEN, str(tmp_path / "link"))
    load_rulebook(shipped_cases=False)
    assert len(put_together) == 3


LOADING = """\
import hashlib, sys
from pathlib import Path
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.located import parse_located
book = load_rulebook([Path(sys.argv[1])], shipped_cases=False)
print(hashlib.sha256(repr(sorted(book.placed.items())).encode()).hexdigest())
"""


def test_processes_that_write_at_once_do_not_disturb_each_other(rules: Path, folder: Path) -> None:
    command = [sys.executable, "-c", LOADING, str(rules)]
    crowd = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(6)]
    told = [process.communicate() for process in crowd]
    after = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told == [(after, "")] * 6
    assert [path.suffix for path in kept_in(folder)] == [".compiled"]


def test_a_full_disk_means_no_cache(rules: Path, folder: Path) -> None:
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n" + LOADING
    ended = subprocess.run([sys.executable, "-c", limited, str(rules)], capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "") and len(ended.stdout) == 65
    assert folder.is_dir() and kept_in(folder) == []


def test_a_folder_that_cannot_be_made_or_written_means_no_cache(
    tmp_path: Path, put_together: list[Sources], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(compiled.CHOSEN, str(tmp_path / "file" / "below"))
    load_rulebook(shipped_cases=False)
    monkeypatch.setenv(compiled.CHOSEN, str(tmp_path / "file"))
    load_rulebook(shipped_cases=False)
    monkeypatch.setenv(compiled.CHOSEN, str(tmp_path / "read only"))

    def refused(**_: object) -> None:
        raise PermissionError("read-only file system")

    monkeypatch.setattr("tempfile.mkstemp", refused)
    load_rulebook(shipped_cases=False)
    assert len(put_together) == 3 and kept_in(tmp_path / "read only") == []


def test_a_cache_that_was_deleted_is_made_again(folder: Path, put_together: list[Sources]) -> None:
    first = load_rulebook(shipped_cases=False)
    shutil.rmtree(folder)
    assert load_rulebook(shipped_cases=False) == load_rulebook(shipped_cases=False) == first
    assert len(put_together) == 2 and len(kept_in(folder)) == 1


def test_it_can_be_switched_off(tmp_path: Path, put_together: list[Sources], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(compiled.CHOSEN, "OFF")
    for _ in range(2):
        load_rulebook(shipped_cases=False)
    assert len(put_together) == 2 and kept_in(tmp_path) == []
    monkeypatch.delenv(compiled.CHOSEN)
    load_rulebook(shipped_cases=False)
    assert len(kept_in(tmp_path / "disclosure-auditor")) == 1


def test_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (compiled.CHOSEN, "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert compiled.cache_folder() == tmp_path / ".cache" / "disclosure-auditor"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # which the standard says to pass over
    assert compiled.cache_folder() == tmp_path / ".cache" / "disclosure-auditor"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert compiled.cache_folder() == tmp_path / "xdg" / "disclosure-auditor"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert compiled.cache_folder() == tmp_path / "local" / "disclosure-auditor"
    monkeypatch.setenv(compiled.CHOSEN, str(tmp_path / "chosen"))
    assert compiled.cache_folder() == tmp_path / "chosen"


def test_old_files_are_tidied_and_others_left(rules: Path, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "notes.txt").touch()
    (folder / "rulebook-left.part").touch()
    os.utime(folder / "rulebook-left.part", (0, 0))
    for number in range(10):
        (rules / "x.yaml").write_text(f"# {number}\n" + RULES.replace("reviewed: true", "title: 信息"), "utf-8")
        load_rulebook([rules], shipped_cases=False)
    names = [path.name for path in kept_in(folder)]
    assert "notes.txt" in names and "rulebook-left.part" not in names and len(names) == 9
    load = fingerprint.fingerprint(sources_of([rules], None), shipped_cases=False)
    assert load is not None and f"rulebook-{load.key}.compiled" in names


def test_whatever_yaml_can_say_comes_back_as_it_was(folder: Path) -> None:
    text = "[2025-01-01, 2025-01-01T10:00:00+08:00, 2025-01-01T10:00:00Z, 2025-01-01 10:00:00, !!binary aGVsbG8=,"
    content = parse_located(f"{text} -.inf, 1.5, null, 0x10, true, 1_000, 字, {{1: {{a: []}}}}]", "x").content
    assert len({type(each) for each in content}) == 9
    compiled.keep("0" * 64, replace(load_rulebook(shipped_cases=False), values={"odd": content}))
    book = compiled.kept("0" * 64)
    assert book is not None and repr(book.values) == repr({"odd": content})
    assert compiled.kept("1" * 64) is None
