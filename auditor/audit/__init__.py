"""The audit from end to end: read, evaluate, judge, write."""
