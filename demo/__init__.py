"""A generator that sends its sessions through the front door like any client."""
