"""Pictures of guides and process maps: Mermaid as text, SVG drawn here; both without anything from outside."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 190, 58, 36, 54, 20
_LINE_LETTERS, _LINES = 26, 2
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1b1f24}.s{font-size:11px;fill:#4a5560}rect{fill:#fff;stroke:#77818c}"
    ".hot rect{stroke:#b3261e;stroke-width:3}.end rect{stroke:#11734b}path{fill:none;stroke:#77818c}"
)
_TIP = (
    '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0L8 4L0 8" style="fill:#77818c"/></marker></defs>'
)


@dataclass(frozen=True, slots=True)
class Box:
    """One node of a picture."""

    id: str
    text: str
    note: str
    mark: str = ""
    """`hot` for where it fails most, `end` for an end, empty for others."""
    told: str = ""
    """What is known of it, in a sentence, for who points at it or listens to the picture."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """A way from one box to another."""

    source: str
    target: str
    label: str


def mermaid(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> str:
    """Return the picture in Mermaid's flowchart language; texts are quoted so that no sign in them means anything."""
    names = {box.id: f"n{number}" for number, box in enumerate(boxes)}
    lines = ["flowchart TD"]
    for box in boxes:
        shown = _quoted(f"{box.text}\n{box.note}" if box.note else box.text)
        lines.append(f'    {names[box.id]}{"([" if box.mark == "end" else "["}"{shown}"{"])" if box.mark == "end" else "]"}')
    for arrow in arrows:
        label = f'|"{_quoted(arrow.label)}"|' if arrow.label else ""
        lines.append(f"    {names[arrow.source]} -->{label} {names[arrow.target]}")
    hot = [names[box.id] for box in boxes if box.mark == "hot"]
    if hot:
        lines += ["    classDef hot stroke:#b3261e,stroke-width:3px", f"    class {','.join(hot)} hot"]
    return "\n".join(lines) + "\n"


def svg(title: str, boxes: Sequence[Box], arrows: Sequence[Arrow]) -> str:
    """Return the picture as SVG: layers by the distance from the first box, arrows as curves, a title for screen readers."""
    places = _places(boxes, arrows)
    wide = max((x for x, _ in places.values()), default=0) + _WIDTH + _MARGIN
    high = max((y for _, y in places.values()), default=0) + _HEIGHT + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img">',
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style>",
        _TIP,
    ]
    parts += [_arrow(arrow, places) for arrow in arrows]
    parts += [_box(box, *places[box.id]) for box in boxes]
    return "".join([*parts, "</svg>"])


def _places(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> Mapping[str, tuple[int, int]]:
    layers: dict[str, int] = {boxes[0].id: 0} if boxes else {}
    waiting = list(layers)
    while waiting:
        at = waiting.pop(0)
        for arrow in arrows:
            if arrow.source == at and arrow.target not in layers:
                layers[arrow.target] = layers[at] + 1
                waiting.append(arrow.target)
    places, used = {}, dict.fromkeys(range(len(boxes) + 1), 0)
    for box in boxes:
        layer = layers.get(box.id, 0)
        places[box.id] = (_MARGIN + used[layer] * (_WIDTH + _GAP_X), _MARGIN + layer * (_HEIGHT + _GAP_Y))
        used[layer] += 1
    return places


def _arrow(arrow: Arrow, places: Mapping[str, tuple[int, int]]) -> str:
    (x1, y1), (x2, y2) = places[arrow.source], places[arrow.target]
    begin, end = (x1 + _WIDTH // 2, y1 + _HEIGHT), (x2 + _WIDTH // 2, y2)
    if y2 <= y1:  # back: round the side
        begin, end = (x1 + _WIDTH, y1 + _HEIGHT // 2), (x2 + _WIDTH, y2 + _HEIGHT // 2)
        path = f"M{begin[0]} {begin[1]}C{begin[0] + 40} {begin[1]} {end[0] + 40} {end[1]} {end[0]} {end[1]}"
    else:
        path = f"M{begin[0]} {begin[1]}C{begin[0]} {begin[1] + 30} {end[0]} {end[1] - 30} {end[0]} {end[1]}"
    middle = ((begin[0] + end[0]) // 2, (begin[1] + end[1]) // 2)
    label = f'<text class="s" x="{middle[0] + 4}" y="{middle[1]}">{html.escape(arrow.label[:28])}</text>' if arrow.label else ""
    return f'<path d="{path}" marker-end="url(#a)"/>{label}'


def _box(box: Box, x: int, y: int) -> str:
    lines = _lines(box.text)
    mark = f' class="{box.mark}"' if box.mark else ""
    texts = [f'<text x="{x + 8}" y="{y + 18 + 15 * number}">{html.escape(line)}</text>' for number, line in enumerate(lines)]
    note = f'<text class="s" x="{x + 8}" y="{y + _HEIGHT - 7}">{html.escape(box.note[:34])}</text>' if box.note else ""
    title = html.escape(f"{box.text}: {box.told}" if box.told else box.text)
    frame = f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="6"/>'
    return f"<g{mark}><title>{title}</title>{frame}{''.join(texts)}{note}</g>"


def _lines(text: str) -> list[str]:
    lines, now = [], ""
    for word in text.split():
        if now and len(now) + len(word) >= _LINE_LETTERS:
            lines.append(now)
            now = word
        else:
            now = f"{now} {word}".strip()
    lines.append(now)
    return [line[: _LINE_LETTERS + 2] for line in lines[:_LINES]]


def _quoted(text: str) -> str:
    return html.escape(text, quote=True).replace("&quot;", "#quot;").replace("&#x27;", "'").replace("\n", "<br>")
