"""What the models of a rule file are made of: nothing unknown, nothing changed, names of fields, readings."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainValidator, WithJsonSchema

from auditor.rulebook.conditions import SettingTest, fault, parse_condition


class Strict(BaseModel):
    """Frozen, and unknown keys are errors.

    What validates a model is built when it first validates something: a compiled rulebook has been validated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


def _names(raw: Any) -> tuple[str, ...]:
    names = (raw,) if isinstance(raw, str) else raw
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        raise fault((), f"这里应为字段名，现为“{raw}”", "写一个字段名，或字段名的列表")
    return tuple(names)


Fields = Annotated[
    tuple[str, ...],
    PlainValidator(_names),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]


def _reading(raw: Any) -> SettingTest:
    node = raw if isinstance(raw, SettingTest) else parse_condition(raw)
    if not isinstance(node, SettingTest):
        raise fault((), "这里只能写一项设置的取值", "写成 {setting: 键, is: 值}")
    return node


Reading = Annotated[SettingTest, PlainValidator(_reading), WithJsonSchema({"type": "object", "required": ["setting"]})]
