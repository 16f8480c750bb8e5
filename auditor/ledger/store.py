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

# What SQLite says in English whatever the language of the desk.
_WORDS = {
    "file is not a database": "文件不是数据库",
    "unable to open database file": "文件打不开（是文件夹，所在的文件夹不存在，或者没有权限）",
    "database is locked": "正被另一个程序占用",
    "attempt to write a readonly database": "文件是只读的，或者没有写入的权限",
    "database disk image is malformed": "文件已损坏",
    "database or disk is full": "磁盘空间不足",
    "disk I/O error": "磁盘读写出错",
}

Place = Path | str


@contextmanager
def ledger(place: Place) -> Iterator[Connection]:
    """A transaction that may write, alone on the ledger, which is made where it does not exist. All or nothing."""
    with _alone(place) as connection:
        if _version(connection) is None:
            METADATA.create_all(connection)
            connection.execute(insert(about), [{"key": "version", "value": VERSION}, _identity()])
        _check_version(connection, place)
        yield connection


@contextmanager
def known_ledger(place: Place) -> Iterator[Connection]:
    """As `ledger`, but none is made: raises `DataError` where there is no ledger, and leaves nothing behind."""
    _check_there(place)
    with _alone(place) as connection:
        _check_version(connection, place)
        yield connection


@contextmanager
def reading(place: Place) -> Iterator[Connection]:
    """A transaction that only reads. Raises `DataError` where there is no ledger."""
    _check_there(place)
    with _opened(place) as engine, engine.connect() as connection:
        _check_version(connection, place)
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


def _missing(place: Place) -> DataError:
    return DataError(f"没有问题库 {shown(place)}。请检查名称和路径，或者先用 auditor ledger open 收入一次审计")


def _check_there(place: Place) -> None:
    """SQLite makes the file that it is to open."""
    if not is_shared(place) and not Path(place).exists():
        raise _missing(place)


def _check_version(connection: Connection, place: Place) -> None:
    known = _version(connection)
    if known is None:
        raise _missing(place)
    if known != VERSION:
        raise DataError(f"问题库 {shown(place)} 是本程序另一版本写的（第{known}版）。请换一个文件，重新收入历次审计")


@contextmanager
def _alone(place: Place) -> Iterator[Connection]:
    """A transaction that nobody else's crosses."""
    with _opened(place) as engine, engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ALONE})")
        yield connection


@contextmanager
def _opened(place: Place) -> Iterator[Engine]:
    engine = _engine(place)
    try:
        yield engine
    except DatabaseError as error:
        raise DataError(
            f"问题库 {shown(place)} 打不开或写不进：{_said(error)}。请检查文件是否被占用、是否确为问题库"
        ) from None
    finally:
        engine.dispose()


def _said(error: DatabaseError) -> str:
    """What the database said, in Chinese where it is one of the usual things, else in its own words."""
    said = str(error.orig).strip()
    return next((words for start, words in _WORDS.items() if said.startswith(start)), said)


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
