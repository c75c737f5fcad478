"""Reads over several tables, for the pages and the API of ingest."""
