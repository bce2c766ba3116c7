"""SPEAKS CLOCK: background work that calls one deed."""
