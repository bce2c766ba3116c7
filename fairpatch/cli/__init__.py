"""SPEAKS TERMINAL: the fairpatch command."""
