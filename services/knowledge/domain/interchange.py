"""Articles as files: a folder of Markdown with a head of fields, a CSV of a help centre, HTML pages; read and written the same way."""

import csv
import html
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from services.knowledge.domain.html_markdown import to_markdown

SECTIONS = ("problem", "environment", "cause", "resolution")
FIELDS = ("title", "language", "product", "driver", "state", "audience")
_HEAD = re.compile(r"\A\ufeff?---\r?\n(.*?)\r?\n---\r?\n", re.DOTALL)
_SECTION = re.compile(rf"^##\s+({'|'.join(SECTIONS)})\s*$", re.IGNORECASE | re.MULTILINE)
_TITLE = re.compile(r"^#\s+(.+)$", re.MULTILINE)
_HTML_TITLE = re.compile(r"<(title|h1)[^>]*>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.IGNORECASE | re.DOTALL)
_COLUMNS = {
    "title": ("title", "name", "question", "subject"),
    "resolution": ("resolution", "answer", "body", "content", "text", "description"),
    "problem": ("problem", "symptom", "issue"),
    "environment": ("environment",),
    "cause": ("cause",),
    "language": ("language", "locale", "lang"),
    "product": ("product", "section", "category"),
    "driver": ("driver",),
    "state": ("state",),
    "audience": ("audience",),
    "source": ("id", "external_id", "article_id", "url", "source"),
}
_LOOKS_LIKE_HTML = re.compile(r"</?(p|div|br|ul|ol|li|h[1-6]|strong|a|span|table)\b", re.IGNORECASE)
_FORMULA = re.compile(r"^[\s\u00a0\ufeff]*[=+\-@\t\r]", re.MULTILINE)


class UnreadableError(ValueError):
    """A file cannot be read as what it says it is."""


@dataclass(frozen=True, slots=True)
class Portable:
    """One article outside the house."""

    source: str
    """What the file or row is called there: the same again is the same article."""
    title: str
    sections: Mapping[str, str]
    fields: Mapping[str, str] = field(default_factory=dict)


def read_markdown(path: str, text: str) -> Portable:
    """Read a Markdown file: fields in the head, `## Problem` and so on as sections; without them all of it is the resolution."""
    fields: dict[str, str] = {}
    head = _HEAD.match(text)
    if head:
        for line in head[1].splitlines():
            name, _, value = line.partition(":")
            if name.strip().lower() in FIELDS and value.strip():
                fields[name.strip().lower()] = value.strip().strip("'\"")
        text = text[head.end() :]
    first = _TITLE.search(text)
    title = fields.pop("title", "") or (first[1].strip() if first else "")
    if first and first[1].strip() == title:
        text = text[: first.start()] + text[first.end() :]
    return Portable(path, title or _name_of(path), _sections(text), fields)


def read_html(path: str, text: str) -> Portable:
    """Read an HTML page: its first heading or title, and what is in its body."""
    headed = list(_HTML_TITLE.finditer(text))
    found = next((one for one in headed if one[1].lower() == "h1"), headed[0] if headed else None)
    title = to_markdown(found[2]) if found else ""
    body = _BODY.search(text)
    inside = body[1] if body else text
    if found and found[1].lower() == "h1":
        inside = inside.replace(found[0], "", 1)
    return Portable(path, title.replace("\\", "") or _name_of(path), {"resolution": to_markdown(inside)})


def read_csv(path: str, text: str) -> list[Portable]:
    """Read a help centre's table; columns are known by the names that help centres use. Raises UnreadableError."""
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    names = {(name or "").strip().lower(): name for name in rows.fieldnames or []}
    known = {ours: next((names[theirs] for theirs in called if theirs in names), None) for ours, called in _COLUMNS.items()}
    if known["title"] is None or known["resolution"] is None:
        raise UnreadableError(f"{path} needs a column for the title and one for the text; it has {', '.join(sorted(names)) or 'none'}")
    found = []
    for number, row in enumerate(rows, start=2):
        given = {ours: (row.get(theirs) or "").strip() for ours, theirs in known.items() if theirs is not None}
        sections = {name: _as_markdown(given[name]) for name in SECTIONS if given.get(name)}
        fields = {name: given[name] for name in FIELDS if name != "title" and given.get(name)}
        found.append(Portable(f"{path}#{given.get('source') or number}", given["title"], sections, fields))
    return found


def as_markdown(article: Portable) -> str:
    """Write an article as a Markdown file that `read_markdown` reads back."""
    head = {"title": article.title, **article.fields}
    lines = ["---", *(f"{name}: {_one_line(value)}" for name, value in head.items() if value), "---", ""]
    for name in SECTIONS:
        if article.sections.get(name):
            lines += [f"## {name.capitalize()}", "", article.sections[name], ""]
    return "\n".join(lines)


def as_html(article: Portable, rendered: Mapping[str, str]) -> str:
    """Write an article as an HTML page; `rendered` is section -> safe HTML."""
    title = html.escape(article.title)
    language = html.escape(article.fields.get("language", ""), quote=True)
    parts = "".join(f"<h2>{name.capitalize()}</h2>\n{rendered[name]}\n" for name in SECTIONS if rendered.get(name))
    head = f'<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8"><title>{title}</title></head>\n'
    return f"{head}<body>\n<h1>{title}</h1>\n{parts}</body>\n</html>\n"


def as_csv(articles: Iterable[Portable]) -> str:
    """Write articles as a table; a cell that a spreadsheet would take for a formula is made harmless with an apostrophe."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(["id", *FIELDS, *SECTIONS])
    for one in articles:
        values = {"title": one.title, **one.fields, **one.sections}
        table.writerow([one.source, *(_harmless(values.get(name, "")) for name in (*FIELDS, *SECTIONS))])
    return out.getvalue()


def file_name(article: Portable, taken: Sequence[str] | set[str], suffix: str) -> str:
    """Return a file name from the title that no other article has taken."""
    base = re.sub(r"[^\w-]+", "-", article.title.lower()).strip("-")[:80] or "article"
    name, number = f"{base}{suffix}", 2
    while name in taken:
        name, number = f"{base}-{number}{suffix}", number + 1
    return name


def _sections(text: str) -> dict[str, str]:
    marks = list(_SECTION.finditer(text))
    before = text[: marks[0].start()].strip() if marks else text.strip()
    found = {}
    for mark, following in zip(marks, [*marks[1:], None][: len(marks)], strict=True):
        words = text[mark.end() : following.start() if following else len(text)].strip()
        if words:
            found[mark[1].lower()] = words
    if before:
        name = "resolution" if not marks else "problem"
        found[name] = f"{before}\n\n{found[name]}" if name in found else before
    return found


def _as_markdown(text: str) -> str:
    return to_markdown(text) if _LOOKS_LIKE_HTML.search(text) else text


def _name_of(path: str) -> str:
    return re.sub(r"[-_]+", " ", path.rpartition("/")[2].rpartition(".")[0] or path).strip() or "article"


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _harmless(value: str) -> str:
    return _FORMULA.sub(lambda found: "'" + found.group(), value)
