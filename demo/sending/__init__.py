"""Sends made-up sessions through the OTLP door, like any client."""

from demo.sending.encoding import encode
from demo.sending.posting import NotSentError, post

__all__ = ["NotSentError", "encode", "post"]
