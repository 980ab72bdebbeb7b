"""The one place where SVG is written: shapes by role, never by colour, and texts that cannot break out.

Colours stand as presentation attributes, so that a picture inside of a page needs no inline style (the pages' policy forbids it), and as
classes, so that the page's own sheet may replace them. A picture that is opened by itself brings a sheet for dark surroundings.

Charts are laid out for readers from left to right. For the others the canvas mirrors every place: time and size grow to the left, and
texts, whose start is then at their right, keep their anchors.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH = 720.0
FONT = "system-ui, 'Noto Sans', sans-serif"
SMALL, PLAIN = 13.0, 15.0
HEAD = 34.0
"""Above every picture: its title."""
LIGHT = {
    "ink": "#1b1f24", "ink-2": "#4a5560", "line": "#77818c", "accent": "#0b57a4", "good": "#11734b", "warn": "#8a5a00", "bad": "#b3261e",
    "surface": "#ffffff", "grid": "#d5dade",
}  # fmt: skip
DARK = {
    "ink": "#eef1f4", "ink-2": "#b4bec8", "line": "#8a949f", "accent": "#8ab8f0", "good": "#6fd3a3", "warn": "#f0c36a", "bad": "#ff8a80",
    "surface": "#1e242b", "grid": "#3a434c",
}  # fmt: skip
SHEET = (
    "@media (prefers-color-scheme: dark){" + "".join(f".f-{role}{{fill:{value}}}.s-{role}{{stroke:{value}}}" for role, value in DARK.items()) + "}"
)
Point = tuple[float, float]
_PIECES = re.compile(r"[\u3000-\u9fff\uff00-\uffef]\s*|[^\s_\-\u3000-\u9fff\uff00-\uffef]+[-_]?\s*|[-_\s]+")
"""One Chinese character, or one word with the hyphen and the spaces behind it."""


def width_of(text: str, size: float = SMALL) -> float:
    """Estimate how wide a text is, in picture units: system fonts differ, so it is a little more than most need."""
    return size * sum(_wide(one) for one in text)


def _wide(one: str) -> float:
    if unicodedata.east_asian_width(one) in "WF":
        return 1.0
    if unicodedata.combining(one) or one in "\u200e\u200f":
        return 0.0
    if one in " .,:;|il'j!I\u2019\u060c\u061b":
        return 0.32
    if one in "frt()-/[]":
        return 0.42
    if one in "mwMW@%—жшщюфмыЖШЩЮФМЫ":
        return 0.92
    return 0.68 if one.isupper() else 0.58


def shortened(text: str, most: float, size: float = SMALL) -> str:
    """Return a text that fits, with an ellipsis when something was cut off."""
    if width_of(text, size) <= most:
        return text
    while text and width_of(text + "…", size) > most:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, most: float, lines: int, size: float = SMALL) -> list[str]:
    """Break a text into at most so many lines, between words where that is possible; the last one is shortened.

    Words end at spaces and behind hyphens; Chinese, which has no spaces, may end behind every character.
    """
    found: list[str] = []
    for piece in _PIECES.findall(text):
        if found and width_of((found[-1] + piece).rstrip(), size) <= most:
            found[-1] += piece
        else:
            found.append(piece)
    kept = [*found[: lines - 1], "".join(found[lines - 1 :])]
    return [shortened(line.strip(), most, size) for line in kept if line.strip()]


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


@dataclass
class Canvas:
    """A picture in the making; places are in picture units from the top left."""

    height: float
    key: str
    """Told apart from other pictures on the same page."""
    language: str = "en"
    rtl: bool = False
    width: float = WIDTH
    _parts: list[str] = field(default_factory=list)

    def _add(self, tag: str, *, fill: str | None = None, stroke: str | None = None, text: str | None = None, **attributes: float | str) -> None:
        roles = [f"f-{fill}"] * (fill is not None) + [f"s-{stroke}"] * (stroke is not None)
        paint = f' fill="{LIGHT[fill] if fill else "none"}"' + (f' stroke="{LIGHT[stroke]}"' if stroke else "")
        shape = "".join(
            f' {name.replace("_", "-")}="{_number(value) if isinstance(value, float | int) else escape(value)}"' for name, value in attributes.items()
        )
        head = f'<{tag} class="{" ".join(roles)}"{paint}{shape}'
        self._parts.append(f"{head}/>" if text is None else f"{head}>{escape(text)}</{tag}>")

    def _x(self, x: float) -> float:
        return self.width - x if self.rtl else x

    def _drawn(self, points: Sequence[Point]) -> str:
        return " ".join(f"{_number(self._x(x))},{_number(y)}" for x, y in points)

    def line(self, first: Point, last: Point, role: str = "grid", *, thick: float = 1, dashes: str = "") -> None:
        """Draw a straight line."""
        more = {"stroke_dasharray": dashes} if dashes else {}
        self._add("line", stroke=role, x1=self._x(first[0]), y1=first[1], x2=self._x(last[0]), y2=last[1], stroke_width=thick, **more)

    def path(self, points: Sequence[Point], role: str, *, thick: float = 2, dashes: str = "") -> None:
        """Draw straight lines from point to point, never smoothed."""
        more = {"stroke_dasharray": dashes} if dashes else {}
        self._add("polyline", stroke=role, points=self._drawn(points), stroke_width=thick, stroke_linejoin="round", **more)

    def area(self, points: Sequence[Point], role: str, *, opacity: float = 0.2) -> None:
        """Fill the inside of points."""
        self._parts.append(f'<polygon class="f-{role}" fill="{LIGHT[role]}" fill-opacity="{opacity:g}" points="{self._drawn(points)}"/>')

    def box(self, at: Point, size: Point, role: str, *, border: str | None = None, thick: float = 1, round_by: float = 0) -> None:
        """Draw a box from its top left corner on."""
        wide, high = max(0.0, size[0]), max(0.0, size[1])
        left = self._x(at[0] + wide) if self.rtl else at[0]
        self._add("rect", fill=role, stroke=border, x=left, y=at[1], width=wide, height=high, rx=round_by, stroke_width=thick)

    def mark(self, at: Point, shape: str, role: str, size: float = 5) -> None:
        """Draw a mark: circle, ring (hollow), diamond, up or down."""
        x, y = at
        if shape in {"circle", "ring"}:
            fill = role if shape == "circle" else "surface"
            self._add("circle", fill=fill, stroke=role, cx=self._x(x), cy=y, r=size, stroke_width=1.5)
            return
        s = size * 1.25
        corners = {
            "diamond": [(x, y - s), (x + s, y), (x, y + s), (x - s, y)],
            "up": [(x, y - s), (x + s, y + s * 0.8), (x - s, y + s * 0.8)],
            "down": [(x, y + s), (x + s, y - s * 0.8), (x - s, y - s * 0.8)],
        }[shape]
        self._add("polygon", fill=role, points=self._drawn(corners))

    def text(self, at: Point, words: str, *, role: str = "ink-2", size: float = SMALL, anchor: str = "start", bold: bool = False) -> None:
        """Write words; `anchor` is start, middle or end. A halo keeps them readable over lines."""
        weight = {"font_weight": "600"} if bold else {}
        halo: dict[str, float | str] = {"stroke_width": 3, "stroke_linejoin": "round", "paint_order": "stroke"}
        # Among Arabic a Latin name would throw its hyphens and numbers about: each text finds its own direction between these two marks.
        shown = f"\u2068{words}\u2069" if self.rtl else words
        self._add("text", fill=role, stroke="surface", text=shown, x=self._x(at[0]), y=at[1], font_size=size, text_anchor=anchor, **halo, **weight)

    def lines(self, at: Point, words: Sequence[str], *, step: float = 17, role: str = "ink-2", size: float = SMALL) -> None:
        """Write lines below each other."""
        for row, line in enumerate(words):
            self.text((at[0], at[1] + step * row), line, role=role, size=size)

    def note(self, left: float, words: str) -> None:
        """Write what there is to know at the foot of the picture, which grows when that takes two lines."""
        told = wrapped(words, self.width - left - 16, 2, 12)
        self.lines((left, self.height - 6), told, step=15, size=12)
        self.height += 15 * (len(told) - 1)

    def svg(self, title: str, description: str) -> str:
        """Return the whole picture, with its name and what it shows for whoever cannot see it."""
        names = f'aria-labelledby="{escape(self.key)}-t {escape(self.key)}-d"'
        wide, high = _number(self.width), _number(self.height + HEAD)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img"'
            f' lang="{escape(self.language)}" direction="{"rtl" if self.rtl else "ltr"}" {names}'
            f' font-family="{FONT}" font-variant-numeric="tabular-nums">'
        )
        said = f'<title id="{escape(self.key)}-t">{escape(title)}</title><desc id="{escape(self.key)}-d">{escape(description)}</desc>'
        ground = f'<rect class="f-surface" fill="{LIGHT["surface"]}" width="100%" height="100%"/>'
        name = shortened(title, self.width - 32, PLAIN * 1.06)
        place = f'x="{_number(self._x(16))}" y="24" font-size="{_number(PLAIN)}" font-weight="600"'
        headline = f'<text class="f-ink" fill="{LIGHT["ink"]}" {place}>{escape(name)}</text>'
        drawn = f'<g transform="translate(0 {_number(HEAD)})">{"".join(self._parts)}</g>'
        return f"{head}{said}<style>{SHEET}</style>{ground}{headline}{drawn}</svg>"
