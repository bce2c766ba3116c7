"""Fairpatch: who owns every account, why, and how that changes without chaos."""
