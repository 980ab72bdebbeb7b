"""HTML of other help centres becomes Markdown: what has meaning is kept, what only looks is dropped.

It is never shown as it came: what comes out is rendered and cleaned like every other Markdown.
"""

from html.parser import HTMLParser

from services.knowledge.domain.markdown import is_safe_link

_HEADINGS = {"h1": "# ", "h2": "## ", "h3": "### ", "h4": "#### ", "h5": "##### ", "h6": "###### "}
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`", "s": "~~", "del": "~~"}
_SILENT = {"script", "style", "head", "template", "noscript", "svg", "iframe", "object"}
_BLOCKS = {"p", "div", "section", "article", "table", "tr", "ul", "ol", "blockquote", "pre", "hr", *_HEADINGS}
_BEGINNINGS = {
    **dict.fromkeys(_BLOCKS, "\n\n"),
    **{tag: f"\n\n{sign}" for tag, sign in _HEADINGS.items()},
    "hr": "\n\n---\n\n",
    "blockquote": "\n\n> ",
    "br": "  \n",
    "td": " ",
    "th": " ",
}
_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>#"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._lists: list[int | None] = []
        self._links: list[str] = []
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what a tag means."""
        if tag in _SILENT:
            self._silent += 1
        elif tag in {"ul", "ol"}:
            self._lists.append(1 if tag == "ol" else None)
            self.parts.append("\n")
        elif tag == "li":
            self._item()
        elif tag == "pre":
            self._pre += 1
            self.parts.append("\n\n```\n")
        elif tag == "a":
            self._links.append(next((value or "" for name, value in attrs if name == "href"), ""))
            self.parts.append("[")
        elif tag in _MARKS and not self._pre:
            self.parts.append(_MARKS[tag])
        else:
            self.parts.append(_BEGINNINGS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        """End what a tag means."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
            self.parts.append("\n")
        elif tag == "pre" and self._pre:
            self._pre -= 1
            self.parts.append("\n```\n\n")
        elif tag == "a" and self._links:
            target = self._links.pop().replace(" ", "%20").replace(")", "%29").replace("(", "%28")
            self.parts.append(f"]({target})" if target and is_safe_link(target) else "]")
        elif tag in _MARKS and not self._pre:
            self.parts.append(_MARKS[tag])
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        """Keep words; signs that mean something in Markdown are escaped."""
        if self._silent:
            return
        if self._pre:
            self.parts.append(data)
            return
        words = " ".join(data.split()).translate(_ESCAPED)
        lead, tail = (" " if data[:1].isspace() else ""), (" " if data[-1:].isspace() and words else "")
        self.parts.append(f"{lead}{words}{tail}")

    def _item(self) -> None:
        depth = max(0, len(self._lists) - 1)
        number = self._lists[-1] if self._lists else None
        if number is not None:
            self._lists[-1] = number + 1
        self.parts.append("\n" + "   " * depth + (f"{number}. " if number is not None else "- "))


def to_markdown(html: str) -> str:
    """Return the Markdown of an HTML text."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    fenced, lines, empty = False, [], 0
    for raw in "".join(reader.parts).splitlines():
        fenced ^= raw.startswith("```")
        line = raw if fenced or raw.endswith("  ") else raw.rstrip()
        line = line if fenced or line[:3].isspace() or not line.strip() else line.lstrip()
        empty = 0 if line.strip() or fenced else empty + 1
        if empty <= 1:
            lines.append(line)
    return "\n".join(lines).strip()
