"""Makes up the sessions of Harbor, a small shop's support agent. Pure: the same seed and time, the same sessions."""

from demo.story.telling import AgentRun, tell

__all__ = ["AgentRun", "tell"]
