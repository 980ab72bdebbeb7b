"""A figure over time: its band of certainty, the goal, and what was changed when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.insight.domain.charts.canvas import SMALL, Canvas, shortened, width_of
from services.insight.domain.charts.chart import Chart, Table
from services.insight.domain.charts.scale import Scale, chosen, ticks
from services.insight.domain.charts.words import LEAST, Words, Write
from services.insight.domain.intervals import Interval

LEFT, RIGHT, BOTTOM, HEIGHT = 64.0, 616.0, 300.0, 344.0
ROW = 17.0
MOST_MARKS = 6
NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Dot:
    """One point of a series: `n` answers (or contacts) in the days from `start` on."""

    start: datetime
    value: float
    n: int
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Line:
    """What is drawn: unit is share, points, count or money."""

    key: str
    """Which figure: csat, dsat, ces, resolution, contacts or cost."""
    unit: str
    days: int
    dots: Sequence[Dot]
    currency: str | None = None
    goal: float | None = None
    changes: Sequence[tuple[datetime, str]] = ()
    """When something was changed, and its name."""

    @property
    def of_answers(self) -> bool:
        """Say whether answers are counted, not contacts."""
        return self.unit in {"share", "points"}


def _write(line: Line, words: Words) -> Write:
    if line.unit == "share":
        return words.percent
    if line.unit == "money":
        return lambda value: words.money(value, line.currency)
    return words.count if line.unit == "count" else words.number


def _value(line: Line, dot: Dot, words: Words) -> str:
    return words.share_of(round(dot.value * dot.n), dot.n) if line.unit == "share" else _write(line, words)(dot.value)


def _reach(line: Line) -> list[float]:
    ends = [end for dot in line.dots for end in ((dot.interval.low, dot.interval.high) if dot.interval and dot.n >= LEAST else (dot.value,))]
    low, high = min([*ends, *([line.goal] if line.goal is not None else [])]), max([*ends, *([line.goal] if line.goal is not None else [])])
    found = ticks(low, high)
    if line.unit == "share":
        found = [tick for tick in found if -NEAR <= tick <= 1 + NEAR]
    return found if len(found) > 1 else ticks(low, low + 1)


def _table(line: Line, words: Words) -> Table:
    write = _write(line, words)
    rows = tuple((words.day(dot.start), _value(line, dot, words), words.interval(dot.interval, write), dot.n) for dot in line.dots)
    counted = words.said.answers if line.of_answers else words.said.contacts
    return Table((words.said.since, words.said.of(line.key), words.said.interval.format(level=words.level()), counted), rows)


def draw_trend(line: Line, words: Words) -> Chart:
    """Draw a series; a gap in time is a gap in the line, points of few answers are hollow, and the last value is written out."""
    title, said = words.said.of(line.key), words.said
    if not line.dots:
        empty = Canvas(80, f"trend-{line.key}", words.language, words.rtl)
        empty.text((LEFT, 46), said.nobody_answered.format(figure=title))
        return Chart(title, said.nothing, empty.svg(title, said.nothing), _table(line, words))
    marks = [one for one in line.changes if line.dots[0].start <= one[0]][-MOST_MARKS:]
    top = 24.0 + ROW * len(marks)
    canvas = Canvas(HEIGHT, f"trend-{line.key}", words.language, words.rtl)
    steps = _reach(line)
    y = Scale(steps[0], steps[-1], BOTTOM, top)
    x = Scale(line.dots[0].start.timestamp(), line.dots[-1].start.timestamp(), LEFT, RIGHT)
    _axes(canvas, line, words, steps, (x, y))
    _changes(canvas, words, marks, x)
    _dots(canvas, line, (x, y))
    _goal(canvas, line, words, (x, y))
    last = line.dots[-1]
    place = (RIGHT + 10, y(last.value) + 4)
    canvas.text(place, _value(line, last, words), role="ink", bold=True)
    canvas.text((place[0], place[1] + ROW), f"n {words.count(last.n)}", size=12)
    canvas.note(LEFT, _note(line, words))
    counted = words.answers(last.n) if line.of_answers else words.contacts(last.n)
    description = said.trend_said.format(figure=title, points=words.count(len(line.dots)), value=_value(line, last, words), n=counted)
    return Chart(title, description, canvas.svg(title, description), _table(line, words))


def _note(line: Line, words: Words) -> str:
    """Say what is counted, and how the band and the hollow points are to be read."""
    said, total = words.said, sum(dot.n for dot in line.dots)
    notes = [words.answers(total) if line.of_answers else words.contacts(total)]
    if line.unit == "money" and line.currency:
        notes.append(said.in_currency.format(currency=line.currency))
    if any(dot.interval for dot in line.dots):
        notes.append(said.band.format(level=words.level()))
    if line.unit == "share" and any(dot.n < LEAST for dot in line.dots):
        notes.append(said.hollow.format(least=LEAST))
    return said.semicolon.join(notes)


def _axes(canvas: Canvas, line: Line, words: Words, steps: Sequence[float], scales: tuple[Scale, Scale]) -> None:
    x, y = scales
    fine = line.unit == "share" and any(abs(step * 100 - round(step * 100)) > NEAR for step in steps)
    for step in steps:
        canvas.line((LEFT, y(step)), (RIGHT, y(step)))
        label = words.percent(step, 1 if fine else 0) if line.unit == "share" else words.short(step)
        canvas.text((LEFT - 8, y(step) + 4), label, size=12, anchor="end")
    for place in chosen(len(line.dots), 8):
        start = line.dots[place].start
        canvas.line((x(start.timestamp()), BOTTOM), (x(start.timestamp()), BOTTOM + 4), "line")
        canvas.text((x(start.timestamp()), BOTTOM + 19), words.day(start), size=12, anchor="middle")


def _goal(canvas: Canvas, line: Line, words: Words, scales: tuple[Scale, Scale]) -> None:
    if line.goal is None:
        return
    height = scales[1](line.goal)
    canvas.line((LEFT, height), (RIGHT, height), "good", thick=1.5, dashes="6 4")
    canvas.text((LEFT + 4, height - 5), words.said.goal.format(value=_write(line, words)(line.goal)), role="good", size=12)


def _changes(canvas: Canvas, words: Words, marks: Sequence[tuple[datetime, str]], x: Scale) -> None:
    """Write each change on a row of its own above the picture, on the side where it has room."""
    for row, (at, name) in enumerate(marks):
        place = min(x(at.timestamp()), RIGHT)
        height = 18.0 + ROW * row
        canvas.line((place, height - 10), (place, BOTTOM), "warn", thick=1.5, dashes="2 3")
        said = shortened(words.listed((name, words.day(at))), max(place - LEFT, RIGHT - place) - 12)
        left = RIGHT - place < width_of(said, SMALL) + 12
        canvas.text((place - 6 if left else place + 6, height), said, role="warn", anchor="end" if left else "start")


def _dots(canvas: Canvas, line: Line, scales: tuple[Scale, Scale]) -> None:
    x, y = scales
    for run in _runs(line):
        sure = [dot for dot in run if dot.interval is not None and dot.n >= LEAST]
        if len(sure) > 1:
            upper = [(x(dot.start.timestamp()), y(min(dot.interval.high, y.high))) for dot in sure if dot.interval]
            lower = [(x(dot.start.timestamp()), y(max(dot.interval.low, y.low))) for dot in sure if dot.interval]
            canvas.area([*upper, *reversed(lower)], "accent")
        canvas.path([(x(dot.start.timestamp()), y(dot.value)) for dot in run], "accent")
        few = len(line.dots) <= 62  # noqa: PLR2004  two months of days; more dots would hide the line
        for dot in run:
            hollow = line.unit == "share" and dot.n < LEAST
            if few or hollow or dot is line.dots[-1]:
                canvas.mark((x(dot.start.timestamp()), y(dot.value)), "ring" if hollow else "circle", "accent", 3.2)


def _runs(line: Line) -> list[list[Dot]]:
    """Break the series where a point is missing."""
    runs: list[list[Dot]] = [[line.dots[0]]]
    for before, dot in zip(line.dots, line.dots[1:], strict=False):
        if dot.start - before.start > timedelta(days=line.days * 1.5):
            runs.append([])
        runs[-1].append(dot)
    return runs
