"""COMPUTES: heavy libraries, arrays and tables in and out. No Django."""
