"""What programs read of judgements over the API."""
