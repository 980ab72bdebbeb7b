"""Resolution by topic and team, and the needs that were found."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import col

from services.insight.contract import TrainingNeedView
from services.insight.models import AnswerFact, TrainingNeed
from services.insight.repository.rollups import tally
from services.kit.db import Tx

DAYS = 90


async def resolution_by_team(tx: Tx) -> dict[tuple[str, str], tuple[int, int]]:
    """Return (topic, team) to (resolved, answers) of the last 90 days; the topic is the driver."""
    topic, team = col(AnswerFact.driver), col(AnswerFact.team)
    kept = (col(AnswerFact.kind) == "resolved", col(AnswerFact.place) == 0, col(AnswerFact.flagged).is_(False))
    when = (col(AnswerFact.answered_at) >= tx.now - timedelta(days=DAYS), topic.is_not(None), team.is_not(None))
    good = tally(col(AnswerFact.mark) == "yes").label("good")
    rows = await tx.rows(select(topic, team, good, func.count().label("n")).where(*kept, *when).group_by(topic, team))
    return {(row["driver"], row["team"]): (int(row["good"]), row["n"]) for row in rows}


async def training_needs(tx: Tx, team: str | None) -> list[TrainingNeedView]:
    """Return needs, open ones and large gaps first."""
    statement = select(TrainingNeed).order_by(col(TrainingNeed.state), col(TrainingNeed.effect)).limit(1000)
    if team is not None:
        statement = statement.where(col(TrainingNeed.team) == team)
    return [TrainingNeedView.model_validate(one) for one in await tx.all(statement, TrainingNeed)]
