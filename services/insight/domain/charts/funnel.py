"""Places compared fairly: limits that know how few answers there are, and no league table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from services.insight.domain.charts.canvas import SMALL, Canvas, shortened, width_of
from services.insight.domain.charts.chart import Cell, Chart, Table
from services.insight.domain.charts.scale import Scale, ticks
from services.insight.domain.charts.words import Words
from services.insight.domain.intervals import Interval, wilson
from services.insight.domain.statistics.control import p_limits

LEFT, RIGHT, TOP, BOTTOM, HEIGHT = 64.0, 690.0, 14.0, 280.0, 366.0
SIGMAS = {"inner": 1.959963984540054, "outer": 3.090232306167814}
"""Two-sided 95 % and 99.8 %."""
CURVE = 60
NEAR = 1e-9
WORDS = {"out": "outside of 99.8 %", "look": "outside of 95 %", "inside": "inside"}


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
    """Places around their common share, or around 1 with `mix`: what cases are told apart by. `by` says what the places are."""

    name: str
    by: str
    centre: float | None
    inflation: float
    spots: Sequence[Spot]
    too_few: Sequence[str]
    higher_is_better: bool
    mix: Sequence[str] = ()

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
    title = f"{found.name} by {found.by}, " + (f"adjusted for {', '.join(found.mix)}" if found.mix else "compared fairly")
    table = _adjusted_table(found, words) if found.mix else _table(found, words)
    key = f"{'adjusted-' if found.mix else ''}funnel-{found.by}"
    if found.centre is None or not found.spots:
        empty = Canvas(80, key)
        said = f"No {found.by} has 30 answers; {len(found.too_few)} have fewer and are not judged."
        empty.text((LEFT, 46), said)
        return Chart(title, said, empty.svg(title, said), table)
    canvas = Canvas(HEIGHT, key)
    most = max(spot.weight for spot in found.spots)
    across = ticks(0, most * 1.05, 7)
    x = Scale(0, across[-1], LEFT, RIGHT)
    y = _height(found)
    _frame(canvas, found, words, across, (x, y))
    _limits(canvas, found, (x, y))
    _spots(canvas, found, (x, y))
    _legend(canvas, found, words)
    outside = [spot.key for spot in found.spots if spot.signal == "out"]
    said = f"{', '.join(outside)} outside of the 99.8 % limits" if outside else "nobody outside of the 99.8 % limits"
    total = sum(spot.n for spot in found.spots)
    around = "what their cases let expect, from" if found.mix else f"{words.percent(found.centre)} of"
    description = f"{len(found.spots)} places around {around} {words.count(total)} answers: {said}."
    return Chart(title, description, canvas.svg(title, description), table)


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
    canvas.text(
        ((LEFT + RIGHT) / 2, BOTTOM + 36),
        f"answers per {found.by}" + (", as many as of the common mix" if found.mix else ""),
        size=12,
        anchor="middle",
    )


def _limits(canvas: Canvas, found: FunnelShown, scales: tuple[Scale, Scale]) -> None:
    x, y = scales
    least = max(1.0, x.high / 400)
    sizes = [least * (x.high / least) ** (step / CURVE) for step in range(CURVE + 1)]
    for name, dashes in (("inner", "4 4"), ("outer", "")):
        for side in (0, 1):
            edge = [(n, found.limits(n, SIGMAS[name])[side]) for n in sizes]
            inside = [(x(n), y(limit)) for n, limit in edge if y.low <= limit <= y.high]
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
    taken: list[tuple[float, float, float]] = []
    for spot in sorted(found.spots, key=lambda one: (one.signal == "inside", -one.weight)):
        shape, role = _look(spot, found)
        at = (x(spot.weight), y(spot.share))
        canvas.mark(at, shape, role, 5)
        if spot.signal == "inside" and len(found.spots) > 12:  # noqa: PLR2004  names of ordinary places would cover each other
            continue
        name = shortened(spot.key, 130)
        left = at[0] + 12 + width_of(name, SMALL) > RIGHT + 20
        start = at[0] - 10 - width_of(name, SMALL) if left else at[0] + 10
        height = _free(taken, start, start + width_of(name, SMALL), at[1] + 4)
        canvas.text((at[0] - 10 if left else at[0] + 10, height), name, role="ink", anchor="end" if left else "start", bold=spot.signal != "inside")


def _free(taken: list[tuple[float, float, float]], low: float, high: float, height: float) -> float:
    """Return the nearest height at which a name covers no other, and keep it."""
    for away in (0, 14, -14, 28, -28, 42, -42):
        if all(high < one[0] or low > one[1] or abs(height + away - one[2]) >= 13 for one in taken):  # noqa: PLR2004  the height of a line
            height += away
            break
    taken.append((low, high, height))
    return height


def _legend(canvas: Canvas, found: FunnelShown, words: Words) -> None:
    better, worse = ("up", "down") if found.higher_is_better else ("down", "up")
    entries = [(better, "good", "better"), (worse, "bad", "worse"), ("diamond", "warn", "worth a look"), ("circle", "accent", "inside")]
    seen = {_look(spot, found) for spot in found.spots}
    place = LEFT
    for shape, role, said in entries:
        if (shape, role) in seen:
            canvas.mark((place + 6, HEIGHT - 30), shape, role, 4)
            canvas.text((place + 16, HEIGHT - 26), said, size=12)
            place += 30 + width_of(said, 12)
    note = "dashed 95 %, solid 99.8 % limits"
    if found.inflation > 1:
        note += f", widened {words.number(found.inflation)} times"
    if found.too_few:
        note += f"; {len(found.too_few)} with under 30 answers left out"
    canvas.text((LEFT, HEIGHT - 8), note, size=12)


def _table(found: FunnelShown, words: Words) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for spot in sorted(found.spots, key=lambda one: (one.signal == "inside", one.adjusted_p, one.key)):
        interval = words.interval(wilson(spot.share, spot.n), words.percent)
        rows.append((spot.key, words.percent(spot.share), interval, spot.n, WORDS[spot.signal]))
    rows += [(key, "under 30 answers", "", None, "not judged") for key in found.too_few]
    return Table((found.by, found.name, "95 % interval", "answers", "verdict"), tuple(rows))


def _adjusted_table(found: FunnelShown, words: Words) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for spot in sorted(found.spots, key=lambda one: (one.signal == "inside", one.adjusted_p, one.key)):
        expected, interval = (None, None) if spot.mixed is None else (spot.mixed.expected, spot.mixed.interval)
        seen = (spot.key, spot.n, spot.good, "" if expected is None else words.number(expected), words.number(spot.share, 2))
        rows.append((*seen, words.interval(interval, lambda edge: words.number(edge, 2)), WORDS[spot.signal]))
    rows += [(key, None, None, "", "under 30 answers", "", "not judged") for key in found.too_few]
    return Table((found.by, "answers", "observed", "expected", "observed / expected", "95 % interval", "verdict"), tuple(rows))
