"""Telling customers what changed because of their words."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from services.kit.due import DueJob
from services.kit.service import Runtime
from services.survey.domain.carrying import Parcel, key_of
from services.survey.domain.telling import TELLING, Limits
from services.survey.domain.telling_letter import write
from services.survey.domain.tokens import Purpose, token_for
from services.survey.jobs.sending import KEYS, Settled, hand_over, headers_of, ways_of
from services.survey.settings import SurveySettings
from services.survey.use_cases.prepare_telling import PreparedTelling, prepare_telling
from services.survey.use_cases.settle_telling import telling_carrier_away, telling_refused, telling_taken


async def tell_customer(runtime: Runtime, job: DueJob) -> None:
    """Tell a customer, unless something stands against it: then it is put off, or settled."""
    telling_id, limits = UUID(job.key), limits_of(runtime.settings)
    ready = await runtime.write(prepare_telling, telling_id, limits, ways_of(runtime), runtime.resources[KEYS].link)
    if ready is not None:
        settled = Settled(telling_taken, telling_refused, partial(telling_carrier_away, channels=len(limits.channels)))
        await hand_over(runtime, parcel_of(ready, runtime), telling_id, ready.attempt, settled)


def limits_of(settings: SurveySettings) -> Limits:
    """Return the house's rules for telling."""
    return Limits(settings.telling_channels, settings.telling_caps, settings.telling_window, timedelta(days=settings.telling_patience_days))


def parcel_of(ready: PreparedTelling, runtime: Runtime) -> Parcel:
    """Write the message for its channel."""
    attempt, brand = ready.attempt, runtime.settings.brand
    key = key_of(ready.telling.id, TELLING)
    stop_link = f"{runtime.settings.public_url.rstrip('/')}/u/{token_for(ready.telling.id, Purpose.STOP, runtime.resources[KEYS].link)}"
    letter = write(ready.messages, ready.language, ready.name, brand, stop_link)
    if attempt.channel != "email":
        return Parcel(key, attempt.channel, attempt.address, ready.language, letter.short, name=ready.name)
    headers = headers_of(stop_link, TELLING)
    return Parcel(key, "email", attempt.address, ready.language, letter.text, letter.subject, headers=headers, name=ready.name)
