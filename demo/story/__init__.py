"""Makes up the sessions of Harbor, a small shop's support agent. Pure: the same seed and time, the same sessions."""

from demo.story.telling import AgentRun, external_id, tell

SEED = 20  # of the demo that people see

__all__ = ["SEED", "AgentRun", "external_id", "tell"]
