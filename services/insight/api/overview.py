"""The overview and what lies behind it."""

from typing import Annotated

from services.insight.api.asked import SlicesAsked
from services.insight.contract import OverviewView
from services.insight.queries.overview import overview
from services.kit.auth import Principal
from services.kit.http import APIRouter, Read, RuntimeDep, requires

router = APIRouter(tags=["overview"])
Reader = Annotated[Principal, requires("insight:read")]


@router.get("/v1/overview", response_model=OverviewView)
async def get_overview(asked: SlicesAsked, read: Read, runtime: RuntimeDep, _: Reader) -> OverviewView:
    """Eight figures beside those of the period before, four series, the dearest drivers, and the sites' funnel."""
    return await read(overview, asked, runtime.settings.minimum_answers)
