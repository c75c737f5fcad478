"""Reads JSON from strangers. Apart from `api`, because REST framework's views load it by name."""

from collections.abc import Mapping
from typing import IO, Any, cast

from django.conf import settings
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser


class TooLarge(APIException):
    """The body is larger than this call reads."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too large for this call."


class BoundedJSONParser(JSONParser):
    """JSON of at most `DATA_UPLOAD_MAX_MEMORY_SIZE` bytes, nested no deeper than Python follows."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return super().parse(cast("IO[Any]", _Bounded(stream)), media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - it is nested too deeply.") from None


class _Bounded:
    """A stream that refuses to give more than the limit."""

    def __init__(self, stream: IO[Any]) -> None:
        self.stream = stream
        self.left = settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def read(self, size: int = -1) -> bytes:
        wanted = self.left + 1 if size < 0 else min(size, self.left + 1)
        piece: bytes = self.stream.read(wanted)
        self.left -= len(piece)
        if self.left < 0:
            raise TooLarge
        return piece
