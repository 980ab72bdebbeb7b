"""Customers tell customers: written, looked at by us, shown as theirs, and judged by whom it helped."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.kit.db import UnitOfWork
from services.kit.errors import AntiphonError, Refused
from services.kit.fields import Command, Language, Line, Name
from services.kit.ids import new_id
from services.knowledge.domain.markdown import clean_text, render
from services.knowledge.domain.masking import mask
from services.knowledge.domain.shares import share
from services.knowledge.domain.standing import Kind, encode
from services.knowledge.domain.suspicion import suspicions
from services.knowledge.models import PeerAnswer, PeerVote
from services.knowledge.repository.articles import published_article
from services.knowledge.repository.index import Indexed, put_in_index, take_from_index
from services.knowledge.repository.peers import answer_by_id, busy, same_words, votes_by, votes_of
from services.knowledge.repository.self_service import session
from services.knowledge.use_cases.keep_article import actor

A_DAY = timedelta(days=1)
MOST_A_DAY = 3
"""Answers of one session in a day."""
MOST_VOTES_A_DAY = 30
"""Votes of one session in a day."""
MOST_WAITING = 500
"""Answers that wait for a moderator; beyond that nobody reads them anyway."""
DOUBTED_FROM = 5
"""Votes from which an answer that hardly helps anybody goes back to the moderators."""
_HARDLY = 0.3


class TooManyAnswers(AntiphonError):
    """A visitor may write three answers a day, and only so many can wait to be looked at."""

    status = 429
    code = "too_many_peer_answers"
    retryable = True


class AlreadySaid(Refused):
    """These words were sent before, by this visitor or another."""

    code = "peer_answer_repeated"


class TooManyVotes(AntiphonError):
    """Nobody tries thirty answers in a day."""

    status = 429
    code = "too_many_peer_votes"
    retryable = True


class OwnAnswer(Refused):
    """Nobody votes on their own answer."""

    code = "peer_answer_own"


class SessionUnknown(Refused):
    """Votes come from visitors who looked for something: otherwise anybody could invent as many sessions as votes are wanted."""

    code = "help_session_unknown"


class WritePeerAnswer(Command):
    """What solved it for a customer."""

    session_id: UUID
    title: Line
    text: Annotated[str, Field(min_length=20, max_length=4_000)]
    language: Language
    article_id: UUID | None = None
    display_name: Name | None = None


class Moderate(Command):
    """What a moderator decides."""

    state: Literal["published", "refused", "withdrawn"]
    reason: Line | None = None


class VoteOnPeerAnswer(Command):
    """Whether it solved it for this visitor."""

    session_id: UUID
    solved: bool


async def write_peer_answer(uow: UnitOfWork, command: WritePeerAnswer) -> PeerAnswer:
    """Keep the answer until somebody has looked at it, personal data masked. Raises TooManyAnswers, AlreadySaid, ArticleNotFound."""
    if command.article_id is not None:
        await published_article(uow, command.article_id)
    mine, waiting = await busy(uow, command.session_id, uow.now - A_DAY)
    if mine >= MOST_A_DAY or waiting >= MOST_WAITING:
        raise TooManyAnswers("Enough answers for today. Thank you; come back tomorrow.", retry_after_s=int(A_DAY.total_seconds()))
    text = mask(clean_text(command.text).strip())
    rendered = render(text)
    if await same_words(uow, rendered.plain):
        raise AlreadySaid("These words were sent before.", pointer="/text")
    answer = PeerAnswer(
        id=new_id(),
        title=mask(" ".join(clean_text(command.title).split())),
        text=text,
        html=rendered.html,
        plain=rendered.plain,
        language=command.language,
        article_id=command.article_id,
        display_name=command.display_name,
        session_id=command.session_id,
        state="waiting",
        suspicions=suspicions(command.text, masked=text),
        moderated_by=None,
        moderated_at=None,
        reason=None,
        version=1,
        written_at=uow.now,
    )
    await uow.insert(PeerAnswer, answer.model_dump())
    return answer


async def moderate(uow: UnitOfWork, answer_id: UUID, command: Moderate) -> PeerAnswer:
    """Publish, refuse or withdraw an answer; published ones are found by the next search."""
    answer = await answer_by_id(uow, answer_id)
    changed = {"state": command.state, "reason": command.reason, "moderated_by": actor(uow), "moderated_at": uow.now, "version": answer.version + 1}
    return await _stored(uow, answer.model_copy(update=changed))


async def vote_on_peer_answer(uow: UnitOfWork, answer_id: UUID, command: VoteOnPeerAnswer) -> None:
    """Store the vote, or change it; an answer that clearly helps few goes back to the moderators.

    Raises PeerAnswerNotFound, OwnAnswer, SessionUnknown and TooManyVotes.
    """
    answer = await answer_by_id(uow, answer_id, published=True)
    await _may_vote(uow, answer, command.session_id)
    vote = {"answer_id": answer_id, "session_id": command.session_id, "solved": command.solved, "voted_at": uow.now}
    await uow.upsert(PeerVote, vote, key=("answer_id", "session_id"))
    solved, votes = (await votes_of(uow, [answer_id])).get(answer_id, (0, 0))
    helped = share(solved, votes)
    if votes >= DOUBTED_FROM and helped.high is not None and helped.high < _HARDLY:
        doubted = {"state": "waiting", "suspicions": [*answer.suspicions, "helps_few"], "version": answer.version + 1}
        await _stored(uow, answer.model_copy(update=doubted))


async def _may_vote(uow: UnitOfWork, answer: PeerAnswer, session_id: UUID) -> None:
    if answer.session_id == session_id:
        raise OwnAnswer("This answer was written in the same session. Others say whether it helps.", pointer="/session_id")
    if await session(uow, session_id) is None:
        raise SessionUnknown(f"Nobody searched or opened anything in session {session_id}. Send the session_id of the search.", pointer="/session_id")
    if await votes_by(uow, session_id, uow.now - A_DAY) >= MOST_VOTES_A_DAY:
        raise TooManyVotes("Enough votes for today. Thank you; come back tomorrow.", retry_after_s=int(A_DAY.total_seconds()))


async def _stored(uow: UnitOfWork, answer: PeerAnswer) -> PeerAnswer:
    await uow.upsert(PeerAnswer, answer.model_dump(), key=("id",))
    if answer.state == "published":
        standing = encode(Kind.PEER_ANSWER, "validated", "customer", answer.language)
        await put_in_index(uow, Indexed(answer.id, standing, answer.language, answer.title, answer.plain), text_changed=True)
    else:
        await take_from_index(uow, answer.id)
    return answer
