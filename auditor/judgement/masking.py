"""Masking of personal data (脱敏): names, phones, addresses and id numbers of those who write to the bureau."""

import re
from collections.abc import Mapping
from typing import Any

from auditor.rulebook.logs import LogCatalogue, LogDefinition

_NUMBERS = re.compile(r"(?<!\d)(\d{17}[\dXx]|\d{15}|1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
HIDDEN = "（已隐去）"


def mask_numbers(text: str) -> str:
    """Phone and id numbers and e-mail addresses inside a text, masked."""
    return _MAIL.sub("***@***", _NUMBERS.sub(lambda found: _middle(found[0]), text))


def mask_personal(kind: str, text: str) -> str:
    """A value of a personal field: enough is left to recognise it in the file, not to learn it."""
    if kind == "name":
        return text[:1] + "*" * min(max(len(text) - 1, 1), 2)
    if kind == "address":
        return text[: min(6, len(text) // 3)] + "****"
    return _middle(text)


def _middle(text: str) -> str:
    if len(text) <= 4:
        return "*" * len(text)
    keep = 3 if len(text) >= 8 else 1
    return text[:keep] + "*" * 4 + text[-keep:]


class Masker:
    """Masks the values of records; with `internal` nothing is masked."""

    def __init__(self, catalogue: LogCatalogue, internal: bool) -> None:
        self._catalogue = catalogue
        self._internal = internal
        self._personal_headings = {
            heading: field.personal
            for log in catalogue.logs.values()
            for name, field in log.fields.items()
            if field.personal
            for heading in (name, field.zh, *field.aliases)
        }

    def value(self, log: str, name: str, text: str | None, record: Mapping[str, Any]) -> str | None:
        """One cell's text. A record that asks for confidentiality, or accuses, is masked in content too."""
        if text is None or self._internal:
            return text
        definition = self._catalogue.logs[log]
        field = definition.fields[name]
        if field.personal:
            return mask_personal(field.personal, text)
        if field.content and _is_guarded(record):
            return HIDDEN
        return mask_numbers(_without_persons(definition, text, record)) if field.content else mask_numbers(text)

    def cell(self, heading: str, text: str, log: str = "", record: Mapping[str, Any] | None = None) -> str:
        """A rejected cell: by its heading, and without the persons named in the rest of its record."""
        if self._internal or not text:
            return text
        kind = self._personal_headings.get(heading)
        if kind:
            return mask_personal(kind, text)
        if record:
            text = _without_persons(self._catalogue.logs[log], text, record)
        return mask_numbers(text)


def _is_guarded(record: Mapping[str, Any]) -> bool:
    return record.get("confidential") is True or record.get("kind") == "检举控告"


def _without_persons(definition: LogDefinition, text: str, record: Mapping[str, Any]) -> str:
    """The text without the names, phones and addresses that stand in the record's own personal fields."""
    for name, field in definition.fields.items():
        known = record.get(name)
        if field.personal and isinstance(known, str) and len(known) >= 2:
            text = text.replace(known, mask_personal(field.personal, known))
    return text
