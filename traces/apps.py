"""How Django knows this app."""

from django.apps import AppConfig


class TracesConfig(AppConfig):
    name = "traces"
