"""How Django knows this app."""

from django.apps import AppConfig


class IngestConfig(AppConfig):
    name = "ingest"
