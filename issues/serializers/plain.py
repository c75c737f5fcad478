"""What is neither a failure's nor an issue's: plain values, and what is wrong with a call."""

from typing import Any

from rest_framework import serializers

from issues.models import Source

Plain = serializers.Serializer[dict[str, Any]]
PLACED_BY = [choice for choice in Source.choices if choice[0] != Source.REFUSED]


class ErrorSerializer(Plain):
    """What is wrong with one field; `field` is empty where it is the whole call."""

    field = serializers.CharField()
    message = serializers.CharField()


class ErrorsSerializer(Plain):
    """The one shape of every error."""

    errors = ErrorSerializer(many=True)  # type: ignore[assignment]  # a field of the row, not DRF's attribute
