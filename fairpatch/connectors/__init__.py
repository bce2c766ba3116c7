"""TRANSLATES: foreign formats to ours and back. No Django."""
