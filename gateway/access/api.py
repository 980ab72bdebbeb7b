"""Keys and tokens by REST."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from gateway.access import repository
from gateway.access.authenticate import Authenticator
from gateway.access.keys import IssueKey, Pepper, ReplaceKey, issue_key, replace_key, revoke_key
from gateway.access.tokens import LIFETIME, ClientTokens
from gateway.contract import IssuedKeyView, KeyView
from services.kit.auth import Principal
from services.kit.db import Context
from services.kit.errors import InvalidInput, Unauthenticated
from services.kit.fields import Command, Name, View
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, RuntimeDep, public, requires
from services.kit.log import correlation_id
from services.kit.paging import decode_cursor, encode_cursor

router = APIRouter(tags=["access"])
Keeper = Annotated[Principal, requires("keys:manage")]
NEVER_KEPT = {"Cache-Control": "no-store"}


class ExchangeKey(Command):
    """A key to be exchanged for a short-lived token."""

    key: Name


class TokenView(View):
    """A bearer token for a browser."""

    access_token: str
    token_type: str
    expires_in: int
    """Seconds."""


@router.post("/v1/keys", status_code=201, response_model=IssuedKeyView)
async def post_key(command: IssueKey, runtime: RuntimeDep, keeper: Keeper) -> Response:
    """Issue a key. It is shown in this answer alone, so the answer is not kept for an Idempotency-Key: a repetition meets the limit of two."""
    made = await runtime.db.write(issue_key, command, _pepper(runtime), context=_context(keeper))
    return Response(made.model_dump_json(), 201, NEVER_KEPT, media_type="application/json")


@router.get("/v1/keys")
async def list_keys(read: Read, _: Keeper, cursor: Cursor = None, limit: PageSize = 50) -> Page[KeyView]:
    """List keys, oldest first, without their secrets."""
    found = await read(repository.keys, _after(cursor), limit + 1)
    more = encode_cursor(str(found[limit - 1].id)) if len(found) > limit else None
    return Page(items=[KeyView.model_validate(key) for key in found[:limit]], next_cursor=more)


@router.get("/v1/keys/{key_id}")
async def get_key(key_id: UUID, read: Read, _: Keeper) -> KeyView:
    """Return a key without its secret."""
    return KeyView.model_validate(await read(repository.key, key_id))


@router.post("/v1/keys/{key_id}/replacement", status_code=201, response_model=IssuedKeyView)
async def post_replacement(key_id: UUID, command: ReplaceKey, runtime: RuntimeDep, keeper: Keeper) -> Response:
    """Issue a second key with the same rights; the old one goes on for the overlap, so that nothing stops while it is exchanged."""
    made = await runtime.db.write(replace_key, key_id, command, _pepper(runtime), context=_context(keeper))
    _forget(runtime, (await runtime.read(repository.key, key_id)).public_id)
    return Response(made.model_dump_json(), 201, NEVER_KEPT, media_type="application/json")


@router.delete("/v1/keys/{key_id}", status_code=204)
async def delete_key(key_id: UUID, runtime: RuntimeDep, keeper: Keeper) -> Response:
    """Revoke a key, and every token made from it: at once here, within seconds in other processes."""
    key = await runtime.db.write(revoke_key, key_id, context=_context(keeper))
    _forget(runtime, key.public_id)
    return Response(status_code=204)


@router.post("/v1/tokens", response_model=TokenView)
async def post_token(command: ExchangeKey, runtime: RuntimeDep, _: Annotated[None, public("the key in the body proves who asks")]) -> Response:
    """Exchange a key for a token of 15 minutes with the same rights, so that a browser never holds the key."""
    authenticator: Authenticator = runtime.resources["authenticator"]
    tokens: ClientTokens = runtime.resources["client_tokens"]
    proved = await authenticator.prove(command.key)
    if proved.public_id is None or command.key.count(".") > 0:
        raise Unauthenticated("A token is made from a key, not from another token.")
    made = tokens.make(proved.principal, proved.public_id, runtime.clock.now())
    view = TokenView(access_token=made, token_type="Bearer", expires_in=int(LIFETIME.total_seconds()))  # noqa: S106  RFC 6750's word
    return Response(view.model_dump_json(), 200, NEVER_KEPT, media_type="application/json")


def _context(keeper: Principal) -> Context:
    return Context(principal=keeper, correlation_id=correlation_id.get())


def _pepper(runtime: RuntimeDep) -> Pepper:
    pepper: Pepper = runtime.resources["pepper"]
    return pepper


def _forget(runtime: RuntimeDep, public_id: str) -> None:
    authenticator: Authenticator = runtime.resources["authenticator"]
    authenticator.forget(public_id)


def _after(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    try:
        return UUID(decode_cursor(cursor, 1)[0])
    except ValueError:
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor") from None
