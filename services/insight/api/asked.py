"""The query parameters that slices have in common."""

import re
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BeforeValidator

from services.insight.domain.period import Asked
from services.kit.fields import Code, Instant, Language, Name

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _midnight(value: object) -> object:
    """Read a bare date as its first moment in UTC."""
    return f"{value}T00:00:00Z" if isinstance(value, str) and _DATE.fullmatch(value) else value


Moment = Annotated[Instant, BeforeValidator(_midnight)]
From = Annotated[
    Moment | None, Query(alias="from", description="first moment of the period (ISO 8601, or a date: midnight UTC); 30 days before `to`")
]
To = Annotated[Moment | None, Query(description="first moment behind the period (ISO 8601, or a date: midnight UTC); now")]
CompareFrom = Annotated[Moment | None, Query(description="first moment of the comparison period; without it, the period before")]
CompareTo = Annotated[Moment | None, Query(description="first moment behind the comparison period; without it, as long as the period")]
NameFilter = Annotated[Name | None, Query()]
CodeFilter = Annotated[Code | None, Query()]


Compared = tuple[Moment | None, Moment | None]


def asked(start: Moment | None, end: Moment | None, compared: Compared = (None, None), **filters: str | None) -> Asked:
    """Return what was asked for; filters that were not given are left out."""
    return Asked(start, end, {name: value for name, value in filters.items() if value is not None}, compared)


async def answers_asked(
    start: From = None,
    to: To = None,
    site: NameFilter = None,
    vendor: NameFilter = None,
    team: NameFilter = None,
    product: CodeFilter = None,
    segment: NameFilter = None,
    queue: NameFilter = None,
    topic: NameFilter = None,
    driver: CodeFilter = None,
    department: CodeFilter = None,
    dimension: CodeFilter = None,
    programme: CodeFilter = None,
    survey: CodeFilter = None,
    mode: CodeFilter = None,
    language: Annotated[Language | None, Query()] = None,
    compare_from: CompareFrom = None,
    compare_to: CompareTo = None,
) -> Asked:
    """Read the filters of a metric."""
    place = {"site": site, "vendor": vendor, "team": team, "queue": queue, "topic": topic, "product": product, "segment": segment}
    source = {"programme": programme, "survey": survey, "mode": mode, "language": language}
    return asked(start, to, (compare_from, compare_to), **place, driver=driver, department=department, dimension=dimension, **source)


async def slices_asked(
    start: From = None,
    to: To = None,
    site: NameFilter = None,
    vendor: NameFilter = None,
    team: NameFilter = None,
    product: CodeFilter = None,
    segment: NameFilter = None,
    department: CodeFilter = None,
    compare_from: CompareFrom = None,
    compare_to: CompareTo = None,
) -> Asked:
    """Read the filters of every analysis: where, for whom, about what, and with which time it is compared."""
    return asked(start, to, (compare_from, compare_to), site=site, vendor=vendor, team=team, product=product, segment=segment, department=department)


async def parts_asked(
    start: From = None,
    to: To = None,
    site: NameFilter = None,
    vendor: NameFilter = None,
    team: NameFilter = None,
    product: CodeFilter = None,
    segment: NameFilter = None,
    compare_from: CompareFrom = None,
    compare_to: CompareTo = None,
) -> Asked:
    """Read the filters of a statement, which is of one department."""
    return asked(start, to, (compare_from, compare_to), site=site, vendor=vendor, team=team, product=product, segment=segment)


WithNonResponse = Annotated[bool, Query(description="weighted by who answered, too: read from single answers, so that a long period takes a while")]
ListFrom = Annotated[Moment | None, Query(alias="from", description="first moment of the time that is listed; from the beginning")]
ListTo = Annotated[Moment | None, Query(description="first moment behind the time that is listed; to the end")]


async def gaps_asked(
    start: From = None,
    to: To = None,
    site: NameFilter = None,
    vendor: NameFilter = None,
    product: CodeFilter = None,
    segment: NameFilter = None,
    department: CodeFilter = None,
    compare_from: CompareFrom = None,
    compare_to: CompareTo = None,
) -> Asked:
    """Read the filters of a comparison of teams, for which a team is no filter."""
    return asked(start, to, (compare_from, compare_to), site=site, vendor=vendor, product=product, segment=segment, department=department)


async def span_asked(start: ListFrom = None, to: ListTo = None) -> Asked:
    """Read the time that a list is kept to; without it the list has everything."""
    return asked(start, to)


async def list_asked(
    start: ListFrom = None,
    to: ListTo = None,
    site: NameFilter = None,
    vendor: NameFilter = None,
    team: NameFilter = None,
    product: CodeFilter = None,
    segment: NameFilter = None,
) -> Asked:
    """Read the time and the part of the house that a list is kept to."""
    return asked(start, to, site=site, vendor=vendor, team=team, product=product, segment=segment)


AnswersAsked = Annotated[Asked, Depends(answers_asked)]
PlacesAsked = Annotated[Asked, Depends(slices_asked)]
PartsAsked = Annotated[Asked, Depends(parts_asked)]
GapsAsked = Annotated[Asked, Depends(gaps_asked)]
SpanAsked = Annotated[Asked, Depends(span_asked)]
ListAsked = Annotated[Asked, Depends(list_asked)]
SlicesAsked = Annotated[Asked, Depends(slices_asked)]
