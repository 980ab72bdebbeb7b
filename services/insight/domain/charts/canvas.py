"""The one place where SVG is written: shapes by role, never by colour, and texts that cannot break out.

Colours stand as presentation attributes, so that a picture inside of a page needs no inline style (the pages' policy forbids it), and as
classes, so that the page's own sheet may replace them. A picture that is opened by itself brings a sheet for dark surroundings.
"""

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


def width_of(text: str, size: float = SMALL) -> float:
    """Estimate how wide a text is, in picture units: system fonts differ, so it is a little more than most need."""
    wide = sum(1.0 if unicodedata.east_asian_width(one) in "WF" else 0.3 if one in " .,:;|il'" else 0.6 for one in text)
    return wide * size


def shortened(text: str, most: float, size: float = SMALL) -> str:
    """Return a text that fits, with an ellipsis when something was cut off."""
    if width_of(text, size) <= most:
        return text
    while text and width_of(text + "…", size) > most:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, most: float, lines: int, size: float = SMALL) -> list[str]:
    """Break a text into at most so many lines, between words where that is possible; the last one is shortened."""
    found: list[str] = []
    for word in text.replace("-", "- ").replace("_", "_ ").split():
        joined = (found[-1] + ("" if found[-1].endswith(("-", "_")) else " ") + word) if found else word
        if found and width_of(joined, size) <= most:
            found[-1] = joined
        else:
            found.append(word)
    kept, rest = found[: lines - 1], found[lines - 1 :]
    if rest:
        kept.append("".join(part if part.endswith(("-", "_")) else part + " " for part in rest).rstrip())
    return [shortened(line, most, size) for line in kept]


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


@dataclass
class Canvas:
    """A picture in the making; places are in picture units from the top left."""

    height: float
    key: str
    """Told apart from other pictures on the same page."""
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

    def line(self, first: Point, last: Point, role: str = "grid", *, thick: float = 1, dashes: str = "") -> None:
        """Draw a straight line."""
        more = {"stroke_dasharray": dashes} if dashes else {}
        self._add("line", stroke=role, x1=first[0], y1=first[1], x2=last[0], y2=last[1], stroke_width=thick, **more)

    def path(self, points: Sequence[Point], role: str, *, thick: float = 2, dashes: str = "") -> None:
        """Draw straight lines from point to point, never smoothed."""
        more = {"stroke_dasharray": dashes} if dashes else {}
        drawn = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
        self._add("polyline", stroke=role, points=drawn, stroke_width=thick, stroke_linejoin="round", **more)

    def area(self, points: Sequence[Point], role: str, *, opacity: float = 0.2) -> None:
        """Fill the inside of points."""
        drawn = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
        self._parts.append(f'<polygon class="f-{role}" fill="{LIGHT[role]}" fill-opacity="{opacity:g}" points="{drawn}"/>')

    def box(self, at: Point, size: Point, role: str, *, border: str | None = None, thick: float = 1, round_by: float = 0) -> None:
        """Draw a box from its top left corner on."""
        self._add(
            "rect", fill=role, stroke=border, x=at[0], y=at[1], width=max(0.0, size[0]), height=max(0.0, size[1]), rx=round_by, stroke_width=thick
        )

    def mark(self, at: Point, shape: str, role: str, size: float = 5) -> None:
        """Draw a mark: circle, ring (hollow), diamond, up or down."""
        x, y = at
        if shape in {"circle", "ring"}:
            fill = role if shape == "circle" else "surface"
            self._add("circle", fill=fill, stroke=role, cx=x, cy=y, r=size, stroke_width=1.5)
            return
        s = size * 1.25
        corners = {
            "diamond": [(x, y - s), (x + s, y), (x, y + s), (x - s, y)],
            "up": [(x, y - s), (x + s, y + s * 0.8), (x - s, y + s * 0.8)],
            "down": [(x, y + s), (x + s, y - s * 0.8), (x - s, y - s * 0.8)],
        }[shape]
        self._add("polygon", fill=role, points=" ".join(f"{_number(a)},{_number(b)}" for a, b in corners))

    def text(self, at: Point, words: str, *, role: str = "ink-2", size: float = SMALL, anchor: str = "start", bold: bool = False) -> None:
        """Write words; `anchor` is start, middle or end. A halo keeps them readable over lines."""
        weight = {"font_weight": "600"} if bold else {}
        halo: dict[str, float | str] = {"stroke_width": 3, "stroke_linejoin": "round", "paint_order": "stroke"}
        self._add("text", fill=role, stroke="surface", text=words, x=at[0], y=at[1], font_size=size, text_anchor=anchor, **halo, **weight)

    def svg(self, title: str, description: str) -> str:
        """Return the whole picture, with its name and what it shows for whoever cannot see it."""
        names = f'aria-labelledby="{escape(self.key)}-t {escape(self.key)}-d"'
        wide, high = _number(self.width), _number(self.height + HEAD)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img"'
            f' {names} font-family="{FONT}" font-variant-numeric="tabular-nums">'
        )
        said = f'<title id="{escape(self.key)}-t">{escape(title)}</title><desc id="{escape(self.key)}-d">{escape(description)}</desc>'
        ground = f'<rect class="f-surface" fill="{LIGHT["surface"]}" width="100%" height="100%"/>'
        name = shortened(title, self.width - 32, PLAIN)
        headline = f'<text class="f-ink" fill="{LIGHT["ink"]}" x="16" y="24" font-size="{_number(PLAIN)}" font-weight="600">{escape(name)}</text>'
        drawn = f'<g transform="translate(0 {_number(HEAD)})">{"".join(self._parts)}</g>'
        return f"{head}{said}<style>{SHEET}</style>{ground}{headline}{drawn}</svg>"
