"""A database engine: Django's for SQLite, with writers that soon notice when it is their turn."""
