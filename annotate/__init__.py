"""What people say about sessions: rubric, queue, lease, review, failure, priority."""
