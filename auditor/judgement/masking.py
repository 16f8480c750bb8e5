"""Masking of personal data (脱敏): names, phones, addresses and id numbers of those who write to the bureau."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from auditor.personaldata import PersonalKind, may_be_name, personal_data
from auditor.rulebook.logs import FieldType, LogCatalogue, LogDefinition

_NUMBERS = re.compile(
    r"(?<![\d-])(?:\d{6}\s?\d{8}\s?\d{3}[\dXx]|\d{15}"  # resident numbers, also written in groups
    r"|(?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}"  # mobile numbers, with or without the country's
    r"|\(?0\d{2,3}\)?[-\s]?\d{7,8})(?!\d)"
)
_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF08: "(", 0xFF09: ")", 0xFF0D: "-", 0xFF0B: "+"}
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
# What holds neither this many digits nor one of these words holds no personal data: most texts are done with here.
_HINT = re.compile(r"\d(?:[-)－）\s]{0,2}\d){9}|[@＠住组]|单元|家庭地址|户籍")
_SHORT = 64
# Two to four characters right beside a masked number: the name of whoever has it, unless they say what the number is
# or name an office.
_NO_NAME = r"(?![一-龥]*(?:电话|手机|座机|号码|证号?|微信|联系|中心|[科室局处所站组队部办院会委厅])(?![一-龥]))"
_MASKED = r"\d{3}\*{4}[\dXx]{3}"
_BESIDE_NUMBER = re.compile(
    rf"(?<![一-龥]){_NO_NAME}([一-龥]{{2,4}})(?=\s?{_MASKED})|(?<=\*{{4}}[\dXx]{{3}}){_NO_NAME}([一-龥]{{2,4}})(?![一-龥])"
)
HIDDEN = "（已隐去）"
ACCUSATION = "检举控告"  # the kind of a message that accuses somebody
KIND, ACCUSED, _CONFIDENTIAL = "kind", "accused", "confidential"
GUARDS = (KIND, ACCUSED, _CONFIDENTIAL)  # fields of a record by which all that a citizen wrote in it is hidden
_HARMLESS = (FieldType.DATE, FieldType.FLAG)  # a day has eight digits, a flag is a word
_SAID_BY_WHOM, _REMARK = "_by", "note"

Shows = Callable[[str, Mapping[str, Any]], str]  # a value as text and its record, to what may be shown of it


def mask_numbers(text: str) -> str:
    """Phone, id and card numbers, e-mail and home addresses inside a text, masked.

    Numbers that only look like a phone or an id are masked too: here too much is better than too little.
    """
    return _masked_short(text) if len(text) <= _SHORT else _masked(text)


@lru_cache(maxsize=2**16)
def _masked_short(text: str) -> str:
    """Units, days and results recur from record to record."""
    return _masked(text)


def _masked(text: str) -> str:
    if not _HINT.search(text):
        return text
    for passage in reversed(personal_data(text)):
        found = text[passage.start : passage.end]
        # An address of e-mail is masked below, whole; here only what is written in full width is made plain.
        shown = normalize("NFKC", found) if passage.kind is PersonalKind.EMAIL else _middle(found)
        text = text[: passage.start] + shown + text[passage.end :]
    hidden = _NUMBERS.sub(lambda found: _middle(found[0]), text)
    if hidden == text and any(ord(char) > 0xFF00 for char in text):  # written in full width
        folded = text.translate(_FULL_WIDTH)
        hidden = _NUMBERS.sub(lambda found: _middle(found[0]), folded) if _NUMBERS.search(folded) else text
    return _MAIL.sub("***@***", hidden)


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


def mask_beside_names(text: str) -> str:
    """A cell that slipped from its column: its numbers as `mask_numbers` has it, and names right beside them."""
    shown = mask_numbers(text)
    return shown if shown == text else _BESIDE_NUMBER.sub(lambda found: mask_personal("name", found[0]), shown)


def mask_stray(text: str, words: Iterable[str]) -> str:
    """A cell that is none of the `words` that its field may hold: also masked where it may be somebody's name.

    What shares a character with any of the words is rather another way to write that one.
    """
    bare = text.strip()
    if may_be_name(bare) and not any(set(bare) & set(word) for word in words):
        return mask_personal("name", bare)
    return mask_beside_names(text)


class Masker:
    """Masks the values of records; with `internal` nothing is masked."""

    def __init__(self, catalogue: LogCatalogue, internal: bool) -> None:
        self._catalogue = catalogue
        self.internal = internal
        self._whole = False
        self._personal = {
            log.name: {name: field.personal for name, field in log.fields.items() if field.personal}
            for log in catalogue.logs.values()
        }
        self._personal_headings = {
            heading: field.personal
            for log in catalogue.logs.values()
            for name, field in log.fields.items()
            if field.personal
            for heading in (name, field.zh, *field.aliases)
        }

    def whole(self) -> "Masker":
        """A masker that shows nothing that a citizen wrote, nor who he accuses; with `internal` the same one."""
        if self.internal:
            return self
        masker = Masker(self._catalogue, internal=False)
        masker._whole = True
        return masker

    def value(self, log: str, name: str, text: str | None, record: Mapping[str, Any]) -> str | None:
        """One cell's text, shown as `shows` says."""
        return None if text is None else self.shows(log, name)(text, record)

    def shows(self, log: str, name: str, *, typed: bool = False) -> Shows:
        """How the values of a field are shown. A record that asks for confidentiality, or accuses, hides its content.

        Of one that accuses nobody learns either who handled it. `typed`: the texts are of values of the field's type,
        not of cells as somebody filled them in.
        """
        if self.internal:
            return lambda text, record: text
        definition = self._catalogue.logs[log]
        field = definition.fields[name]
        if self._whole and (field.personal or field.content):
            return lambda text, record: HIDDEN
        if field.personal:
            kind = field.personal
            return lambda text, record: mask_personal(kind, text)
        tells_of_whom = ACCUSED in definition.fields and (
            name in (definition.unit, _REMARK) or name.endswith(_SAID_BY_WHOM)
        )
        if field.content:
            personal = self._personal[log]
            return lambda text, record: (
                HIDDEN if _is_guarded(definition, record) else mask_numbers(_without_persons(personal, text, record))
            )
        if tells_of_whom:
            return lambda text, record: HIDDEN if accuses(definition, record) else mask_numbers(text)
        if typed and field.type in _HARMLESS:
            return lambda text, record: text
        return lambda text, record: mask_numbers(text)

    def cell(self, heading: str, text: str, log: str = "", record: Mapping[str, Any] | None = None) -> str:
        """A rejected cell: by its heading, and without the persons named in the rest of its record."""
        if self.internal or not text:
            return text
        kind = self._personal_headings.get(heading)
        if kind:
            return mask_personal(kind, text)
        if record and _is_guarded(self._catalogue.logs[log], record):
            return HIDDEN
        if record:
            text = _without_persons(self._personal[log], text, record)
        return mask_numbers(text)


def accuses(log: LogDefinition, record: Mapping[str, Any]) -> bool:
    """Whether a record of the log accuses somebody; kinds mean other things where nobody can stand accused."""
    return ACCUSED in log.fields and (record.get(KIND) == ACCUSATION or bool(record.get(ACCUSED)))


def _is_guarded(log: LogDefinition, record: Mapping[str, Any]) -> bool:
    return record.get(_CONFIDENTIAL) is True or accuses(log, record)


def _without_persons(personal: Mapping[str, str], text: str, record: Mapping[str, Any]) -> str:
    """The text without the names, phones and addresses that stand in the record's own personal fields."""
    for name, kind in personal.items():
        known = record.get(name)
        if not isinstance(known, str):
            continue
        for written in dict.fromkeys((known, "".join(known.split()))):
            if len(written) >= 2:
                text = text.replace(written, mask_personal(kind, written))
    return text
