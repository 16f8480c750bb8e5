"""The steps of rectification (整改) as data: states, roles, and who may bring a finding from one state to the next."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, PlainValidator, WithJsonSchema

from auditor.errors import Fault, RulebookError
from auditor.rulebook.located import Located, build, nearest, read_located
from auditor.rulebook.sources import LEDGER, check_folders
from auditor.rulebook.strict import Strict
from auditor.shipped import shipped

Cell = Literal["measures", "rectified_on", "person", "note", "public"]
CELLS: tuple[Cell, ...] = get_args(Cell)
Kind = Literal["new", "open", "waiting", "closed", "unfounded", "back"]
Need = Literal["why", "measures", "rectified_on", "person", "public"]
_SINGLE: tuple[Kind, ...] = ("new", "waiting", "closed", "unfounded", "back")


def _listed(raw: object) -> tuple[str, ...]:
    names = (raw,) if isinstance(raw, str) else raw
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        raise ValueError(f"这里应为名称的列表，现为“{raw}”|写成 [名称, 名称]")
    return tuple(names)


Names = Annotated[tuple[str, ...], PlainValidator(_listed), WithJsonSchema({"type": "array"})]


class State(Strict):
    """Where a finding stands on its way, and what the program is to make of that."""

    kind: Kind
    meaning: str = ""


class Step(Strict):
    """One way from some states to another: by whom, what must be written down, who may not take it.

    `not_by`: whoever brought the finding into one of these states. `rectified_by_others`: nobody who
    wrote down what was done, or is named as having done it (四眼原则).
    """

    from_: Annotated[Names, Field(alias="from")]
    to: str
    by: Names
    needs: tuple[Need, ...] = ()
    not_by: tuple[str, ...] = ()
    rectified_by_others: bool = False


class Steps(Strict):
    """`ledger.yaml`."""

    roles: Mapping[str, str]
    program: str
    states: Mapping[str, State]
    cells: Mapping[Cell, Names]
    steps: tuple[Step, ...]

    @cached_property
    def only(self) -> Mapping[Kind, str]:
        """The one state of each kind of which there is just one."""
        return {state.kind: name for name, state in self.states.items() if state.kind in _SINGLE}

    @property
    def settled(self) -> tuple[str, ...]:
        """States in which nothing is left to do: closed, or found to be no problem."""
        return (self.only["closed"], self.only["unfounded"])

    def step(self, before: str, after: str, role: str) -> Step | None:
        """The step from one state to another that a role may take."""
        ways = (each for each in self.steps if before in each.from_ and after == each.to and role in each.by)
        return next(ways, None)

    def follows(self, before: str, after: str) -> bool:
        """Whether anybody may bring a finding from one state to the other."""
        return any(before in each.from_ and after == each.to for each in self.steps)

    def ahead(self, before: str, role: str) -> tuple[str, ...]:
        """The states to which a role may bring a finding from where it stands."""
        return tuple(dict.fromkeys(each.to for each in self.steps if before in each.from_ and role in each.by))

    def rests_on(self, state: str) -> frozenset[Need]:
        """What has to be written for the steps that lead to a state; closed is what was written for the check."""
        ends = {state, self.only["waiting"]} if state == self.only["closed"] else {state}
        return frozenset(need for each in self.steps if each.to in ends for need in each.needs)

    def may_fill(self, role: str) -> tuple[Cell, ...]:
        """The cells of a unit's ledger that a role may fill in."""
        return tuple(cell for cell in CELLS if role in self.cells.get(cell, ()))

    @property
    def people(self) -> tuple[str, ...]:
        """The roles that people may have."""
        return tuple(role for role in self.roles if role != self.program)


def load_steps(folders: Sequence[Path] = ()) -> Steps:
    """The steps of the last folder that has a `ledger.yaml`, else those shipped. Raises `RulebookError`."""
    check_folders(folders)
    own = [folder / LEDGER for folder in folders if (folder / LEDGER).is_file()]
    return steps_of(read_located(own[-1] if own else shipped("rules") / LEDGER, None if own else f"rules/{LEDGER}"))


def steps_of(located: Located) -> Steps:
    """The steps of one file; every word of them must be declared in it."""
    steps = build(Steps, located, content=located.content or {})
    faults = [*_kinds(steps, located), *_words(steps, located)]
    if faults:
        raise RulebookError(faults)
    return steps


def _kinds(steps: Steps, located: Located) -> list[Fault]:
    faults = []
    for kind in _SINGLE:
        names = [name for name, state in steps.states.items() if state.kind == kind]
        if len(names) != 1:
            problem = f"kind 为 {kind} 的状态应当正好一个，现有{len(names)}个"
            faults.append(Fault(located.file, located.line(("states", *names[1:2])), problem, "检查各状态的 kind"))
    if steps.program not in steps.roles:
        faults.append(Fault(located.file, located.line(("program",)), f"没有角色“{steps.program}”", "写入 roles"))
    return faults


def _words(steps: Steps, located: Located) -> list[Fault]:
    faults = [
        Fault(located.file, located.line(("cells", cell)), f"没有角色“{name}”", f"可用：{'、'.join(steps.roles)}")
        for cell, names in steps.cells.items()
        for name in names
        if name not in steps.roles
    ]
    for number, step in enumerate(steps.steps):
        named: list[tuple[str, str, str, Mapping[str, object]]]
        named = [("from", name, "状态", steps.states) for name in step.from_]
        named += [("to", step.to, "状态", steps.states), *(("by", name, "角色", steps.roles) for name in step.by)]
        named += [("not_by", name, "状态", steps.states) for name in step.not_by]
        for key, name, what, known in named:
            if name not in known:
                line = located.line(("steps", number, key))
                mend = nearest(name, dict(known)) or f"可用：{'、'.join(known)}"
                faults.append(Fault(located.file, line, f"没有{what}“{name}”", mend))
    return faults
