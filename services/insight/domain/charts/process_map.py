"""A process as it is walked through, with what goes wrong at each step and the bottleneck named."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.insight.domain.charts.canvas import WIDTH, Canvas, shortened, wrapped
from services.insight.domain.charts.chart import Chart, Table
from services.insight.domain.charts.words import Words

LEFT, TOP, WIDE, HIGH, ACROSS, DOWN = 16.0, 4.0, 152.0, 168.0, 26.0, 40.0
A_ROW = 4
HEAVY = 3.0
WINDOW_DAYS = 7
"""A contact that is followed by another within so many days came back."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `waited` is in minutes; None where nobody told."""

    name: str
    drivers: Sequence[str]
    contacts: int
    cost: float
    waited: float | None
    repeat: float | None
    bottleneck: bool


def _sentence(steps: Sequence[Step], words: Words, currency: str | None) -> str:
    found = [step for step in steps if step.bottleneck]
    if not found:
        return words.said.no_step
    cost = words.money(found[0].cost, currency)
    return words.said.bottleneck_is.format(step=found[0].name, contacts=words.contacts(found[0].contacts), cost=cost)


def draw_process(name: str, steps: Sequence[Step], words: Words, *, currency: str | None) -> Chart:
    """Draw steps from left to right, four a row; arrows are as thick as the contacts about the step that they lead to."""
    rows, sentence = -(-len(steps) // A_ROW), _sentence(steps, words, currency)
    said = words.said
    canvas = Canvas(TOP + rows * (HIGH + DOWN) + 12, "process", words.language, words.rtl)
    most = max((step.contacts for step in steps), default=0) or 1
    for place, step in enumerate(steps):
        corner = _corner(place)
        _arrow(canvas, place, 1 + HEAVY * step.contacts / most)
        _step(canvas, step, corner, words, currency)
    canvas.text((LEFT, TOP + rows * (HIGH + DOWN) - 4), shortened(sentence, WIDTH - 2 * LEFT), role="ink")
    table = tuple(
        (step.name, words.listed(step.drivers), step.contacts, words.money(step.cost, currency),
         None if step.waited is None else words.number(step.waited), None if step.repeat is None else words.percent(step.repeat, 0),
         said.bottleneck if step.bottleneck else "")
        for step in steps
    )  # fmt: skip
    columns = (said.step, said.drivers, said.contacts, said.cost, said.waited_minutes, said.back_within.format(days=WINDOW_DAYS), "")
    return Chart(name, sentence, canvas.svg(name, sentence), Table(columns, table))


def _corner(place: int) -> tuple[float, float]:
    row, across = divmod(place, A_ROW)
    return LEFT + across * (WIDE + ACROSS), TOP + row * (HIGH + DOWN)


def _arrow(canvas: Canvas, place: int, thick: float) -> None:
    """Draw the way from the step before: straight on, or around to the begin of the next row."""
    if place == 0:
        return
    x, y = _corner(place)
    middle = y + HIGH / 2
    if place % A_ROW:
        canvas.line((x - ACROSS, middle), (x - 8, middle), "line", thick=thick)
    else:
        before = _corner(place - 1)
        turn = y - DOWN / 2 - 4
        ends = [(before[0] + WIDE / 2, before[1] + HIGH), (before[0] + WIDE / 2, turn), (4, turn), (4, middle), (x - 8, middle)]
        canvas.path(ends, "line", thick=thick)
    canvas.area([(x - 1, middle), (x - 9, middle - 5), (x - 9, middle + 5)], "line", opacity=1)


def _step(canvas: Canvas, step: Step, corner: tuple[float, float], words: Words, currency: str | None) -> None:
    x, y = corner
    canvas.box(corner, (WIDE, HIGH), "surface", border="bad" if step.bottleneck else "line", thick=3 if step.bottleneck else 1, round_by=6)
    for row, line in enumerate(wrapped(step.name, WIDE - 20, 2)):
        canvas.text((x + 10, y + 22 + 16 * row), line, role="ink", bold=True)
    said = words.said
    canvas.lines((x + 10, y + 60), [words.contacts(step.contacts), words.money(step.cost, currency)], role="ink")
    waited = said.waiting_unknown if step.waited is None else said.waited.format(minutes=words.number(step.waited))
    back = said.repeats_unknown if step.repeat is None else said.came_back.format(share=words.percent(step.repeat, 0))
    canvas.lines((x + 10, y + 94), [shortened(waited, WIDE - 16), shortened(back, WIDE - 16)])
    about = words.listed(step.drivers) or said.no_driver
    canvas.text((x + 10, y + 130), shortened(about, WIDE - 20, 11), size=11)
    if step.bottleneck:
        canvas.mark((x + 16, y + HIGH - 15), "down", "bad", 5)
        canvas.text((x + 28, y + HIGH - 11), said.bottleneck, role="bad", bold=True)
