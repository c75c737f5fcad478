"""The shapes of what programs read of judgements over the API."""
