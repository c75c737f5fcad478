"""The pages of review: the queues, and the screen on which a session is judged."""

UNPROCESSABLE = 422
