"""What moves satisfaction most, with how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.insight.domain.charts.canvas import Canvas, shortened
from services.insight.domain.charts.chart import Chart, Table
from services.insight.domain.charts.scale import Scale, ticks
from services.insight.domain.charts.words import LEAST, Words
from services.insight.domain.intervals import Interval

LEFT, RIGHT, TOP, ROW = 214.0, 568.0, 22.0, 40.0


@dataclass(frozen=True, slots=True)
class Weight:
    """One driver: its share of explained differences in satisfaction (LMG), and how its own answers are."""

    driver: str
    answers: int
    share: float
    interval: Interval
    satisfied: float


def draw_importance(weights: Sequence[Weight], words: Words, *, n: int) -> Chart:
    """Draw drivers in the order of urgency: what weighs most and goes badly comes first. Without two frequent drivers there are no weights."""
    said, title = words.said, words.said.what_moves
    rows = tuple(
        (one.driver, words.percent(one.share), words.interval(one.interval, words.percent), _satisfied(one, words), one.answers)
        for one in weights
    )  # fmt: skip
    table = Table((said.driver, said.explained, said.interval.format(level=words.level()), said.satisfied, said.answers), rows)
    if not weights:
        why = said.two_drivers.format(least=LEAST)
        empty = Canvas(80, "key-drivers", words.language, words.rtl)
        empty.text((64, 46), why)
        return Chart(title, why, empty.svg(title, why), table)
    height = TOP + ROW * len(weights) + 56
    canvas = Canvas(height, "key-drivers", words.language, words.rtl)
    steps = ticks(0, max(max(one.interval.high, one.share) for one in weights), 5)
    x = Scale(0, steps[-1], LEFT, RIGHT)
    bottom = TOP + ROW * len(weights)
    for step in steps:
        canvas.line((x(step), TOP - 6), (x(step), bottom))
        canvas.text((x(step), bottom + 17), words.percent(step, 0 if step * 100 == round(step * 100) else 1), size=12, anchor="middle")
    canvas.text((RIGHT + 16, TOP - 10), said.satisfied, size=12)
    for place, one in enumerate(weights):
        _bar(canvas, one, words, x, TOP + ROW * place)
    canvas.note(64, said.shapley.format(level=words.level(), n=words.answers(n)))
    description = said.urgent.format(driver=weights[0].driver, share=words.percent(weights[0].share))
    return Chart(title, description, canvas.svg(title, description), table)


def _satisfied(one: Weight, words: Words) -> str:
    return words.share_of(round(one.satisfied * one.answers), one.answers)


def _bar(canvas: Canvas, one: Weight, words: Words, x: Scale, top: float) -> None:
    middle = top + ROW / 2
    canvas.text((LEFT - 10, middle + 4), shortened(one.driver, LEFT - 20), role="ink", anchor="end")
    canvas.box((LEFT, middle - 9), (x(one.share) - LEFT, 18), "accent")
    low, high = x(max(0.0, one.interval.low)), x(one.interval.high)
    canvas.line((low, middle), (high, middle), "ink", thick=1.5)
    for end in (low, high):
        canvas.line((end, middle - 5), (end, middle + 5), "ink", thick=1.5)
    canvas.text((RIGHT + 16, middle + 4), f"{_satisfied(one, words)} (n {words.count(one.answers)})", role="ink")
