"""Fetching reviews that a platform only named; one that is away is tried again for some hours, one that refuses is shown to a person."""

from services.feedback.use_cases.fetch_reviews import settle_fetched, settle_gone, settle_refused, to_fetch
from services.feedback.use_cases.keep_sources import credentials_of
from services.kit.due import DueJob
from services.kit.service import Runtime

TRIES = 8
NOT_LISTED = "the platform lists no review of this id"


async def fetch_review(runtime: Runtime, job: DueJob) -> None:
    """Fetch one review and take it in."""
    source_key, _, external_id = job.key.partition(" ")
    found = await runtime.read(to_fetch, source_key, external_id)
    if found is None:
        return
    waiting, source = found
    credentials = credentials_of(runtime.resources["vault"], source)
    try:
        document = await runtime.resources["fetch"](source.kind, external_id, credentials, source.settings or {})
    except LookupError:  # it is gone
        await runtime.write(settle_gone, waiting, source.kind)
        return
    except ValueError as refused:
        await runtime.write(settle_refused, waiting, str(refused))
        return
    except ConnectionError as away:
        if job.attempts < TRIES:
            raise
        await runtime.write(settle_refused, waiting, f"not reached: {away}")
        return
    event = runtime.resources["fetched"](source.kind, external_id, document, source.reference_kind, runtime.clock.now())
    if event is None:
        await runtime.write(settle_refused, waiting, NOT_LISTED)
    else:
        await runtime.write(settle_fetched, waiting, event)
