"""Pages of accounts: coming in, projects, members, keys."""
