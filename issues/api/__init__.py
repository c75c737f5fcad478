"""Failures, issues and decisions over the API, and the API's description of itself."""
