"""An answer that was begun on the page and not finished: kept until the link ends, then recorded as broken off.

It waits sealed beside its timer, since it may hold a customer's own words. Finishing the answer, an erasure or a withdrawal makes an end of it.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.kit.db import UnitOfWork
from services.survey.contract import Attribution
from services.survey.domain.answers import read_sheet
from services.survey.domain.design import Questionnaire
from services.survey.repository import asking
from services.survey.use_cases.answer_link import OPEN_STATES, PageAnswer, open_invitation
from services.survey.use_cases.record_response import KEEP_PARTIAL, Given, record_response

_SECRET = "survey partial answer"  # noqa: S105  a purpose, from which the key is derived
_NONCE = 12


async def keep_partial(uow: UnitOfWork, sent: PageAnswer) -> bool:
    """Keep what was answered so far, instead of what was kept before; False when that is nothing, or looks like a machine's. Raises LinkDead."""
    opened = await open_invitation(uow, sent.token_hash)
    sheet = read_sheet(Questionnaire.model_validate(opened.survey.definition), sent.given, complete=False)
    if sent.flags or sheet.problems or not sheet.answers or opened.invitation.state not in OPEN_STATES:
        return False
    told = {
        "given": dict(sent.given),
        "language": sent.language,
        "channel": sent.contact_channel,
        "time": sent.contact_time,
        "at": uow.now.isoformat(),
    }
    key, nonce = opened.invitation.id, secrets.token_bytes(_NONCE)
    sealed = nonce + AESGCM(uow.secret(_SECRET)).encrypt(nonce, orjson.dumps(told), key.bytes)
    await uow.schedule(KEEP_PARTIAL, key=str(key), at=opened.invitation.expires_at, payload={"sealed": sealed.hex()})
    return True


async def record_partial(uow: UnitOfWork, invitation_id: UUID, payload: Mapping[str, Any]) -> None:
    """Record what was kept, now that the link has ended; nothing happens when the ask was answered or taken back meanwhile."""
    invitation = await asking.invitation(uow, invitation_id)
    if invitation.state not in OPEN_STATES:
        return
    raw = bytes.fromhex(payload["sealed"])
    told = orjson.loads(AESGCM(uow.secret(_SECRET)).decrypt(raw[:_NONCE], raw[_NONCE:], invitation_id.bytes))
    survey = await asking.survey(uow, invitation.survey, invitation.survey_version)
    given = Given(
        survey=survey,
        sheet=read_sheet(Questionnaire.model_validate(survey.definition), told["given"], complete=False),
        mode="page",
        language=told["language"],
        contact_channel=told["channel"],
        contact_time=told["time"],
        flags=[],
        answered_at=datetime.fromisoformat(told["at"]),
        customer_id=invitation.customer_id,
        attribution=Attribution.model_validate(invitation.attribution),
        invitation=invitation,
        complete=False,
    )
    await record_response(uow, given)
