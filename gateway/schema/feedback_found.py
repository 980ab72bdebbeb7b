"""What feedback found and what people do about it: themes, spikes, priorities, public replies, voices of nobody, recovery."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from gateway.context import Info, at
from gateway.schema import ids
from gateway.schema.asking import or_none, paged, texts
from gateway.schema.feedback import FeedbackItem
from gateway.schema.payload import IdempotencyKey, Payload, performed
from gateway.schema.relay import After, Connection, First, changes, checked_first, computed, mapped, page_from, raw_id
from services.feedback.contract import found

AnyId = Annotated[strawberry.ID, strawberry.argument(description="The global id, or the id in REST.")]
Days = Annotated[int, strawberry.argument(description="How far to look back, in days.")]
ThemeId = Annotated[UUID, strawberry.argument(description="The theme.")]
ReplyId = Annotated[UUID, strawberry.argument(description="The reply.")]


@strawberry.type(description="Something that is said again and again and fits no code.")
class Theme:
    """A theme."""

    uid: UUID = strawberry.field(description="The id in REST; it stays as long as the theme is the same.")
    state: str = strawberry.field(description="open, quiet, promoted or dismissed.")
    name: str | None = strawberry.field(description="What a person called it; null while its words name it.")
    words: list[str] = strawberry.field(description="The words that set it apart.")
    size: int = strawberry.field(description="Voices of the last 28 days.")
    recent: int = strawberry.field(description="Voices of the last seven days.")
    growth: float = strawberry.field(description="Voices a day of the last seven days, over those of the days before.")
    code: str | None = strawberry.field(description="The driver that it became; null before.")
    first_seen: datetime = strawberry.field(description="When it was first said.")
    last_seen: datetime = strawberry.field(description="When it was last said.")

    @computed("The voices nearest to its middle, masked.")
    async def quotes(self, info: Info) -> list[FeedbackItem] | None:
        """Ask feedback for this theme alone."""
        context = at(info)
        whole = await context.clients.feedback.theme(context.caller, str(self.uid))
        return [FeedbackItem.of(one) for one in whole.quoted]

    @classmethod
    def of(cls, view: found.ThemeView) -> "Theme":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


@strawberry.type(description="A day on which a driver was heard more often than its own past explains.")
class Spike:
    """An alarm; five of a hundred may be false."""

    code: str = strawberry.field(description="The driver.")
    day: date = strawberry.field(description="The day, in UTC.")
    observed: int = strawberry.field(description="How many voices there were.")
    expected: float = strawberry.field(description="How many its past explains.")
    total: int = strawberry.field(description="All voices of that day.")
    q: float = strawberry.field(description="Chance of so many by accident, after allowing for all drivers that were looked at.")


@strawberry.type(description="A share with its 95 % interval; null without observations.")
class FeedbackShare:
    """A share."""

    share: float | None = strawberry.field(description="0 to 1.")
    low: float | None = strawberry.field(description="The low end (Wilson).")
    high: float | None = strawberry.field(description="The high end (Wilson).")


@strawberry.type(description="A driver with what makes it matter.")
class DriverPriority:
    """A priority with its parts."""

    driver: str = strawberry.field(description="The driver.")
    voices: int = strawberry.field(description="Voices of the period.")
    severity: float = strawberry.field(description="Mean grade, 1 to 4.")
    prevalence: FeedbackShare = strawberry.field(description="Its share of all voices.")
    before: int = strawberry.field(description="Voices of the period before.")
    trend_p: float | None = strawberry.field(description="p of the two-proportion test against the period before; null without voices then.")
    trend_effect: float | None = strawberry.field(description="Cohen's h of the change.")
    trend_factor: float = strawberry.field(description="What the trend counts for.")
    priority: float = strawberry.field(description="Severity times the low end of the prevalence times the trend factor times 100.")

    @classmethod
    def of(cls, view: found.Priority) -> "DriverPriority":
        """Build it from the view."""
        share = mapped(FeedbackShare, view.prevalence)
        trend = view.trend
        return mapped(cls, view, prevalence=share, before=trend.before, trend_p=trend.p, trend_effect=trend.effect)


@strawberry.type(description="How follow-ups of a period ended.")
class Recovery:
    """The recovery rate and its companions."""

    closed: int = strawberry.field(description="Follow-ups that were closed.")
    recovered: FeedbackShare = strawberry.field(description="Confirmed by the customer, of those whose customer answered.")
    answered: FeedbackShare = strawberry.field(description="Closed follow-ups whose customer answered at all.")
    on_time: FeedbackShare = strawberry.field(description="Customers who were reached by the promised time.")
    median_hours_to_contact: float | None = strawberry.field(description="Hours until the customer was reached; null when none was.")
    median_hours_to_close: float | None = strawberry.field(description="Hours until the end; null when none ended.")
    still_open: int = strawberry.field(description="Follow-ups that are open now.")
    overdue: int = strawberry.field(description="Open ones whose time is over.")

    @classmethod
    def of(cls, view: found.Recovery) -> "Recovery":
        """Build it from the view."""
        shares = {name: mapped(FeedbackShare, getattr(view, name)) for name in ("recovered", "answered", "on_time")}
        return mapped(cls, view, **shares)


@strawberry.type(description="A public reply to a review.")
class ReviewReply:
    """A reply."""

    uid: UUID = strawberry.field(description="The id in REST.")
    item_id: UUID = strawberry.field(description="The review.")
    state: str = strawberry.field(description="drafted, approved, sent, failed, withdrawn or reopened.")
    text: str = strawberry.field(description="The words.")
    drafted_by: str = strawberry.field(description="Who wrote it.")
    approved_by: str | None = strawberry.field(description="Who approved it; never who wrote it.")
    sent_at: datetime | None = strawberry.field(description="When it was published; null before.")
    failure: str | None = strawberry.field(description="What the platform said against it.")
    reopened_by: str | None = strawberry.field(description="edited or deleted: what happened to the review since.")

    @classmethod
    def of(cls, view: found.ReplyView) -> "ReviewReply":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


@strawberry.type(description="Another item that is likely the same voice.")
class LikelyDuplicate:
    """A suggestion."""

    item: FeedbackItem = strawberry.field(description="The other item.")
    reason: str = strawberry.field(description="same_words or same_customer.")
    likeness: float = strawberry.field(description="Cosine of what both mean.")


@strawberry.type(description="What can be asked of feedback beside items and follow-ups.")
class FeedbackQuery:
    """Part of the root."""

    @computed("What is said again and again and has no code, most voices first.", scope="feedback:read")
    async def themes(
        self, info: Info, first: First, state: Annotated[str, strawberry.argument(description="open, quiet, promoted or dismissed.")] = "open"
    ) -> list[Theme] | None:
        """Ask feedback."""
        context = at(info)
        return [Theme.of(one) for one in await context.clients.feedback.themes(context.caller, texts(state=state, limit=checked_first(first)))]

    @computed("Days on which a driver was heard more often than its past explains, newest first.", scope="feedback:read")
    async def feedback_spikes(self, info: Info, first: First, days: Days = 28) -> list[Spike] | None:
        """Ask feedback."""
        context = at(info)
        told = await context.clients.feedback.spikes(context.caller, texts(days=days, limit=checked_first(first)))
        return [mapped(Spike, one) for one in told.spikes]

    @computed("Drivers by severity, prevalence and trend.", scope="feedback:read")
    async def driver_priorities(self, info: Info, days: Days = 28) -> list[DriverPriority] | None:
        """Ask feedback."""
        context = at(info)
        return [DriverPriority.of(one) for one in (await context.clients.feedback.priorities(context.caller, texts(days=days))).drivers]

    @computed("How follow-ups ended: how many customers were won back.", scope="feedback:read")
    async def recovery(
        self, info: Info, days: Days = 28, department: Annotated[str | None, strawberry.argument(description="Only of this department.")] = None
    ) -> Recovery | None:
        """Ask feedback."""
        context = at(info)
        return Recovery.of(await context.clients.feedback.recovery(context.caller, texts(days=days, department=department)))

    @computed("Voices that name a customer whom nobody found, newest first.", scope="feedback:read")
    async def unmatched_feedback(self, info: Info, first: First, after: After = None) -> Connection[FeedbackItem] | None:
        """Ask feedback."""
        context, query = paged(info, first, after)
        page = await context.clients.feedback.unmatched(context.caller, query)
        return page_from(page.items, page.next_cursor, after, lambda one: FeedbackItem.of(one.item))

    @computed("What a person should look at: what teaches most first, every fourth by lot.", scope="feedback:read")
    async def review_queue(self, info: Info, first: First, after: After = None) -> Connection[FeedbackItem] | None:
        """Ask feedback."""
        context, query = paged(info, first, after)
        page = await context.clients.feedback.review_queue(context.caller, query)
        return page_from(page.items, page.next_cursor, after, FeedbackItem.of)

    @computed("Items that likely repeat this one.", scope="feedback:read")
    async def likely_duplicates(self, info: Info, item_id: AnyId) -> list[LikelyDuplicate] | None:
        """Ask feedback."""
        context = at(info)
        listed = await or_none(context.clients.feedback.duplicates(context.caller, raw_id(str(item_id), ids.ITEM)))
        return None if listed is None else [mapped(LikelyDuplicate, one, item=FeedbackItem.of(one.item)) for one in listed]

    @computed("Public replies to reviews, newest first.", scope="feedback:read")
    async def review_replies(
        self,
        info: Info,
        first: First,
        after: After = None,
        state: Annotated[str | None, strawberry.argument(description="Only in this state.")] = None,
    ) -> Connection[ReviewReply] | None:
        """Ask feedback."""
        context, query = paged(info, first, after, state=state)
        page = await context.clients.feedback.replies(context.caller, query)
        return page_from(page.items, page.next_cursor, after, ReviewReply.of)


@strawberry.type(description="What can be changed in feedback beside labels and follow-ups.")
class FeedbackMutation:
    """Part of the root."""

    @changes("Say whose voice this is, where no key did.")
    async def match_feedback(
        self,
        info: Info,
        item_id: AnyId,
        customer_id: Annotated[UUID, strawberry.argument(description="The customer.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[FeedbackItem]:
        """Tell feedback."""
        return await _item(info, item_id, "match", {"customer_id": str(customer_id)}, idempotency_key)

    @changes("Say that an item repeats another: it is kept, and not counted any more.")
    async def merge_feedback(
        self,
        info: Info,
        item_id: AnyId,
        into: Annotated[UUID, strawberry.argument(description="The item that it repeats.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[FeedbackItem]:
        """Tell feedback."""
        return await _item(info, item_id, "merge", {"into": str(into)}, idempotency_key)

    @changes("Count a merged item again as a voice of its own.")
    async def unmerge_feedback(self, info: Info, item_id: AnyId, idempotency_key: IdempotencyKey = None) -> Payload[FeedbackItem]:
        """Tell feedback."""
        return await _item(info, item_id, "unmerge", {}, idempotency_key)

    @changes("Write a public reply to a review; another person approves it.")
    async def draft_review_reply(
        self, info: Info, item_id: AnyId, text: Annotated[str, strawberry.argument(description="The words.")], idempotency_key: IdempotencyKey = None
    ) -> Payload[ReviewReply]:
        """Tell feedback."""
        context = at(info)

        async def change() -> Any:
            return await context.clients.feedback.draft_reply(context.caller, raw_id(str(item_id), ids.ITEM), {"text": text}, idempotency_key)

        return await performed(change, ReviewReply.of)

    @changes("Approve a reply that another person wrote; it is published at once.")
    async def approve_review_reply(self, info: Info, reply_id: ReplyId, idempotency_key: IdempotencyKey = None) -> Payload[ReviewReply]:
        """Tell feedback."""
        context = at(info)
        return await performed(lambda: context.clients.feedback.move_reply(context.caller, str(reply_id), "approve", idempotency_key), ReviewReply.of)

    @changes("Make a theme a driver; the voices nearest to its middle are its first labels.")
    async def promote_theme(
        self,
        info: Info,
        theme_id: ThemeId,
        code: Annotated[str, strawberry.argument(description="The new driver's code.")],
        name: Annotated[str, strawberry.argument(description="Its English name.")],
        department: Annotated[str | None, strawberry.argument(description="The department that causes it.")] = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[Theme]:
        """Tell feedback."""
        context = at(info)
        body = {"code": code, "names": {"en": name}, "department": department}
        return await performed(lambda: context.clients.feedback.promote(context.caller, str(theme_id), body, idempotency_key), Theme.of)


async def _item(info: Info, item_id: strawberry.ID, verb: str, body: dict[str, Any], key: str | None) -> Payload[FeedbackItem]:
    context = at(info)

    async def change() -> Any:
        return await context.clients.feedback.move_item(context.caller, raw_id(str(item_id), ids.ITEM), verb, body, key)

    return await performed(change, FeedbackItem.of)
