"""What a better resolution is worth: contacts that do not come back, minutes that are not spent.

Model: an unresolved issue calls again with probability c, so an issue costs 1/(1 - c(1 - r)) contacts at resolution r (a geometric series).
"""

from dataclasses import dataclass

from services.insight.domain.intervals import Interval

MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class Avoided:
    """Contacts per issue before and after, the relative change (negative: fewer), contacts avoided of a volume, and money saved."""

    per_issue_before: float
    per_issue_after: float
    change: float
    contacts: float
    saved: float


def contacts_per_issue(resolution: float, call_back: float) -> float:
    """Return the expected contacts of one issue; raises ValueError outside of shares, or when nothing ever gets resolved."""
    if not (0 <= resolution <= 1 and 0 <= call_back <= 1) or call_back * (1 - resolution) >= 1:
        raise ValueError("resolution and call-back are shares, and an issue must come to an end")
    return 1 / (1 - call_back * (1 - resolution))


def avoided(before: float, after: float, *, call_back: float, contacts: float, per_contact: float) -> Avoided:
    """Return what a change in resolution does to a yearly volume of `contacts` at a price of `per_contact` each."""
    first, second = contacts_per_issue(before, call_back), contacts_per_issue(after, call_back)
    change = second / first - 1
    gone = -change * contacts
    return Avoided(first, second, change, gone, gone * per_contact)


def avoided_between(before: float, gain: Interval, *, call_back: float, contacts: float, per_contact: float) -> tuple[Avoided, Avoided]:
    """Return the outcome at both ends of the interval of the gain in resolution; ends outside of 0 to 1 are cut."""
    ends = [min(1.0, max(0.0, before + end)) for end in (gain.low, gain.high)]
    low, high = (avoided(before, end, call_back=call_back, contacts=contacts, per_contact=per_contact) for end in ends)
    return low, high


def business_case(minutes: float, volume: float, per_hour: float) -> float:
    """Return the yearly worth of saving so many minutes on each of so many contacts."""
    return minutes * volume / MINUTES_PER_HOUR * per_hour


def sample_size(half_width: float, *, share: float = 0.5, population: int | None = None, z: float = 1.959963984540054) -> int:
    """Return how many answers are needed for an interval of ± half_width (a share); with a finite population fewer do."""
    wanted = z * z * share * (1 - share) / half_width**2
    if population is not None:
        wanted /= 1 + (wanted - 1) / population
    return -int(-wanted // 1)
