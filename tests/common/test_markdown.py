"""Markdown from strangers: it reads well, and nothing in it ever runs or is fetched."""

import re
import time

import pytest
from django.utils.safestring import SafeString

from common.markdown import ATTRIBUTES, READ_UP_TO, TAGS, render_markdown, without_marks

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<body onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<form action=javascript:alert(1)><button>x",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example/>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<style>@import '//evil.example/x.css';</style>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><script>alert(1)</script>",
    "<p hx-get='/p/acme/' hx-trigger=load>x</p>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](\x01javascript:alert(1))",
    "[x]( javascript:alert(1))",
    "<javascript:alert(1)>",
    "[x](/p/acme/demo/remove/)",
    "[x](//evil.example)",
    "[x](?page=2)",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x](https://e.example \"' onmouseover='alert(1)\")",
    '[x](https://e.example/"onmouseover="alert(1))',
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](y)',
    "![<img src=x onerror=alert(1)>](y)",
    "[![x](https://evil.example/pixel.png)](javascript:alert(1))",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "|<script>alert(1)</script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    "# <script>alert(1)</script>",
    "~~<script>alert(1)</script>~~",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\x00<script>alert(1)</script>",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "＜script＞alert(1)＜/script＞",
    "<a\thref=javascript:alert(1)>x",
    "a" * 10 + "<" * 500 + "script>",
]
TAG = re.compile(r"<(/?)([a-zA-Z0-9]+)((?:\s[^>]*)?)>")
ATTRIBUTE = re.compile(r"\s([^\s=>]+)=\"([^\"]*)\"")
ALLOWED_ATTRIBUTES = ATTRIBUTES | {"a": ATTRIBUTES["a"] | {"rel"}}


@pytest.mark.parametrize("text", HOSTILE)
def test_render_markdown_lets_only_the_allow_list_through(text: str) -> None:
    html = str(render_markdown(text))
    rest = html
    for tag in TAG.finditer(html):
        name = tag.group(2)
        attributes = dict(ATTRIBUTE.findall(tag.group(3)))
        assert name in TAGS
        assert attributes.keys() <= ALLOWED_ATTRIBUTES.get(name, set())
        assert attributes.get("href", "https://").startswith(("https://", "http://", "mailto:"))
        rest = rest.replace(tag.group(0), "")
    assert "<" not in rest


def test_render_markdown_is_marked_safe_and_only_that() -> None:
    assert isinstance(render_markdown("x"), SafeString)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** and ~~gone~~", "<p><strong>bold</strong> and <s>gone</s></p>\n"),
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. c", '<ol start="3">\n<li>c</li>\n</ol>\n'),
        (
            "[here](https://e.example)",
            '<p><a href="https://e.example" rel="noopener noreferrer nofollow">here</a></p>\n',
        ),
        ("[here](/logout)", '<p><a rel="noopener noreferrer nofollow">here</a></p>\n'),
        ("see https://e.example", "<p>see https://e.example</p>\n"),
        ("![a cat](https://e.example/c.png)", "<p><em>[image: a cat – not loaded]</em></p>\n"),
        ("![](https://e.example/c.png)", "<p><em>[image: c.png – not loaded]</em></p>\n"),
        ("", ""),
    ],
)
def test_render_markdown_reads_well(text: str, html: str) -> None:
    assert render_markdown(text) == html


def test_render_markdown_renders_tables() -> None:
    assert "<table>" in render_markdown("|a|b|\n|-|-|\n|1|2|")


def test_render_markdown_says_how_much_it_left_out() -> None:
    html = render_markdown("word " * 20_000)
    assert len(html) < READ_UP_TO + 200
    assert html.endswith("<p><em>[40,000 more characters are not shown]</em></p>")


@pytest.mark.parametrize("text", ["[" * 50_000, "*" * 50_000, ">" * 50_000, "- " * 20_000, "`" * 50_000, "|" * 50_000])
def test_render_markdown_of_hostile_nesting_comes_back(text: str) -> None:
    assert isinstance(render_markdown(text), str)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("## What I found\n\nThere are **two**.", "What I found\n\nThere are two."),
        ("- see [the page](https://a.example/x)\n> and `code`", "see the page\nand code"),
        ("![a map](https://a.example/map.png) here", "a map here"),
        ("![a photo](data:image/png;base64,AAAA", "a photo"),
        ("```json\n{}\n```", "\n{}\n"),
        ("2 * 3 * 4, order #17, _x_ and __init__", "2 * 3 * 4, order #17, _x_ and __init__"),
        ("**", "**"),
        ("", ""),
    ],
)
def test_without_marks_leaves_the_words(text: str, words: str) -> None:
    assert without_marks(text) == words


@pytest.mark.parametrize("text", ["[" * 50_000, "[](" * 20_000, "![x](" * 20_000, "#" * 50_000, " " * 50_000 + "x"])
def test_without_marks_takes_one_pass_over_hostile_texts(text: str) -> None:
    began = time.process_time()
    without_marks(text)
    assert time.process_time() - began < 1
