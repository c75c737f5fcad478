"""Makes the demo project, plays its people, and removes it."""

from demo.actions.making import create_demo, remove_demo
from demo.actions.reviewing import review_demo
from demo.actions.team import play_team

__all__ = ["create_demo", "play_team", "remove_demo", "review_demo"]
