"""What lies behind the figures: places, trends, key drivers, repeats, sources side by side, who answered."""

import asyncio
from functools import partial
from typing import Annotated, Literal

from fastapi import Path, Query

from services.insight.api.asked import SlicesAsked, WithNonResponse
from services.insight.contract import AdjustedFunnelView, FunnelView, KeyDriversView, RepeatView, ResponseBiasView, TrendView, TriangulationView
from services.insight.queries.adjusted import USUAL_MIX, adjusted_places
from services.insight.queries.key_drivers import key_drivers, scored
from services.insight.queries.places import places
from services.insight.queries.repeats import repeats
from services.insight.queries.response_bias import response_bias
from services.insight.queries.trend import trend
from services.insight.queries.triangulation import triangulation
from services.kit.auth import Principal
from services.kit.fields import Code
from services.kit.http import APIRouter, Read, RuntimeDep, requires

router = APIRouter(tags=["analyses"])
Reader = Annotated[Principal, requires("insight:read")]
Key = Annotated[Code, Path()]
Kind = Literal["driver", "product", "segment", "queue", "topic", "language", "mode"]
Mix = Annotated[list[Kind] | None, Query(min_length=1, max_length=4, description="what cases are told apart by; driver, product and segment")]


@router.get("/v1/metrics/{key}/places", response_model=FunnelView)
async def get_places(
    key: Key, asked: SlicesAsked, read: Read, _: Reader, by: Literal["site", "vendor", "team"] = "site", non_response: WithNonResponse = True
) -> FunnelView:
    """Sites, vendors or teams in a funnel of 95 % and 99.8 % limits, with false-discovery control: no naked league table."""
    return await read(partial(places, non_response=non_response), key, by, asked)


@router.get("/v1/metrics/{key}/adjusted-places", response_model=AdjustedFunnelView)
async def get_adjusted_places(
    key: Key, asked: SlicesAsked, read: Read, _: Reader, by: Literal["site", "vendor", "team", "agent"] = "site", mix: Mix = None
) -> AdjustedFunnelView:  # fmt: skip
    """Observed / expected: places as if all had the same mix of cases. Agents are shown to those who run teams (`routing:admin`)."""
    return await read(adjusted_places, key, by, mix or USUAL_MIX, asked)


@router.get("/v1/metrics/{key}/trend", response_model=TrendView)
async def get_trend(
    key: Key,
    asked: SlicesAsked,
    read: Read,
    runtime: RuntimeDep,
    _: Reader,
    false_alarm_rate: Annotated[float, Query(ge=0.001, le=0.2, description="how often a period without a change may raise the alarm")] = 0.05,
) -> TrendView:
    """The daily series, and the likeliest moment at which the figure changed."""
    return await read(trend, key, asked, false_alarm_rate, runtime.settings.minimum_answers)


@router.get("/v1/key-drivers", response_model=KeyDriversView)
async def get_key_drivers(asked: SlicesAsked, read: Read, _: Reader) -> KeyDriversView:
    """Which drivers carry the differences in satisfaction: Shapley, Johnson and ordinal odds, with intervals; the most urgent first."""
    found = await read(scored, asked)
    return await asyncio.to_thread(key_drivers, found, asked)


@router.get("/v1/repeats", response_model=RepeatView)
async def get_repeats(
    asked: SlicesAsked, read: Read, runtime: RuntimeDep, _: Reader, window_days: Annotated[int, Query(ge=1, le=90)] = 7
) -> RepeatView:
    """How many come back about the same driver within the window, first-contact resolution, and whether both tell the same story."""
    return await read(repeats, asked, window_days, runtime.settings.minimum_answers)


@router.get("/v1/triangulation", response_model=list[TriangulationView])
async def get_triangulation(asked: SlicesAsked, read: Read, runtime: RuntimeDep, _: Reader) -> list[TriangulationView]:
    """Per driver: what surveys, reviews, contact notes and operations say, and whether they agree."""
    return await read(triangulation, asked, runtime.settings.minimum_answers)


@router.get("/v1/response-bias", response_model=ResponseBiasView)
async def get_response_bias(asked: SlicesAsked, read: Read, runtime: RuntimeDep, _: Reader) -> ResponseBiasView:
    """Who answered, of those who were asked, and satisfaction weighted for it."""
    return await read(response_bias, asked, runtime.settings.minimum_answers)
