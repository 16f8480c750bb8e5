"""The ledger (问题库): what was found, from one audit to the next, in an embedded database."""
