"""The tables of the ledger. The history is only ever added to; what else stands here follows from it.

`history` is the chain: every entry holds the hash of the one before. `audits` and `sightings` are what audits
showed, each audit sealed by an entry of the chain; `findings` and `cells` are where things stand now.
"""

from sqlalchemy import DDL, Column, Index, Integer, MetaData, String, Table, Text, event

VERSION = "3"  # of these tables; an older file is refused with a word
AUDIENCE = "audience"  # in a sighting's content: who may read of the finding, where that is not everybody

METADATA = MetaData()

about = Table("about", METADATA, Column("key", String(20), primary_key=True), Column("value", Text, nullable=False))

history = Table(
    "history",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("on", String(10), nullable=False),  # the day given with the step; no clock is asked
    Column("who", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("finding", String(64), nullable=False),  # "" where the entry is about an audit
    Column("field", String(20), nullable=False),  # state, a cell's name, or audit
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Index("history_of_a_finding", "finding", "field", "seq"),
)
audits = Table(
    "audits",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("receipt", String(64), nullable=False, unique=True),  # hash of receipt.json: one audit is taken in once
    Column("as_of", String(10), nullable=False),
    Column("period", Text, nullable=False),
    Column("seq", Integer, nullable=False),  # its entry in the history
    Column("reading", String(64), nullable=False),  # the same for audits that read the same logs alike
    Column("made_by", Text, nullable=False),  # its rulebook, settings and years with notices, as JSON
    Column("counts", Text, nullable=False),
    Column("remarks", Text, nullable=False),
)
sightings = Table(
    "sightings",
    METADATA,
    Column("finding", String(64), primary_key=True),
    Column("audit", Integer, primary_key=True, autoincrement=False),
    Column("standing", String(20), nullable=False),
    # What the audit said of it, and who may read that, as JSON; "" where it was not shown.
    Column("content", Text, nullable=False),
    Index("sightings_of_an_audit", "audit"),
)
findings = Table(
    "findings",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("unit", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("log", Text, nullable=False),
    Column("status", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("standing", String(20), nullable=False),  # in the last audit taken in; "" where it was settled and unseen
    Column("put_right", Integer, nullable=False),  # 1 where an audit has seen it put right since it was last shown
    Column("first_audit", Integer, nullable=False),
    Column("last_audit", Integer, nullable=False),  # the last that showed it
    Column("recurrence", Integer, nullable=False),
    Column("rectify_by", String(10), nullable=False),  # the day first set, not pushed on by later audits
    Column("fact", String(64), nullable=False),  # what it rested on when last shown
    Column("rests_on", Text, nullable=False),  # the obligations behind it, as JSON
    Index("findings_of_a_unit", "unit"),
)
cells = Table(
    "cells",
    METADATA,
    Column("finding", String(64), primary_key=True),
    Column("field", String(20), primary_key=True),
    Column("value", Text, nullable=False),
    Column("seq", Integer, nullable=False),  # the entry that wrote it
)

_REFUSAL = "history is only added to"
for _change in ("UPDATE", "DELETE"):
    event.listen(
        history,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER history_no_{_change.lower()} BEFORE {_change} ON history "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        ).execute_if(dialect="sqlite"),
    )
event.listen(
    history,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]
        f"CREATE FUNCTION history_stays() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$ "
        "LANGUAGE plpgsql; CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON history "
        "EXECUTE FUNCTION history_stays()"
    ).execute_if(dialect="postgresql"),
)
