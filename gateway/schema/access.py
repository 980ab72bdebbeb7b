"""Keys, as GraphQL shows them."""

from datetime import datetime
from uuid import UUID

import strawberry

from gateway import contract
from gateway.schema import ids
from gateway.schema.relay import Node, global_id, mapped


@strawberry.type(description="An API key: all but its secret.")
class AccessKey(Node):
    """A key."""

    uid: UUID = strawberry.field(description="The id in REST.")
    public_id: str = strawberry.field(description="The part of the key that names it.")
    holder: str = strawberry.field(description="Who or what uses it.")
    roles: list[str] = strawberry.field(description="Its roles.")
    scopes: list[str] = strawberry.field(description="What it may do.")
    sites: list[str] | None = strawberry.field(description="Its sites; null means no limit.")
    vendors: list[str] | None = strawberry.field(description="Its vendors; null means no limit.")
    created_at: datetime = strawberry.field(description="When it was issued.")
    expires_at: datetime | None = strawberry.field(description="Until when; null means until revoked.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked; null while it was not.")
    key: str | None = strawberry.field(description="The key itself, in the answer that issues it and never again.")

    @classmethod
    def of(cls, view: contract.KeyView) -> "AccessKey":
        """Build it from the view."""
        return mapped(cls, view, id=global_id(ids.KEY, view.id), uid=view.id, key=view.key if isinstance(view, contract.IssuedKeyView) else None)
