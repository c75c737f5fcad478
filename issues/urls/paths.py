"""Where the pages of issues begin."""

ISSUES = "p/<slug:slug>/issues"
PROPOSALS = "p/<slug:slug>/proposals"
DECISIONS = "p/<slug:slug>/decisions"
