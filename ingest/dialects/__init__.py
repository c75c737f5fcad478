"""Whose words mean what: one module per dialect and per file format; the registry is this folder."""
