"""The rulebook (规则库): rules, readings, logs and calendar as data, checked when they are loaded."""
