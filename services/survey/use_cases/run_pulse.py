"""Employees are asked and answer; who was given a link and what was answered never meet.

A link is random, is kept only sealed and only until it is sent, and carries its group in itself. What is stored of a person is a
fingerprint that they were given one; what is stored of a link is that it was used.
"""

import hashlib
import hmac
import secrets
from random import SystemRandom
from typing import Annotated
from uuid import UUID, uuid4

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import Field, StringConstraints

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import Conflict, Refused
from services.kit.fields import Code, Command, Language, Name
from services.survey.contract import PulseClosed, PulseSheet
from services.survey.domain.answers import read_sheet
from services.survey.domain.pulse import BATCH, SMALLEST_GROUP, Ballot, GroupResult, PulseDesign, results, week_of
from services.survey.domain.sealed import sealed_token
from services.survey.domain.tokens import Purpose
from services.survey.domain.wording import negotiate
from services.survey.models.asked import Pulse, PulseGroup
from services.survey.repository import pulses
from services.survey.use_cases.answer_link import LinkDead

SEND_PULSE, CLOSE_PULSE = "send_pulse_link", "close_pulse"
MOST_SHEETS = 2000
"""In one event."""
_GROUP_BYTES = 4
_NONCE = 12


class PulseRunning(Conflict):
    """Links were given: what people were told when they got theirs may not be changed behind them."""

    code = "pulse_running"


class PulseOpen(Conflict):
    """Results are shown once, when a pulse is closed: two looks at a growing group would show what the one in between answered."""

    code = "pulse_open"


class PulseOver(Conflict):
    """The pulse is over."""

    code = "pulse_closed"


class BandUnknown(Refused):
    """A pulse is grouped and read by its own bands alone."""

    code = "pulse_band_unknown"


class Person(Command):
    """Whom to give a link."""

    email: Annotated[str, StringConstraints(pattern=r"^[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,190}$")]
    language: Language = "en"
    group: Annotated[dict[Code, Name], Field(max_length=4)]
    """A value for each band of the pulse."""


class GiveLinks(Command):
    """Who is asked; who had a link already gets no second one."""

    people: Annotated[list[Person], Field(min_length=1, max_length=500)]


async def set_pulse(uow: UnitOfWork, key: str, design: PulseDesign) -> Pulse:
    """Create or change a pulse, as long as nobody was given a link."""
    definition = design.model_dump(mode="json")
    present = await pulses.find_pulse(uow, key)
    if present is not None and present.definition == definition:
        return present
    if present is not None and await pulses.groups(uow, key):
        raise PulseRunning(f"People were given links to pulse {key}; make a new one.")
    row = {"key": key, "definition": definition, "created_at": uow.now, "version": present.version + 1 if present else 1}
    await uow.upsert(Pulse, row, key=("key",))
    await uow.schedule(CLOSE_PULSE, key=key, at=design.closes_at)
    return await pulses.pulse(uow, key)


async def give_links(uow: UnitOfWork, key: str, wanted: GiveLinks) -> int:
    """Give each new person a link; return how many that were."""
    design = PulseDesign.model_validate((await pulses.lock_pulse(uow, key)).definition)
    if design.closes_at <= uow.now:
        raise PulseOver(f"Pulse {key} is over.")
    known = {_named(one.attributes): one.number for one in await pulses.groups(uow, key)}
    given = 0
    for place, person in enumerate(wanted.people):
        if set(person.group) != set(design.bands):
            raise BandUnknown(f"Name a value for each of {', '.join(design.bands)}.", pointer=f"/people/{place}/group")
        fingerprint = hmac.new(uow.secret("survey pulse person"), f"{key}\n{person.email.casefold()}".encode(), hashlib.sha256).hexdigest()
        if not await pulses.take_part(uow, key, fingerprint):
            continue
        name = _named(person.group)
        if name not in known:
            known[name] = secrets.randbits(31)
            await uow.insert(PulseGroup, {"pulse": key, "number": known[name], "attributes": dict(person.group), "invited": 0})
        await pulses.add_link(uow, key, known[name])
        await _send_later(uow, person, known[name])
        given += 1
    return given


def _named(attributes: dict[str, str]) -> str:
    return orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode()


async def _send_later(uow: UnitOfWork, person: Person, group: int) -> None:
    """Plan the letter; address and link wait sealed, and are gone once it left."""
    ticket = UUID(bytes=secrets.token_bytes(16 - _GROUP_BYTES) + group.to_bytes(_GROUP_BYTES))
    told = {"email": person.email, "language": negotiate(person.language), "ticket": str(ticket)}
    nonce = secrets.token_bytes(_NONCE)
    sealed = nonce + AESGCM(uow.secret("survey pulse letter")).encrypt(nonce, orjson.dumps(told), b"pulse")
    await uow.schedule(SEND_PULSE, key=uuid4().hex, at=uow.now, payload={"sealed": sealed.hex()})


