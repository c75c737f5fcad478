"""The one way in which an action says no."""


class Refused(Exception):
    """A request that cannot be done, in words for the person who asked. `field` names what to change, if anything."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class TooMuch(Exception):
    """More than was agreed: 429, in words for the sender. `retry_after`: whole seconds until it would be taken."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after
