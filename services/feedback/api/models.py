"""The learned heads: reading a text without storing it, their versions, and how well they read."""

import asyncio
from typing import Annotated, Literal

from fastapi import Path, Query, Response
from pydantic import Field

from services.feedback import repository
from services.feedback.contract.keeping import Candidate, TextReadingView
from services.feedback.contract.learned import HeadView, QualityReport
from services.feedback.domain.normalise import for_models
from services.feedback.queries.quality import quality_report
from services.feedback.use_cases.learn import use_version
from services.feedback.use_cases.read_items import Reader, TextReading, refresh
from services.kit.auth import Principal
from services.kit.fields import Body, Command
from services.kit.http import APIRouter, Read, RuntimeDep, Write, requires
from services.kit.service import Runtime

router = APIRouter(tags=["models"])
Axis = Annotated[Literal["driver", "product", "sentiment"], Path()]
LearnedAxis = Annotated[Literal["driver", "product", "disposition", "journey_stage", "topic", "sentiment"], Path()]


class ReadTexts(Command):
    """Texts to be read; nothing is stored."""

    texts: Annotated[list[Body], Field(min_length=1, max_length=100)]


@router.post("/v1/readings", response_model=list[TextReadingView])
async def post_readings(
    command: ReadTexts, read: Read, runtime: RuntimeDep, _: Annotated[Principal, requires("feedback:write")]
) -> list[TextReadingView]:
    """Read texts with the heads in use, without storing anything: to try a taxonomy, and to measure."""
    reader: Reader = runtime.resources["reader"]
    await refresh(runtime, reader)
    places = await read(repository.places)
    found = await asyncio.to_thread(reader.read_texts, [for_models(text) for text in command.texts], places)
    model = reader.heads().driver
    return [_reading(one, model.name if model else None) for one in found]


def _reading(one: TextReading, model: str | None) -> TextReadingView:
    labels, driver = one.labels, one.driver
    return TextReadingView(
        language=labels.language,
        sentiment=labels.tone.code,
        sentiment_confidence=labels.tone.confidence,
        tones={tone: round(chance, 4) for tone, chance in labels.tone.chances.items()},
        severity=labels.severity.grade,
        reasons=list(labels.severity.reasons),
        driver=labels.driver,
        decision=labels.decision,
        confidence=driver.confidence if driver else None,
        best=[Candidate(code=code, probability=chance) for code, chance in (driver.best if driver else ())],
        familiarity=driver.familiarity if driver else None,
        words=one.words,
        department=labels.department,
        product=labels.product,
        model=model,
    )


@router.get("/v1/models/{axis}", response_model=list[HeadView])
async def list_versions(axis: LearnedAxis, read: Read, runtime: RuntimeDep, _: Annotated[Principal, requires("feedback:read")]) -> list[HeadView]:
    """List the stored versions of an axis, newest first; while none is `in_use`, the shipped one reads."""
    return [HeadView.model_validate(one) for one in await read(repository.heads_of, axis, _embedder(runtime))]


@router.post("/v1/models/{axis}/{version}/use", response_model=list[HeadView])
async def post_use(
    axis: LearnedAxis,
    version: Annotated[int, Path(ge=1, le=2**31 - 1)],
    write: Write,
    runtime: RuntimeDep,
    _: Annotated[Principal, requires("feedback:admin")],
) -> Response:
    """Go back to a version: later ones are held, and what was unsure is read again with it."""
    return await write(use_version, axis, version, _embedder(runtime), view=list[HeadView])


def _embedder(runtime: Runtime) -> str:
    reader: Reader = runtime.resources["reader"]
    return reader.embedder.name


@router.get("/v1/quality/{axis}", response_model=QualityReport)
async def get_quality(
    axis: Axis, read: Read, _: Annotated[Principal, requires("feedback:read")], days: Annotated[int, Query(ge=1, le=366)] = 28
) -> QualityReport:
    """Report how well an axis is read: agreement with people (kappa), precision and recall by code, expected against observed precision, drift."""
    return await read(quality_report, axis, days)
