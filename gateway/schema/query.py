"""What can be asked."""

from typing import Annotated, Any
from uuid import UUID

import strawberry

from gateway.clients.service import Query as Filters
from gateway.context import Info, at
from gateway.schema import ids
from gateway.schema.access import AccessKey
from gateway.schema.asking import or_none, paged
from gateway.schema.customer import Customer
from gateway.schema.customer_read import whole_customer
from gateway.schema.customers import Case, IdentityKeyInput, IdentityKeyKind
from gateway.schema.customers_more import CustomersQuery
from gateway.schema.feedback import FeedbackItem, FollowUp
from gateway.schema.feedback_all import FeedbackQueries
from gateway.schema.insight import BoardEntry
from gateway.schema.insight_alerts import InsightAlertQuery
from gateway.schema.insight_exports import InsightExportQuery
from gateway.schema.insight_initiatives import Initiative
from gateway.schema.insight_loop_queries import InsightLoopQuery
from gateway.schema.insight_metrics import InsightMetricQuery
from gateway.schema.insight_people import InsightPeopleQuery
from gateway.schema.insight_queries import InsightQuery
from gateway.schema.knowledge import Article, KnowledgeQuery, KnowledgeSearch
from gateway.schema.knowledge_made import KnowledgeMadeQuery
from gateway.schema.knowledge_people import KnowledgePeopleQuery
from gateway.schema.knowledge_work import KnowledgeWorkQuery
from gateway.schema.relay import After, Connection, First, Node, checked_first, computed, page_from, raw_id, read_global_id, uuid_of
from gateway.schema.routing import AgentOffer, Contact, ContactExplanation, Reservation
from gateway.schema.routing_live import RoutingQueries
from gateway.schema.survey import Invitation, SurveyDecision
from gateway.schema.survey_asking import SurveyAskingQueries
from gateway.schema.survey_programmes import ProgrammeQuery
from gateway.schema.survey_telling import SurveyTellingQueries
from services.kit.errors import InvalidInput

Site = Annotated[str | None, strawberry.argument(description="Only this site.")]
Vendor = Annotated[str | None, strawberry.argument(description="Only this vendor.")]
Department = Annotated[str | None, strawberry.argument(description="Only what this department caused.")]
AnyId = Annotated[strawberry.ID, strawberry.argument(description="The global id, or the id in REST.")]
State = Annotated[str | None, strawberry.argument(description="Only in this state.")]


