"""A customer in short, for lists of something else: many in one call."""

from uuid import UUID

import strawberry

from services.customers.contract import CustomerView


@strawberry.type(description="A customer in short, as lists of other things show one. Ask customer(id:) for the whole.")
class Person:
    """A customer in short."""

    uid: UUID = strawberry.field(description="The id in REST.")
    display_name: str | None = strawberry.field(description="The name; null when unknown.")
    language: str | None = strawberry.field(description="BCP 47 language; null when unknown.")
    tier: str | None = strawberry.field(description="The tier; null when there is none.")

    @classmethod
    def maybe(cls, view: CustomerView | None) -> "Person | None":
        """Build it from the view; null for nobody."""
        return None if view is None else cls(uid=view.id, display_name=view.display_name, language=view.language, tier=view.tier)
