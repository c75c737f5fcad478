"""Sends made-up sessions and their scores through the front doors, like any client."""

from demo.sending.encoding import encode
from demo.sending.posting import NotSentError, post, post_scores

__all__ = ["NotSentError", "encode", "post", "post_scores"]
