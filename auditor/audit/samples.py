"""Sample values of a column, fit to be shown: enough to judge what it holds, not to learn about anybody."""

import re
from collections.abc import Sequence

from auditor.judgement.masking import Masker, mask_personal
from auditor.rulebook.logs import LogCatalogue

_LONGEST = 20  # characters of a sample
_LONGEST_WORD = 8  # characters of Chinese in a column that nobody knows; with more it may be what a citizen wrote
_NAME = re.compile(r"[一-龥·]{2,4}")  # perhaps somebody's name, unless the heading says otherwise
_NO_NAMES = re.compile(r"类|部门|单位|科室|处室|机构|状态|方式|渠道|属性|结果|等级|是否")


def shown_samples(
    catalogue: LogCatalogue, log: str | None, field: str | None, heading: str, samples: Sequence[str]
) -> tuple[str, ...]:
    """The samples of a column of `log`, masked by its field, or by its heading and looks where it has none.

    What a citizen wrote is not shown at all: no sample tells whether its writer asked for confidentiality.
    """
    masker = Masker(catalogue, internal=False)
    definition = catalogue.logs[log].fields[field] if log and field else None
    shown = []
    for sample in samples:
        text = " ".join(sample.split())
        if definition is not None and definition.content:
            shown.append(f"（文字，{len(text)}字）")
        elif log and field:
            shown.append(_cut(masker.value(log, field, text, {}) or ""))
        elif len(text) > (_LONGEST if text.isascii() else _LONGEST_WORD):
            shown.append(f"（文字，{len(text)}字）")
        else:
            may_be_name = _NAME.fullmatch(text) and not _NO_NAMES.search(heading)
            shown.append(masker.cell(heading, mask_personal("name", text) if may_be_name else text))
    return tuple(shown)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
