"""What providers of text messages and messaging tell us, signed after Standard Webhooks: delivery reports and customers' replies."""

from typing import Annotated, Any, TypeVar

from fastapi import Request
from pydantic import BaseModel

from services.kit.errors import AntiphonError
from services.kit.fast import validated
from services.kit.fields import Command
from services.kit.http import APIRouter, RuntimeDep, public
from services.kit.strict import must_be_json, parse_json
from services.survey.domain.signing import is_signed
from services.survey.use_cases.hear_report import DeliveryReport, hear_report
from services.survey.use_cases.take_message import InboundMessage, take_message

router = APIRouter(tags=["carriers"])
M = TypeVar("M", bound=Command)
Signed = Annotated[None, public("a provider; the signature is the key")]
_REPORT = {"key": "019a8f6e-0000-7000-8000-000000000001", "channel": "sms", "state": "refused", "reason": "unknown_subscriber"}
_MESSAGE = {"channel": "sms", "sender": "+4930123456", "text": "4, but it took long"}


def _documented(model: type[BaseModel], example: dict[str, str]) -> dict[str, Any]:
    content = {"application/json": {"schema": model.model_json_schema(), "example": example}}
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    headers = [{"in": "header", "name": name, "required": True, "schema": {"type": "string", "maxLength": 1000}} for name in names]
    return {"requestBody": {"required": True, "content": content}, "parameters": headers}


class SignatureWrong(AntiphonError):
    """The message is not signed with the carriers' secret, is older than five minutes, or no provider is set up."""

    status = 401
    code = "carrier_signature_wrong"


class ReportTaken(BaseModel):
    """How many messages a report changed; 0 for one that was heard before, came late, or is about none of ours."""

    processed: int


class ReplyView(BaseModel):
    """What was understood of a customer's message, and what to send back; `reply` null means nothing."""

    understood: str
    reply: str | None


@router.post("/v1/delivery-reports", openapi_extra=_documented(DeliveryReport, _REPORT))
async def post_delivery_report(request: Request, runtime: RuntimeDep, _: Signed) -> ReportTaken:
    """Hear that a message was delivered or refused; a refused one goes on by the next channel. The same `webhook-id` again changes nothing."""
    message_id, report = await _believed(request, runtime, DeliveryReport)
    return ReportTaken(processed=await runtime.write(hear_report, message_id, report))


@router.post("/v1/inbound-messages", openapi_extra=_documented(InboundMessage, _MESSAGE))
async def post_inbound_message(request: Request, runtime: RuntimeDep, _: Signed) -> ReplyView:
    """Hear a customer's reply: a number in any of ten languages, a thumb, a face, words after an answer, or STOP."""
    message_id, message = await _believed(request, runtime, InboundMessage)
    replied = await runtime.write(take_message, message_id, message)
    return ReplyView(understood=replied.understood, reply=replied.reply)


async def _believed(request: Request, runtime: Any, model: type[M]) -> tuple[str, M]:
    """Return the id and content of a signed message; raises SignatureWrong before anything of it is read."""
    body = await request.body()
    head = request.headers
    signed = (head.get("webhook-id", ""), head.get("webhook-timestamp", ""), head.get("webhook-signature", ""))
    secret = runtime.settings.carrier_secret
    if secret is None or not is_signed(secret.get_secret_value(), signed, body, runtime.clock.now()):
        raise SignatureWrong("Sign the message with the carriers' secret and send it within five minutes.")
    must_be_json(request)
    return signed[0], validated(model, body, parse_json)
