"""Statements about what customers tell each other."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select
from sqlmodel import col

from services.kit.db import Tx
from services.kit.errors import NotFound
from services.knowledge.contract import PeerAnswerView
from services.knowledge.domain.shares import share
from services.knowledge.models import PeerAnswer, PeerVote


class PeerAnswerNotFound(NotFound):
    """There is no such answer, or it is not shown."""

    code = "peer_answer_not_found"


async def answer_by_id(tx: Tx, answer_id: UUID, *, published: bool = False) -> PeerAnswer:
    """Return an answer; raises PeerAnswerNotFound, also for one that is not shown when only such are wanted."""
    wanted = select(PeerAnswer).where(col(PeerAnswer.id) == answer_id)
    found = await tx.first(wanted.where(col(PeerAnswer.state) == "published") if published else wanted, PeerAnswer)
    if found is None:
        raise PeerAnswerNotFound(f"There is no peer answer {answer_id}.")
    return found


async def answers(tx: Tx, *, state: str, before: UUID | None, limit: int) -> list[PeerAnswer]:
    """Return answers in a state, newest first."""
    wanted = select(PeerAnswer).where(col(PeerAnswer.state) == state).order_by(col(PeerAnswer.id).desc()).limit(limit)
    return await tx.all(wanted if before is None else wanted.where(col(PeerAnswer.id) < before), PeerAnswer)


async def shown_at(tx: Tx, article_id: UUID, limit: int) -> list[PeerAnswerView]:
    """Return the answers shown at an article, those first that most surely solve it (lower bound of the share that they helped)."""
    wanted = select(PeerAnswer).where(col(PeerAnswer.article_id) == article_id, col(PeerAnswer.state) == "published")
    views = await viewed(tx, await tx.all(wanted.order_by(col(PeerAnswer.id).desc()).limit(10 * limit), PeerAnswer))
    return sorted(views, key=lambda one: (-(share(one.solved, one.solved + one.not_solved).low or 0.0), one.id))[:limit]


async def busy(tx: Tx, session_id: UUID, since: datetime) -> tuple[int, int]:
    """Return how many answers a session wrote since then, and how many wait in all."""
    mine = select(func.count()).select_from(PeerAnswer).where(col(PeerAnswer.session_id) == session_id, col(PeerAnswer.written_at) > since)
    waiting = select(func.count()).select_from(PeerAnswer).where(col(PeerAnswer.state) == "waiting")
    return int(await tx.scalar(mine)), int(await tx.scalar(waiting))


async def same_words(tx: Tx, plain: str) -> bool:
    """Say whether somebody sent exactly these words before."""
    return await tx.scalar(select(col(PeerAnswer.id)).where(col(PeerAnswer.plain) == plain).limit(1)) is not None


async def votes_by(tx: Tx, session_id: UUID, since: datetime) -> int:
    """Return on how many answers a session voted since then."""
    mine = select(func.count()).select_from(PeerVote).where(col(PeerVote.session_id) == session_id, col(PeerVote.voted_at) > since)
    return int(await tx.scalar(mine))


async def votes_of(tx: Tx, answer_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return per answer how many visitors it solved it for, and how many voted."""
    solved = func.sum(case((col(PeerVote.solved), 1), else_=0)).label("solved")
    counted = select(col(PeerVote.answer_id), solved, func.count().label("votes")).where(col(PeerVote.answer_id).in_(answer_ids))
    return {row["answer_id"]: (int(row["solved"]), row["votes"]) for row in await tx.rows(counted.group_by(col(PeerVote.answer_id)))}


async def viewed(tx: Tx, found: Sequence[PeerAnswer]) -> list[PeerAnswerView]:
    """Return answers as they go out, with their votes."""
    votes = await votes_of(tx, [one.id for one in found])
    return [view_of(one, *votes.get(one.id, (0, 0))) for one in found]


def view_of(one: PeerAnswer, solved: int = 0, votes: int = 0) -> PeerAnswerView:
    """Return one answer as it goes out."""
    return PeerAnswerView(
        id=one.id,
        title=one.title,
        html=one.html,
        language=one.language,
        article_id=one.article_id,
        display_name=one.display_name,
        state=one.state,
        from_customer=True,
        checked_at=one.moderated_at,
        solved=solved,
        not_solved=votes - solved,
        written_at=one.written_at,
    )
