"""What people do with queues and sessions."""
