"""How Django knows this app."""

from django.apps import AppConfig


class MonitorConfig(AppConfig):
    name = "monitor"
