"""Employee pulses: made, given out, and read when they are closed, in groups that give nobody away."""

from datetime import datetime
from typing import Annotated

from fastapi import Body, Query, Response

from services.kit.auth import Principal
from services.kit.fields import Code, View
from services.kit.http import APIRouter, Read, Write, requires
from services.survey.domain.pulse import SMALLEST_GROUP, PulseDesign
from services.survey.use_cases.run_pulse import GiveLinks, give_links, pulse_results, set_pulse

router = APIRouter(tags=["pulses"])
PULSES = {
    "autumn": {
        "summary": "two scales, read by team and site",
        "value": {
            "questions": [
                {"key": "load", "kind": "ces7", "dimension": "process", "required": True, "text": {"en": "My workload is manageable."}},
                {"key": "stay", "kind": "nps11", "dimension": "relationship", "required": True, "text": {"en": "Would you recommend working here?"}},
            ],
            "suggestions": True,
            "bands": ["team", "site"],
            "closes_at": "2026-12-07T18:00:00Z",
        },
    }
}
LINKS = {
    "two": {
        "summary": "two people of one team",
        "value": {
            "people": [
                {"email": "jo@staff.example.org", "language": "en", "group": {"team": "blue", "site": "leipzig"}},
                {"email": "lu@staff.example.org", "language": "de", "group": {"team": "blue", "site": "leipzig"}},
            ]
        },
    }
}


class PulseView(View):
    """A pulse."""

    key: str
    version: int
    definition: PulseDesign
    created_at: datetime


class LinksView(View):
    """How many people were given a link by this request; those who had one are not counted."""

    given: int


class GroupResultView(View):
    """What one group answered; `name` null is everybody."""

    name: str | None
    n: int
    counts: dict[str, dict[str, int]]
    suggestions: list[str]


class PulseResultsView(View):
    """What may be shown. No row while fewer than the smallest group answered."""

    by: str | None
    smallest_group: int
    invited: int
    groups: list[GroupResultView]
    groups_withheld: int
    """Too small, or through them a small one could be worked out."""


@router.put("/v1/pulses/{key}", response_model=PulseView)
async def put_pulse(
    key: Code, design: Annotated[PulseDesign, Body(openapi_examples=PULSES)], write: Write, _: Annotated[Principal, requires("survey:admin")]
) -> Response:
    """Create a pulse, or change one that nobody was given a link to."""
    return await write(set_pulse, key, design, view=PulseView)


@router.post("/v1/pulses/{key}/links", status_code=201, response_model=LinksView)
async def post_links(
    key: Code, wanted: Annotated[GiveLinks, Body(openapi_examples=LINKS)], write: Write, _: Annotated[Principal, requires("survey:admin")]
) -> Response:
    """Send people their links. Addresses are not kept; links are not kept together with anybody."""

    async def given(uow: object) -> LinksView:
        return LinksView(given=await give_links(uow, key, wanted))  # type: ignore[arg-type]  # the kit hands in the unit of work

    return await write(given, view=LinksView)


@router.get("/v1/pulses/{key}/results")
async def get_results(
    key: Code,
    read: Read,
    _: Annotated[Principal, requires("survey:admin")],
    by: Annotated[str | None, Query(max_length=64, description="one band of the pulse; none for everybody")] = None,
) -> PulseResultsView:
    """Return the results of a closed pulse, never for fewer than five people and never so that fewer could be worked out."""
    shown, withheld, invited = await read(pulse_results, key, by)
    groups = [GroupResultView.model_validate(one) for one in shown]
    return PulseResultsView(by=by, smallest_group=SMALLEST_GROUP, invited=invited, groups=groups, groups_withheld=withheld)
