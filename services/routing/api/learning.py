"""How routing learns from outcomes, and what it has learned."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Response
from pydantic import JsonValue

from services.kit.auth import Principal
from services.kit.fields import View
from services.kit.http import APIRouter, Read, requires
from services.routing.api.settled import Settled
from services.routing.repository import lessons
from services.routing.use_cases.learn import PutLearning, put_learning

router = APIRouter(tags=["learning"])
Reader = Annotated[Principal, requires("routing:read")]
Admin = Annotated[Principal, requires("routing:admin")]


class LearningView(View):
    """How routing learns. `report`: evidence by queue (variance 0: nothing is emitted), gain over the hold-out, fairness; None before a lesson."""

    version: int
    enabled: bool
    hold_out_share: float
    window_days: int
    repeat_days: int
    report: dict[str, JsonValue] | None
    learned_at: datetime | None


@router.get("/v1/learning")
async def get_learning(read: Read, _: Reader) -> LearningView:
    """Say how routing learns, what the last lesson found, what it gains over the hold-out, and whom it favours."""
    found: Any = await read(lessons.learning)
    return LearningView.model_validate(found)


@router.put("/v1/learning", response_model=LearningView)
async def write_learning(command: PutLearning, write: Settled, _: Admin) -> Response:
    """Switch learning on, off, or change it. Switched on, a lesson begins at once; off forgets what was learned."""
    return await write(put_learning, command, view=LearningView)
