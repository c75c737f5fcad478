"""Keys of rows as strangers write them in addresses and forms."""

LARGEST_KEY = 2**63 - 1  # what a database's key can hold


def is_key(text: str) -> bool:
    """Whether a text is a whole number that a database's key can be."""
    return text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_KEY)) and int(text) <= LARGEST_KEY
