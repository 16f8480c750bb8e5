"""The JSON Schema of rule files, for editors."""

from typing import Any

from auditor.rulebook.rules import RuleFile


def rule_file_schema() -> dict[str, Any]:
    """The schema as it stands in `rules/rule-file.schema.json`."""
    schema = RuleFile.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
