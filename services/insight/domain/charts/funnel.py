"""Places compared fairly: limits that know how few answers there are, and no league table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from services.insight.domain.charts.canvas import SMALL, Canvas, Point, shortened, width_of
from services.insight.domain.charts.chart import Cell, Chart, Table
from services.insight.domain.charts.scale import Scale, ticks
from services.insight.domain.charts.words import LEAST, Words
from services.insight.domain.intervals import Interval, wilson
from services.insight.domain.statistics.control import p_limits

LEFT, RIGHT, TOP, BOTTOM, HEIGHT = 64.0, 690.0, 14.0, 280.0, 366.0
SIGMAS = {"inner": 1.959963984540054, "outer": 3.090232306167814}
LEVELS = {"inner": 0.95, "outer": 0.998}
"""Two-sided: so many of all places lie within the limits when all are alike."""
LETTERS = 12.0
"""The height of a line of words."""
CURVE = 60
NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Mixed:
    """What a place's own mix of cases lets expect: `weight` is how many answers of the whole's mix say as much."""

    expected: float
    weight: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Spot:
    """One place: `signal` is out, look or inside; `share` is observed / expected when it is adjusted for its mix of cases."""

    key: str
    good: int
    n: int
    share: float
    signal: str
    adjusted_p: float
    mixed: Mixed | None = None

    @property
    def weight(self) -> float:
        """Return how much its answers say."""
        return self.n if self.mixed is None else self.mixed.weight


@dataclass(frozen=True, slots=True)
class FunnelShown:
    """Places around their common share, or around 1 with `mix`: what cases are told apart by.

    `metric` is csat, dsat, ces or resolution; `by` says what the places are: site, vendor, team or agent.
    """

    metric: str
    by: str
    centre: float | None
    inflation: float
    spots: Sequence[Spot]
    too_few: Sequence[str]
    higher_is_better: bool
    mix: Sequence[str] = ()

    @property
    def highest(self) -> float:
        """Return what no value can reach beyond: limits there are cut off and say nothing."""
        return math.inf if self.mix else 1.0

    @property
    def middle(self) -> float:
        """Return the value of a place like all others."""
        return 1.0 if self.mix else self.centre or 0.0

    def limits(self, n: float, sigmas: float) -> tuple[float, float]:
        """Return the limits at a weight of `n` answers; those of a ratio are the share's divided by the share, and may be above 1."""
        wide = sigmas * self.inflation
        if not self.mix:
            return p_limits(self.middle, n, wide)
        share = self.centre or 0.0
        half = wide * math.sqrt((1 - share) / share / n) if share else 0.0
        return max(0.0, 1 - half), 1 + half


def draw_funnel(found: FunnelShown, words: Words) -> Chart:
    """Draw the funnel; who lies outside is named, and marked by shape and word as well as by colour."""
    said = words.said
    title = _title(found, words)
    table = _adjusted_table(found, words) if found.mix else _table(found, words)
    key = f"{'adjusted-' if found.mix else ''}funnel-{found.by}"
    if found.centre is None or not found.spots:
        empty = Canvas(80, key, words.language, words.rtl)
        why = said.none_has.format(place=said.of(found.by), least=LEAST, few=words.count(len(found.too_few)))
        empty.text((LEFT, 46), why)
        return Chart(title, why, empty.svg(title, why), table)
    canvas = Canvas(HEIGHT, key, words.language, words.rtl)
    most = max(spot.weight for spot in found.spots)
    across = ticks(0, most * 1.05, 7)
    x = Scale(0, across[-1], LEFT, RIGHT)
    y = _height(found)
    _frame(canvas, found, words, across, (x, y))
    _limits(canvas, found, (x, y))
    _spots(canvas, found, (x, y))
    _legend(canvas, found, words)
    description = _description(found, found.centre, words)
    return Chart(title, description, canvas.svg(title, description), table)


def _title(found: FunnelShown, words: Words) -> str:
    said = words.said
    form = said.adjusted_for if found.mix else said.by_place
    return form.format(figure=said.of(found.metric), place=said.of(found.by), mix=words.listed(said.of(kind) for kind in found.mix))


