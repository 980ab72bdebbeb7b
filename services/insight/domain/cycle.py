"""Is the loop closed? Six stages, each a share against a threshold; a stage without material says so and is not judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.insight.domain.intervals import Interval, wilson


class Stage(StrEnum):
    """The stages, in the order a voice passes them."""

    COLLECT = "collect"
    CATEGORISE = "categorise"
    OWN = "own"
    ACT = "act"
    PRACTISE = "practise"
    TELL = "tell"


class State(StrEnum):
    """How a stage stands."""

    HEALTHY = "healthy"
    BROKEN = "broken"
    NO_DATA = "no_data"


FIGURES = {
    Stage.COLLECT: "invitations that were answered",
    Stage.CATEGORISE: "feedback items with a known driver",
    Stage.OWN: "follow-ups that are closed in time or not yet due",
    Stage.ACT: "drivers with the most negative feedback that have a started initiative",
    Stage.PRACTISE: "ended contacts in which a knowledge article was used",
    Stage.TELL: "contributors of published initiatives who were told",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A stage with its figure, threshold, state and a sentence that can be read aloud."""

    stage: Stage
    figure: str
    numerator: int
    n: int
    value: float | None
    interval: Interval | None
    threshold: float
    state: State
    sentence: str
    since: datetime | None = None
    """When it broke, as far as the daily looks saw it; None while it is not broken, or nobody has looked yet."""


def judge(stage: Stage, numerator: int, n: int, *, threshold: float, minimum: int) -> Judged:
    """Judge one stage; fewer than `minimum` cases are no data."""
    figure = FIGURES[stage]
    if n < max(1, minimum):
        sentence = f"{stage.capitalize()}: no data. {n} counted for {figure}; {max(1, minimum)} are needed."
        return Judged(stage, figure, numerator, n, None, None, threshold, State.NO_DATA, sentence)
    value = numerator / n
    state = State.HEALTHY if value >= threshold else State.BROKEN
    share = f"{numerator} of {n} ({value:.1%}) {figure}"
    if state is State.HEALTHY:
        sentence = f"{stage.capitalize()} works: {share}; the threshold is {threshold:.0%}."
    else:
        sentence = f"{stage.capitalize()} is broken: only {share}; the threshold is {threshold:.0%}."
    return Judged(stage, figure, numerator, n, value, wilson(value, n), threshold, state, sentence)


def _for_how_long(stage: Stage, since: datetime | None, now: datetime | None) -> str:
    if since is None or now is None:
        return stage.value
    days = (now - since).days
    return f"{stage} (for {days} {'day' if days == 1 else 'days'}, since {since:%Y-%m-%d})"


def verdict(stages: Sequence[Judged], since: Mapping[str, datetime] | None = None, now: datetime | None = None) -> str:
    """Name what is broken, and for how long as the daily looks saw it; never call a cycle closed when a stage could not be judged."""
    broken = [_for_how_long(judged.stage, (since or {}).get(judged.stage), now) for judged in stages if judged.state is State.BROKEN]
    silent = [judged.stage for judged in stages if judged.state is State.NO_DATA]
    if broken:
        return f"The cycle is broken at: {', '.join(broken)}."
    if silent:
        return f"Nothing is seen to be broken, but there is no data for: {', '.join(silent)}."
    return "The cycle is closed: every stage is at or above its threshold."
