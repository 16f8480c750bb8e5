"""The same checks in the rule language and by hand, and the same request rules in other engines."""
