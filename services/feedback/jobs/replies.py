"""Sending approved replies; a platform that is away is tried again for some hours, one that refuses is shown to a person."""

from uuid import UUID

from services.feedback.use_cases.keep_sources import credentials_of
from services.feedback.use_cases.reply_to_review import settle_reply, to_send
from services.kit.due import DueJob
from services.kit.service import Runtime

TRIES = 8


async def send_reply(runtime: Runtime, job: DueJob) -> None:
    """Send one reply through the door of its platform."""
    found = await runtime.read(to_send, UUID(job.key))
    if found is None:
        return
    reply, item, source = found
    credentials = credentials_of(runtime.resources["vault"], source) if source is not None else {}
    if source is None or "api_token" not in credentials:
        await runtime.write(settle_reply, reply.id, "no API token")
        return
    review = item.external_id.partition(":")[2] or item.external_id
    try:
        await runtime.resources["publish"](item.source, review, reply.text, credentials, source.settings or {})
    except ValueError as refused:
        await runtime.write(settle_reply, reply.id, str(refused))
        return
    except ConnectionError as away:
        if job.attempts >= TRIES:
            await runtime.write(settle_reply, reply.id, f"not reached: {away}"[:200])
            return
        raise
    await runtime.write(settle_reply, reply.id, None)
