"""The unified customer: one person, and what every service knows of them."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import strawberry

from gateway.clients.failures import ServiceFailed
from gateway.clients.wire import as_json
from gateway.context import Info, at
from gateway.execution.plan import waits
from gateway.execution.sections import CustomerSections, SectionState
from gateway.schema import customers, ids, insight, knowledge, routing, survey
from gateway.schema.customers import Entry, IdentityKey, entries
from gateway.schema.feedback import FeedbackItem, FollowUp
from gateway.schema.relay import After, Connection, First, Node, checked_first, computed, global_id, mapped, page_from, page_of
from gateway.schema.selection import arguments_below, selected
from services.customers import contract as customers_views
from services.feedback import contract as feedback_views
from services.insight import contract as insight_views
from services.kit.paging import encode_cursor
from services.kit.tables import to_micros
from services.knowledge import contract as knowledge_views
from services.routing import contract as routing_views
from services.survey import contract as survey_views

V = TypeVar("V")
T = TypeVar("T")
MOST_SECTION = 100
"""Entries that the view contract brings along at most."""
PARTS = {
    "cases": ("customers", "cases"),
    "orders": ("customers", "orders"),
    "consents": ("customers", "consents"),
    "mood": ("customers", "mood"),
    "offer": ("customers", "offer"),
    "contacts": ("routing", "contacts"),
    "callBacks": ("routing", "call_backs"),
    "invitations": ("survey", "invitations"),
    "responses": ("survey", "responses"),
    "feedback": ("feedback", "feedback"),
    "followUps": ("feedback", "follow_ups"),
    "suggestedArticles": ("knowledge", "suggested_articles"),
    "selfService": ("knowledge", "self_service"),
    "contributions": ("insight", "contributions"),
}
"""Field of Customer to the service and the section that fill it."""


@strawberry.type(description="What one section of the view says about itself.")
class SectionStatus:
    """A section's state."""

    name: str = strawberry.field(description="The section.")
    state: SectionState = strawberry.field(description="FRESH, STALE or UNAVAILABLE.")
    as_of: datetime | None = strawberry.field(description="When its service wrote it; null when unavailable.")
    reason: str | None = strawberry.field(description="Why it is not fresh: an error code; null when it is.")


