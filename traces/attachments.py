"""Pictures and files inside of a call's words: named, with their size, instead of a wall of letters. Never loaded."""

import re

# Long enough that no word, id or key is taken for one.
LONG = 400
DATA_URL = re.compile(rf"data:([\w.+-]+/[\w.+-]+)(?:;[\w=.-]+)*;base64,([A-Za-z0-9+/_-]{{{LONG},}}={{0,2}})")
PICTURE = re.compile(rf"!\[([^\]\n]{{0,200}})\]\({DATA_URL.pattern}\)")
# A run between quotes, as JSON has it.
BARE = re.compile(rf'(?<=")[A-Za-z0-9+/]{{{LONG},}}={{0,2}}(?=")')
BEGINNINGS = {
    "iVBORw0KGgo": "image/png",
    "/9j/": "image/jpeg",
    "R0lGOD": "image/gif",
    "UklGR": "image/webp",
    "JVBERi0": "application/pdf",
}
KILO = 1024


def size_in_words(characters: int) -> str:
    """How much so many characters of base64 hold: `48 KB`, `1.2 MB`."""
    size = characters * 3 // 4
    if size < KILO:
        return f"{size} bytes"
    return f"{size / KILO:.0f} KB" if size < KILO * KILO else f"{size / KILO / KILO:.1f} MB"


def named(text: str) -> str:
    """The text with each file in it named: `[image/png, 48 KB – not loaded]`."""
    if len(text) < LONG:
        return text
    text = DATA_URL.sub(lambda found: _name(found[1], found[2]), text)
    return BARE.sub(lambda found: _name(_kind(found[0]), found[0]), text)


def named_in_markdown(text: str) -> str:
    """The same for Markdown, whose pictures stay pictures: what shows those says that they are not loaded."""
    if len(text) < LONG:
        return text
    text = PICTURE.sub(lambda found: f"![{found[1] or found[2]}, {size_in_words(len(found[3]))}](inside)", text)
    return DATA_URL.sub(lambda found: _name(found[1], found[2]), text)


def _kind(data: str) -> str:
    return next((kind for beginning, kind in BEGINNINGS.items() if data.startswith(beginning)), "data in base64")


def _name(kind: str, data: str) -> str:
    return f"[{kind}, {size_in_words(len(data))} – not loaded]"
