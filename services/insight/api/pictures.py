"""Charts: SVG from one module, each with the table of what it shows, so that any client can show them."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import Depends, Header, Path, Query, Response

from services.insight.api.analyses import Mix
from services.insight.api.asked import SlicesAsked
from services.insight.contract import ChartView, PeriodView, TableView
from services.insight.domain.charts.chart import Chart
from services.insight.domain.charts.wording import negotiated
from services.insight.domain.charts.words import Words
from services.insight.domain.cycle import Stage
from services.insight.domain.definitions import DEFINITIONS, MEANINGS
from services.insight.domain.period import Asked
from services.insight.queries.adjusted import USUAL_MIX
from services.insight.queries.charts import (
    Wish,
    adjusted_chart,
    cycle_chart,
    funnel_chart,
    importance_chart,
    pareto_chart,
    process_chart,
    trend_chart,
)
from services.insight.queries.cycle_health import cycle_health
from services.insight.queries.key_drivers import key_drivers, scored
from services.insight.queries.narrow import period_of
from services.insight.queries.process import process
from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.fields import Code, Language
from services.kit.http import APIRouter, Read, RuntimeDep, requires

router = APIRouter(tags=["charts"])
Reader = Annotated[Principal, requires("insight:read")]
Name = Literal["trend", "pareto", "funnel", "adjusted-funnel", "key-drivers", "cycle-health"]
Which = Annotated[Name, Path(description="trend, pareto, funnel, adjusted-funnel, key-drivers or cycle-health")]
Series = Literal["csat", "dsat", "ces", "resolution", "contacts", "cost"]
SVG = "image/svg+xml"
OWN_SHEET = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
"""A picture that is opened by itself may use its own sheet (for dark surroundings) and nothing else."""
PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {SVG: {"schema": {"type": "string"}}}, "description": "The picture."}}


async def tongue(
    language: Annotated[Language | None, Query(description="how words, numbers and dates are written; without it, as the header says")] = None,
    accept_language: Annotated[str, Header(description="languages of the reader, the most wanted first; English when there is none")] = "",
) -> str:
    """Read the language that a reader wants."""
    return language or negotiated(accept_language)


Tongue = Annotated[str, Depends(tongue)]


async def wished(
    language: Tongue,
    metric: Annotated[Series, Query(description="of a trend or funnel")] = "csat",
    by: Annotated[Literal["site", "vendor", "team", "agent"], Query(description="of a funnel; agents in an adjusted one alone")] = "site",
    goal: Annotated[float | None, Query(ge=-100, le=1e12, description="a line to reach, in the figure's own unit (0.8 for 80 %)")] = None,
    mix: Mix = None,
) -> Wish:
    """Read how a chart is to be drawn."""
    return Wish(metric, by, goal, language, tuple(mix or USUAL_MIX))


Wished = Annotated[Wish, Depends(wished)]


async def _drawn(name: Name, asked: Asked, wish: Wish, read: Read, runtime: RuntimeDep) -> Chart:
    settings = runtime.settings
    if name == "key-drivers":
        found = await asyncio.to_thread(key_drivers, await read(scored, asked), asked)
        return importance_chart(found, wish)
    if name == "cycle-health":
        return cycle_chart(await read(cycle_health, asked, settings.thresholds(), settings.minimum_answers), wish, runtime.clock.now())
    drawn: Chart = await read(
        {"trend": trend_chart, "pareto": pareto_chart, "funnel": funnel_chart, "adjusted-funnel": adjusted_chart}[name], asked, wish
    )
    return drawn


async def _period(tx: Tx, asked: Asked) -> PeriodView:
    found = period_of(tx, asked)
    return PeriodView(start=found.start, end=found.end)


def _drawn_figures(name: Name, metric: str) -> list[str]:
    """Return the definitions of what a chart shows."""
    if name == "cycle-health":
        return [f"cycle_{stage}@1" for stage in Stage]
    known = {key: one.definition_id for key, one in DEFINITIONS.items()} | {one.key: one.definition_id for one in MEANINGS}
    fixed = {"pareto": ["cost", "contacts"], "key-drivers": ["key_driver", "csat"]}
    return [known[key] for key in fixed.get(name, [metric])]


def _view(key: str, definitions: list[str], language: str, drawn: Chart, asked: Asked, period: PeriodView) -> ChartView:
    words = Words(language)
    table = TableView(columns=list(drawn.table.columns), rows=[list(row) for row in drawn.table.rows])
    shown = {"title": drawn.title, "description": drawn.description, "svg": drawn.svg, "table": table}
    spoken = {"language": words.language, "direction": words.said.direction}
    return ChartView.model_validate({"key": key, "definitions": definitions, **spoken, **shown, "period": period, "filters": dict(asked.filters)})


@router.get("/v1/charts/{name}", response_model=ChartView)
async def get_chart(name: Which, asked: SlicesAsked, wish: Wished, read: Read, runtime: RuntimeDep, _: Reader) -> ChartView:
    """A chart with its data table: a figure over time, drivers by cost, places in a funnel, what moves satisfaction, the cycle."""
    drawn_figures = _drawn_figures(name, wish.metric)
    return _view(name, drawn_figures, wish.language, await _drawn(name, asked, wish, read, runtime), asked, await read(_period, asked))


@router.get("/v1/charts/{name}/svg", response_class=Response, responses=PICTURE)
async def get_chart_svg(name: Which, asked: SlicesAsked, wish: Wished, read: Read, runtime: RuntimeDep, _: Reader) -> Response:
    """The picture alone."""
    return _picture(await _drawn(name, asked, wish, read, runtime), wish.language)


def _picture(drawn: Chart, language: str) -> Response:
    return Response(drawn.svg, media_type=SVG, headers={**OWN_SHEET, "Content-Language": Words(language).language, "Vary": "Accept-Language"})


ProcessKey = Annotated[Code, Path()]


@router.get("/v1/processes/{key}/chart", response_model=ChartView)
async def get_process_chart(key: ProcessKey, asked: SlicesAsked, language: Tongue, read: Read, _: Reader) -> ChartView:
    """A process drawn, with its data table."""
    found = await read(process, key, asked)
    definitions = sorted(set(found.definitions.values()))
    return _view(f"process-{key}", definitions, language, process_chart(found, language), asked, await read(_period, asked))


@router.get("/v1/processes/{key}/svg", response_class=Response, responses=PICTURE)
async def get_process_svg(key: ProcessKey, asked: SlicesAsked, language: Tongue, read: Read, _: Reader) -> Response:
    """A process as a picture: contacts, cost, waiting and repeats at each step, the bottleneck named."""
    return _picture(process_chart(await read(process, key, asked), language), language)