@strawberry.type(description="A customer: the person, and everything that happened over all channels.")
class Customer(Node):
    """The unified view."""

    uid: UUID = strawberry.field(description="The id in REST.")
    member_ids: list[UUID] = strawberry.field(description="All records that were found to be this person.")
    version: int = strawberry.field(description="Grows with everything that changes about the person.")
    display_name: str | None = strawberry.field(description="The name; null when unknown.")
    language: str | None = strawberry.field(description="BCP 47 language; null when unknown.")
    time_zone: str | None = strawberry.field(description="IANA time zone; null when unknown.")
    country: str | None = strawberry.field(description="Country; null when unknown.")
    email: str | None = strawberry.field(description="E-mail; null when unknown.")
    phone: str | None = strawberry.field(description="Phone in E.164; null when unknown.")
    preferred_channel: str | None = strawberry.field(description="The channel of their choice; null when unknown.")
    tier: str | None = strawberry.field(description="The tier; null when there is none.")
    segment: list[Entry] = strawberry.field(description="Attributes for slices, by name.")
    keys: list[IdentityKey] = strawberry.field(description="All keys that name this person.")
    created_at: datetime = strawberry.field(description="Since when the person is known.")
    erased_at: datetime | None = strawberry.field(description="Set when the person was erased; then nothing else is left.")
    loaded: strawberry.Private[CustomerSections]

    @computed("Everything that happened, newest first, over all channels.")
    async def timeline(
        self,
        info: Info,
        first: First,
        after: After = None,
        kinds: Annotated[list[str] | None, strawberry.argument(description="Only facts of these kinds.")] = None,
    ) -> Connection[customers.TimelineEntry] | None:
        """Ask customers for a page."""
        context = at(info)
        checked_first(first)
        if after is None and not kinds and self.loaded.timeline_size == first + 1:
            return await self._newest(first)
        try:
            page = await context.clients.customers.timeline(context.caller, self.uid, first, after, kinds or [])
        except ServiceFailed as failed:
            self.loaded.tell_once(failed.service, failed)
            return None
        return page_from(page.items, page.next_cursor, after, customers.TimelineEntry.of, _place)

    async def _newest(self, first: int) -> Connection[customers.TimelineEntry] | None:
        """Take the first page from customers' sections: it came along with the person."""
        parts = await self.loaded.read("customers", "timeline", list[customers_views.TimelineEntryView])
        if parts is None:
            return None
        found = parts[0] if parts else []
        more = _place(found[first - 1]) if len(found) > first else None
        return page_from(found[:first], more, None, customers.TimelineEntry.of, _place)

    @computed("Issues, newest first.")
    @waits
    async def cases(self, info: Info, first: First, after: After = None) -> Connection[customers.Case] | None:
        """Take them from customers' sections."""
        found = await self._list("cases", customers_views.CaseView, lambda case: case.opened_at)
        return _page(found, first, after, customers.Case.of, lambda case: str(case.id))

    @computed("Orders, newest first.")
    @waits
    async def orders(self, info: Info, first: First, after: After = None) -> Connection[customers.Order] | None:
        """Take them from customers' sections."""
        found = await self._list("orders", customers_views.OrderView, lambda order: order.placed_at)
        return _page(found, first, after, customers.Order.of, lambda order: order.order_reference)

    @computed("What they said about being contacted, newest first.")
    @waits
    async def consents(self, info: Info, first: First, after: After = None) -> Connection[customers.Consent] | None:
        """Take them from customers' sections."""
        found = await self._list("consents", customers_views.ConsentView, lambda consent: consent.given_at)
        return _page(found, first, after, customers.Consent.of, lambda one: f"{one.purpose}/{one.channel}/{one.given_at.isoformat()}")

    @computed("How they stand to us.")
    @waits
    async def mood(self, info: Info) -> customers.Mood | None:
        """Take it from customers' sections."""
        found = await self._one("mood", customers_views.MoodView)
        return None if found is None else customers.Mood.of(found)

    @computed("The offer that fits, or every reason why none is shown.")
    @waits
    async def offer(self, info: Info) -> customers.Offer | None:
        """Take it from customers' sections."""
        found = await self._one("offer", customers_views.OfferView)
        return None if found is None else customers.Offer.of(found)

    @computed("Contacts: all open ones and the last that are over, newest first.")
    @waits
    async def contacts(self, info: Info, first: First, after: After = None) -> Connection[routing.CustomerContact] | None:  # noqa: ARG002  every field of a section is told alike
        """Take them from routing's sections."""
        parts = await self.loaded.read("routing", "contacts", routing_views.CustomerContacts)
        if parts is None:
            return None
        found = _unique([contact for view in parts for contact in (*view.open, *view.recent)], len(parts))
        newest = sorted(found, key=lambda contact: contact.queued_at, reverse=True)
        return _page(newest, first, after, routing.CustomerContact.of, lambda contact: str(contact.id))

    @computed("Calls that are owed to them, newest first.")
    @waits
    async def call_backs(self, info: Info, first: First, after: After = None) -> Connection[routing.CustomerContact] | None:
        """Take them from routing's sections."""
        found = await self._list("callBacks", routing_views.ContactSummary, lambda contact: contact.queued_at)
        return _page(found, first, after, routing.CustomerContact.of, lambda contact: str(contact.id))

    @computed("What they were asked, newest first.")
    @waits
    async def invitations(self, info: Info, first: First, after: After = None) -> Connection[survey.Invitation] | None:
        """Take them from survey's sections."""
        found = await self._list("invitations", survey_views.InvitationView, lambda view: view.invited_at)
        return _page(found, first, after, survey.Invitation.of, lambda view: str(view.id))

    @computed("What they answered, newest first.")
    @waits
    async def responses(self, info: Info, first: First, after: After = None) -> Connection[survey.SurveyResponse] | None:
        """Take them from survey's sections."""
        found = await self._list("responses", survey_views.ResponseView, lambda view: view.answered_at)
        return _page(found, first, after, survey.SurveyResponse.of, lambda view: str(view.id))

    @computed("What they said anywhere, newest first.")
    @waits
    async def feedback(self, info: Info, first: First, after: After = None) -> Connection[FeedbackItem] | None:
        """Take it from feedback's sections."""
        found = await self._list("feedback", feedback_views.ItemView, lambda view: view.said_at)
        return _page(found, first, after, FeedbackItem.of, lambda view: str(view.id))

    @computed("What is owed to them, newest first.")
    @waits
    async def follow_ups(self, info: Info, first: First, after: After = None) -> Connection[FollowUp] | None:
        """Take them from feedback's sections."""
        found = await self._list("followUps", feedback_views.FollowUpView, lambda view: view.opened_at)
        return _page(found, first, after, FollowUp.of, lambda view: str(view.id))

    @computed("Articles for the open cases, best first.")
    @waits
    async def suggested_articles(self, info: Info, first: First, after: After = None) -> Connection[knowledge.SuggestedArticle] | None:
        """Take them from knowledge's sections."""
        found = await self._list("suggestedArticles", knowledge_views.CaseSuggestions, None)
        flat = [(case, article) for case in found or [] for article in case.articles]
        pairs = None if found is None else flat
        return _page(pairs, first, after, _suggested, lambda pair: f"{pair[0].case_id}/{pair[1].article_id}")

    @computed("What they tried in self-service, newest first.")
    @waits
    async def self_service(self, info: Info, first: First, after: After = None) -> Connection[knowledge.SelfServiceSession] | None:
        """Take it from knowledge's sections."""
        found = await self._list("selfService", knowledge_views.HelpSessionView, lambda view: view.last_at)
        return _page(found, first, after, knowledge.SelfServiceSession.of, lambda view: str(view.session_id))

    @computed("What changed because they spoke, newest first.")
    @waits
    async def contributions(self, info: Info, first: First, after: After = None) -> Connection[insight.Contribution] | None:
        """Take them from insight's sections."""
        found = await self._list("contributions", insight_views.ContributionView, lambda view: view.told_at)
        return _page(found, first, after, insight.Contribution.of, lambda view: str(view.initiative_id))

    @computed("The state of every section that this operation asks for, and of the profile.")
    @waits
    async def sections(self) -> list[SectionStatus]:
        """Say what is fresh, stale or missing."""
        return [mapped(SectionStatus, status) for status in await self.loaded.statuses()]

    async def _one(self, field: str, view: type[V]) -> V | None:
        """Return a part that the survivor's record alone speaks for."""
        parts = await self.loaded.read(*PARTS[field], view)
        return parts[0] if parts else None

    async def _list(self, field: str, view: type[V], when: Callable[[V], datetime] | None) -> list[V] | None:
        """Return a part that all records have a share in, each thing once, newest first."""
        parts = await self.loaded.read(*PARTS[field], list[view])  # type: ignore[valid-type]  # made for msgspec, not for the type checker
        if parts is None:
            return None
        found = _unique([one for part in parts for one in part], len(parts))
        return found if when is None else sorted(found, key=when, reverse=True)


