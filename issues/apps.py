"""How Django knows this app."""

from django.apps import AppConfig


class IssuesConfig(AppConfig):
    name = "issues"
