"""Sending approved replies and questions to authors; a platform that is away is tried again for some hours, one that refuses is shown to a person."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from services.feedback.models import Item, WebhookSource
from services.feedback.use_cases.ask_reviewer import settle_asked, to_ask
from services.feedback.use_cases.keep_sources import credentials_of
from services.feedback.use_cases.reply_to_review import settle_reply, to_send
from services.kit.due import DueJob
from services.kit.service import Runtime

Credentials = Mapping[str, str]
TRIES = 8


async def send_reply(runtime: Runtime, job: DueJob) -> None:
    """Send one reply through the door of its platform."""
    found = await runtime.read(to_send, UUID(job.key))
    if found is None:
        return
    reply, item, source = found
    publish = runtime.resources["publish"]
    settings = _settings(source)
    sent = await _sent(runtime, job, source, lambda credentials: publish(item.source, review_id(item), reply.text, credentials, settings))
    await runtime.write(settle_reply, reply.id, sent)


async def ask_reviewer(runtime: Runtime, job: DueJob) -> None:
    """Ask the author of one review who they are."""
    found = await runtime.read(to_ask, UUID(job.key))
    if found is None:
        return
    asking, item, source = found
    ask = runtime.resources["ask_reviewer"]
    settings = _settings(source)
    sent = await _sent(runtime, job, source, lambda credentials: ask(review_id(item), asking.message, credentials, settings))
    await runtime.write(settle_asked, item.id, sent)


def review_id(item: Item) -> str:
    """Return what the platform itself calls the review."""
    return item.external_id.partition(":")[2] or item.external_id


def _settings(source: WebhookSource | None) -> Mapping[str, Any]:
    return (source.settings if source is not None else None) or {}


async def _sent(runtime: Runtime, job: DueJob, source: WebhookSource | None, send: Callable[[Credentials], Awaitable[None]]) -> str | None:
    """Send, and return why it was refused; None when it was not. Raises ConnectionError while it is to be tried again."""
    credentials = credentials_of(runtime.resources["vault"], source) if source is not None else {}
    if "api_token" not in credentials:
        return "no API token"
    try:
        await send(credentials)
    except ValueError as refused:
        return str(refused)
    except ConnectionError as away:
        if job.attempts < TRIES:
            raise
        return f"not reached: {away}"[:200]
    return None