def unsealed_letter(sealed: str, key: bytes) -> dict[str, str]:
    """Return address, language and ticket of a letter that waits."""
    raw = bytes.fromhex(sealed)
    found: dict[str, str] = orjson.loads(AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], b"pulse"))
    return found


def pulse_token(ticket: str, key: bytes) -> str:
    """Return the token of the link."""
    return sealed_token(UUID(ticket), Purpose.PULSE, key)


async def open_pulse(tx: Tx, ticket: UUID, token_hash: str) -> tuple[str, int, PulseDesign]:
    """Return key, group and questions of an unused link of a pulse that is open; raises LinkDead."""
    number = int.from_bytes(ticket.bytes[-_GROUP_BYTES:])
    group = await pulses.group(tx, number)
    if group is None or await pulses.is_spent(tx, token_hash):
        raise LinkDead("This link cannot be used.")
    design = PulseDesign.model_validate((await pulses.pulse(tx, group.pulse)).definition)
    if design.closes_at <= tx.now:
        raise LinkDead("This link cannot be used.")
    return group.pulse, number, design


async def answer_pulse(uow: UnitOfWork, ticket: UUID, token_hash: str, given: dict[str, str], suggestion: str) -> None:
    """Record an answer once; raises LinkDead. Nothing is told to anybody at this moment: an event would carry the time."""
    key, group, design = await open_pulse(uow, ticket, token_hash)
    await pulses.lock_pulse(uow, key)
    if not await pulses.spend(uow, token_hash):
        raise LinkDead("This link cannot be used.")
    sheet = read_sheet(design.as_questionnaire(), given)
    answers = {answer.question.key: answer.score for answer in sheet.answers}
    words = suggestion.strip()[:5000] if design.suggestions else ""
    row = {"id": uuid4(), "pulse": key, "group_number": group, "week": week_of(uow.now.date()), "answers": answers}
    await pulses.write_ballots(uow, [{**row, "suggestion": words or None, "settled": False}])
    if await pulses.waiting(uow, key) >= BATCH:
        await settle(uow, key)


async def settle(uow: UnitOfWork, key: str) -> None:
    """Write what waits anew, in an order drawn by lot and under new ids: neither place nor time leads to a link."""
    rows = [one.model_dump() for one in await pulses.take_waiting(uow, key)]
    SystemRandom().shuffle(rows)
    await pulses.write_ballots(uow, [{**row, "id": uuid4(), "settled": True} for row in rows])


async def close_pulse(uow: UnitOfWork, key: str) -> None:
    """Settle what still waits and tell all sheets at once; of fewer than the smallest group nothing is told."""
    design = PulseDesign.model_validate((await pulses.lock_pulse(uow, key)).definition)
    if await pulses.waiting(uow, key):
        await settle(uow, key)
    groups = {one.number: one for one in await pulses.groups(uow, key)}
    sheets = [PulseSheet(groups=groups[one.group_number].attributes, scores=one.answers) for one in await pulses.settled(uow, key)]
    if len(sheets) < SMALLEST_GROUP:
        return
    SystemRandom().shuffle(sheets)
    parts = -(-len(sheets) // MOST_SHEETS)
    for part in range(parts):
        uow.emit(
            PulseClosed(
                pulse=key,
                questions={question.key: question.text.get("en") or next(iter(question.text.values())) for question in design.questions},
                scales={question.key: [int(code) for code in question.codes()] for question in design.questions},
                bands=list(design.bands),
                week=week_of(uow.now.date()),
                smallest_group=SMALLEST_GROUP,
                invited=sum(one.invited for one in groups.values()),
                answered=len(sheets),
                part=part + 1,
                parts=parts,
                sheets=sheets[part::parts],
            )
        )


async def pulse_results(tx: Tx, key: str, band: str | None) -> tuple[list[GroupResult], int, int]:
    """Return what may be shown of a closed pulse: results, groups withheld, links given. Raises PulseOpen and BandUnknown."""
    design = PulseDesign.model_validate((await pulses.pulse(tx, key)).definition)
    if design.closes_at > tx.now:
        raise PulseOpen(f"Pulse {key} is open until {design.closes_at:%Y-%m-%d %H:%M} UTC.")
    if band is not None and band not in design.bands:
        raise BandUnknown(f"Pulse {key} can be read by {', '.join(design.bands)}.", pointer="/by")
    groups = {one.number: one for one in await pulses.groups(tx, key)}
    ballots = [Ballot(groups[one.group_number].attributes, one.answers, one.suggestion) for one in await pulses.settled(tx, key)]
    shown, withheld = results(design, ballots, band)
    return shown, withheld, sum(one.invited for one in groups.values())
