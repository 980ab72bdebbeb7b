"""The unified customer: one person, and what every service knows of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import strawberry
from graphql import GraphQLError

from gateway.clients.failures import ServiceFailed
from gateway.clients.views import SectionTypes
from gateway.clients.wire import as_json
from gateway.context import Info, at
from gateway.execution.play import StepInfo
from gateway.execution.sections import CustomerSections, SectionState
from gateway.execution.shape import wired_kind
from gateway.schema import customer_parts as parts
from gateway.schema import customers, ids, insight, knowledge, routing, survey
from gateway.schema.customers import Entry, IdentityKey, entries
from gateway.schema.feedback import FeedbackItem, FollowUp
from gateway.schema.parts import as_shown
from gateway.schema.relay import After, Connection, First, Node, checked_first, computed, global_id, mapped, page_from
from gateway.schema.selection import Selection, selection
from gateway.schema.wired import wired_page
from services.customers import contract as customers_views
from services.kit.paging import encode_cursor
from services.kit.tables import to_micros
from services.knowledge import contract as knowledge_views
from services.routing import contract as routing_views

T = TypeVar("T")
MOST_SECTION = 100
"""Entries that the view contract brings along at most."""
PARTS = {
    "cases": ("customers", "cases"),
    "orders": ("customers", "orders"),
    "consents": ("customers", "consents"),
    "mood": ("customers", "mood"),
    "value": ("customers", "value"),
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
_SECTIONS = {name: section for name, (_, section) in PARTS.items()} | {"timeline": "timeline"}


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
            return self._newest(first)
        try:
            page = await context.clients.customers.timeline(context.caller, self.uid, first, after, kinds or [])
        except ServiceFailed as failed:
            self.loaded.tell_once(failed.service, failed)
            return None
        return page_from(page.items, page.next_cursor, after, customers.TimelineEntry.of, _place)

    def _newest(self, first: int) -> Connection[customers.TimelineEntry] | None:
        """Take the first page from customers' sections: it came along with the person."""
        found = self.loaded.read("customers", "timeline", list[customers_views.TimelineEntryView])
        if found is None:
            return None
        all_found = as_shown(found[0] if found else [], customers.TimelineEntry, customers.TimelineEntry.of)
        return wired_page(all_found[:first], _place, more=len(all_found) > first, before=False)

    @computed("Issues, newest first.")
    def cases(self, first: First, after: After = None) -> Connection[customers.Case] | None:
        """Take them from customers's sections."""
        return parts.CASES.page(self.loaded, first, after)

    @computed("Orders, newest first.")
    def orders(self, first: First, after: After = None) -> Connection[customers.Order] | None:
        """Take them from customers's sections."""
        return parts.ORDERS.page(self.loaded, first, after)

    @computed("What they said about being contacted, newest first.")
    def consents(self, first: First, after: After = None) -> Connection[customers.Consent] | None:
        """Take them from customers's sections."""
        return parts.CONSENTS.page(self.loaded, first, after)

    @computed("How they stand to us.")
    def mood(self) -> customers.Mood | None:
        """Take it from customers' sections."""
        found: list[Any] | None = self.loaded.read("customers", "mood", customers_views.MoodView)
        return _shown(found, customers.Mood, customers.Mood.of)

    @computed("What they bought: recency, frequency and money.")
    def value(self) -> customers.CustomerValue | None:
        """Take it from customers' sections."""
        found: list[Any] | None = self.loaded.read("customers", "value", customers_views.ValueView)
        return _shown(found, customers.CustomerValue, customers.CustomerValue.of)

    @computed("The offer that fits, or every reason why none is shown.")
    def offer(self) -> customers.Offer | None:
        """Take it from customers' sections."""
        found: list[Any] | None = self.loaded.read("customers", "offer", customers_views.OfferView)
        return _shown(found, customers.Offer, customers.Offer.of)

    @computed("Contacts: all open ones and the last that are over, newest first.")
    def contacts(self, first: First, after: After = None) -> Connection[routing.CustomerContact] | None:
        """Take them from routing's sections."""
        found = self.loaded.read("routing", "contacts", routing_views.CustomerContacts)
        if found is None:
            return None
        return parts.CONTACTS.page_of(parts.CONTACTS.things([[*part.open, *part.recent] for part in found]), first, after)

    @computed("Calls that are owed to them, newest first.")
    def call_backs(self, first: First, after: After = None) -> Connection[routing.CustomerContact] | None:
        """Take them from routing's sections."""
        return parts.CALL_BACKS.page(self.loaded, first, after)

    @computed("What they were asked, newest first.")
    def invitations(self, first: First, after: After = None) -> Connection[survey.Invitation] | None:
        """Take them from survey's sections."""
        return parts.INVITATIONS.page(self.loaded, first, after)

    @computed("What they answered, newest first.")
    def responses(self, first: First, after: After = None) -> Connection[survey.SurveyResponse] | None:
        """Take them from survey's sections."""
        return parts.RESPONSES.page(self.loaded, first, after)

    @computed("What they said anywhere, newest first.")
    def feedback(self, first: First, after: After = None) -> Connection[FeedbackItem] | None:
        """Take them from feedback's sections."""
        return parts.FEEDBACK.page(self.loaded, first, after)

    @computed("What is owed to them, newest first.")
    def follow_ups(self, first: First, after: After = None) -> Connection[FollowUp] | None:
        """Take them from feedback's sections."""
        return parts.FOLLOW_UPS.page(self.loaded, first, after)

    @computed("Articles for the open cases, best first.")
    def suggested_articles(self, first: First, after: After = None) -> Connection[knowledge.SuggestedArticle] | None:
        """Take them from knowledge's sections."""
        found = self.loaded.read("knowledge", "suggested_articles", list[knowledge_views.CaseSuggestions])
        if found is None:
            return None
        each = {f"{case.case_id}/{article.article_id}": _suggested(case, article) for part in found for case in part for article in case.articles}
        return parts.SUGGESTED.page_of(list(each.values()), first, after)

    @computed("What they tried in self-service, newest first.")
    def self_service(self, first: First, after: After = None) -> Connection[knowledge.SelfServiceSession] | None:
        """Take them from knowledge's sections."""
        return parts.SELF_SERVICE.page(self.loaded, first, after)

    @computed("What changed because they spoke, newest first.")
    def contributions(self, first: First, after: After = None) -> Connection[insight.Contribution] | None:
        """Take them from insight's sections."""
        return parts.CONTRIBUTIONS.page(self.loaded, first, after)

    @computed("The state of every section that this operation asks for, and of the profile.")
    def sections(self) -> list[SectionStatus]:
        """Say what is fresh, stale or missing."""
        told: Any = self.loaded.statuses()  # they have the type's fields, and are shown as they are
        found: list[SectionStatus] = told
        return found


