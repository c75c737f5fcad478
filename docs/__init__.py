"""Papers, and the command that takes their pictures."""
