"""The unified customer: one person, and what every service knows of them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import strawberry

from gateway.clients.failures import ServiceFailed
from gateway.context import Info, at
from gateway.execution.sections import CustomerSections, SectionState
from gateway.execution.shape import NotPlain, wired_kind
from gateway.execution.shortcut import Place, Short
from gateway.schema import customer_parts as parts
from gateway.schema import customers, insight, knowledge, routing, survey
from gateway.schema.customers import Entry, IdentityKey
from gateway.schema.feedback import FeedbackItem, FollowUp
from gateway.schema.parts import as_shown
from gateway.schema.relay import After, Connection, First, Node, checked_first, computed, page_from
from gateway.schema.wired import wired_page
from services.customers import contract as customers_views
from services.kit.paging import encode_cursor
from services.kit.tables import to_micros

T = TypeVar("T")


def _alone(section: str) -> Callable[[Place], Short]:
    """Return the shortcut of a section that is one thing."""

    def shortcut(place: Place) -> Short:
        shape = place.shape()
        return lambda customer, _variables: shape(customer.loaded.plain[section])

    return shortcut


def _states(place: Place) -> Short:
    """Return the shortcut of the sections' states."""
    shape = place.shape()
    return lambda customer, _variables: shape(customer.loaded.statuses())


def _newest_shown(place: Place) -> Short:
    """Return the shortcut of the timeline's first page, which came along with the person."""
    page, arguments = place.page(customers.TimelineEntry, _place), place.arguments

    def shortcut(customer: Any, variables: Any) -> Any:
        given = arguments(variables)
        if not _is_newest(customer.loaded, checked_first(given["first"]), given.get("after"), given.get("kinds")):
            raise NotPlain
        return page(customer.loaded.plain["timeline"] or [], given["first"])

    return shortcut


