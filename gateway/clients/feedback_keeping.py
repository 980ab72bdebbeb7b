"""Asks feedback for what the organisation keeps there: its taxonomy and rules, the heads that were learned, sources, and its suggestion boxes."""

from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

from gateway.clients.service import Caller, Query, Service, segment
from services.feedback.contract.keeping import (
    Asked,
    DisclosureView,
    FailedCallView,
    FetchedAgain,
    NewSourceView,
    Replayed,
    ReviewToFetchView,
    RuleVersionView,
    RuleView,
    SourceView,
    TextReadingView,
    WebhookEventView,
)
from services.feedback.contract.learned import HeadView, QualityReport
from services.feedback.contract.suggestions import AdminBoxView, GroupCounts, NewBoxView, SuggestionView
from services.feedback.contract.taxonomy import CodeVersionView, CodeView, DepartmentView, TaxonomyView
from services.kit.paging import Page

V = TypeVar("V", bound=BaseModel)


class FeedbackKeeping:
    """A part of the typed client of feedback."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def taxonomy(self, caller: Caller) -> TaxonomyView:
        """Return departments and codes."""
        return self.service.believe(TaxonomyView, await self.service.read(caller, "/v1/taxonomy"))

    async def code_versions(self, caller: Caller, axis: str, code: str) -> list[CodeVersionView]:
        """Return the versions of a code, newest first."""
        return self.all_of(CodeVersionView, await self.service.read(caller, f"{_code(axis, code)}/versions"))

    async def put_department(self, caller: Caller, department: str, body: dict[str, Any], key: str | None) -> DepartmentView:
        """Create or rename a department."""
        path = f"/v1/departments/{segment(department)}"
        return self.service.believe(DepartmentView, await self.service.change(caller, "PUT", path, body, key=key))

    async def put_code(self, caller: Caller, axis: str, code: str, body: dict[str, Any], key: str | None) -> CodeView:
        """Create or replace a code."""
        return self.service.believe(CodeView, await self.service.change(caller, "PUT", _code(axis, code), body, key=key))

    async def merge_code(self, caller: Caller, axis: str, code: str, into: str, key: str | None) -> CodeView:
        """Let another code take this one's place."""
        answer = await self.service.change(caller, "POST", f"{_code(axis, code)}/merge", {"into": into}, key=key)
        return self.service.believe(CodeView, answer)

    async def heads(self, caller: Caller, axis: str) -> list[HeadView]:
        """Return the stored versions of an axis, newest first."""
        return self.all_of(HeadView, await self.service.read(caller, f"/v1/models/{segment(axis)}"))

    async def use_head(self, caller: Caller, axis: str, version: int, key: str | None) -> list[HeadView]:
        """Go back to a version; raises Problem (not_found)."""
        path = f"/v1/models/{segment(axis)}/{version}/use"
        return self.all_of(HeadView, await self.service.change(caller, "POST", path, None, key=key))

    async def quality(self, caller: Caller, axis: str, query: Query) -> QualityReport:
        """Return how well an axis is read."""
        return self.service.believe(QualityReport, await self.service.read(caller, f"/v1/quality/{segment(axis)}", query))

    async def boxes(self, caller: Caller) -> list[AdminBoxView]:
        """Return the suggestion boxes by key."""
        return self.all_of(AdminBoxView, await self.service.read(caller, "/v1/suggestion-boxes"))

    async def put_box(self, caller: Caller, box: str, body: dict[str, Any], key: str | None) -> NewBoxView:
        """Create or change a box."""
        path = f"/v1/suggestion-boxes/{segment(box)}"
        return self.service.believe(NewBoxView, await self.service.change(caller, "PUT", path, body, key=key))

    async def suggestions(self, caller: Caller, query: Query) -> Page[SuggestionView]:
        """Return a page of suggestions."""
        return self.service.believe(Page[SuggestionView], await self.service.read(caller, "/v1/suggestions", query))

    async def answer_suggestion(self, caller: Caller, suggestion_id: UUID, body: dict[str, Any], key: str | None) -> SuggestionView:
        """Answer into the mailbox of a suggestion."""
        path = f"/v1/suggestions/{suggestion_id}/answers"
        return self.service.believe(SuggestionView, await self.service.change(caller, "POST", path, body, key=key))

    async def group_counts(self, caller: Caller, box: str, group: str, query: Query) -> GroupCounts:
        """Return how many suggestions name each value of a group."""
        path = f"/v1/suggestion-boxes/{segment(box)}/groups/{segment(group)}"
        return self.service.believe(GroupCounts, await self.service.read(caller, path, query))

    async def read_texts(self, caller: Caller, texts: list[str]) -> list[TextReadingView]:
        """Return what would be said of texts now; nothing is stored."""
        return self.all_of(TextReadingView, await self.service.change(caller, "POST", "/v1/readings", {"texts": texts}, key=None))

    async def rules(self, caller: Caller) -> list[RuleView]:
        """Return the follow-up rules in force."""
        return self.all_of(RuleView, await self.service.read(caller, "/v1/follow-up-rules"))

    async def rule_versions(self, caller: Caller, rule: str) -> list[RuleVersionView]:
        """Return the versions of a rule, newest first."""
        return self.all_of(RuleVersionView, await self.service.read(caller, f"/v1/follow-up-rules/{segment(rule)}/versions"))

    async def put_rule(self, caller: Caller, rule: str, body: dict[str, Any], key: str | None) -> RuleView:
        """Create or replace a rule."""
        path = f"/v1/follow-up-rules/{segment(rule)}"
        return self.service.believe(RuleView, await self.service.change(caller, "PUT", path, body, key=key))

    async def sources(self, caller: Caller) -> list[SourceView]:
        """Return the sources of reviews and e-mails."""
        return self.all_of(SourceView, await self.service.read(caller, "/v1/webhook-sources"))

    async def put_source(self, caller: Caller, source: str, body: dict[str, Any], key: str | None) -> NewSourceView:
        """Create or change a source."""
        path = f"/v1/webhook-sources/{segment(source)}"
        return self.service.believe(NewSourceView, await self.service.change(caller, "PUT", path, body, key=key))

    async def unknown_events(self, caller: Caller) -> list[WebhookEventView]:
        """Return the newest events that wait for somebody."""
        return self.all_of(WebhookEventView, await self.service.read(caller, "/v1/unknown-webhook-events"))

    async def reviews_to_fetch(self, caller: Caller) -> list[ReviewToFetchView]:
        """Return the newest reviews whose text was not fetched yet."""
        return self.all_of(ReviewToFetchView, await self.service.read(caller, "/v1/reviews-to-fetch"))

    async def fetch_again(self, caller: Caller, key: str | None) -> FetchedAgain:
        """Try everything again that could not be fetched."""
        return self.service.believe(FetchedAgain, await self.service.change(caller, "POST", "/v1/reviews-to-fetch/retry", {}, key=key))

    async def item_events(self, caller: Caller, item_id: str) -> list[WebhookEventView]:
        """Return what a platform sent about one item, oldest first."""
        return self.all_of(WebhookEventView, await self.service.read(caller, f"/v1/items/{segment(item_id)}/versions"))

    async def failed_calls(self, caller: Caller) -> list[FailedCallView]:
        """Return the newest calls that were acknowledged and could not be applied."""
        return self.all_of(FailedCallView, await self.service.read(caller, "/v1/failed-webhook-calls"))

    async def replay_failed(self, caller: Caller, key: str | None) -> Replayed:
        """Have them tried again."""
        return self.service.believe(Replayed, await self.service.change(caller, "POST", "/v1/failed-webhook-calls/replay", {}, key=key))

    async def find_themes(self, caller: Caller, key: str | None) -> Asked:
        """Have themes and spikes looked for now."""
        return self.service.believe(Asked, await self.service.change(caller, "POST", "/v1/themes/find", {}, key=key))

    async def disclosures(self, caller: Caller, query: Query) -> Page[DisclosureView]:
        """Return a page of who saw clear words."""
        return self.service.believe(Page[DisclosureView], await self.service.read(caller, "/v1/disclosures", query))

    def all_of(self, model: type[V], data: Any) -> list[V]:
        """Return a list of views; a service that breaks its contract counts as unavailable."""
        return [self.service.believe(model, one) for one in data] if isinstance(data, list) else [self.service.believe(model, data)]


def _code(axis: str, code: str) -> str:
    return f"/v1/codes/{segment(axis)}/{segment(code)}"