def _description(found: FunnelShown, centre: float, words: Words) -> str:
    said, limit = words.said, words.level(LEVELS["outer"])
    outside = [spot.key for spot in found.spots if spot.signal == "out"]
    out = said.some_out.format(places=words.listed(outside), limit=limit) if outside else said.nobody_out.format(limit=limit)
    form = said.around_expected if found.mix else said.around_share
    total = words.answers(sum(spot.n for spot in found.spots))
    return form.format(spots=words.count(len(found.spots)), share=words.percent(centre), n=total, out=out)


def _height(found: FunnelShown) -> Scale:
    shares = [spot.share for spot in found.spots]
    smallest = min(spot.weight for spot in found.spots)
    low, high = found.limits(smallest, SIGMAS["outer"])
    room = max(0.05, (max(shares) - min(shares)) * 0.6)
    least, most = min(max(low, min(shares) - room), *shares), max(min(high, max(shares) + room), *shares)
    steps = [step for step in ticks(least, most) if step >= -NEAR and (found.mix or step <= 1 + NEAR)]
    return Scale(steps[0], steps[-1], BOTTOM, TOP)


def _frame(canvas: Canvas, found: FunnelShown, words: Words, across: Sequence[float], scales: tuple[Scale, Scale]) -> None:
    x, y = scales
    for step in (step for step in ticks(y.low, y.high) if y.low - NEAR <= step <= y.high + NEAR):
        canvas.line((LEFT, y(step)), (RIGHT, y(step)))
        written = words.number(step, 2) if found.mix else words.percent(step, 0 if math.isclose(step * 100, round(step * 100)) else 1)
        canvas.text((LEFT - 8, y(step) + 4), written, size=12, anchor="end")
    for step in across:
        canvas.line((x(step), BOTTOM), (x(step), BOTTOM + 4), "line")
        canvas.text((x(step), BOTTOM + 19), words.count(step), size=12, anchor="middle")
    counted = words.said.answers_per_mixed if found.mix else words.said.answers_per
    canvas.text(((LEFT + RIGHT) / 2, BOTTOM + 36), counted.format(place=words.said.of(found.by)), size=12, anchor="middle")


def _limits(canvas: Canvas, found: FunnelShown, scales: tuple[Scale, Scale]) -> None:
    x, y = scales
    least = max(1.0, x.high / 400)
    sizes = [least * (x.high / least) ** (step / CURVE) for step in range(CURVE + 1)]
    for name, dashes in (("inner", "4 4"), ("outer", "")):
        for side in (0, 1):
            edge = [(n, found.limits(n, SIGMAS[name])[side]) for n in sizes]
            inside = [(x(n), y(limit)) for n, limit in edge if y.low <= limit <= y.high and 0 < limit < found.highest]
            if len(inside) > 1:
                canvas.path(inside, "line", thick=1.2, dashes=dashes)
    canvas.line((LEFT, y(found.middle)), (RIGHT, y(found.middle)), "ink", thick=1.2)


def _look(spot: Spot, found: FunnelShown) -> tuple[str, str]:
    above = spot.share > found.middle
    if spot.signal == "inside":
        return "circle", "accent"
    better = above == found.higher_is_better
    if spot.signal == "look":
        return "diamond", "warn"
    return ("up" if above else "down"), ("good" if better else "bad")


def _spots(canvas: Canvas, found: FunnelShown, scales: tuple[Scale, Scale]) -> None:
    x, y = scales
    places = {spot.key: (x(spot.weight), y(spot.share)) for spot in found.spots}
    middle = y(found.middle)
    taken = [(at[0] - 6, at[0] + 6, at[1] + 4) for at in places.values()]
    for spot in sorted(found.spots, key=lambda one: (one.signal == "inside", -one.weight)):
        shape, role = _look(spot, found)
        canvas.mark(places[spot.key], shape, role, 5)
        if spot.signal == "inside" and len(found.spots) > 12:  # noqa: PLR2004  names of ordinary places would cover each other
            continue
        name = shortened(spot.key, 130)
        place, anchor = _free(taken, places[spot.key], width_of(name, SMALL), middle)
        canvas.text(place, name, role="ink", anchor=anchor, bold=spot.signal != "inside")


