"""Figures: metrics, drivers, cycle health."""

from typing import Annotated

from fastapi import Path

from services.insight.api.asked import AnswersAsked, PlacesAsked, SlicesAsked, WithNonResponse
from services.insight.contract import CycleHealthView, DefinitionView, DriverView, MetricView
from services.insight.domain.definitions import DEFINITIONS, FIRST_CONTACT, MEANINGS
from services.insight.queries.cycle_health import cycle_health
from services.insight.queries.drivers import drivers
from services.insight.queries.metrics import metric
from services.insight.queries.non_response import metric_with_all_weights
from services.insight.queries.repeats import first_contact
from services.kit.auth import Principal
from services.kit.errors import InvalidInput
from services.kit.fields import Code
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, RuntimeDep, requires
from services.kit.paging import decode_cursor, encode_cursor

router = APIRouter(tags=["figures"])
MOST_DIGITS = 6
WINDOW_DAYS = 7
Reader = Annotated[Principal, requires("insight:read")]


@router.get("/v1/metrics", response_model=list[DefinitionView])
async def list_metrics(_: Reader) -> list[DefinitionView]:
    """What every figure means, with its version."""
    return [DefinitionView.model_validate(definition) for definition in (*DEFINITIONS.values(), FIRST_CONTACT, *MEANINGS)]


@router.get("/v1/metrics/{key}", response_model=MetricView)
async def get_metric(
    key: Annotated[Code, Path()], asked: AnswersAsked, read: Read, runtime: RuntimeDep, _: Reader, non_response: WithNonResponse = True
) -> MetricView:
    """One figure over one slice, with its interval, plain beside weighted by design and by non-response; withheld when too few answered.

    First-contact resolution looks seven days ahead for a repeat; `repeats` takes other windows.
    """
    if key == FIRST_CONTACT.key:
        return await read(first_contact, asked, WINDOW_DAYS, runtime.settings.minimum_answers)
    return await read(metric_with_all_weights if non_response else metric, key, asked, runtime.settings.minimum_answers)


def _place(cursor: str | None) -> int:
    """Return how many drivers the pages before showed; drivers are few and sorted by cost, so a count is enough."""
    if cursor is None:
        return 0
    place = decode_cursor(cursor, 1)[0]
    if not (place.isdecimal() and len(place) <= MOST_DIGITS):
        raise InvalidInput("The cursor is not one that this list gave out.", pointer="/cursor")
    return int(place)


@router.get("/v1/drivers", response_model=Page[DriverView])
async def list_drivers(
    asked: PlacesAsked, read: Read, runtime: RuntimeDep, _: Reader, cursor: Cursor = None, limit: PageSize = 50
) -> Page[DriverView]:
    """Why customers had to make contact, by cost: department, contacts, minutes, negative share, satisfaction, follow-ups."""
    first = _place(cursor)
    found = await read(drivers, asked, runtime.settings.minimum_answers)
    behind = first + limit
    return Page(items=found[first:behind], next_cursor=encode_cursor(str(behind)) if behind < len(found) else None)


@router.get("/v1/cycle-health", response_model=CycleHealthView)
async def get_cycle_health(asked: SlicesAsked, read: Read, runtime: RuntimeDep, _: Reader) -> CycleHealthView:
    """Collect, categorise, own, act, practise, tell, in a slice: a figure and a threshold each, and a sentence that names what is broken."""
    settings = runtime.settings
    return await read(cycle_health, asked, settings.thresholds(), settings.minimum_answers)
