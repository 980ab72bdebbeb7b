"""Asks feedback: items with their labels, follow-ups, and what was found. What the organisation keeps there: see `FeedbackKeeping`."""

from typing import Any

from gateway.clients.feedback_keeping import FeedbackKeeping
from gateway.clients.service import Caller, Query, segment
from services.feedback.contract import FollowUpView, ItemView, found
from services.kit.paging import Page


class Feedback(FeedbackKeeping):
    """The typed client of feedback."""

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

    async def themes(self, caller: Caller, query: Query) -> list[found.ThemeView]:
        """Return themes."""
        return self.all_of(found.ThemeView, await self.service.read(caller, "/v1/themes", query))

    async def theme(self, caller: Caller, theme_id: str) -> found.ThemeWithQuotes:
        """Return a theme with its quotes; raises Problem (not_found)."""
        return self.service.believe(found.ThemeWithQuotes, await self.service.read(caller, f"/v1/themes/{segment(theme_id)}"))

    async def promote(self, caller: Caller, theme_id: str, body: dict[str, Any], key: str | None) -> found.ThemeView:
        """Make a theme a driver."""
        path = f"/v1/themes/{segment(theme_id)}/promote"
        return self.service.believe(found.ThemeView, await self.service.change(caller, "POST", path, body, key=key))

    async def spikes(self, caller: Caller, query: Query) -> found.Spikes:
        """Return alarms."""
        return self.service.believe(found.Spikes, await self.service.read(caller, "/v1/spikes", query))

    async def priorities(self, caller: Caller, query: Query) -> found.Priorities:
        """Return drivers by priority."""
        return self.service.believe(found.Priorities, await self.service.read(caller, "/v1/priorities", query))

    async def slices(self, caller: Caller, attribute: str, query: Query) -> found.Slices:
        """Return voices by an attribute."""
        return self.service.believe(found.Slices, await self.service.read(caller, f"/v1/slices/{segment(attribute)}", query))

    async def name_theme(self, caller: Caller, theme_id: str, body: dict[str, Any], key: str | None) -> found.ThemeView:
        """Name a theme, or dismiss it."""
        path = f"/v1/themes/{segment(theme_id)}/name"
        return self.service.believe(found.ThemeView, await self.service.change(caller, "PUT", path, body, key=key))

    async def recovery(self, caller: Caller, query: Query) -> found.Recovery:
        """Return how follow-ups ended."""
        return self.service.believe(found.Recovery, await self.service.read(caller, "/v1/recovery", query))

    async def unmatched(self, caller: Caller, query: Query) -> Page[found.UnmatchedView]:
        """Return a page of voices that wait for their customer."""
        return self.service.believe(Page[found.UnmatchedView], await self.service.read(caller, "/v1/unmatched-items", query))

    async def unmatched_one(self, caller: Caller, item_id: str) -> found.UnmatchedView:
        """Return a voice that waits for its customer; raises Problem (not_found)."""
        return self.service.believe(found.UnmatchedView, await self.service.read(caller, f"/v1/unmatched-items/{segment(item_id)}"))

    async def ask_reviewer(self, caller: Caller, item_id: str, body: dict[str, Any], key: str | None) -> found.ReviewerRequestView:
        """Have the author of a review asked who they are."""
        path = f"/v1/unmatched-items/{segment(item_id)}/reviewer-request"
        return self.service.believe(found.ReviewerRequestView, await self.service.change(caller, "PUT", path, body, key=key))

    async def review_queue(self, caller: Caller, query: Query) -> Page[ItemView]:
        """Return a page of what a person should look at."""
        return self.service.believe(Page[ItemView], await self.service.read(caller, "/v1/review-queue", query))

    async def duplicates(self, caller: Caller, item_id: str) -> list[found.DuplicateView]:
        """Return items that likely repeat this one; raises Problem (not_found)."""
        return self.all_of(found.DuplicateView, await self.service.read(caller, f"/v1/items/{segment(item_id)}/duplicates"))

    async def move_item(self, caller: Caller, item_id: str, verb: str, body: dict[str, Any], key: str | None) -> ItemView:
        """Match, merge or unmerge an item."""
        path = f"/v1/items/{segment(item_id)}/{verb}"
        return self.service.believe(ItemView, await self.service.change(caller, "POST", path, body, key=key))

    async def replies(self, caller: Caller, query: Query) -> Page[found.ReplyView]:
        """Return a page of public replies."""
        return self.service.believe(Page[found.ReplyView], await self.service.read(caller, "/v1/replies", query))

    async def draft_reply(self, caller: Caller, item_id: str, body: dict[str, Any], key: str | None) -> found.ReplyView:
        """Write a public reply."""
        path = f"/v1/items/{segment(item_id)}/reply"
        return self.service.believe(found.ReplyView, await self.service.change(caller, "PUT", path, body, key=key))

    async def move_reply(self, caller: Caller, reply_id: str, verb: str, key: str | None) -> found.ReplyView:
        """Approve or withdraw a reply."""
        path = f"/v1/replies/{segment(reply_id)}/{verb}"
        return self.service.believe(found.ReplyView, await self.service.change(caller, "POST", path, {}, key=key))
