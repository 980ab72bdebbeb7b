"""Every list of the unified customer: which section fills it, and the struct that its JSON is decoded into."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from gateway.clients.views import SectionTypes
from gateway.clients.wire import as_json, wire_type
from gateway.execution.plan import Needs
from gateway.execution.shape import wired_kind
from gateway.schema import customers, ids, insight, knowledge, routing, survey
from gateway.schema.feedback import FeedbackItem, FollowUp
from gateway.schema.parts import ListPart
from gateway.schema.relay import mapped
from gateway.schema.wired import STRUCTS, TEXT_OF_UUID, narrow, wired
from services.customers import contract as customers_views
from services.feedback import contract as feedback_views
from services.insight import contract as insight_views
from services.knowledge import contract as knowledge_views
from services.routing import contract as routing_views
from services.survey import contract as survey_views


def _uid(one: Any) -> str:
    return str(one.uid)


def _suggested(case: Any, article: Any) -> knowledge.SuggestedArticle:
    """Return the article with the case that it is for."""
    if wired_kind(article) is knowledge.SuggestedArticle:
        made: Any = article
        made.case_id, made.case_title = case.case_id, case.case_title
        found: knowledge.SuggestedArticle = made
        return found
    because = [as_json(term) for term in article.because]
    return mapped(knowledge.SuggestedArticle, article, because=because, case_id=case.case_id, case_title=case.case_title)


wired(customers.TimelineEntry, converted={"seq": (int, str)})
wired(routing.CustomerContact, node=ids.CONTACT)
wired(customers.Case, node=ids.CASE, derived={"status": customers.case_status})
wired(customers.Order, derived={"status": customers.order_status})
wired(FeedbackItem, node=ids.ITEM)
wired(FollowUp, node=ids.FOLLOW_UP)
wired(knowledge.SuggestedArticle, later=frozenset({"case_id", "case_title"}), shown=frozenset({"article_id"}))
wired(customers.Mood)
wired(customers.CustomerValue)
wired(customers.Offer)
for _kind in (customers.Consent, survey.Invitation, survey.SurveyResponse, knowledge.SelfServiceSession, insight.Contribution):
    wired(_kind)

CASES = ListPart("customers", "cases", customers.Case, customers_views.CaseView, customers.Case.of, "opened_at", _uid)
ORDERS = ListPart(
    "customers",
    "orders",
    customers.Order,
    customers_views.OrderView,
    customers.Order.of,
    "placed_at",
    lambda one: one.order_reference,
    frozenset({"order_reference"}),
)
CONSENTS = ListPart(
    "customers",
    "consents",
    customers.Consent,
    customers_views.ConsentView,
    customers.Consent.of,
    "given_at",
    lambda one: f"{one.purpose}/{one.channel}/{one.given_at.isoformat()}",
    frozenset({"purpose", "channel", "given_at"}),
)
CONTACTS = ListPart(
    "routing",
    "contacts",
    routing.CustomerContact,
    routing_views.ContactSummary,
    routing.CustomerContact.of,
    "queued_at",
    _uid,
    whole=routing_views.CustomerContacts,
    spread=lambda part: [*part.open, *part.recent],
)
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
    frozenset({"session_id"}),
)
SUGGESTED = ListPart(
    "knowledge",
    "suggested_articles",
    knowledge.SuggestedArticle,
    knowledge_views.CaseSuggestions,
    lambda article: article,
    None,
    lambda one: f"{one.case_id}/{one.article_id}",
    frozenset({"article_id"}),
    whole=list[knowledge_views.CaseSuggestions],
    spread=lambda cases: [_suggested(case, article) for case in cases for article in case.articles],
)
CONTRIBUTIONS = ListPart(
    "insight",
    "contributions",
    insight.Contribution,
    insight_views.ContributionView,
    insight.Contribution.of,
    "told_at",
    lambda one: str(one.initiative_id),
    frozenset({"initiative_id"}),
)

Struct = type[Any]


def _many(struct: Struct) -> Any:
    return list[struct]  # type: ignore[valid-type]  # made for msgspec


def _open_and_recent(struct: Struct) -> Any:
    return msgspec.defstruct("OpenAndRecent", [("open", _many(struct)), ("recent", _many(struct))], gc=False)


def _of_cases(struct: Struct) -> Any:
    case = msgspec.defstruct("CaseSuggestions", [("case_id", TEXT_OF_UUID), ("case_title", str), ("articles", _many(struct))], gc=False)
    return _many(case)


def _one(struct: Struct) -> Any:
    return struct


_LISTS = (CASES, ORDERS, CONSENTS, CALL_BACKS, INVITATIONS, RESPONSES, FEEDBACK, FOLLOW_UPS, SELF_SERVICE, CONTRIBUTIONS)
_MADE: dict[str, tuple[type[Any], frozenset[str], Callable[[Struct], Any]]] = {
    **{part.section: (part.kind, part.reads | {str(part.when)}, _many) for part in _LISTS},
    "timeline": (customers.TimelineEntry, frozenset({"occurred_at"}), _many),
    "contacts": (CONTACTS.kind, CONTACTS.reads | {str(CONTACTS.when)}, _open_and_recent),
    "suggested_articles": (SUGGESTED.kind, SUGGESTED.reads, _of_cases),
    "mood": (customers.Mood, frozenset(), _one),
    "value": (customers.CustomerValue, frozenset(), _one),
    "offer": (customers.Offer, frozenset(), _one),
}
"""By section the type of its things, what is read of them besides what is selected, and what the section is made of them."""
_PROFILE = wire_type(customers_views.CustomerView)
SECTIONS = SectionTypes({"profile": _PROFILE, **{section: made(STRUCTS[kind]) for section, (kind, _, made) in _MADE.items()}})
"""What each section of the unified customer is decoded as."""


def sections_for(needs: Mapping[str, Needs | None]) -> SectionTypes:
    """Return what the sections are decoded as when only this is read of them."""
    types = dict(SECTIONS.types)
    for section, needed in needs.items():
        kind, reads, made = _MADE[section]
        things = _things(needed) if made is not _one else needed
        types[section] = made(narrow(kind, None if things is None else {**dict.fromkeys(reads), **things}))
    return SectionTypes(types)


def _things(page: Needs | None) -> Needs | None:
    """Return what is read of the things of a page."""
    edges = page.get("edges", {}) if page is not None else None
    return edges.get("node", {}) if edges is not None else None
