"""The three ways in which a body is refused as a whole."""


class Unreadable(Exception):
    """Not what it says it is: 400. The message names the byte or the field."""


class Unsupported(Exception):
    """A type or an encoding that is not read here: 415."""


class TooLarge(Exception):
    """Over the limit, before or after decompression: 413."""
