"""Who may have written something that is signed with a name alone."""

from uuid import UUID

from services.kit.fields import View


class SignView(View):
    """Something that speaks for a customer as the author, or against them."""

    kind: str
    """name, short_name, met (had to do with us shortly before) or place (there)."""
    holds: bool
    bits: float
    """How strongly it speaks for them; below nought it speaks against them."""
    share: float
    """Of how many of all customers it holds, 0 to 1."""
    sentence: str


class LikelyAuthorView(View):
    """A customer who may be the author: a suggestion to look at, never a link."""

    customer_id: UUID
    probability: float
    evidence: list[SignView]
