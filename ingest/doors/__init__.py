"""Doors that speak other programs' protocols, errors included; our own API stands in `api.py`."""
