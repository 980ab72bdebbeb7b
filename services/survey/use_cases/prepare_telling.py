"""Look at a telling at the moment at which it may leave: everything that stands against it is judged on what is true now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.kit.db import UnitOfWork
from services.survey.contract import TellingSettled
from services.survey.domain.consent import Word
from services.survey.domain.programme import Channel
from services.survey.domain.telling import TELLING, Limits, Untold, address_in, hour_for, ladder, may_use, picture_of, room_at
from services.survey.domain.telling_letter import language_for
from services.survey.domain.tokens import Purpose, fingerprint, token_for
from services.survey.models.asked import SendAttempt
from services.survey.models.told import Telling
from services.survey.repository import known, past, planning, sending, told
from services.survey.use_cases.plan_telling import TELL
from services.survey.use_cases.prepare_message import REFUSED, SENDING, UNKNOWN, Ways, is_outside_window

LOOK_AGAIN = timedelta(hours=1)
"""How long to wait for a customer of whom nobody told yet."""
_SETTLED = {Untold.UNDELIVERABLE: told.UNDELIVERABLE}


@dataclass(frozen=True, slots=True)
class PreparedTelling:
    """A telling that may leave now."""

    telling: Telling
    name: str | None
    language: str
    messages: Mapping[str, str]
    attempt: SendAttempt


@dataclass(frozen=True, slots=True)
class _Person:
    """What is known of the person behind a telling."""

    ids: Sequence[UUID]
    picture: Mapping[str, Any]
    """Empty while nobody told of them."""
    is_erased: bool
    words: Sequence[Word]


async def prepare_telling(uow: UnitOfWork, telling_id: UUID, limits: Limits, ways: Ways, link_key: bytes) -> PreparedTelling | None:
    """Return the telling to send. None: it was settled, or put off.

    The rows of the person are locked as for judging asks, so that caps hold whoever judges at once; a telling takes its place in them here.
    """
    telling = await told.lock(uow, telling_id)
    if telling is None or telling.state not in told.OPEN:
        return None
    person = await _person(uow, telling.customer_id)
    attempts = await sending.attempts(uow, telling.id)
    channel, refusal = await _channel(uow, telling, person, limits, ways, attempts)
    if channel is None or refusal is not None:
        if refusal is Untold.CUSTOMER_UNKNOWN:
            await _wait(uow, telling, uow.now + LOOK_AGAIN, refusal, limits)
        else:
            await settle_untold(uow, telling, refusal or Untold.NO_ADDRESS)
        return None
    moment, why = await _moment(uow, telling, person, channel, limits)
    if moment > uow.now:
        await _wait(uow, telling, moment, why, limits)
        return None
    messages = await told.messages_of(uow, telling.initiative_id)
    language = language_for(messages, person.picture["language"])
    begun = {"state": told.QUEUED, "channel": channel.value, "language": language, "reason": None, "next_possible_at": None}
    counted_at = telling.counted_at or uow.now
    await told.change(uow, telling.id, **begun, counted_at=counted_at, stop_hash=fingerprint(token_for(telling.id, Purpose.STOP, link_key)))
    attempt = await sending.begin_attempt(uow, telling.id, TELLING, channel.value, address_in(person.picture, channel) or "")
    return PreparedTelling(telling, person.picture["display_name"], language, messages, attempt)


async def settle_untold(uow: UnitOfWork, telling: Telling, why: Untold) -> None:
    """End a telling that does not go, and tell why; it counts for no cap."""
    state = _SETTLED.get(why, told.WITHHELD)
    blank = {"channel": None, "language": None, "counted_at": None, "next_possible_at": None}
    await told.change(uow, telling.id, state=state, reason=why.value, settled_at=uow.now, **blank)
    tell_settled(uow, telling, state, reason=why.value)


def tell_settled(
    uow: UnitOfWork, telling: Telling, state: str, *, channel: str | None = None, language: str | None = None, reason: str | None = None
) -> None:
    """Say what became of a telling."""
    subject = {"telling_id": telling.id, "initiative_id": telling.initiative_id, "customer_id": telling.customer_id}
    uow.emit(TellingSettled(**subject, state=state, channel=channel, language=language, reason=reason, settled_at=uow.now))


async def _person(uow: UnitOfWork, customer_id: UUID) -> _Person:
    ids = await known.person_of(uow, customer_id)
    records = await planning.lock_people(uow, ids)
    own_first = sorted(records.values(), key=lambda record: (record["customer_id"] != customer_id, record["customer_id"]))
    alive = [record for record in own_first if record["erased_at"] is None]
    is_erased = customer_id in records and records[customer_id]["erased_at"] is not None
    said = await known.words_of(uow, ids)
    return _Person(ids, picture_of(alive), is_erased, [Word(word.purpose, word.channel, word.granted, word.said_at) for word in said])


async def _channel(
    uow: UnitOfWork, telling: Telling, person: _Person, limits: Limits, ways: Ways, attempts: Sequence[SendAttempt]
) -> tuple[Channel | None, Untold | None]:
    """Return the channel to tell by, or why there is none."""
    if person.is_erased:
        return None, Untold.ERASED
    if not person.picture:
        return None, Untold.CUSTOMER_UNKNOWN
    if await told.told_as_another(uow, telling, person.ids):
        return None, Untold.ALREADY_TOLD
    allowed = [channel for channel in ladder(limits, person.picture["preferred_channel"]) if may_use(channel, person.words)]
    begun = next((attempt.channel for attempt in attempts if attempt.state in {SENDING, UNKNOWN}), None)
    if begun is not None:  # it may have left: by no other way, or somebody is told twice
        return (Channel(begun), None) if begun in allowed else (None, Untold.NO_CONSENT)
    if not allowed:
        return None, Untold.NO_CONSENT
    refused = {attempt.channel for attempt in attempts if attempt.state == REFUSED}
    for channel in allowed:
        if channel in refused or channel not in ways.channels or not address_in(person.picture, channel):
            continue
        if channel is Channel.MESSAGE and await is_outside_window(uow, person.ids, ways):
            continue
        return channel, None
    return None, Untold.UNDELIVERABLE if refused else Untold.NO_ADDRESS


async def _moment(uow: UnitOfWork, telling: Telling, person: _Person, channel: Channel, limits: Limits) -> tuple[datetime, Untold]:
    """Return from when on it may leave, and what stands against an earlier moment. Once counted, a telling has its place in the caps."""
    if telling.counted_at is None:
        contacts = [each for several in (await past.contacts_of(uow, person.ids, but=telling.id)).values() for each in several]
        free_at = room_at(limits, uow.now, channel, contacts)
        if free_at is not None:
            return hour_for(free_at, limits, person.picture["time_zone"]), Untold.CAP_REACHED
    return hour_for(uow.now, limits, person.picture["time_zone"]), Untold.INDECENT_HOUR


async def _wait(uow: UnitOfWork, telling: Telling, until: datetime, why: Untold, limits: Limits) -> None:
    """Look again later; a telling that waited as long as the house's patience ends here with what it waited for."""
    give_up_at = telling.wanted_at + limits.patience
    if telling.state == told.WAITING and give_up_at <= uow.now:
        await settle_untold(uow, telling, why)
        return
    until = min(until, give_up_at) if telling.state == told.WAITING else until
    await told.change(uow, telling.id, reason=why.value, next_possible_at=until)
    await uow.schedule(TELL, key=str(telling.id), at=until)
