"""Words without a domain: errors, typed request, API base, UI components."""
