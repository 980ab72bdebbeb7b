"""What feedback answers about the suggestion box: its boxes, suggestions with their messages, and counts that name nobody."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from services.kit.fields import View


class BoxView(View):
    """A box as its writers see it: its name and the groups that may be named."""

    name: str
    groups: dict[str, list[str]]
    open: bool


class AdminBoxView(BoxView):
    """A box as the organisation sees it."""

    key: str
    version: int


class NewBoxView(AdminBoxView):
    """A box as it was put; `secret` is the last part of its address, shown this once, null when it did not change."""

    secret: str | None


class MessageView(View):
    """One message."""

    from_writer: bool
    text: str
    day: date


class SuggestionView(BaseModel):
    """A suggestion with its messages. Groups are not shown with it: see the counts by group."""

    id: UUID
    box: str
    state: str
    version: int
    day: date
    messages: list[MessageView]


class GroupCount(BaseModel):
    """How many suggestions name this value; null where fewer than five did, and where that could be worked out from the others."""

    value: str
    suggestions: int | None


class GroupCounts(BaseModel):
    """Suggestions by group."""

    group: str
    least: int
    counts: list[GroupCount]
