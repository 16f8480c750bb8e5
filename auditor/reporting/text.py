"""Text made safe to show: what the logs hold was typed by others and may hold anything."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PLAIN_ID = re.compile(r"[A-Za-z0-9._-]+")
_WEEKDAYS = "一二三四五六日"


def clean(text: str) -> str:
    """The text with every control character, text-direction override and lone surrogate made visible as �."""
    return text if text.isprintable() else _CONTROL.sub("�", text)


def one_line(text: str) -> str:
    """The text without line breaks and tabs, for one field of a line."""
    return " ".join(text.split())


def anchor(prefix: str, name: str) -> str:
    """An element id for `name` that needs no escaping in a link."""
    plain = name if _PLAIN_ID.fullmatch(name) else hashlib.sha256(clean(name).encode()).hexdigest()[:16]
    return f"{prefix}-{plain}"


@lru_cache(maxsize=4096)
def _char_width(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


@lru_cache(maxsize=65536)
def width(text: str) -> int:
    """How many half-width characters the text takes; a Chinese character takes two."""
    return len(text) if text.isascii() else sum(map(_char_width, text))


def weekday(number: int) -> str:
    """周一 for 0, as `date.weekday()` counts."""
    return f"周{_WEEKDAYS[number]}"


def first(items: Sequence[str], limit: int) -> str:
    """The first `limit` items in one line; says how many there are where some are left out."""
    shown = "、".join(items[:limit])
    return shown if len(items) <= limit else f"{shown} 等，共 {len(items)} 条"
