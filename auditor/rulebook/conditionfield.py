"""A condition as a field of a rule model: parsed when loaded, described to editors by a schema."""

from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from auditor.rulebook.conditions import OPERATORS, Node, parse_condition

_OPERAND_SCHEMA: dict[str, Any] = {"type": ["string", "number", "boolean", "array", "object"]}
Condition = Annotated[
    Node,
    PlainValidator(parse_condition),
    WithJsonSchema(
        {
            "type": "object",
            "minProperties": 1,
            "properties": {
                "all": {"type": "array", "items": {"type": "object"}},
                "any": {"type": "array", "items": {"type": "object"}},
                "not": {"type": "object"},
                "unclear": {"type": "object"},
                "setting": {"type": "string"},
            },
            "additionalProperties": {
                "anyOf": [
                    {"type": ["string", "number", "boolean", "array"]},
                    {
                        "type": "object",
                        "properties": dict.fromkeys(OPERATORS, _OPERAND_SCHEMA),
                        "additionalProperties": False,
                    },
                ]
            },
        }
    ),
]
