"""Ledgers of both kinds, findings and audits made by hand."""

import getpass
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from auditor.domain.finding import Finding
from auditor.domain.obligation import Severity, Status
from auditor.domain.rectification import Pair
from auditor.ledger.intake import AuditTaken, Intake, take_in
from auditor.ledger.standing import NO_DUTY, Told
from auditor.rulebook.rectification import Steps, load_steps

_NUMBERS = count(1)


def finding(name: str = "甲", **other: object) -> Finding:
    """A reply that is due and not given."""
    given: dict[str, object] = {
        **{"id": name, "rule": "REQ-3-5", "status": Status.BREACHED, "severity": Severity.MAJOR, "log": "requests"},
        **{"records": (f"{name}-1",), "unit": "人事科", "start_on": "2025-03-03", "due_on": "2025-03-31"},
        **{"title": "按期答复", "regulation": "依申请公开制度", "article": "第三条", "detail": "没有答复"},
        "rectify_by": "2025-12-31",
    }
    return Finding.model_validate(given | other)


def audit(*found: Finding, as_of: str = "2025-06-30", reading: str = "", **obligations: str) -> AuditTaken:
    """An audit that shows these findings; `甲="met"` is what became of 甲's obligation, unnamed ones are not there."""
    statuses: dict[Pair, str] = {("REQ-3-5", f"{name}-1"): status for name, status in obligations.items()}
    statuses |= {(each.rule, record): each.status.value for each in found for record in each.records}

    def ask(pairs: set[Pair], logs: Mapping[Pair, str]) -> Told:
        told = {pair: status for pair, status in statuses.items() if pair in pairs and status != NO_DUTY}
        return Told(told, {(logs.get(pair, ""), pair[1]) for pair in statuses}, {"REQ-3-5"})

    return AuditTaken(
        f"{next(_NUMBERS):064}",
        as_of,
        "",
        found,
        ask,
        reading=reading,
        made_by={"rulebook": reading},
        differs=lambda old, new: f"{old['rulebook']}→{new['rulebook']}",
    )


@pytest.fixture(scope="session")
def steps() -> Steps:
    """The steps as shipped."""
    return load_steps()


@pytest.fixture(scope="session")
def cluster() -> Iterator[str | None]:
    """The socket of a PostgreSQL server started for these tests; None where none is installed."""
    initdb, postgres = shutil.which("initdb"), shutil.which("postgres")
    if initdb is None or postgres is None:
        yield None
        return
    home = Path(tempfile.mkdtemp(prefix="pg"))  # short: the path of a socket may not be long
    user = "nobody" if os.geteuid() == 0 else getpass.getuser()  # it refuses to run as root
    shutil.chown(home, user)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": home, "user": user}
    subprocess.run([initdb, "-D", home / "data", "-U", "auditor", "-A", "trust", "-N"], check=True, **quiet)  # type: ignore[call-overload]
    options = ["-k", str(home), "-c", "listen_addresses=", "-c", "fsync=off"]
    server = subprocess.Popen([postgres, "-D", home / "data", *options], **quiet)  # type: ignore[call-overload]
    try:
        for _ in range(200):
            if (home / ".s.PGSQL.5432").exists():
                break
            time.sleep(0.05)
        yield str(home)
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: it waits for nobody
        server.wait(20)
        shutil.rmtree(home, ignore_errors=True)


def _database(home: str) -> str:
    """A new database of the server."""
    name = f"ledger{next(_NUMBERS)}"
    engine = create_engine(f"postgresql+psycopg://auditor@/postgres?host={home}", isolation_level="AUTOCOMMIT")
    for _ in range(100):
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
            break
        except Exception:
            time.sleep(0.1)
    engine.dispose()
    return f"postgresql://auditor@/{name}?host={home}"


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty place for a ledger, of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "问题库.db")
    home = request.getfixturevalue("cluster")
    if home is None:
        pytest.skip("PostgreSQL is not installed here")
    pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed here")
    return _database(home)


Take = Callable[..., Intake]


@pytest.fixture
def take(place: str, steps: Steps) -> Take:
    """Take an audit into the ledger."""

    def taken(audit: AuditTaken, on: str = "2025-07-01") -> Intake:
        return take_in(audit, place, steps, on)

    return taken
