"""A process as it is walked through, with what goes wrong at each step and the bottleneck named."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.insight.domain.charts.canvas import WIDTH, Canvas, shortened, wrapped
from services.insight.domain.charts.chart import Chart, Table
from services.insight.domain.charts.words import Words

LEFT, TOP, WIDE, HIGH, ACROSS, DOWN = 16.0, 4.0, 152.0, 168.0, 26.0, 40.0
A_ROW = 4
HEAVY = 3.0


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
        return "No contact in the period is about any step of this process."
    return f"The bottleneck is {found[0].name}: {words.count(found[0].contacts)} contacts, {words.money(found[0].cost, currency)}."


def draw_process(name: str, steps: Sequence[Step], words: Words, *, currency: str | None) -> Chart:
    """Draw steps from left to right, four a row; arrows are as thick as the contacts about the step that they lead to."""
    rows, sentence = -(-len(steps) // A_ROW), _sentence(steps, words, currency)
    canvas = Canvas(TOP + rows * (HIGH + DOWN) + 12, "process")
    most = max((step.contacts for step in steps), default=0) or 1
    for place, step in enumerate(steps):
        corner = _corner(place)
        _arrow(canvas, place, 1 + HEAVY * step.contacts / most)
        _step(canvas, step, corner, words, currency)
    canvas.text((LEFT, TOP + rows * (HIGH + DOWN) - 4), shortened(sentence, WIDTH - 2 * LEFT), role="ink")
    table = tuple(
        (step.name, ", ".join(step.drivers), step.contacts, words.money(step.cost, currency),
         None if step.waited is None else words.number(step.waited), None if step.repeat is None else words.percent(step.repeat, 0),
         "bottleneck" if step.bottleneck else "")
        for step in steps
    )  # fmt: skip
    columns = ("step", "drivers", "contacts", "cost", "waited, minutes", "came back within 7 days", "")
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
    told = [f"{words.count(step.contacts)} contacts", words.money(step.cost, currency)]
    told.append("waiting unknown" if step.waited is None else f"waited {words.number(step.waited)} min")
    told.append("repeats unknown" if step.repeat is None else f"{words.percent(step.repeat, 0)} came back")
    for row, line in enumerate(told):
        canvas.text((x + 10, y + 60 + 17 * row), line, role="ink" if row < 2 else "ink-2")  # noqa: PLR2004  what it causes stands out, how it felt below
    about = ", ".join(step.drivers) or "no driver linked"
    canvas.text((x + 10, y + 130), shortened(about, WIDE - 20, 11), size=11)
    if step.bottleneck:
        canvas.mark((x + 16, y + HIGH - 15), "down", "bad", 5)
        canvas.text((x + 28, y + HIGH - 11), "bottleneck", role="bad", bold=True)
