"""Every list of the unified customer: which section fills it, and the struct that its JSON is decoded into."""

from collections.abc import Sequence
from typing import Any

from gateway.clients.wire import as_json
from gateway.execution.shape import wired_kind
from gateway.schema import customers, ids, insight, knowledge, routing, survey
from gateway.schema.feedback import FeedbackItem, FollowUp
from gateway.schema.parts import ListPart
from gateway.schema.relay import mapped
from gateway.schema.wired import TEXT_OF_UUID, wired
from services.customers import contract as customers_views
from services.feedback import contract as feedback_views
from services.insight import contract as insight_views
from services.knowledge import contract as knowledge_views
from services.routing import contract as routing_views
from services.survey import contract as survey_views


def _uid(one: Any) -> str:
    return str(one.uid)


def _suggested(cases: Sequence[Any]) -> list[knowledge.SuggestedArticle]:
    """Return the articles of all cases, each with the case that it is for."""
    found: list[Any] = []
    for case in cases:
        given = case.articles
        if given and wired_kind(given[0]) is knowledge.SuggestedArticle:  # a section was decoded whole, or none of it
            for article in given:
                article.case_id, article.case_title = case.case_id, case.case_title
            found += given
        else:
            found += [_built(case, article) for article in given]
    return found


def _built(case: Any, article: Any) -> knowledge.SuggestedArticle:
    because = [as_json(term) for term in article.because]
    return mapped(knowledge.SuggestedArticle, article, because=because, case_id=case.case_id, case_title=case.case_title)


wired(customers.TimelineEntry, converted={"seq": (int, str)})
wired(routing.CustomerContact, node=ids.CONTACT)
wired(customers.Case, node=ids.CASE, derived={"status": customers.case_status})
wired(customers.Order, derived={"status": customers.order_status})
wired(FeedbackItem, node=ids.ITEM)
wired(FollowUp, node=ids.FOLLOW_UP)
wired(knowledge.SuggestedArticle, later={"case_id": TEXT_OF_UUID, "case_title": str}, shown=frozenset({"article_id"}))
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
    spread=_suggested,
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
