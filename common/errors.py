"""The one way in which an action says no."""


class Refused(Exception):
    """A request that cannot be done, in words for the person who asked. `field` names what to change, if anything."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
