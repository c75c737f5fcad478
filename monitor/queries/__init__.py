"""Reads over what came in, what was found and what was judged."""
