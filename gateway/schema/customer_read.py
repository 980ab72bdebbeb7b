"""How the unified customer is read: which services are asked for which sections, and the structs that their JSON is decoded into."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from graphql import GraphQLError

from gateway.clients.views import SectionTypes
from gateway.context import Info, at
from gateway.execution.plan import Needs
from gateway.execution.play import StepInfo
from gateway.execution.scopes import reading
from gateway.execution.sections import CUSTOMERS, CustomerSections
from gateway.execution.shape import wired_kind
from gateway.schema import customer_parts as parts
from gateway.schema import customers, ids
from gateway.schema.customer import Customer
from gateway.schema.customers import IdentityKey, entries
from gateway.schema.parts import ListPart
from gateway.schema.relay import global_id, mapped
from gateway.schema.selection import Selection, selection
from gateway.schema.wired import STRUCTS, TEXT_OF_UUID, narrow, wired
from services.customers import contract as customers_views

MOST_SECTION = 100
"""Entries that the view contract brings along at most."""
PARTS = {
    "cases": ("customers", "cases"),
    "orders": ("customers", "orders"),
    "consents": ("customers", "consents"),
    "mood": ("customers", "mood"),
    "value": ("customers", "value"),
    "offer": ("customers", "offer"),
    "contacts": ("routing", "contacts"),
    "callBacks": ("routing", "call_backs"),
    "invitations": ("survey", "invitations"),
    "responses": ("survey", "responses"),
    "feedback": ("feedback", "feedback"),
    "followUps": ("feedback", "follow_ups"),
    "suggestedArticles": ("knowledge", "suggested_articles"),
    "selfService": ("knowledge", "self_service"),
    "contributions": ("insight", "contributions"),
}
"""Field of Customer to the service and the section that fill it."""
_SECTIONS = {name: section for name, (_, section) in PARTS.items()} | {"timeline": "timeline"}

wired(Customer, node=ids.CUSTOMER, converted={"segment": (dict[str, str], entries)}, later={"loaded": Any})

Struct = type[Any]


def _many(struct: Struct) -> Any:
    return list[struct]  # type: ignore[valid-type]  # made for msgspec


def _open_and_recent(struct: Struct) -> Any:
    return msgspec.defstruct("OpenAndRecent", [("open", _many(struct)), ("recent", _many(struct))], gc=False)


def _of_cases(struct: Struct) -> Any:
    case = msgspec.defstruct("CaseSuggestions", [("case_id", TEXT_OF_UUID), ("case_title", str), ("articles", _many(struct))], gc=False)
    return _many(case)


def _one(struct: Struct) -> Any:
    return struct


_LISTS = [one for one in vars(parts).values() if isinstance(one, ListPart) and one.whole is None]
_MADE: dict[str, tuple[type[Any], frozenset[str], Callable[[Struct], Any]]] = {
    "profile": (Customer, frozenset({"member_ids"}), _one),
    **{part.section: (part.kind, part.reads | {str(part.when)}, _many) for part in _LISTS},
    "timeline": (customers.TimelineEntry, frozenset({"occurred_at"}), _many),
    "contacts": (parts.CONTACTS.kind, parts.CONTACTS.reads | {str(parts.CONTACTS.when)}, _open_and_recent),
    "suggested_articles": (parts.SUGGESTED.kind, parts.SUGGESTED.reads, _of_cases),
    "mood": (customers.Mood, frozenset(), _one),
    "value": (customers.CustomerValue, frozenset(), _one),
    "offer": (customers.Offer, frozenset(), _one),
}
"""By section the type of its things, what is read of them besides what is selected, and what the section is made of them."""
SECTIONS = SectionTypes({section: made(STRUCTS[kind]) for section, (kind, _, made) in _MADE.items()})
"""What each section of the unified customer is decoded as."""


def sections_for(needs: Mapping[str, Needs | None]) -> SectionTypes:
    """Return what the sections are decoded as when only this is read of them."""
    types = dict(SECTIONS.types)
    for section, needed in needs.items():
        kind, reads, made = _MADE[section]
        things = _things(needed) if made is not _one else needed
        types[section] = made(narrow(kind, None if things is None else {**dict.fromkeys(reads), **things}))
    return SectionTypes(types)


def _things(page: Needs | None) -> Needs | None:
    """Return what is read of the things of a page."""
    edges = page.get("edges", {}) if page is not None else None
    return edges.get("node", {}) if edges is not None else None


async def whole_customer(info: Info, asked: UUID | customers_views.CustomerView) -> Customer | None:
    """Return the customer, every service that the selection needs asked at once; None when nobody has the id."""
    context = at(info)
    chosen = selection(info, "Customer")
    known = chosen.memo
    if not known:
        known["wanted"], known["types"] = _wanted(chosen.below), _types(chosen)
        known["granted"] = {reading(service) for service in (CUSTOMERS, *known["wanted"])} <= chosen.granted
    loaded = CustomerSections(
        services=context.clients.services,
        caller=context.caller,
        asked=asked,
        wanted=known["wanted"],
        last_good=context.last_good,
        types=known["types"],
        timeline=_timeline_size(chosen),
        granted=known["granted"],
    )
    view: Any = await loaded.profile()
    if view is None:
        return None
    if wired_kind(view) is Customer:
        found: Customer = msgspec.structs.replace(view, loaded=loaded)  # a copy: what was loaded must not hold itself
        return found
    keys = [mapped(IdentityKey, key) for key in view.keys]
    return mapped(Customer, view, id=global_id(ids.CUSTOMER, view.id), uid=view.id, keys=keys, segment=entries(view.segment), loaded=loaded)


def _wanted(names: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the sections by service that fill the selected fields."""
    wanted: dict[str, tuple[str, ...]] = {}
    for service, section in (PARTS[name] for name in sorted(names) if name in PARTS):
        wanted[service] = (*wanted.get(service, ()), section)
    return wanted


def _types(chosen: StepInfo | Selection) -> SectionTypes:
    """Return what the sections are decoded as: what is selected of them alone. Without a plan to remember these types, only what was refused is."""

    def selected() -> SectionTypes:
        below = {_SECTIONS[name]: needed for name, needed in chosen.needs_below().items() if name in _SECTIONS}
        return sections_for({"profile": chosen.own_needs(), **below})

    return selected() if isinstance(chosen, StepInfo) else SECTIONS.or_else(selected)


def _timeline_size(chosen: StepInfo | Selection) -> int | None:
    """Return how many entries of the first page to bring along, one more than shown to know whether there are others; None for other pages."""
    try:
        given = chosen.arguments_below("timeline")  # None when it is not selected at all
    except GraphQLError:  # told where the field itself is run
        return None
    if given is None or given.get("after") is not None or given.get("kinds"):
        return None
    first = given.get("first")
    return first + 1 if isinstance(first, int) and 1 <= first < MOST_SECTION else None
