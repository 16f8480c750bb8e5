"""The tables of the ledger. Rows are only ever added: an audit taken in stays as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
)
from sqlalchemy.exc import DatabaseError

from auditor.errors import DataError

_METADATA = MetaData()

audits = Table(
    "audits",
    _METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("receipt", String(64), nullable=False, unique=True),  # hash of receipt.json: one audit is taken in once
    Column("as_of", String(10), nullable=False),
    Column("period", String, nullable=False),
    Column("summary", Text, nullable=False),
)
findings = Table(
    "findings",
    _METADATA,
    Column("audit", Integer, ForeignKey("audits.number"), primary_key=True),
    Column("id", String(16), primary_key=True),
    Column("rule", String, nullable=False),
    Column("status", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("due_on", String(10)),
    Column("finding", Text, nullable=False),  # the whole finding as JSON
)


def _no_implicit_transactions(connection: Any, record: object) -> None:
    """The driver would begin a transaction only with the first change: two processes could read the same state."""
    connection.isolation_level = None


@contextmanager
def ledger(database: Path) -> Iterator[Connection]:
    """A transaction on the ledger, made where it does not exist. All or nothing."""
    engine = create_engine(URL.create("sqlite", database=str(database)), connect_args={"timeout": 30})
    event.listen(engine, "connect", _no_implicit_transactions)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            _METADATA.create_all(connection)
            yield connection
    except DatabaseError as error:
        raise DataError(
            f"问题库 {database} 打不开或写不进：{error.orig}。请检查文件是否被占用、是否确为问题库"
        ) from None
    finally:
        engine.dispose()