async def whole_customer(info: Info, asked: UUID | customers_views.CustomerView) -> Customer | None:
    """Return the customer, every service that the selection needs asked at once; None when nobody has the id."""
    context = at(info)
    wanted: dict[str, list[str]] = {}
    names = selected(info)
    for name in sorted(names):
        if name in PARTS:
            service, section = PARTS[name]
            wanted.setdefault(service, []).append(section)
    loaded = CustomerSections(
        services=context.clients.services,
        caller=context.caller,
        asked=asked,
        wanted=wanted,
        last_good=context.last_good,
        timeline=_timeline_size(info) if "timeline" in names else None,
    )
    view = await loaded.profile()
    if view is None:
        return None
    keys = [mapped(IdentityKey, key) for key in view.keys]
    return mapped(Customer, view, id=global_id(ids.CUSTOMER, view.id), uid=view.id, keys=keys, segment=entries(view.segment), loaded=loaded)


def _timeline_size(info: Info) -> int | None:
    """Return how many entries of the first page to bring along, one more than shown to know whether there are others; None for other pages."""
    given = arguments_below(info, "timeline")
    if given is None or given.get("after") is not None or given.get("kinds"):
        return None
    first = given.get("first")
    return first + 1 if isinstance(first, int) and 1 <= first < MOST_SECTION else None


def _unique(found: list[V], parts: int) -> list[V]:
    """Drop what is there twice: a service may answer for the whole person under each of its ids."""
    return found if parts < 2 else list(dict.fromkeys(found))  # noqa: PLR2004  two


def _page(found: list[Any] | None, first: int, after: str | None, make: Callable[[Any], T], key: Callable[[Any], str]) -> Connection[T] | None:
    return None if found is None else page_of(found, first, after, make, key)


def _place(entry: customers_views.TimelineEntryView) -> str:
    """Return the cursor behind one entry, in the form of the timeline's own: its moment and its id."""
    return encode_cursor(str(to_micros(entry.occurred_at)), str(entry.id))


def _suggested(pair: tuple[knowledge_views.CaseSuggestions, knowledge_views.FoundArticle]) -> knowledge.SuggestedArticle:
    case, article = pair
    because = [as_json(term) for term in article.because]
    return mapped(knowledge.SuggestedArticle, article, because=because, case_id=case.case_id, case_title=case.case_title)
