"""Who may see what: users, projects, memberships, API keys, access."""
