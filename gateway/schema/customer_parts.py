"""Every list of the unified customer: which section fills it, and the struct that its JSON is decoded into."""

from typing import Any
from uuid import UUID

import msgspec

from gateway.clients.views import SectionTypes
from gateway.clients.wire import wire_type
from gateway.schema import customers, ids, insight, knowledge, routing, survey
from gateway.schema.feedback import FeedbackItem, FollowUp
from gateway.schema.parts import ListPart
from gateway.schema.wired import list_of, wired
from services.customers import contract as customers_views
from services.feedback import contract as feedback_views
from services.insight import contract as insight_views
from services.knowledge import contract as knowledge_views
from services.routing import contract as routing_views
from services.survey import contract as survey_views


def _uid(one: Any) -> str:
    return str(one.uid)


ENTRY = wired(customers.TimelineEntry, converted={"seq": (int, str)})
_CONTACT = wired(routing.CustomerContact, node=ids.CONTACT)
OPEN_AND_RECENT = msgspec.defstruct("OpenAndRecent", [("open", list[_CONTACT]), ("recent", list[_CONTACT])], gc=False)  # type: ignore[valid-type]  # made for msgspec
wired(customers.Case, node=ids.CASE, derived={"status": customers.case_status})
wired(customers.Order, derived={"status": customers.order_status})
wired(FeedbackItem, node=ids.ITEM)
wired(FollowUp, node=ids.FOLLOW_UP)
MOOD, OFFER = wired(customers.Mood), wired(customers.Offer)
for _kind in (customers.Consent, survey.Invitation, survey.SurveyResponse, knowledge.SelfServiceSession, insight.Contribution):
    wired(_kind)

WIRED_SUGGESTED = wired(knowledge.SuggestedArticle, later=frozenset({"case_id", "case_title"}))
_CASE = msgspec.defstruct("CaseSuggestions", [("case_id", UUID), ("case_title", str), ("articles", list[WIRED_SUGGESTED])], gc=False)  # type: ignore[valid-type]  # made for msgspec

CASES = ListPart("customers", "cases", customers.Case, customers_views.CaseView, customers.Case.of, "opened_at", _uid)
ORDERS = ListPart("customers", "orders", customers.Order, customers_views.OrderView, customers.Order.of, "placed_at", lambda one: one.order_reference)
CONSENTS = ListPart(
    "customers",
    "consents",
    customers.Consent,
    customers_views.ConsentView,
    customers.Consent.of,
    "given_at",
    lambda one: f"{one.purpose}/{one.channel}/{one.given_at.isoformat()}",
)
CONTACTS = ListPart("routing", "contacts", routing.CustomerContact, routing_views.ContactSummary, routing.CustomerContact.of, "queued_at", _uid)
CALL_BACKS = ListPart("routing", "call_backs", routing.CustomerContact, routing_views.ContactSummary, routing.CustomerContact.of, "queued_at", _uid)
INVITATIONS = ListPart("survey", "invitations", survey.Invitation, survey_views.InvitationView, survey.Invitation.of, "invited_at", _uid)
RESPONSES = ListPart("survey", "responses", survey.SurveyResponse, survey_views.ResponseView, survey.SurveyResponse.of, "answered_at", _uid)
FEEDBACK = ListPart("feedback", "feedback", FeedbackItem, feedback_views.ItemView, FeedbackItem.of, "said_at", _uid)
FOLLOW_UPS = ListPart("feedback", "follow_ups", FollowUp, feedback_views.FollowUpView, FollowUp.of, "opened_at", _uid)
SELF_SERVICE = ListPart(
    "knowledge",
    "self_service",
    knowledge.SelfServiceSession,
    knowledge_views.HelpSessionView,
    knowledge.SelfServiceSession.of,
    "last_at",
    lambda one: str(one.session_id),
)
SUGGESTED = ListPart(
    "knowledge",
    "suggested_articles",
    knowledge.SuggestedArticle,
    knowledge_views.CaseSuggestions,
    lambda view: view,
    "title",
    lambda one: f"{one.case_id}/{one.article_id}",
)
CONTRIBUTIONS = ListPart(
    "insight",
    "contributions",
    insight.Contribution,
    insight_views.ContributionView,
    insight.Contribution.of,
    "told_at",
    lambda one: str(one.initiative_id),
)

_LISTS = (CASES, ORDERS, CONSENTS, CALL_BACKS, INVITATIONS, RESPONSES, FEEDBACK, FOLLOW_UPS, SELF_SERVICE, CONTRIBUTIONS)
SECTIONS = SectionTypes(
    {
        **{part.section: list_of(part.kind) for part in _LISTS},
        "profile": wire_type(customers_views.CustomerView),
        "timeline": list[ENTRY],  # type: ignore[valid-type]  # made for msgspec
        "mood": MOOD,
        "offer": OFFER,
        "contacts": OPEN_AND_RECENT,
        "suggested_articles": list[_CASE],  # type: ignore[valid-type]  # made for msgspec
    }
)
"""What each section of the unified customer is decoded as."""