@strawberry.type(description="What can be asked.")
class Query(
    CustomersQuery,
    FeedbackQueries,
    InsightAlertQuery,
    InsightExportQuery,
    InsightLoopQuery,
    InsightMetricQuery,
    InsightPeopleQuery,
    InsightQuery,
    KnowledgeQuery,
    KnowledgeMadeQuery,
    KnowledgePeopleQuery,
    KnowledgeWorkQuery,
    ProgrammeQuery,
    RoutingQueries,
    SurveyAskingQueries,
    SurveyTellingQueries,
):
    """The root of all questions."""

    @computed("The unified customer, by a key that names them or by id. Null when nobody is known.", scope="customers:read")
    async def customer(
        self,
        info: Info,
        key: Annotated[
            IdentityKeyInput | None,
            strawberry.argument(description="A key; leave out id then.", deprecation_reason="Ask customerByKey."),
        ] = None,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Global id or id in REST; leave out key then.")] = None,
    ) -> Customer | None:
        """By id every service is asked at once; a key has to be looked up before."""
        if (key is None) == (id is None):
            raise InvalidInput("Give either key or id.", pointer="/key")
        return await (_by_key(info, key) if key is not None else whole_customer(info, uuid_of(str(id), ids.CUSTOMER)))

    @computed("The unified customer, by a key that names them. Null when nobody has the key.", scope="customers:read")
    async def customer_by_key(
        self,
        info: Info,
        kind: Annotated[IdentityKeyKind, strawberry.argument(description="What the key is.")],
        value: Annotated[str, strawberry.argument(description="The value; spaces and letter case do not matter where the kind has none.")],
    ) -> Customer | None:
        """Look the key up, then ask every service at once."""
        return await _by_key(info, IdentityKeyInput(kind=kind.value, value=value))

    @computed("Anything with a global id. Null when there is no such thing.")
    async def node(self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The global id.")]) -> Node | None:
        """Ask the service that owns the kind."""
        kind, value = read_global_id(str(id))
        return await _node(info, kind, value)

    @computed("Contacts, newest first.", scope="routing:read")
    async def contacts(
        self,
        info: Info,
        first: First,
        after: After = None,
        queue: Annotated[str | None, strawberry.argument(description="Only in this queue.")] = None,
        state: State = None,
    ) -> Connection[Contact] | None:
        """Ask routing."""
        context, query = paged(info, first, after, queue=queue, state=state)
        page = await context.clients.routing.contacts(context.caller, query)
        return page_from(page.items, page.next_cursor, after, Contact.of)

    @computed("Why a contact is with this agent, or still waits, term by term.", scope="routing:read")
    async def contact_explanation(self, info: Info, contact_id: AnyId) -> ContactExplanation | None:
        """Ask routing."""
        context = at(info)
        found = await or_none(context.clients.routing.explanation(context.caller, raw_id(str(contact_id), ids.CONTACT)))
        return None if found is None else ContactExplanation.of(found)

    @computed("What an agent is asked to take now.", scope="routing:read")
    async def agent_offers(
        self, info: Info, agent: Annotated[str, strawberry.argument(description="The agent's id in the installation's own system.")]
    ) -> list[AgentOffer] | None:
        """Ask routing."""
        context = at(info)
        return [AgentOffer.of(offer) for offer in await context.clients.routing.offers(context.caller, agent)]

    @computed("Whom survey decided to ask or not to ask, and why, newest first.", scope="survey:read")
    async def decisions(
        self,
        info: Info,
        first: First,
        after: After = None,
        contact_id: Annotated[UUID | None, strawberry.argument(description="Only about this contact.")] = None,
        customer_id: Annotated[UUID | None, strawberry.argument(description="Only about this record.")] = None,
        outcome: Annotated[str | None, strawberry.argument(description="pending, invited or skipped.")] = None,
    ) -> Connection[SurveyDecision] | None:
        """Ask survey."""
        context, query = paged(info, first, after, contact_id=contact_id, customer_id=customer_id, outcome=outcome)
        page = await context.clients.survey.decisions(context.caller, query)
        return page_from(page.items, page.next_cursor, after, SurveyDecision.of)

    @computed("Invitations, newest first.", scope="survey:read")
    async def invitations(
        self,
        info: Info,
        first: First,
        after: After = None,
        contact_id: Annotated[UUID | None, strawberry.argument(description="Only about this contact.")] = None,
        customer_id: Annotated[UUID | None, strawberry.argument(description="Only to this record.")] = None,
    ) -> Connection[Invitation] | None:
        """Ask survey."""
        context, query = paged(info, first, after, contact_id=contact_id, customer_id=customer_id)
        page = await context.clients.survey.invitations(context.caller, query)
        return page_from(page.items, page.next_cursor, after, Invitation.of)

    @computed("What was said, newest first.", scope="feedback:read")
    async def feedback(
        self,
        info: Info,
        first: First,
        after: After = None,
        driver: Annotated[str | None, strawberry.argument(description="Only about this driver.")] = None,
        state: State = None,
        words: Annotated[str | None, strawberry.argument(description="Only with all these words, in any form of theirs.")] = None,
        sentiment: Annotated[str | None, strawberry.argument(description="negative, neutral or positive.")] = None,
        department: Department = None,
    ) -> Connection[FeedbackItem] | None:
        """Ask feedback."""
        narrowed = {"driver": driver, "state": state, "q": words, "sentiment": sentiment, "department": department}
        context, query = paged(info, first, after, **narrowed)
        page = await context.clients.feedback.items(context.caller, query)
        return page_from(page.items, page.next_cursor, after, FeedbackItem.of)

    @computed("Answers that are owed to customers.", scope="feedback:read")
    async def follow_ups(
        self,
        info: Info,
        first: First,
        after: After = None,
        state: State = None,
        customer_id: Annotated[UUID | None, strawberry.argument(description="Only to this record.")] = None,
    ) -> Connection[FollowUp] | None:
        """Ask feedback."""
        context, query = paged(info, first, after, state=state, customer_id=customer_id)
        page = await context.clients.feedback.follow_ups(context.caller, query)
        return page_from(page.items, page.next_cursor, after, FollowUp.of)

    @computed("Search the knowledge base as an agent does.", scope="knowledge:read")
    async def search_knowledge(
        self,
        info: Info,
        text: Annotated[str, strawberry.argument(description="What is looked for.")],
        first: First,
        language: Annotated[str | None, strawberry.argument(description="Only in this language.")] = None,
        audience: Annotated[str | None, strawberry.argument(description="internal or customer.")] = None,
        product: Annotated[str | None, strawberry.argument(description="Only about this product, named as in the article.")] = None,
    ) -> KnowledgeSearch | None:
        """Ask knowledge."""
        context = at(info)
        query: Filters = {"q": text, "limit": min(checked_first(first), 50), "language": language, "audience": audience, "product": product}
        return KnowledgeSearch.of(await context.clients.knowledge.search(context.caller, query))

    @computed("An article. Null when there is no such article.", scope="knowledge:read")
    async def article(self, info: Info, id: AnyId) -> Article | None:
        """Ask knowledge."""
        context = at(info)
        found = await or_none(context.clients.knowledge.article(context.caller, raw_id(str(id), ids.ARTICLE)))
        return None if found is None else Article.of(found)

    @computed("An initiative with its effect.", scope="insight:read")
    async def initiative(self, info: Info, id: AnyId) -> Initiative | None:
        """Ask insight."""
        context = at(info)
        found = await or_none(context.clients.insight.initiative(context.caller, raw_id(str(id), ids.INITIATIVE)))
        return None if found is None else Initiative.of(found)

    @computed("Initiatives, newest first.", scope="insight:read")
    async def initiatives(
        self,
        info: Info,
        first: First,
        after: After = None,
        driver: Annotated[str | None, strawberry.argument(description="Only against this driver.")] = None,
    ) -> Connection[Initiative] | None:
        """Ask insight."""
        context, query = paged(info, first, after, driver=driver)
        page = await context.clients.insight.initiatives(context.caller, query)
        return page_from(page.items, page.next_cursor, after, Initiative.of)

    @computed("You said, we did: what customers were told.", scope="insight:read")
    async def board(
        self,
        info: Info,
        first: First,
        after: After = None,
        language: Annotated[str, strawberry.argument(description="The language of the messages.")] = "en",
    ) -> Connection[BoardEntry] | None:
        """Ask insight."""
        context, query = paged(info, first, after, language=language)
        page = await context.clients.insight.board(context.caller, query)
        return page_from(page.items, page.next_cursor, after, BoardEntry.of)


async def _by_key(info: Info, key: IdentityKeyInput) -> Customer | None:
    context = at(info)
    found = await or_none(context.clients.customers.by_key(context.caller, key.kind, key.value))
    return None if found is None else await whole_customer(info, found)


async def _node(info: Info, kind: str, value: str) -> Node | None:
    context = at(info)
    clients, caller = context.clients, context.caller
    if kind == ids.CUSTOMER:
        context.need("customers:read")
        return await whole_customer(info, UUID(value))
    kinds: dict[str, tuple[Any, Any]] = {
        ids.CASE: (clients.customers.case, Case.of),
        ids.CONTACT: (clients.routing.contact, Contact.of),
        ids.RESERVATION: (clients.routing.reservation, Reservation.of),
        ids.DECISION: (clients.survey.decision, SurveyDecision.of),
        ids.ITEM: (clients.feedback.item, FeedbackItem.of),
        ids.FOLLOW_UP: (clients.feedback.follow_up, FollowUp.of),
        ids.ARTICLE: (clients.knowledge.article, Article.of),
        ids.INITIATIVE: (clients.insight.initiative, Initiative.of),
        ids.KEY: (clients.keys.key, AccessKey.of),
    }
    if kind not in kinds:
        raise InvalidInput("This is not an id that the gateway gave out.", pointer="/id")
    ask, make = kinds[kind]
    found = await or_none(ask(caller, value))
    node: Node | None = None if found is None else make(found)
    return node
