"""Is it getting worse: what came in, what went wrong, and what is usual, over time."""
