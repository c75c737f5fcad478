"""Texts in the cells of a CSV file, which people open in spreadsheets."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_cell(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: behind an apostrophe, which says that it is text."""
    return f"'{text}" if _looks_like_a_formula(text) else text


def from_cell(cell: str) -> str:
    """The text that `as_cell` wrote."""
    text = cell.removeprefix("'")
    return text if _looks_like_a_formula(text) else cell


def _looks_like_a_formula(text: str) -> bool:
    return text.lstrip(" ").startswith(FORMULA_STARTS)
