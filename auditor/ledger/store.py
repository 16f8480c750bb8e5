"""Where the ledger lies: a SQLite file, or a PostgreSQL database that an office shares. One transaction at a time."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, DatabaseError

from auditor import receipt
from auditor.errors import DataError
from auditor.ledger.schema import METADATA, VERSION, about
from auditor.ledger.schema import history as _history

_POSTGRES = re.compile(r"postgres(ql)?(\+\w+)?://")
_ALONE = 7_203_641_955  # the advisory lock that whoever writes to a shared ledger holds
_BUSY = 30  # seconds to wait for somebody else's transaction

Place = Path | str


@contextmanager
def ledger(place: Place) -> Iterator[Connection]:
    """A transaction that may write, alone on the ledger, which is made where it does not exist. All or nothing."""
    with _opened(place) as engine, engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ALONE})")
        known = _version(connection)
        if known is None:
            METADATA.create_all(connection)
            connection.execute(insert(about), [{"key": "version", "value": VERSION}, _identity()])
        _check_version(known or VERSION, place)
        yield connection


@contextmanager
def reading(place: Place) -> Iterator[Connection]:
    """A transaction that only reads. Raises `DataError` where there is no ledger."""
    missing = DataError(f"没有问题库 {shown(place)}。先用 auditor ledger open 收入一次审计")
    if not is_shared(place) and not Path(place).exists():
        raise missing
    with _opened(place) as engine, engine.connect() as connection:
        known = _version(connection)
        if known is None:
            raise missing
        _check_version(known, place)
        yield connection


def is_shared(place: Place) -> bool:
    """Whether the place is the address of a PostgreSQL database rather than a file."""
    return _POSTGRES.match(str(place)) is not None


def shown(place: Place) -> str:
    """The place as a person may see it: no password."""
    return receipt.shown(str(place)) if is_shared(place) else str(place)


def identity(connection: Connection) -> str:
    """What tells this ledger from every other."""
    return str(connection.execute(select(about.c.value).where(about.c.key == "ledger")).scalar_one())


def _identity() -> dict[str, str]:
    return {"key": "ledger", "value": uuid.uuid4().hex}


def _version(connection: Connection) -> str | None:
    """Which tables the database holds; None where it holds none of a ledger's."""
    tables = set(inspect(connection).get_table_names())
    if about.name in tables and _history.name in tables:
        return str(connection.execute(select(about.c.value).where(about.c.key == "version")).scalar())
    return "1" if {"audits", "findings"} <= tables else None


def _check_version(known: str, place: Place) -> None:
    if known != VERSION:
        raise DataError(f"问题库 {shown(place)} 是本程序另一版本写的（第{known}版）。请换一个文件，重新收入历次审计")


@contextmanager
def _opened(place: Place) -> Iterator[Engine]:
    engine = _engine(place)
    try:
        yield engine
    except DatabaseError as error:
        raise DataError(
            f"问题库 {shown(place)} 打不开或写不进：{str(error.orig).strip()}。请检查文件是否被占用、是否确为问题库"
        ) from None
    finally:
        engine.dispose()


def _engine(place: Place) -> Engine:
    if is_shared(place):
        return _shared_engine(str(place))
    engine = create_engine(URL.create("sqlite", database=str(place)), connect_args={"timeout": _BUSY})
    event.listen(engine, "connect", _no_implicit_transactions)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _shared_engine(address: str) -> Engine:
    mend = "。写成 postgresql://用户:口令@主机/库名"
    try:
        url = make_url(address)
        return create_engine(url.set(drivername="postgresql+psycopg"), connect_args={"connect_timeout": _BUSY})
    except (ArgumentError, ValueError):
        raise DataError(f"问题库的地址 {shown(address)} 读不出{mend}") from None
    except ModuleNotFoundError:
        raise DataError("共用的问题库需要另装 PostgreSQL 驱动：pip install 'disclosure-auditor[postgres]'") from None


def _no_implicit_transactions(connection: Any, record: object) -> None:
    """The driver would begin a transaction only with the first change: two processes could read the same state."""
    connection.isolation_level = None
