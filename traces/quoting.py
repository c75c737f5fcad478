"""A step's plain text: what a reader can quote of it. The browser counts in the same way: static/js/talk-selection.js.

It is what the page shows of the step's words, without marks, each part on a line of its own.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from traces.reading import ReadStep

# What the browser takes for white space where it collapses it and where it trims; Python's own idea of it is another.
INNER = re.compile("[ \t\n\r\f\v\u00a0]+")
OUTER = " \t\n\r\f\v\u00a0\ufeff\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def plain_text(step: ReadStep) -> str:
    """The words of the step as shown, parts joined by line breaks; white space inside of a part is one space each."""
    parts = (INNER.sub(" ", part).strip(OUTER) for part in _parts(step))
    return "\n".join(part for part in parts if part)


def _parts(step: ReadStep) -> Iterator[str]:
    """In the order of templates/traces/_conversation.html: the elements with `data-plain`."""
    if step.is_speech:
        yield _words_of(step.html) if step.text else ""
        return
    yield step.facts.error_message or step.facts.error_type
    yield step.arguments
    yield step.text
    yield step.result


class _Words(HTMLParser):
    """Gathers what stands between the tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def _words_of(html: str) -> str:
    words = _Words()
    words.feed(html)
    words.close()
    return "".join(words.found)
