"""DECIDES: pure rules of the field. No Django, no files, no clock, no hidden randomness."""
