"""From counted answers to a figure that says how sure it is, or that it is withheld."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.insight.domain.definitions import Definition, Part, Unit
from services.insight.domain.intervals import Interval, net_score, wilson
from services.insight.domain.weights import design_weight, effective_n

SMALL_SAMPLE = 30


@dataclass(frozen=True, slots=True)
class Counted:
    """`count` answers alike: the same mark (score or choice) and the same probability of having been asked (None: unknown)."""

    mark: str
    probability: float | None
    count: int

    @property
    def known(self) -> int:
        """Return how many have a known probability."""
        return self.count if self.probability else 0

    @property
    def weight(self) -> float:
        """Return the sum of their design weights."""
        return self.count * design_weight(self.probability) if self.probability else 0.0

    @property
    def squares(self) -> float:
        """Return the sum of their squared design weights."""
        return self.count * design_weight(self.probability) ** 2 if self.probability else 0.0


@dataclass(frozen=True, slots=True)
class Sum:
    """Answers with one mark as they come from a sum."""

    mark: str
    count: int
    known: int
    weight: float
    squares: float


Tallied = Counted | Sum


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval; `n` answers stand behind it, worth `n_effective` of an even sample."""

    value: float
    interval: Interval
    n: int
    n_effective: float

    @property
    def design_effect(self) -> float:
        """Return how many answers the weights make one answer's worth (Kish)."""
        return self.n / self.n_effective


@dataclass(slots=True)
class Heard:
    """Good answers and answers of one group, and what design weights need: over those whose probability of being asked is known."""

    good: int = 0
    n: int = 0
    known: int = 0
    weight: float = 0.0
    squares: float = 0.0
    good_weight: float = 0.0

    def add(self, counted: Tallied, *, is_good: bool) -> None:
        """Add answers that are all good, or all not."""
        self.n += counted.count
        self.known += counted.known
        self.weight += counted.weight
        self.squares += counted.squares
        if is_good:
            self.good += counted.count
            self.good_weight += counted.weight

    @property
    def n_effective(self) -> float:
        """Return Kish's effective number of the answers whose probability is known."""
        return effective_n(self.weight, self.squares)

    def weighted(self, minimum: int) -> Estimate | None:
        """Return the Hájek share with its interval; None while too few answers have a known probability."""
        if withheld_reason(self.known, minimum) is not None:
            return None
        value = min(1.0, self.good_weight / self.weight)
        return Estimate(value, wilson(value, self.n_effective), self.known, self.n_effective)


@dataclass(frozen=True, slots=True)
class Share:
    """`numerator` of `n`; the value and its interval are None while fewer than the minimum stand behind it."""

    numerator: int | None
    n: int
    value: float | None
    interval: Interval | None
    withheld: str | None
    small_sample: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric over one slice. `numerator` is None when withheld, so that a withheld value cannot be worked out from it."""

    numerator: int | None
    denominator: int
    n_effective: float
    raw: Estimate | None
    weighted: Estimate | None
    mean: float | None
    parts: dict[str, int] | None
    without_probability: int
    withheld: str | None
    small_sample: bool


def withheld_reason(n: int, minimum: int) -> str | None:
    """Say why `n` answers are too few to show a value; None when they are enough."""
    if n >= max(1, minimum):
        return None
    return f"too_few: {n} counted, at least {max(1, minimum)} are needed to show a value"


def share(numerator: int, n: int, *, minimum: int) -> Share:
    """Return a share with its Wilson interval, withheld under `minimum` and flagged as small under 30."""
    reason = withheld_reason(n, minimum)
    if reason is not None:
        return Share(None, n, None, None, reason, small_sample=True)
    value = numerator / n
    return Share(numerator, n, value, wilson(value, n), None, small_sample=n < SMALL_SAMPLE)


def _estimate(definition: Definition, rows: Sequence[tuple[Part, int, float, float]]) -> Estimate:
    """Estimate from (part, count, sum of weights, sum of squared weights) rows; weights of 1 give the plain figure."""
    total = sum(weight for _, _, weight, _ in rows)
    good = sum(weight for part, _, weight, _ in rows if part is Part.GOOD) / total
    bad = sum(weight for part, _, weight, _ in rows if part is Part.BAD) / total
    answers = sum(count for _, count, _, _ in rows)
    worth = effective_n(total, sum(squares for _, _, _, squares in rows))
    good, bad = min(1.0, good), min(1.0, bad)
    if definition.unit is Unit.POINTS:
        return Estimate(100 * (good - bad), net_score(good, bad, worth), answers, worth)
    return Estimate(good, wilson(good, worth), answers, worth)


def _parts(definition: Definition, counted: Sequence[Tallied]) -> dict[Part, int]:
    found = dict.fromkeys(Part, 0)
    for row in counted:
        found[definition.part(row.mark)] += row.count
    return found


def figure(definition: Definition, counted: Sequence[Tallied], *, minimum: int) -> Figure:
    """Work out one metric, plain and design-weighted (over the answers whose probability of being asked is known)."""
    rows = [row for row in counted if row.mark in definition.valid and row.count]
    known = [(definition.part(row.mark), row.known, row.weight, row.squares) for row in rows if row.known]
    n = sum(row.count for row in rows)
    n_known = sum(count for _, count, _, _ in known)
    parts = _parts(definition, rows)
    reason = withheld_reason(n, minimum)
    n_effective = effective_n(sum(w for _, _, w, _ in known), sum(s for _, _, _, s in known))
    shown = reason is None
    is_net = definition.unit is Unit.POINTS
    numerator = parts[Part.GOOD] - parts[Part.BAD] if is_net else parts[Part.GOOD]
    scored = definition.question_kind != "resolved" and not is_net
    return Figure(
        numerator=numerator if shown else None,
        denominator=n,
        n_effective=n_effective,
        raw=_estimate(definition, [(definition.part(row.mark), row.count, float(row.count), float(row.count)) for row in rows]) if shown else None,
        weighted=_estimate(definition, known) if shown and withheld_reason(n_known, minimum) is None else None,
        mean=sum(int(row.mark) * row.count for row in rows) / n if shown and scored else None,
        parts={part.value: count for part, count in parts.items()} if shown else None,
        without_probability=n - n_known,
        withheld=reason,
        small_sample=n < SMALL_SAMPLE,
    )
