"""Processes, quality reviews and training needs."""

from typing import Annotated, Literal

from fastapi import Path, Query, Response
from fastapi.responses import PlainTextResponse

from services.insight.api.asked import GapsAsked, ListAsked, NameFilter, SlicesAsked, SpanAsked
from services.insight.contract import (
    ProcessDrawn,
    ProcessView,
    QualityFormView,
    QualityReportView,
    ReviewView,
    SampleView,
    TrainingGapsView,
    TrainingNeedView,
)
from services.insight.queries.process import process, processes
from services.insight.queries.quality import quality, sample
from services.insight.queries.reviewed import forms, reviews_of
from services.insight.queries.training import training_gaps, training_needs
from services.insight.use_cases.draw_process import DrawProcess, draw_process
from services.insight.use_cases.review_contact import ReviewContact, SetForm, newest_form, review_contact, set_form
from services.kit.auth import Principal
from services.kit.fields import Code
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, RuntimeDep, Write, requires

router = APIRouter(tags=["loop"])
Reader = Annotated[Principal, requires("insight:read")]
Writer = Annotated[Principal, requires("insight:write")]
Admin = Annotated[Principal, requires("insight:admin")]
Key = Annotated[Code, Path()]


@router.put("/v1/processes/{key}", response_model=ProcessDrawn)
async def put_process(key: Key, command: DrawProcess, write: Write, _: Writer) -> Response:
    """Draw a process: its steps, and the drivers that tell of trouble in each."""
    return await write(draw_process, key, command, view=ProcessDrawn)


@router.get("/v1/processes", response_model=Page[ProcessDrawn])
async def list_processes(read: Read, _: Reader) -> Page[ProcessDrawn]:
    """All processes."""
    return Page(items=[ProcessDrawn.model_validate(one) for one in await read(processes)], next_cursor=None)


@router.get("/v1/processes/{key}", response_model=ProcessView)
async def get_process(key: Key, asked: SlicesAsked, read: Read, _: Reader) -> ProcessView:
    """A process with contacts, cost, waiting and repeats of each step, and its bottleneck."""
    return await read(process, key, asked)


@router.get("/v1/processes/{key}/mermaid", response_class=PlainTextResponse)
async def get_mermaid(key: Key, asked: SlicesAsked, read: Read, _: Reader) -> PlainTextResponse:
    """The same as a Mermaid flowchart."""
    found: ProcessView = await read(process, key, asked)
    return PlainTextResponse(found.mermaid)


@router.put("/v1/quality-forms/{key}", response_model=QualityFormView)
async def put_form(key: Key, command: SetForm, write: Write, _: Admin) -> Response:
    """Say what reviewers look for; a change is a new version."""
    return await write(set_form, key, command, view=QualityFormView)


@router.get("/v1/quality-forms", response_model=Page[QualityFormView])
async def list_forms(read: Read, _: Reader) -> Page[QualityFormView]:
    """All forms in their newest version."""
    return Page(items=[QualityFormView.model_validate(one) for one in await read(forms)], next_cursor=None)


@router.get("/v1/quality-forms/{key}", response_model=QualityFormView)
async def get_form(key: Key, read: Read, _: Reader) -> QualityFormView:
    """A form in its newest version: what a review marks."""
    return QualityFormView.model_validate(await read(newest_form, key))


@router.get("/v1/quality-forms/{key}/reviews", response_model=Page[ReviewView])
async def list_reviews(
    key: Key, asked: ListAsked, read: Read, _: Reader, reviewer: NameFilter = None, cursor: Cursor = None, limit: PageSize = 50
) -> Page[ReviewView]:
    """What reviewers found, newest first."""
    items, next_cursor = await read(reviews_of, key, reviewer, asked, (cursor, limit))
    return Page(items=items, next_cursor=next_cursor)


@router.post("/v1/quality-forms/{key}/reviews", status_code=201, response_model=ReviewView)
async def post_review(key: Key, command: ReviewContact, write: Write, _: Writer) -> Response:
    """Judge a contact; the same contact judged by somebody else calibrates both."""
    return await write(review_contact, key, command, view=ReviewView)


@router.get("/v1/quality-forms/{key}/report", response_model=QualityReportView)
async def get_quality(key: Key, asked: SlicesAsked, read: Read, runtime: RuntimeDep, _: Reader) -> QualityReportView:
    """Accuracy per unit and per opportunity by kind of error, what to coach, agreement of reviewers, and the link to satisfaction."""
    return await read(quality, key, asked, runtime.settings.minimum_answers)


@router.get("/v1/quality-forms/{key}/sample", response_model=SampleView)
async def get_sample(
    key: Key,
    asked: SlicesAsked,
    read: Read,
    _: Reader,
    size: Annotated[int, Query(ge=1, le=500)] = 20,
    seed: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> SampleView:
    """Draw contacts to review at random, evenly over teams, without those that were reviewed."""
    return SampleView(form=key, seed=seed, contacts=await read(sample, key, asked, size, seed))


@router.get("/v1/training-needs", response_model=Page[TrainingNeedView])
async def list_training_needs(
    asked: SpanAsked,
    read: Read,
    _: Reader,
    team: NameFilter = None,
    state: Annotated[Literal["open", "over"] | None, Query()] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[TrainingNeedView]:
    """What the daily looks found a team to resolve less often than all others do, by when it was found; open ones and large gaps first."""
    items, next_cursor = await read(training_needs, team, state, asked, (cursor, limit))
    return Page(items=items, next_cursor=next_cursor)


@router.get("/v1/training-gaps", response_model=TrainingGapsView)
async def get_training_gaps(asked: GapsAsked, read: Read, _: Reader, team: NameFilter = None) -> TrainingGapsView:
    """Each team against all others on each topic over a period, beside the comparison period, with contacts as evidence."""
    return await read(training_gaps, team, asked)
