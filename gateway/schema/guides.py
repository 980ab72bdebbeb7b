"""Guides: questions, one a page, and the walks through them."""

from datetime import datetime
from uuid import UUID

import strawberry

from gateway.schema.relay import mapped
from services.knowledge import contract


@strawberry.type(description="A guide as it stands: pages of one question each.")
class Guide:
    """A guide."""

    uid: UUID = strawberry.field(description="The id in REST.")
    title: str = strawberry.field(description="What it helps with.")
    language: str = strawberry.field(description="BCP 47 language.")
    audience: str = strawberry.field(description="internal or customer.")
    product: str | None = strawberry.field(description="The product; null when it is not about one.")
    driver: str | None = strawberry.field(description="The driver; null when unknown.")
    state: str = strawberry.field(description="draft, published or archived.")
    version: int = strawberry.field(description="The newest version.")
    published_version: int | None = strawberry.field(description="The version that is walked; null before it was ever published.")
    changed_at: datetime = strawberry.field(description="When it was last changed.")

    @classmethod
    def of(cls, view: contract.GuideView) -> "Guide":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


@strawberry.type(description="One way on from a page of a guide.")
class GuideOption:
    """An option."""

    key: str = strawberry.field(description="What to answer with.")
    label: str = strawberry.field(description="What to show.")


@strawberry.type(description="What is on one page of a guide.")
class GuidePage:
    """A page."""

    node: str = strawberry.field(description="The node of the graph.")
    kind: str = strawberry.field(description="question, instruction, check, article, handover or end.")
    html: str = strawberry.field(description="Sanitised HTML.")
    article_id: UUID | None = strawberry.field(description="The article to read; null on other pages.")
    options: list[GuideOption] = strawberry.field(description="Empty: simply go on, or it is the end.")
    solved: bool | None = strawberry.field(description="Of an end alone: whether it solved it.")


@strawberry.type(description="One walk through a guide, where it stands.")
class GuideRun:
    """A walk."""

    uid: UUID = strawberry.field(description="The id in REST, by which it is resumed.")
    guide_id: UUID = strawberry.field(description="The guide.")
    title: str = strawberry.field(description="What it helps with.")
    state: str = strawberry.field(description="open, solved, unsolved or handed_over.")
    version: int = strawberry.field(description="The number of this page: send it with the answer.")
    about: int = strawberry.field(description="Pages that it will be at least.")
    page: GuidePage = strawberry.field(description="The page.")
    steps: list[str] = strawberry.field(description="What was answered so far, in words.")

    @classmethod
    def of(cls, view: contract.RunView) -> "GuideRun":
        """Build it from the view."""
        options = [mapped(GuideOption, option) for option in view.page.options]
        return mapped(cls, view, uid=view.id, page=mapped(GuidePage, view.page, options=options))
