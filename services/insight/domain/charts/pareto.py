"""Why customers make contact: the few causes that make up most of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.insight.domain.charts.canvas import Canvas, wrapped
from services.insight.domain.charts.chart import Chart, Table
from services.insight.domain.charts.scale import Scale, ticks
from services.insight.domain.charts.words import Words

LEFT, RIGHT, TOP, BOTTOM, HEIGHT = 64.0, 668.0, 30.0, 280.0, 344.0
NAME, LETTER = 11.0, 9.0
"""The size of names, and how high a figure stands above its line."""
MOST = 8
MAIN = 0.8
"""What makes up four fifths is drawn in the accent."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A driver with its department; `worth` is money, or contacts while nothing has a price."""

    name: str
    department: str | None
    contacts: int
    worth: float


def _joined(causes: Sequence[Cause], words: Words) -> list[Cause]:
    """Return the largest causes, and all others as one at the end."""
    if len(causes) <= MOST + 1:
        return list(causes)
    rest = causes[MOST:]
    name = words.said.others.format(count=len(rest))
    return [*causes[:MOST], Cause(name, None, sum(one.contacts for one in rest), sum(one.worth for one in rest))]


def draw_pareto(causes: Sequence[Cause], words: Words, *, currency: str | None, priced: bool) -> Chart:
    """Draw causes by size with the running share; everything is counted, so there is no interval."""
    said = words.said
    title = said.why_by_cost if priced else said.why_by_contacts
    whole = sum(one.worth for one in causes)
    table = _table(causes, words, currency, whole, priced=priced)
    if not whole:
        empty = Canvas(80, "pareto", words.language, words.rtl)
        empty.text((LEFT, 46), said.no_contact)
        return Chart(title, said.nothing, empty.svg(title, said.nothing), table)
    canvas = Canvas(HEIGHT, "pareto", words.language, words.rtl)
    shown = _joined(causes, words)
    steps = ticks(0, shown[0].worth, 5)
    y, part = Scale(0, steps[-1], BOTTOM, TOP), Scale(0, 1, BOTTOM, TOP)
    for step in steps:
        canvas.line((LEFT, y(step)), (RIGHT, y(step)))
        canvas.text((LEFT - 8, y(step) + 4), words.short(step), size=12, anchor="end")
    for step in (0.0, 0.5, 1.0):
        canvas.text((RIGHT + 8, part(step) + 4), words.percent(step, 0), size=12)
    canvas.line((LEFT, part(MAIN)), (RIGHT, part(MAIN)), "good", thick=1.5, dashes="6 4")
    canvas.text((RIGHT + 8, part(MAIN) + 4), words.percent(MAIN, 0), role="good", size=12)
    _bars(canvas, shown, words, (y, part), whole, priced=priced)
    contacts = sum(one.contacts for one in causes)
    unit = said.in_currency.format(currency=currency) if priced and currency else said.contacts
    canvas.note(LEFT, said.bars.format(unit=unit, n=words.contacts(contacts)))
    total = words.money(whole, currency) if priced else words.contacts(whole)
    description = said.pareto_said.format(driver=shown[0].name, share=words.percent(shown[0].worth / whole), total=total)
    return Chart(title, description, canvas.svg(title, description), table)


def _bars(canvas: Canvas, shown: Sequence[Cause], words: Words, scales: tuple[Scale, Scale], whole: float, *, priced: bool) -> None:
    y, part = scales
    slot = (RIGHT - LEFT) / len(shown)
    wide = min(72.0, slot * 0.72)
    running, points, labels = 0.0, [], []
    for place, one in enumerate(shown):
        middle = LEFT + slot * (place + 0.5)
        main = running < MAIN * whole
        running += one.worth
        canvas.box((middle - wide / 2, y(one.worth)), (wide, BOTTOM - y(one.worth)), "accent" if main else "line")
        value = words.short(one.worth) if priced else words.count(one.worth)
        points.append((middle, part(running / whole)))
        labels.append((middle, _clear(y(one.worth) - 5, points[-1][1]), value))
        for row, line in enumerate(wrapped(one.name, slot - 4, 2, NAME)):
            canvas.text((middle, BOTTOM + 18 + 15 * row), line, size=NAME, anchor="middle")
    canvas.line((LEFT, BOTTOM), (RIGHT, BOTTOM), "line")
    canvas.path(points, "warn", thick=2)
    for point in points:
        canvas.mark(point, "diamond", "warn", 3.2)
    for middle, height, value in labels:
        canvas.text((middle, height), value, role="ink", size=12, anchor="middle")


def _clear(label: float, point: float) -> float:
    """Return the height for a bar's figure: above the mark of the line where both would cover each other."""
    return point - 8 if label - LETTER - 6 < point < label + 6 else label


def _table(causes: Sequence[Cause], words: Words, currency: str | None, whole: float, *, priced: bool) -> Table:
    rows, running = [], 0.0
    for one in causes:
        running += one.worth
        share = words.percent(running / whole) if whole else ""
        rows.append((one.name, one.department, one.contacts, words.money(one.worth, currency) if priced else "", share))
    said = words.said
    return Table((said.driver, said.department, said.contacts, said.cost, said.up_to_here), tuple(rows))
