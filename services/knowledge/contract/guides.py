"""What others see of guides, of walks through them, and of what customers tell each other."""

from datetime import datetime
from uuid import UUID

from services.kit.fields import View


class GuideView(View):
    """A guide as it stands."""

    id: UUID
    title: str
    language: str
    audience: str
    product: str | None
    driver: str | None
    state: str
    """draft, published or archived."""
    version: int
    published_version: int | None
    changed_by: str
    changed_at: datetime


class OptionView(View):
    """One way on from a page of a guide."""

    key: str
    label: str


class PageView(View):
    """What is on one page of a guide."""

    node: str
    kind: str
    html: str
    article_id: UUID | None
    options: list[OptionView]
    """Empty: simply go on, or it is the end."""
    solved: bool | None
    """Of an end alone."""


class RunView(View):
    """One walk through a guide, where it stands."""

    id: UUID
    guide_id: UUID
    title: str
    guide_version: int
    state: str
    """open, solved, unsolved or handed_over."""
    version: int
    """The number of this page: send it with the answer."""
    about: int
    """Pages that it will be at least."""
    page: PageView
    steps: list[str]
    """What was answered so far, in words."""


class PeerAnswerView(View):
    """What a customer tells other customers."""

    id: UUID
    title: str
    html: str
    language: str
    article_id: UUID | None
    display_name: str | None
    state: str
    """waiting, published, refused or withdrawn."""
    from_customer: bool
    """Always true: to be shown as such."""
    checked_at: datetime | None
    """When somebody of ours looked at it; None while nobody has."""
    solved: int
    not_solved: int
    written_at: datetime


class WaitingAnswerView(View):
    """An answer as a moderator sees it."""

    id: UUID
    title: str
    text: str
    html: str
    language: str
    article_id: UUID | None
    display_name: str | None
    state: str
    suspicions: list[str]
    """Why to look closely: link, personal_data, too_short, shouting, helps_few."""
    reason: str | None
    moderated_by: str | None
    version: int
