"""Markdown becomes HTML once, when it is saved, and only a short list of tags survives.

Two guards, each enough for scripts alone (measured in trust.md 2.5): the parser makes no raw HTML, and nh3 lets a short list through.
What both leave over is closed here: links to another host without a scheme (`//evil`) and characters that turn reading order around.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SCHEMES = {"http", "https", "mailto"}
_BLOCKS = {"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "pre", "blockquote"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_TAGS = {*_BLOCKS, *_TABLES, "strong", "em", "s", "code", "a"}


def clean_text(text: str) -> str:
    """Return the text composed (NFC), with one kind of line end and without characters that reverse the reading order."""
    return unicodedata.normalize("NFC", _BIDI.sub("", text)).replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One Markdown text in its two other forms."""

    html: str
    """Safe to put on a page as it is."""
    plain: str
    """What a reader sees, without signs: for the index and for snippets."""


def render(markdown: str) -> Rendered:
    """Return the safe HTML and the plain words of a Markdown text; parsed once."""
    parser = _parser()
    environment: dict[str, object] = {}
    parsed = parser.parse(clean_text(markdown), environment)
    html = nh3.clean(
        str(parser.renderer.render(parsed, parser.options, environment)),
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        attribute_filter=_keep,
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
    return Rendered(html.strip(), "\n".join(_texts(parsed)))


def render_sections(sections: Mapping[str, str | None]) -> tuple[dict[str, str], str]:
    """Return the HTML of every section that has text, and the plain words of all of them."""
    rendered = {name: render(text) for name, text in sections.items() if text}
    return {name: one.html for name, one in rendered.items()}, "\n".join(one.plain for one in rendered.values())


def is_safe_link(target: str) -> bool:
    """Say whether a link may stay: http, https, mailto, or a place on the same site; never another host without a scheme."""
    address = "".join(character for character in target.strip() if character > " ").replace("\\", "/")
    if address.startswith("//"):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme in {"http", "https"}:
        return bool(parts.hostname)
    return parts.scheme == "mailto" or (not parts.scheme and ":" not in address.partition("/")[0])


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    parser.validateLink = is_safe_link  # type: ignore[method-assign,assignment]  # the library's documented way to refuse links
    return parser


def _keep(tag: str, attribute: str, value: str) -> str | None:
    return value if (tag, attribute) != ("a", "href") or is_safe_link(value) else None


def _texts(parsed: list[Token]) -> list[str]:
    lines = []
    for token in parsed:
        if token.type == "inline":
            lines.append("".join(_inline(child) for child in token.children or []))
        elif token.type in {"fence", "code_block"}:
            lines.append(token.content.rstrip("\n"))
    return lines


def _inline(token: Token) -> str:
    return " " if token.type in {"softbreak", "hardbreak"} else token.content
