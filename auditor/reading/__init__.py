"""Reading (读取台账): files of any shape an office keeps become typed tables, every unused cell listed."""

from auditor.reading.logs import read_logs
from auditor.reading.mapping import save_in_profile, save_mapping
from auditor.reading.proposal import propose

__all__ = ["propose", "read_logs", "save_in_profile", "save_mapping"]
