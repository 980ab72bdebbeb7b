"""The organisation's own words: departments, the codes that items are sorted into, and every version of them."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from gateway.context import Info, at
from gateway.schema.payload import IdempotencyKey, Payload, body_of, performed
from gateway.schema.relay import After, Connection, First, changes, computed, mapped, page_of
from services.feedback.contract import taxonomy

Axis = Annotated[str, strawberry.argument(description="driver, product, disposition, journey_stage or topic.")]
Code = Annotated[str, strawberry.argument(description="The code.")]


@strawberry.type(description="A department of the organisation, as feedback knows it.")
class FeedbackDepartment:
    """A department."""

    key: str = strawberry.field(description="Its key.")
    name: str = strawberry.field(description="Its name.")
    version: int = strawberry.field(description="Grows with each change.")

    @classmethod
    def of(cls, view: taxonomy.DepartmentView) -> "FeedbackDepartment":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="Something that an item can be about, with what it is recognised by.")
class TaxonomyCode:
    """A code."""

    axis: str = strawberry.field(description="driver, product, disposition, journey_stage or topic.")
    code: str = strawberry.field(description="The code.")
    names: JSON = strawberry.field(description="Language to name.")
    description: str = strawberry.field(description="What belongs to it; empty when nobody said.")
    department: str | None = strawberry.field(description="The department that causes it; null when none was said.")
    product: str | None = strawberry.field(description="The product that it belongs to; null when to none.")
    examples: list[str] = strawberry.field(description="Sentences that are about it.")
    parent: str | None = strawberry.field(description="The wider code of the same axis; null for the widest.")
    merged_into: str | None = strawberry.field(description="The code that took its place; null while none did.")
    active: bool = strawberry.field(description="Whether new items are sorted into it.")
    version: int = strawberry.field(description="Grows with each change.")

    @classmethod
    def of(cls, view: taxonomy.CodeView) -> "TaxonomyCode":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="A code as it once was: what a label of then meant.")
class TaxonomyCodeVersion:
    """A version."""

    axis: str = strawberry.field(description="The axis.")
    code: str = strawberry.field(description="The code.")
    version: int = strawberry.field(description="Its number.")
    content: JSON = strawberry.field(description="Everything that was said of it then.")
    by: str = strawberry.field(description="Who said so.")
    at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, view: taxonomy.CodeVersionView) -> "TaxonomyCodeVersion":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.input(description="What a code is recognised by. It replaces what was there; what is left out is empty.")
class TaxonomyCodeInput:
    """See PUT /feedback/v1/codes/{axis}/{code}."""

    names: JSON = strawberry.field(description="Language to name; at least one.")
    description: str | None = strawberry.field(default=None, description="What belongs to it.")
    department: str | None = strawberry.field(default=None, description="The key of the department that causes it.")
    product: str | None = strawberry.field(default=None, description="The product that it belongs to.")
    examples: list[str] | None = strawberry.field(default=None, description="At most 50 sentences that are about it.")
    parent: str | None = strawberry.field(default=None, description="The wider code of the same axis.")
    active: bool | None = strawberry.field(default=None, description="False: no new item is sorted into it; true when left out.")


@strawberry.type(description="What can be asked about the taxonomy.")
class TaxonomyQuery:
    """Part of the root."""

    @computed("The departments that codes belong to, by key.", scope="feedback:read")
    async def feedback_departments(self, info: Info, first: First, after: After = None) -> Connection[FeedbackDepartment] | None:
        """Ask feedback."""
        context = at(info)
        whole = await context.clients.feedback.taxonomy(context.caller)
        return page_of(sorted(whole.departments, key=lambda one: one.key), first, after, FeedbackDepartment.of, key=lambda one: one.key)

    @computed("What items are sorted into, by axis and code; codes that are not used any more stand among them.", scope="feedback:read")
    async def taxonomy_codes(
        self,
        info: Info,
        first: First,
        after: After = None,
        axis: Annotated[str | None, strawberry.argument(description="Only of this axis.")] = None,
        active: Annotated[bool | None, strawberry.argument(description="Only those that are used, or only those that are not.")] = None,
    ) -> Connection[TaxonomyCode] | None:
        """Ask feedback."""
        context = at(info)
        whole = await context.clients.feedback.taxonomy(context.caller)
        wanted = [one for one in whole.codes if axis in {None, one.axis} and active in {None, one.active}]
        return page_of(sorted(wanted, key=_place), first, after, TaxonomyCode.of, key=lambda one: "/".join(_place(one)))

    @computed("The versions of a code, newest first; empty when there never was such a code.", scope="feedback:read")
    async def taxonomy_code_versions(
        self, info: Info, axis: Axis, code: Code, first: First, after: After = None
    ) -> Connection[TaxonomyCodeVersion] | None:
        """Ask feedback."""
        context = at(info)
        listed = await context.clients.feedback.code_versions(context.caller, axis, code)
        return page_of(listed, first, after, TaxonomyCodeVersion.of, key=lambda one: str(one.version))


def _place(code: taxonomy.CodeView) -> tuple[str, str]:
    return code.axis, code.code


@strawberry.type(description="What can be changed in the taxonomy.")
class TaxonomyMutation:
    """Part of the root."""

    @changes("Create or rename a department.")
    async def put_feedback_department(
        self,
        info: Info,
        key: Annotated[str, strawberry.argument(description="Its key.")],
        name: Annotated[str, strawberry.argument(description="Its name.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[FeedbackDepartment]:
        """Tell feedback."""
        context, body = at(info), {"name": name}
        return await performed(lambda: context.clients.feedback.put_department(context.caller, key, body, idempotency_key), FeedbackDepartment.of)

    @changes("Create, rename, replace or switch off a code. It works within seconds, by its names and description alone; every version is kept.")
    async def put_taxonomy_code(
        self,
        info: Info,
        axis: Axis,
        code: Code,
        input: Annotated[TaxonomyCodeInput, strawberry.argument(description="What it is recognised by.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[TaxonomyCode]:
        """Tell feedback."""
        context, body = at(info), body_of(input)
        return await performed(lambda: context.clients.feedback.put_code(context.caller, axis, code, body, idempotency_key), TaxonomyCode.of)

    @changes("Let another code take this one's place: items stand under it, what people said stays and teaches the other.")
    async def merge_taxonomy_code(
        self,
        info: Info,
        axis: Axis,
        code: Code,
        into: Annotated[str, strawberry.argument(description="The code of the same axis that takes its place.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[TaxonomyCode]:
        """Tell feedback."""
        context = at(info)
        return await performed(lambda: context.clients.feedback.merge_code(context.caller, axis, code, into, idempotency_key), TaxonomyCode.of)