def _is_newest(loaded: CustomerSections, first: int, after: str | None, kinds: Sequence[str] | None) -> bool:
    """Tell whether the page came along with the person."""
    return after is None and not kinds and loaded.timeline_size == first + 1


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

    @computed("Everything that happened, newest first, over all channels.", _newest_shown, section_of="customers")
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
        if _is_newest(self.loaded, first, after, kinds):
            return _newest(self.loaded, first)
        try:
            page = await context.clients.customers.timeline(context.caller, self.uid, first, after, kinds or [])
        except ServiceFailed as failed:
            self.loaded.tell_once(failed.service, failed)
            return None
        return page_from(page.items, page.next_cursor, after, customers.TimelineEntry.of, _place)

    @computed("Issues, newest first.", parts.CASES.shortcut, section_of=parts.CASES.service)
    def cases(self, first: First, after: After = None) -> Connection[customers.Case] | None:
        """Take them from customers's sections."""
        return parts.CASES.page(self.loaded, first, after)

    @computed("Orders, newest first.", parts.ORDERS.shortcut, section_of=parts.ORDERS.service)
    def orders(self, first: First, after: After = None) -> Connection[customers.Order] | None:
        """Take them from customers's sections."""
        return parts.ORDERS.page(self.loaded, first, after)

    @computed("What they said about being contacted, newest first.", parts.CONSENTS.shortcut, section_of=parts.CONSENTS.service)
    def consents(self, first: First, after: After = None) -> Connection[customers.Consent] | None:
        """Take them from customers's sections."""
        return parts.CONSENTS.page(self.loaded, first, after)

    @computed("How they stand to us.", _alone("mood"), section_of="customers")
    def mood(self) -> customers.Mood | None:
        """Take it from customers' sections."""
        found: list[Any] | None = self.loaded.read("customers", "mood", customers_views.MoodView)
        return _shown(found, customers.Mood, customers.Mood.of)

    @computed("What they bought: recency, frequency and money.", _alone("value"), section_of="customers")
    def value(self) -> customers.CustomerValue | None:
        """Take it from customers' sections."""
        found: list[Any] | None = self.loaded.read("customers", "value", customers_views.ValueView)
        return _shown(found, customers.CustomerValue, customers.CustomerValue.of)

    @computed("The offer that fits, or every reason why none is shown.", _alone("offer"), section_of="customers")
    def offer(self) -> customers.Offer | None:
        """Take it from customers' sections."""
        found: list[Any] | None = self.loaded.read("customers", "offer", customers_views.OfferView)
        return _shown(found, customers.Offer, customers.Offer.of)

    @computed("Contacts: all open ones and the last that are over, newest first.", parts.CONTACTS.shortcut, section_of=parts.CONTACTS.service)
    def contacts(self, first: First, after: After = None) -> Connection[routing.CustomerContact] | None:
        """Take them from routing's sections."""
        return parts.CONTACTS.page(self.loaded, first, after)

    @computed("Calls that are owed to them, newest first.", parts.CALL_BACKS.shortcut, section_of=parts.CALL_BACKS.service)
    def call_backs(self, first: First, after: After = None) -> Connection[routing.CustomerContact] | None:
        """Take them from routing's sections."""
        return parts.CALL_BACKS.page(self.loaded, first, after)

    @computed("What they were asked, newest first.", parts.INVITATIONS.shortcut, section_of=parts.INVITATIONS.service)
    def invitations(self, first: First, after: After = None) -> Connection[survey.Invitation] | None:
        """Take them from survey's sections."""
        return parts.INVITATIONS.page(self.loaded, first, after)

    @computed("What they answered, newest first.", parts.RESPONSES.shortcut, section_of=parts.RESPONSES.service)
    def responses(self, first: First, after: After = None) -> Connection[survey.SurveyResponse] | None:
        """Take them from survey's sections."""
        return parts.RESPONSES.page(self.loaded, first, after)

    @computed("What they said anywhere, newest first.", parts.FEEDBACK.shortcut, section_of=parts.FEEDBACK.service)
    def feedback(self, first: First, after: After = None) -> Connection[FeedbackItem] | None:
        """Take them from feedback's sections."""
        return parts.FEEDBACK.page(self.loaded, first, after)

    @computed("What is owed to them, newest first.", parts.FOLLOW_UPS.shortcut, section_of=parts.FOLLOW_UPS.service)
    def follow_ups(self, first: First, after: After = None) -> Connection[FollowUp] | None:
        """Take them from feedback's sections."""
        return parts.FOLLOW_UPS.page(self.loaded, first, after)

    @computed("Articles for the open cases, best first.", parts.SUGGESTED.shortcut, section_of=parts.SUGGESTED.service)
    def suggested_articles(self, first: First, after: After = None) -> Connection[knowledge.SuggestedArticle] | None:
        """Take them from knowledge's sections."""
        return parts.SUGGESTED.page(self.loaded, first, after)

    @computed("What they tried in self-service, newest first.", parts.SELF_SERVICE.shortcut, section_of=parts.SELF_SERVICE.service)
    def self_service(self, first: First, after: After = None) -> Connection[knowledge.SelfServiceSession] | None:
        """Take them from knowledge's sections."""
        return parts.SELF_SERVICE.page(self.loaded, first, after)

    @computed("What changed because they spoke, newest first.", parts.CONTRIBUTIONS.shortcut, section_of=parts.CONTRIBUTIONS.service)
    def contributions(self, first: First, after: After = None) -> Connection[insight.Contribution] | None:
        """Take them from insight's sections."""
        return parts.CONTRIBUTIONS.page(self.loaded, first, after)

    @computed("The state of every section that this operation asks for, and of the profile.", _states)
    def sections(self) -> list[SectionStatus]:
        """Say what is fresh, stale or missing."""
        told: Any = self.loaded.statuses()  # they have the type's fields, and are shown as they are
        found: list[SectionStatus] = told
        return found


def _newest(loaded: CustomerSections, first: int) -> Connection[customers.TimelineEntry] | None:
    """Take the first page from customers' sections: it came along with the person."""
    found = loaded.read("customers", "timeline", list[customers_views.TimelineEntryView])
    if found is None:
        return None
    all_found = as_shown(found[0] if found else [], customers.TimelineEntry, customers.TimelineEntry.of)
    return wired_page(all_found[:first], _place, more=len(all_found) > first, before=False)


def _shown(found: list[Any] | None, kind: type[T], of: Callable[[Any], T]) -> T | None:
    """Return the survivor's own, built from the view when its type refused the JSON; None when there is none."""
    if not found:
        return None
    shown: T = found[0] if wired_kind(found[0]) is kind else of(found[0])
    return shown


def _place(entry: Any) -> str:
    """Return the cursor behind one entry, in the form of the timeline's own: its moment and its id."""
    return encode_cursor(str(to_micros(entry.occurred_at)), str(getattr(entry, "uid", None) or entry.id))
