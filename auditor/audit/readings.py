"""The reading (依据) of an audit: what its verdicts hang on besides the logs and the day."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.rulebook.book import Rulebook

_PARTS = {
    "rules": "规则",
    "logs": "台账表头和写法",
    "tariffs": "收费标准",
    "judgements": "研判规则",
    "settings": "设置文件",
    "calendar": "日历（放假通知）",
}
# No verdict hangs on these: a circular has another number each time. Of the settings their values count, not the file.
_OF_NO_VERDICT = ("circular.", "due.", "rectify.", "waiver.")
_NO_VERDICT_IN = ("evaluation", "settings")


def reading_of(book: Rulebook) -> str:
    """What is the same for two audits exactly where the same logs on the same day have the same verdicts in both."""
    parts = {key: digest for key, digest in book.hashes.items() if key not in _NO_VERDICT_IN}
    values = {key: value for key, value in book.values.items() if not key.startswith(_OF_NO_VERDICT)}
    text = json.dumps([parts, values], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def changed_readings(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Which parts of the rulebook, settings and notices of holidays differ between two receipts."""
    hashes = [receipt.get("rulebook", {}) for receipt in (old, new)]
    settings = [receipt.get("settings", {}) for receipt in (old, new)]
    changed = [name for key, name in _PARTS.items() if hashes[0].get(key) != hashes[1].get(key)]
    if changed:
        yield f"{'、'.join(changed)}有改动"
    for key in sorted({*settings[0], *settings[1]}):
        if settings[0].get(key) != settings[1].get(key):
            yield f"设置 {key}：{settings[0].get(key, '（无）')} → {settings[1].get(key, '（无）')}"
    years = [set(receipt.get("calendar_years", ())) for receipt in (old, new)]
    if years[0] != years[1]:
        yield f"有放假通知的年份：增加{listed(years[1] - years[0])}，减少{listed(years[0] - years[1])}"


def listed(names: set[Any]) -> str:
    """Names in order; 无 where there are none."""
    return "、".join(map(str, sorted(names))) or "无"
