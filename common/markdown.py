"""Markdown written by strangers, made safe to show. The only place that may call text safe HTML.

Two walls, each of which would do: the parser knows no raw HTML and escapes it, and what it writes passes an
allow-list of tags and attributes afterwards. Images are never fetched: the reader sees their name.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

READ_UP_TO = 60_000
REMEMBERED = 512
REMEMBERED_UP_TO = 8_000
TAGS = {
    "p", "br", "hr", "strong", "em", "s", "del", "code", "pre", "blockquote", "a", "ul", "ol", "li",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}


def _leads_out(url: str) -> bool:
    """True for an address on the web or of a mailbox; a relative link would lead into our own pages."""
    return url.strip().lower().startswith(tuple(f"{scheme}:" for scheme in SCHEMES))


def _outward_only(tag: str, attribute: str, value: str) -> str | None:
    return value if (tag, attribute) != ("a", "href") or _leads_out(value) else None


def _image_name(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    name = tokens[index].content.strip() or str(tokens[index].attrGet("src") or "").rsplit("/", 1)[-1]
    return f"<em>[image: {escape(name[:120] or 'without a name')} – not loaded]</em>"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True, "maxNesting": 20})
    parser.enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image_name)
    return parser


PARSER = _parser()
# What a line of plain words can do without. The names of links and images stay; marks of lines and around words go.
# A link may be cut off at the end. No part can begin inside of another, so that every text takes one pass.
MARKS = re.compile(
    r"!?\[([^\[\]\n]*)\]\([^()\n]*(?:\)|\Z)|^[ \t]*(?:#{1,6}|>|[-*+])[ \t]+|^[ \t]*```\w*|\*\*|`", re.MULTILINE
)


def without_marks(text: str) -> str:
    """The words of a Markdown text for one short line in a list, where marks would only be in the way.

    Never empty where the text is not.
    """
    words = MARKS.sub(r"\1", text)
    return words if words.strip() else text


def render_markdown(text: str) -> SafeString:
    """Markdown as safe HTML: no raw HTML, no images, links only to http, https and mailto. Reads 60,000 characters."""
    if len(text) <= REMEMBERED_UP_TO:
        return _remembered(text)
    return _rendered(text)


@lru_cache(maxsize=REMEMBERED)
def _remembered(text: str) -> SafeString:
    return _rendered(text)


def _rendered(text: str) -> SafeString:
    html = PARSER.render(text[:READ_UP_TO].replace("\x00", ""))
    cut = (
        f"<p><em>[{len(text) - READ_UP_TO:,} more characters are not shown]</em></p>" if len(text) > READ_UP_TO else ""
    )
    return SafeString(
        nh3.clean(
            html + cut,
            tags=TAGS,
            attributes=ATTRIBUTES,
            attribute_filter=_outward_only,
            url_schemes=SCHEMES,
            link_rel="noopener noreferrer nofollow",
            strip_comments=True,
        )
    )
