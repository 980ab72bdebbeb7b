"""What a person should look at: a broken stage of the cycle, a figure that changed, a place outside of its funnel."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

CHANGE_RATE = 0.01
"""How often a month without any change would raise an alert: stricter than a trend that somebody asks for, since nobody asked."""


class AlertKind(StrEnum):
    """What was found."""

    CYCLE = "cycle"
    CHANGE = "change"
    OUTLIER = "outlier"


class AlertState(StrEnum):
    """Open until somebody takes it; over when the next look finds nothing any more."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong now. `figure` names it for as long as it lasts, e.g. `cycle.collect` or `csat.site.north`.

    `site` or `vendor` is where it is; neither means the whole house.
    """

    kind: AlertKind
    figure: str
    sentence: str
    site: str | None = None
    vendor: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A share that changed within the period, from one level to another."""

    figure: str
    name: str
    before: float
    after: float
    since: datetime


@dataclass(frozen=True, slots=True)
class Outside:
    """A place beyond the 99.8 % limits on the worse side."""

    figure: str
    by: str
    place: str
    name: str
    good: int
    n: int
    centre: float


def change_found(moved: Moved) -> Finding:
    """Say that a figure changed."""
    sentence = f"{moved.name} changed from {moved.before:.1%} to {moved.after:.1%} on {moved.since:%Y-%m-%d}."
    return Finding(AlertKind.CHANGE, f"{moved.figure}.change", sentence)


def outlier_found(found: Outside) -> Finding:
    """Say that a place does worse than chance and its number of answers explain."""
    share = f"{found.good} of {found.n} ({found.good / found.n:.1%})"
    sentence = f"{found.name} of {found.by} {found.place} is outside of the 99.8 % limits: {share}, {found.centre:.1%} of all."
    return Finding(AlertKind.OUTLIER, f"{found.figure}.{found.by}.{found.place}", sentence, **{found.by: found.place})


def broken_at(by: str, place: str, stage: str, sentence: str) -> Finding:
    """Say that a stage is broken at a site or vendor, while it is not in the whole house."""
    return Finding(AlertKind.CYCLE, f"cycle.{stage}.{by}.{place}", f"{by.capitalize()} {place}: {sentence}", **{by: place})


def news(found: Sequence[Finding], standing: Iterable[str]) -> tuple[list[Finding], set[str]]:
    """Return what is new, and the figures whose alert is over; `standing` are the figures of alerts that are not over yet."""
    known, now = set(standing), {one.figure for one in found}
    return [one for one in found if one.figure not in known], known - now
