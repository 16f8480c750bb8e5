"""The sixteen request rules as json-rules-engine, a package of node, wants them.

The package is found where node finds packages: in a `node_modules` above this folder, or by NODE_PATH.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from peers.request_facts import CLAUSES, Breach, Field

HERE = Path(__file__).parent
SIGNS = {"=": "equal", ">": "greaterThan"}


def rule(name: str, breach: Breach) -> dict[str, Any]:
    """A breach as a rule of the package."""
    conditions = [
        {
            "fact": field,
            "operator": SIGNS[sign],
            "value": {"fact": value.name} if isinstance(value, Field) else value,
        }
        for field, sign, value in breach
    ]
    return {"conditions": {"all": conditions}, "event": {"type": name}}


def is_there() -> bool:
    """Whether node and the package are installed."""
    look = ["node", "-e", "require('json-rules-engine')"]
    try:
        return subprocess.run(look, cwd=HERE, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def run(facts: Path, out: Path) -> None:
    """Judge the facts of a file; node tells the seconds."""
    rules = json.dumps([rule(name, breach) for name, breach in CLAUSES])
    command = ["node", "json_rules_facts.js", facts.absolute(), out.absolute()]
    subprocess.run(command, input=rules.encode(), cwd=HERE, check=True)
