"""Did the change help? Before against after, with the interval of the difference; silence is not proof."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.insight.domain.definitions import Definition, Unit
from services.insight.domain.figures import Figure
from services.insight.domain.intervals import Interval, net_score_difference, newcombe


class Verdict(StrEnum):
    """What may be claimed about an initiative."""

    PROVEN = "proven"
    NOT_PROVEN = "not_proven"
    HARMFUL = "harmful"
    TOO_EARLY = "too_early"


NEAR = 1e-9
"""Nearer to zero than this is zero, and no effect: what floating point leaves of two series that move alike."""


@dataclass(frozen=True, slots=True)
class Effect:
    """After minus before in the metric's own unit. `target_reached` compares the value after with the target."""

    verdict: Verdict
    reason: str
    difference: float | None
    interval: Interval | None
    target_reached: bool | None


def _interval(definition: Definition, before: Figure, after: Figure) -> Interval:
    """Return the interval of the difference: Newcombe for shares, normal for net scores."""
    assert before.raw is not None  # noqa: S101 - the caller has checked both numbers
    assert after.raw is not None  # noqa: S101
    if definition.unit is Unit.SHARE:
        return newcombe((before.raw.value, before.denominator), (after.raw.value, after.denominator))
    return net_score_difference(_net(before), _net(after))


def _net(side: Figure) -> tuple[float, float, float]:
    parts = side.parts or {}
    return parts.get("good", 0) / side.denominator, parts.get("bad", 0) / side.denominator, side.denominator


def verdict_of(definition: Definition, interval: Interval) -> Verdict:
    """Return what the interval of a difference allows to be claimed."""
    rises, falls = interval.low > NEAR, interval.high < -NEAR
    better, worse = (rises, falls) if definition.higher_is_better else (falls, rises)
    if better:
        return Verdict.PROVEN
    return Verdict.HARMFUL if worse else Verdict.NOT_PROVEN


_REASONS = {
    Verdict.PROVEN: "The whole interval of the difference lies on the better side of zero.",
    Verdict.HARMFUL: "The whole interval of the difference lies on the worse side of zero.",
    Verdict.NOT_PROVEN: "The interval of the difference includes zero: chance alone could explain it.",
}


def effect(definition: Definition, before: Figure, after: Figure, *, target: float, minimum: int) -> Effect:
    """Judge a change. Fewer than `minimum` answers on either side are too early to judge."""
    few = min(before.denominator, after.denominator)
    if before.raw is None or after.raw is None or few < minimum:
        reason = f"{before.denominator} answers before and {after.denominator} after; at least {minimum} on each side are needed."
        return Effect(Verdict.TOO_EARLY, reason, None, None, None)
    interval = _interval(definition, before, after)
    verdict = verdict_of(definition, interval)
    value = after.raw.value
    reached = value >= target if definition.higher_is_better else value <= target
    return Effect(verdict, _REASONS[verdict], value - before.raw.value, interval, reached)


def slices(driver: str, control: Mapping[str, Any] | None) -> tuple[dict[str, str], dict[str, str] | None]:
    """Return the filters of what the change touches, and of its control; None without one."""
    sides = [{name: value for name, value in (control or {}).get(side, {}).items() if value is not None} for side in ("where", "against")]
    where = {"driver": driver, **sides[0]}
    return where, None if control is None else {"driver": driver, **sides[1]}


def made_in(where: Mapping[str, str | None], part: Mapping[str, Collection[str]]) -> bool:
    """Say whether a change that is made in a slice is made in a part of the house as well; what either does not name is everywhere."""
    return all(value is None or value in part.get(name, (value,)) for name, value in where.items())
