"""Asks feedback: items with their labels, and follow-ups."""

from typing import Any

from gateway.clients.service import Caller, Query, Service, segment
from services.feedback.contract import FollowUpView, ItemView
from services.kit.paging import Page


class Feedback:
    """The typed client of feedback."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def item(self, caller: Caller, item_id: str) -> ItemView:
        """Return an item; raises Problem (not_found)."""
        return self.service.believe(ItemView, await self.service.read(caller, f"/v1/items/{segment(item_id)}"))

    async def items(self, caller: Caller, query: Query) -> Page[ItemView]:
        """Return a page of items."""
        return self.service.believe(Page[ItemView], await self.service.read(caller, "/v1/items", query))

    async def follow_up(self, caller: Caller, follow_up_id: str) -> FollowUpView:
        """Return a follow-up; raises Problem (not_found)."""
        return self.service.believe(FollowUpView, await self.service.read(caller, f"/v1/follow-ups/{segment(follow_up_id)}"))

    async def follow_ups(self, caller: Caller, query: Query) -> Page[FollowUpView]:
        """Return a page of follow-ups."""
        return self.service.believe(Page[FollowUpView], await self.service.read(caller, "/v1/follow-ups", query))

    async def record(self, caller: Caller, body: dict[str, Any], key: str | None) -> ItemView:
        """Record what was said."""
        return self.service.believe(ItemView, await self.service.change(caller, "POST", "/v1/items", body, key=key))

    async def correct(self, caller: Caller, item_id: str, body: dict[str, Any], key: str | None) -> Any:
        """Put a label right."""
        return await self.service.change(caller, "POST", f"/v1/items/{segment(item_id)}/corrections", body, key=key)

    async def move(self, caller: Caller, follow_up_id: str, verb: str, body: dict[str, Any], key: str | None) -> FollowUpView:
        """Acknowledge or close a follow-up."""
        path = f"/v1/follow-ups/{segment(follow_up_id)}/{verb}"
        return self.service.believe(FollowUpView, await self.service.change(caller, "POST", path, body, key=key))
