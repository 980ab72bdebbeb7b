"""The six stages of the cycle side by side: figure, threshold, state, in the order a voice passes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.insight.domain.charts.canvas import PLAIN, SMALL, Canvas, wrapped
from services.insight.domain.charts.chart import Chart, Table
from services.insight.domain.charts.words import Words
from services.insight.domain.cycle import State
from services.insight.domain.intervals import Interval

LEFT, TOP, GAP, HIGH, ROW = 16.0, 6.0, 10.0, 204.0, 18.0
MOST_LINES = 4
LOOKS = {State.HEALTHY: ("circle", "good", "works"), State.BROKEN: ("down", "bad", "broken"), State.NO_DATA: ("ring", "line", "no_data")}
"""State to the mark, its colour and the word for it."""


@dataclass(frozen=True, slots=True)
class StageShown:
    """One stage: `key` names it (collect to tell), `since` when it broke as far as anybody looked."""

    key: str
    numerator: int
    n: int
    value: float | None
    interval: Interval | None
    threshold: float
    state: State
    since: datetime | None


@dataclass(frozen=True, slots=True)
class CycleShown:
    """All stages as they stand `now`, and what was left out of them."""

    stages: Sequence[StageShown]
    now: datetime
    flagged: int
    opted_out: int


def draw_cycle(found: CycleShown, words: Words) -> Chart:
    """Draw the stages; a stage without material is hollow, never green."""
    said, stages, sentence = words.said, found.stages, _sentence(found, words)
    told = wrapped(sentence, 720 - 2 * LEFT, MOST_LINES)
    canvas = Canvas(TOP + HIGH + 20 + ROW * len(told), "cycle", words.language, words.rtl)
    wide = (canvas.width - 2 * LEFT - GAP * (len(stages) - 1)) / len(stages)
    for place, stage in enumerate(stages):
        _stage(canvas, stage, words, LEFT + place * (wide + GAP), wide)
    canvas.lines((LEFT, TOP + HIGH + 24), told, step=ROW, role="ink")
    rows = tuple(
        (said.of(stage.key), stage.numerator, stage.n, words.percent(stage.value) if stage.value is not None else "",
         words.interval(stage.interval, words.percent), words.percent(stage.threshold, 0), said.of(LOOKS[stage.state][2]))
        for stage in stages
    )  # fmt: skip
    columns = (said.stage, said.of_them, "n", said.share, said.interval.format(level=words.level()), said.threshold, said.state)
    return Chart(said.loop_closed, sentence, canvas.svg(said.loop_closed, sentence), Table(columns, rows))


def _sentence(found: CycleShown, words: Words) -> str:
    """Name what is broken and for how long; a cycle is not called closed when a stage could not be judged."""
    said = words.said
    broken = [_for_how_long(stage, found.now, words) for stage in found.stages if stage.state is State.BROKEN]
    silent = [said.of(stage.key) for stage in found.stages if stage.state is State.NO_DATA]
    if broken:
        first = said.broken_at.format(stages=words.listed(broken))
    else:
        first = said.silent.format(stages=words.listed(silent)) if silent else said.closed
    asides = [form.format(count=words.count(n)) for form, n in ((said.flagged, found.flagged), (said.opted_out, found.opted_out)) if n]
    return " ".join([first, *asides])


def _for_how_long(stage: StageShown, now: datetime, words: Words) -> str:
    name = words.said.of(stage.key)
    if stage.since is None:
        return name
    return words.said.broken_for.format(stage=name, time=words.days((now - stage.since).days), date=words.date(stage.since))


def _stage(canvas: Canvas, stage: StageShown, words: Words, left: float, wide: float) -> None:
    shape, role, state = LOOKS[stage.state]
    said = words.said
    canvas.box((left, TOP), (wide, HIGH), "surface", border="grid", round_by=6)
    canvas.box((left, TOP), (wide, 4), role)
    canvas.text((left + 10, TOP + 26), said.of(stage.key), role="ink", bold=True)
    shown = said.no_data if stage.value is None else words.share_of(stage.numerator, stage.n)
    canvas.text((left + 10, TOP + 54), shown, role="ink", size=SMALL if stage.value is None else PLAIN + 2, bold=True)
    if stage.value is not None:
        canvas.text((left + 10, TOP + 73), f"n {words.count(stage.n)}", size=12)
    canvas.text((left + 10, TOP + 90), said.at_least.format(share=words.percent(stage.threshold, 0)), size=12)
    canvas.lines((left + 10, TOP + 110), wrapped(said.of(f"{stage.key}_is"), wide - 14, 5, 11), step=13, size=11)
    canvas.mark((left + 16, TOP + HIGH - 14), shape, role, 5)
    canvas.text((left + 28, TOP + HIGH - 10), said.of(state), role=role, size=12, bold=True)
