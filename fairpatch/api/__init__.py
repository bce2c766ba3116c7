"""SPEAKS HTTP: schemas and routes; no rules, no writes of its own."""
