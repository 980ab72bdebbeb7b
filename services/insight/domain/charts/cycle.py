"""The six stages of the cycle side by side: figure, threshold, state, in the order a voice passes them."""

from collections.abc import Sequence

from services.insight.domain.charts.canvas import Canvas, wrapped
from services.insight.domain.charts.chart import Chart, Table
from services.insight.domain.charts.words import Words
from services.insight.domain.cycle import Judged, State

LEFT, TOP, GAP, HIGH = 16.0, 6.0, 10.0, 204.0
LOOKS = {State.HEALTHY: ("circle", "good", "works"), State.BROKEN: ("down", "bad", "broken"), State.NO_DATA: ("ring", "line", "no data")}


def draw_cycle(stages: Sequence[Judged], sentence: str, words: Words) -> Chart:
    """Draw the stages; a stage without material is hollow, never green."""
    title = "Is the loop closed?"
    canvas = Canvas(TOP + HIGH + 36, "cycle")
    wide = (canvas.width - 2 * LEFT - GAP * (len(stages) - 1)) / len(stages)
    for place, stage in enumerate(stages):
        _stage(canvas, stage, words, LEFT + place * (wide + GAP), wide)
    canvas.text((LEFT, TOP + HIGH + 24), sentence, role="ink")
    rows = tuple(
        (stage.stage.value, stage.numerator, stage.n, words.percent(stage.value) if stage.value is not None else "",
         words.interval(stage.interval, words.percent), words.percent(stage.threshold, 0), LOOKS[stage.state][2])
        for stage in stages
    )  # fmt: skip
    columns = ("stage", "of them", "n", "share", "95 % interval", "threshold", "state")
    return Chart(title, sentence, canvas.svg(title, sentence), Table(columns, rows))


def _stage(canvas: Canvas, stage: Judged, words: Words, left: float, wide: float) -> None:
    shape, role, said = LOOKS[stage.state]
    canvas.box((left, TOP), (wide, HIGH), "surface", border="grid", round_by=6)
    canvas.box((left, TOP), (wide, 4), role)
    canvas.text((left + 10, TOP + 26), stage.stage.capitalize(), role="ink", bold=True)
    shown = "no data" if stage.value is None else words.share_of(stage.numerator, stage.n)
    canvas.text((left + 10, TOP + 54), shown, role="ink", size=17, bold=True)
    if stage.value is not None:
        canvas.text((left + 10, TOP + 73), f"n {words.count(stage.n)}", size=12)
    canvas.text((left + 10, TOP + 90), f"at least {words.percent(stage.threshold, 0)}", size=12)
    for row, line in enumerate(wrapped(stage.figure, wide - 12, 5, 11)):
        canvas.text((left + 10, TOP + 110 + 13 * row), line, size=11)
    canvas.mark((left + 16, TOP + HIGH - 14), shape, role, 5)
    canvas.text((left + 28, TOP + HIGH - 10), said, role=role, bold=True)
