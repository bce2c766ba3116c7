"""REMEMBERS: the only Django app; models, reads, visibility and the ledger's tables."""
