"""Identity of findings: the same fact has the same id in every audit, whatever the order or the file names."""

import hashlib


def finding_id(*parts: str) -> str:
    """Sixteen hexadecimal digits made of what identifies a finding."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