async def whole_customer(info: Info, asked: UUID | customers_views.CustomerView) -> Customer | None:
    """Return the customer, every service that the selection needs asked at once; None when nobody has the id."""
    context = at(info)
    chosen = selection(info, "Customer")
    known = chosen.memo
    if not known:
        known["wanted"], known["types"] = _wanted(chosen.below), _types(chosen)
    loaded = CustomerSections(
        services=context.clients.services,
        caller=context.caller,
        asked=asked,
        wanted=known["wanted"],
        last_good=context.last_good,
        types=known["types"],
        timeline=_timeline_size(chosen),
    )
    view = await loaded.profile()
    if view is None:
        return None
    keys = [mapped(IdentityKey, key) for key in view.keys]
    return mapped(Customer, view, id=global_id(ids.CUSTOMER, view.id), uid=view.id, keys=keys, segment=entries(view.segment), loaded=loaded)


def _wanted(names: frozenset[str]) -> Mapping[str, Sequence[str]]:
    """Return the sections by service that fill the selected fields."""
    wanted: dict[str, list[str]] = {}
    for service, section in (PARTS[name] for name in sorted(names) if name in PARTS):
        wanted.setdefault(service, []).append(section)
    return wanted


def _types(chosen: StepInfo | Selection) -> SectionTypes:
    """Return what the sections are decoded as: what is selected of them alone. Without a plan to remember these types, only what was refused is."""

    def narrow() -> SectionTypes:
        return parts.sections_for({_SECTIONS[name]: needed for name, needed in chosen.needs_below().items() if name in _SECTIONS})

    return narrow() if isinstance(chosen, StepInfo) else parts.SECTIONS.or_else(narrow)


def _shown(found: list[Any] | None, kind: type[T], of: Callable[[Any], T]) -> T | None:
    """Return the survivor's own, built from the view when its type refused the JSON; None when there is none."""
    if not found:
        return None
    shown: T = found[0] if wired_kind(found[0]) is kind else of(found[0])
    return shown


def _timeline_size(chosen: StepInfo | Selection) -> int | None:
    """Return how many entries of the first page to bring along, one more than shown to know whether there are others; None for other pages."""
    try:
        given = chosen.arguments_below("timeline")  # None when it is not selected at all
    except GraphQLError:  # told where the field itself is run
        return None
    if given is None or given.get("after") is not None or given.get("kinds"):
        return None
    first = given.get("first")
    return first + 1 if isinstance(first, int) and 1 <= first < MOST_SECTION else None


def _place(entry: Any) -> str:
    """Return the cursor behind one entry, in the form of the timeline's own: its moment and its id."""
    return encode_cursor(str(to_micros(entry.occurred_at)), str(getattr(entry, "uid", None) or entry.id))


def _suggested(case: Any, article: Any) -> knowledge.SuggestedArticle:
    """Return the article with the case that it is for."""
    if wired_kind(article) is knowledge.SuggestedArticle:
        made: Any = article
        made.case_id, made.case_title = case.case_id, case.case_title
        found: knowledge.SuggestedArticle = made
        return found
    because = [as_json(term) for term in article.because]
    return mapped(knowledge.SuggestedArticle, article, because=because, case_id=case.case_id, case_title=case.case_title)
