"""The history is only added to, and one changed byte of it is found."""

import random
import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DatabaseError

from auditor.cli.main import cli
from auditor.errors import DataError
from auditor.ledger.soundness import faults_of
from auditor.ledger.store import is_shared
from tests.ledger.conftest import Take, audit, finding


def tampered(place: str, *statements: str) -> None:
    """Change the database behind the program's back."""
    address = place.replace("postgresql:", "postgresql+psycopg:") if is_shared(place) else f"sqlite:///{place}"
    engine = create_engine(address)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


def unguarded(place: str) -> list[str]:
    """What takes the guard off the history."""
    if is_shared(place):
        return ["DROP TRIGGER history_stays ON history"]
    return ["DROP TRIGGER history_no_update", "DROP TRIGGER history_no_delete"]


@pytest.fixture
def filled(place: str, take: Take) -> str:
    """A ledger with three audits."""
    take(audit(finding("甲"), finding("乙")))
    take(audit(finding("乙"), 甲="met"))
    take(audit(finding("甲"), finding("丙")))
    return place


def test_a_ledger_as_it_was_written_is_sound(filled: str) -> None:
    assert faults_of(filled) == []


@pytest.mark.parametrize("change", ["UPDATE history SET why = ''", "DELETE FROM history"])
def test_the_database_itself_refuses_to_change_the_history(change: str, filled: str) -> None:
    with pytest.raises(DatabaseError, match="only added to"):
        tampered(filled, change)
    assert faults_of(filled) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE history SET why = why || ' ' WHERE seq = 2",
        "UPDATE history SET \"on\" = '2025-07-02' WHERE seq = 4",
        "UPDATE history SET who = '张三' WHERE seq = 1",
        "UPDATE history SET hash = 'g' || substr(hash, 2) WHERE seq = 3",
        "DELETE FROM history WHERE seq = 3",
        "DELETE FROM history WHERE seq = (SELECT max(seq) FROM history)",
        "DELETE FROM history",
        "UPDATE findings SET state = '已销号' WHERE id = '甲'",
        "DELETE FROM findings WHERE id = '甲'",
        "UPDATE sightings SET content = replace(content, '没有', '已经') WHERE finding = '甲'",
        "DELETE FROM sightings WHERE audit = 2",
        "UPDATE audits SET as_of = '2025-06-29' WHERE number = 3",
        "UPDATE audits SET reading = 'x' WHERE number = 3",
        "DELETE FROM audits WHERE number = 3",
        "INSERT INTO cells VALUES ('甲', 'person', '李四', 3)",
    ],
)
def test_whatever_is_changed_behind_the_program_is_found(change: str, filled: str) -> None:
    tampered(filled, *unguarded(filled), change)
    assert faults_of(filled) != []


def test_one_changed_byte_of_the_history_is_found_in_the_file(tmp_path: Path, take: Take, place: str) -> None:
    if is_shared(place):
        pytest.skip("only an embedded ledger is one file")
    take(audit(*(finding(f"问题{number}") for number in range(30))))
    file, good = Path(place), Path(place).read_bytes()
    spots = [match.start() for match in re.finditer("次审计（基准日2025".encode(), good)]
    spots += [match.start() for match in re.finditer(b"[0-9a-f]{64}", good)]
    assert len(spots) > 60
    drawn = random.Random(20)
    for spot in spots[::3]:
        at = spot + drawn.randrange(20)
        file.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        try:
            found = faults_of(place)
        except DataError:
            continue
        assert found, at
    file.write_bytes(good)
    assert faults_of(place) == []


def test_verify_tells_a_sound_ledger_from_another(filled: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["verify", filled], standalone_mode=False) == 0
    assert "没有被改动过" in capsys.readouterr().out
    tampered(filled, *unguarded(filled), "UPDATE history SET who = '某' WHERE seq = 1")
    assert cli.main(["verify", filled], standalone_mode=False) == 1
    assert "第1条" in capsys.readouterr().out
