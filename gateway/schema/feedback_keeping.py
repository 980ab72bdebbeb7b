"""How feedback decides: follow-up rules, texts that are only tried, a search for themes at once, and who saw clear words."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.context import Info, at
from gateway.schema.asking import paged
from gateway.schema.nested import nested
from gateway.schema.payload import IdempotencyKey, Payload, body_of, performed
from gateway.schema.relay import After, Connection, First, changes, computed, mapped, page_from, page_of
from services.feedback.contract import keeping

RuleKey = Annotated[str, strawberry.argument(description="The rule's key.")]


@strawberry.type(description="When somebody owes a customer an answer. Every condition that is set must hold.")
class FollowUpRule:
    """A rule in force."""

    key: str = strawberry.field(description="Its key.")
    priority: int = strawberry.field(description="The highest matching rule decides.")
    active: bool = strawberry.field(description="Whether it is looked at.")
    due_office_hours: float = strawberry.field(description="Office hours until it is due.")
    wants_contact: bool | None = strawberry.field(description="Holds when contact is wished, or is not; null: either.")
    kinds: list[str] = strawberry.field(description="Holds for these kinds of items; empty: any.")
    lowest_score_share: float | None = strawberry.field(description="Holds at or under this place of the scale, 0 worst to 1 best; null: any.")
    sentiment: str | None = strawberry.field(description="Holds for this tone; null: any.")
    least_severity: int | None = strawberry.field(description="Holds from this severity on; null: any.")
    drivers: list[str] = strawberry.field(description="Holds for these drivers; empty: any.")
    wants_call_back: bool = strawberry.field(description="Whether a call is owed.")
    owner: str | None = strawberry.field(description="Who owes it; null: the department.")
    escalate_to: str | None = strawberry.field(description="Who is told when nobody acts; null: nobody more.")
    when: str | None = strawberry.field(description="A further condition in the rule language; null: none.")

    @classmethod
    def of(cls, view: keeping.RuleView) -> "FollowUpRule":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="A rule as it once was: which promise held then.")
class FollowUpRuleVersion:
    """A version."""

    key: str = strawberry.field(description="The rule.")
    version: int = strawberry.field(description="Its number.")
    rule: JSON = strawberry.field(description="Everything that it said then.")
    by: str = strawberry.field(description="Who said so.")
    at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, view: keeping.RuleVersionView) -> "FollowUpRuleVersion":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.input(description="A follow-up rule. It replaces what was there; a condition that is left out asks nothing.")
class FollowUpRuleInput:
    """See PUT /feedback/v1/follow-up-rules/{key}."""

    priority: int = strawberry.field(description="0 to 1000; the highest matching rule decides.")
    due_office_hours: float = strawberry.field(description="Office hours (Monday to Friday, 9 to 17) until it is due.")
    active: bool | None = strawberry.field(default=None, description="False: it is kept and not looked at; true when left out.")
    wants_contact: bool | None = strawberry.field(default=None, description="Contact is wished, or is not.")
    kinds: list[str] | None = strawberry.field(default=None, description="Kinds of items.")
    lowest_score_share: float | None = strawberry.field(default=None, description="At or under this place of the scale, 0 worst to 1 best.")
    sentiment: str | None = strawberry.field(default=None, description="negative, neutral or positive.")
    least_severity: int | None = strawberry.field(default=None, description="1 (remark) to 4 (urgent).")
    drivers: list[str] | None = strawberry.field(default=None, description="Drivers.")
    wants_call_back: bool | None = strawberry.field(default=None, description="True: a call is owed.")
    owner: str | None = strawberry.field(default=None, description="Who owes it.")
    escalate_to: str | None = strawberry.field(default=None, description="Who is told when nobody acts.")
    when: str | None = strawberry.field(default=None, description="A further condition, e.g. `severity >= 3 && source == 'google'`.")


@strawberry.type(description="A code and how likely it is.")
class LikelyCode:
    """A candidate."""

    code: str = strawberry.field(description="The code.")
    probability: float = strawberry.field(description="0 to 1.")


@strawberry.type(description="What would be said of a text now; nothing of it is stored.")
class TextReading:
    """A reading."""

    language: str | None = strawberry.field(description="Two letters; null when it cannot be told.")
    sentiment: str = strawberry.field(description="negative, neutral or positive.")
    sentiment_confidence: float = strawberry.field(description="How sure that is.")
    tones: JSON = strawberry.field(description="Each tone to its probability.")
    severity: int = strawberry.field(description="1 (remark) to 4 (urgent).")
    reasons: list[str] = strawberry.field(description="Why it is as severe as it is, rule by rule.")
    driver: str | None = strawberry.field(description="Null when it is like nothing in the taxonomy.")
    decision: str = strawberry.field(description="auto, needs_review or unknown.")
    confidence: float | None = strawberry.field(description="How sure the driver is; null without one.")
    best: list[LikelyCode] = strawberry.field(description="The likeliest drivers all the same.")
    familiarity: float | None = strawberry.field(description="Energy score; low means like nothing that was learned from.")
    words: list[str] = strawberry.field(description="The words that spoke most for it.")
    department: str | None = strawberry.field(description="The department that the driver belongs to.")
    product: str | None = strawberry.field(description="The product; null when none.")
    model: str | None = strawberry.field(description="What read the driver, e.g. model:driver@3.")

    @classmethod
    def of(cls, view: keeping.TextReadingView) -> "TextReading":
        """Build it from the view."""
        return nested(cls, view)


@strawberry.type(description="Somebody saw clear words of an item.")
class FeedbackDisclosure:
    """A look."""

    place: int = strawberry.field(description="Its place in the chain.")
    item_id: UUID = strawberry.field(description="The item.")
    by: str = strawberry.field(description="Who looked.")
    at: datetime = strawberry.field(description="When.")
    chain: str = strawberry.field(description="SHA-256 of the row before and this one: no row can be taken out unseen.")

    @classmethod
    def of(cls, view: keeping.DisclosureView) -> "FeedbackDisclosure":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="A search that was asked for; it runs in the background.")
class ThemeSearch:
    """What was asked for."""

    at: datetime = strawberry.field(description="When it was asked for.")


@strawberry.type(description="What can be asked about how feedback decides.")
class KeepingQuery:
    """Part of the root."""

    @computed("What would be said of these texts now (at most a hundred); nothing is stored.", scope="feedback:write")
    async def text_readings(self, info: Info, texts: Annotated[list[str], strawberry.argument(description="The texts.")]) -> list[TextReading] | None:
        """Ask feedback."""
        context = at(info)
        return [TextReading.of(one) for one in await context.clients.feedback.read_texts(context.caller, texts)]

    @computed("The follow-up rules in force, by key; the shipped ones are among them until they are replaced.", scope="feedback:read")
    async def follow_up_rules(self, info: Info, first: First, after: After = None) -> Connection[FollowUpRule] | None:
        """Ask feedback."""
        context = at(info)
        listed = sorted(await context.clients.feedback.rules(context.caller), key=lambda one: one.key)
        return page_of(listed, first, after, FollowUpRule.of, key=lambda one: one.key)

    @computed("The versions of a follow-up rule, newest first; empty while it is only shipped, or is not there.", scope="feedback:read")
    async def follow_up_rule_versions(self, info: Info, key: RuleKey, first: First, after: After = None) -> Connection[FollowUpRuleVersion] | None:
        """Ask feedback."""
        context = at(info)
        listed = await context.clients.feedback.rule_versions(context.caller, key)
        return page_of(listed, first, after, FollowUpRuleVersion.of, key=lambda one: str(one.version))

    @computed("Who saw clear words of items, newest first.", scope="feedback:admin")
    async def feedback_disclosures(self, info: Info, first: First, after: After = None) -> Connection[FeedbackDisclosure] | None:
        """Ask feedback."""
        context, query = paged(info, first, after)
        page = await context.clients.feedback.disclosures(context.caller, query)
        return page_from(page.items, page.next_cursor, after, FeedbackDisclosure.of)


@strawberry.type(description="What can be changed in how feedback decides.")
class KeepingMutation:
    """Part of the root."""

    @changes("Create or replace a follow-up rule; every version is kept.")
    async def put_follow_up_rule(
        self,
        info: Info,
        key: RuleKey,
        input: Annotated[FollowUpRuleInput, strawberry.argument(description="The rule.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[FollowUpRule]:
        """Tell feedback."""
        context, body = at(info), body_of(input)
        return await performed(lambda: context.clients.feedback.put_rule(context.caller, key, body, idempotency_key), FollowUpRule.of)

    @changes("Look for themes and spikes now, and not only at night.")
    async def find_feedback_themes(self, info: Info, idempotency_key: IdempotencyKey = None) -> Payload[ThemeSearch]:
        """Tell feedback."""
        context = at(info)
        return await performed(lambda: context.clients.feedback.find_themes(context.caller, idempotency_key), lambda view: ThemeSearch(at=view.at))
