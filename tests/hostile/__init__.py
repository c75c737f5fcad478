"""What everybody else's words could do to our pages, in a real browser."""
