"""Reading (读取台账): files of any shape an office keeps become typed tables, every unused cell listed."""

from auditor.reading.logs import read_logs
from auditor.reading.mapping import save_mapping

__all__ = ["read_logs", "save_mapping"]
