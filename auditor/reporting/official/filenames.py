"""File names that Windows takes too, one for each unit, however the units are called."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_REFUSED = re.compile(
    '[<>:"/\\\\|?*\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]'
)
_LONGEST = 40


def file_names(pattern: str, units: Iterable[str], ending: str) -> dict[str, str]:
    """A file name for each unit: its own where it can be one, else with a hash that keeps it apart from others."""
    plain = {unit: _plain(unit) for unit in units}
    alike = Counter(_folded(name) for name in plain.values())
    names = {}
    for unit, name in plain.items():
        own = name == unit and name != "" and alike[_folded(name)] == 1
        names[unit] = pattern.format(unit=name if own else f"{name}-{_hash(unit)}") + ending
    return names


def _plain(unit: str) -> str:
    return _REFUSED.sub("_", unit)[:_LONGEST].strip(". ")


def _folded(name: str) -> str:
    """As a file system sees a name that tells neither case nor ways of writing apart."""
    return unicodedata.normalize("NFKC", name).casefold()


def _hash(unit: str) -> str:
    return hashlib.sha256(unit.encode("utf-8", "surrogatepass")).hexdigest()[:8]