Taken = tuple[float, float, float]
"""From where to where, and the foot of a line of words."""


def _free(taken: list[Taken], at: Point, wide: float, middle: float) -> tuple[Point, str]:
    """Return the nearest place beside a mark at which a name covers no mark, no other name and not the middle line, and keep it."""
    sides = [(at[0] + 10, at[0] + 10 + wide, "start"), (at[0] - 10 - wide, at[0] - 10, "end")]
    beside = [side for side in sides if side[0] > LEFT and side[1] < RIGHT + 20] or sides[:1]
    tried = [(low, high, at[1] + 4 + away, anchor) for away in (0, -10, 12, -16, 18, 26, -26, 38, -38) for low, high, anchor in beside]
    free = [
        one for one in tried
        if all(one[1] < old[0] or one[0] > old[1] or abs(one[2] - old[2]) >= LETTERS for old in taken) and not 0 < one[2] + 2 - middle < LETTERS
    ]  # fmt: skip
    low, high, foot, anchor = (free or tried)[0]
    taken.append((low, high, foot))
    return (low if anchor == "start" else high, foot), anchor


def _legend(canvas: Canvas, found: FunnelShown, words: Words) -> None:
    said = words.said
    better, worse = ("up", "down") if found.higher_is_better else ("down", "up")
    entries = [(better, "good", said.better), (worse, "bad", said.worse), ("diamond", "warn", said.look), ("circle", "accent", said.inside)]
    seen = {_look(spot, found) for spot in found.spots}
    place = LEFT
    for shape, role, meaning in entries:
        if (shape, role) in seen:
            canvas.mark((place + 6, HEIGHT - 30), shape, role, 4)
            canvas.text((place + 16, HEIGHT - 26), meaning, size=12)
            place += 30 + width_of(meaning, 12)
    notes = [said.limits.format(inner=words.level(LEVELS["inner"]), outer=words.level(LEVELS["outer"]))]
    if found.inflation > 1:
        notes.append(said.widened.format(times=words.number(found.inflation)))
    if found.too_few:
        notes.append(said.left_out.format(few=words.count(len(found.too_few)), least=LEAST))
    canvas.note(LEFT, said.semicolon.join(notes))


def _verdict(spot: Spot, words: Words) -> str:
    if spot.signal == "inside":
        return words.said.inside
    return words.said.outside_of.format(limit=words.level(LEVELS["outer" if spot.signal == "out" else "inner"]))


def _table(found: FunnelShown, words: Words) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for spot in sorted(found.spots, key=lambda one: (one.signal == "inside", one.adjusted_p, one.key)):
        interval = words.interval(wilson(spot.share, spot.n), words.percent)
        rows.append((spot.key, words.percent(spot.share), interval, spot.n, _verdict(spot, words)))
    said = words.said
    rows += [(key, said.under.format(least=LEAST), "", None, said.not_judged) for key in found.too_few]
    level = said.interval.format(level=words.level())
    return Table((said.of(found.by), said.of(found.metric), level, said.answers, said.verdict), tuple(rows))


def _adjusted_table(found: FunnelShown, words: Words) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for spot in sorted(found.spots, key=lambda one: (one.signal == "inside", one.adjusted_p, one.key)):
        expected, interval = (None, None) if spot.mixed is None else (spot.mixed.expected, spot.mixed.interval)
        seen = (spot.key, spot.n, spot.good, "" if expected is None else words.number(expected), words.number(spot.share, 2))
        rows.append((*seen, words.interval(interval, lambda edge: words.number(edge, 2)), _verdict(spot, words)))
    said = words.said
    rows += [(key, None, None, "", said.under.format(least=LEAST), "", said.not_judged) for key in found.too_few]
    level = said.interval.format(level=words.level())
    return Table((said.of(found.by), said.answers, said.observed, said.expected, said.ratio, level, said.verdict), tuple(rows))
