"""Steps taken by people: verified, put right, checked, closed, each by whom the steps allow (谁可以走哪一步)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from auditor.errors import UsageError
from auditor.ledger.chain import STATE, Entry, append
from auditor.ledger.hands import Hands, hands_of
from auditor.ledger.schema import cells, findings, history
from auditor.ledger.store import Place, known_ledger, reading
from auditor.rulebook.rectification import Steps

NEEDS_ZH = {
    "why": "理由",
    "measures": "整改措施",
    "rectified_on": "整改完成日期",
    "person": "责任人",
    "public": "向社会说明情况",
}
_SHOWN_REFUSALS = 20


@dataclass(frozen=True)
class Act:
    """Somebody takes a step: to which state, who, as what, on which day, why, and what else has to be written."""

    to: str
    who: str
    role: str
    on: str
    why: str = ""
    public: str = ""


def refusal(steps: Steps, act: Act, before: str, given: Mapping[str, str], hands: Hands) -> str | None:
    """Why a step may not be taken; None where it may. `given` are the cells as they are filled in."""
    step = steps.step(before, act.to, act.role)
    if step is None and steps.follows(before, act.to):
        return f"“{act.role}”不能把“{before}”改为“{act.to}”"
    if step is None:
        return f"“{before}”之后不能是“{act.to}”"
    written = {**given, **{name: text for name, text in (("why", act.why), ("public", act.public)) if text.strip()}}
    lacking = [NEEDS_ZH[need] for need in step.needs if not written.get(need, "").strip()]
    if lacking:
        return f"改为“{act.to}”须写明{'、'.join(lacking)}"
    if hands.last_on > act.on:
        return f"办理日期 {act.on} 早于这个问题上一步的日期 {hands.last_on}"
    return hands.bar(step, act.who)


def take_step(place: Place, steps: Steps, ids: Sequence[str], act: Act) -> int:
    """Bring findings on by one step, all of them or none. Raises `UsageError` with every refusal."""
    if not act.who.strip():
        raise UsageError("没有写明办理人。用 --by 写明姓名")
    if act.role not in steps.people:
        raise UsageError(f"没有角色“{act.role}”。可用：{'、'.join(steps.people)}")
    if act.to not in steps.states:
        raise UsageError(f"没有状态“{act.to}”。可用：{'、'.join(steps.states)}")
    wanted = list(dict.fromkeys(ids))
    with known_ledger(place) as connection:
        known = {row.id: row.state for row in connection.execute(select(findings.c.id, findings.c.state))}
        given = filled(connection, wanted)
        hands = hands_of(connection, wanted)
        refused = [
            f"{name}：{why}"
            for name in wanted
            if (
                why := refusal(steps, act, known[name], given[name], hands[name])
                if name in known
                else "问题库里没有这个编号"
            )
        ]
        if refused:
            more = f"\n……共{len(refused)}个" if len(refused) > _SHOWN_REFUSALS else ""
            raise UsageError("没有办理，问题库未变：\n" + "\n".join(refused[:_SHOWN_REFUSALS]) + more)
        entries = []
        for name in wanted:
            entries.append(Entry(act.on, act.who, act.role, name, STATE, known[name], act.to, act.why))
            if act.public:
                before = given[name].get("public", "")
                entries.append(Entry(act.on, act.who, act.role, name, "public", before, act.public, act.why))
        write(connection, entries)
    return len(wanted)


def filled(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """What is written in the cells of each finding."""
    found: dict[str, dict[str, str]] = {name: {} for name in ids}
    for at in range(0, len(ids), 500):
        some = select(cells).where(cells.c.finding.in_(ids[at : at + 500]))
        for row in connection.execute(some):
            found[row.finding][row.field] = row.value
    return found


def write(connection: Connection, entries: Sequence[Entry]) -> None:
    """Add entries to the history and bring the present in step with them."""
    if not entries:
        return
    first = append(connection, entries)
    changed = [
        {"of": entry.finding, "named": entry.field, "value": entry.after, "seq": seq}
        for seq, entry in enumerate(entries, start=first)
        if entry.field != STATE
    ]
    if changed:
        gone = delete(cells).where(cells.c.finding == bindparam("of"), cells.c.field == bindparam("named"))
        connection.execute(gone, [{"of": each["of"], "named": each["named"]} for each in changed])
        latest = {(each["of"], each["named"]): each for each in changed}
        rows = [
            {"finding": each["of"], "field": each["named"], "value": each["value"], "seq": each["seq"]}
            for each in latest.values()
        ]
        connection.execute(insert(cells), rows)
    moved = [{"of": entry.finding, "to": entry.after} for entry in entries if entry.field == STATE]
    if moved:
        change = update(findings).where(findings.c.id == bindparam("of")).values(state=bindparam("to"))
        connection.execute(change, moved)


def story_of(place: Place, name: str) -> list[Entry]:
    """Everything that the history holds of one finding, oldest first."""
    with reading(place) as connection:
        rows = connection.execute(select(history).where(history.c.finding == name).order_by(history.c.seq)).all()
    return [Entry(*(getattr(row, field) for field in Entry.__slots__)) for row in rows]
