"""Spans of time, and what can be done with lists of them: join, take away, measure. A span holds its beginning but not its end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one moment until another, both in UTC."""

    begins: datetime
    ends: datetime

    def holds(self, moment: datetime) -> bool:
        """Tell whether the moment lies in it."""
        return self.begins <= moment < self.ends


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as spans that neither overlap nor touch, in order."""
    found: list[Span] = []
    for span in sorted(each for each in spans if each.begins < each.ends):
        if found and span.begins <= found[-1].ends:
            found[-1] = Span(found[-1].begins, max(found[-1].ends, span.ends))
        else:
            found.append(span)
    return found


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """Return what is left of the spans when others are taken away."""
    left = joined(spans)
    for gone in joined(taken):
        left = [part for span in left for part in (Span(span.begins, min(span.ends, gone.begins)), Span(max(span.begins, gone.ends), span.ends))]
        left = [span for span in left if span.begins < span.ends]
    return left


def shared(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return the time that both have."""
    first, second = joined(spans), joined(others)
    both = [Span(max(one.begins, two.begins), min(one.ends, two.ends)) for one in first for two in second]
    return joined(both)


def seconds(spans: Iterable[Span]) -> float:
    """Return how long they are together, time that several have counted once."""
    return sum((span.ends - span.begins).total_seconds() for span in joined(spans))
