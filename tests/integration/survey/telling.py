"""A contact centre's weeks: what happens to customers in four time zones over a fortnight in which the clocks change twice."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from services.customers.contract import CaseOpened, CaseResolved, ConsentChanged
from services.kit.events import Event
from services.kit.ids import new_id
from tests.integration.survey.scene import a_contact, cancelled, delivered

FIRST = datetime(2026, 10, 23, tzinfo=UTC)
"""Two days before the clocks go back in Berlin, nine before they do in New York."""
DAYS = 14
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland")


@dataclass
class Story:
    """What happens, in order, and who should be asked about what. Events are made when they happen: a million at once would fill the memory."""

    events: list[tuple[datetime, Callable[[], Event]]] = field(default_factory=list)
    people: dict[UUID, str] = field(default_factory=dict)
    """Customer to time zone."""
    eligible: dict[str, str] = field(default_factory=dict)
    """Occasion to the programme that must decide about it."""


def tell(count: int, seed: int) -> Story:
    """Return so many events of people in four time zones over a fortnight with two clock changes."""
    draw = random.Random(seed)  # noqa: S311  a story, not a secret
    story = Story(people={new_id(): draw.choice(ZONES) for _ in range(max(10, count // 12))})
    everybody = list(story.people)
    span = timedelta(days=DAYS) / timedelta(seconds=1)
    while len(story.events) < count:
        person, at = draw.choice(everybody), FIRST + timedelta(seconds=draw.uniform(0, span))
        order, contact_id = f"O-{len(story.events)}", new_id()
        match draw.choices(["call", "order", "case", "no"], [60, 25, 10, 5])[0]:
            case "call":
                disposition = draw.choice(["resolved", "resolved", "advice"])
                site = draw.choice(["leipzig", "porto", "cork"])
                story.events.append((at, partial(a_contact, person, contact_id=contact_id, disposition=disposition, ended_at=at, site=site)))
                if disposition == "resolved":
                    story.eligible[f"contact:{contact_id}"] = "service"
            case "order":
                later = at + timedelta(hours=draw.uniform(1, 200))
                comes = draw.choice([delivered, delivered, delivered, cancelled])
                story.events.append((at, partial(a_contact, person, contact_id=contact_id, order_reference=order, ended_at=at)))
                story.events.append((later, partial(comes, person, order, later)))
                story.eligible[f"contact:{contact_id}"] = "order"
            case "case":
                until = at + timedelta(hours=draw.uniform(1, 60))
                about: dict[str, Any] = {"case_id": contact_id, "customer_id": person, "driver": None}
                story.events.append((at, partial(_case_opened, about, at)))
                story.events.append((until, partial(CaseResolved, **about, resolved_at=until)))
            case _:
                agrees = draw.random() < 0.3
                story.events.append((at, partial(ConsentChanged, customer_id=person, purpose="survey", channel="email", granted=agrees)))
    story.events.sort(key=lambda each: each[0])
    return story


def _case_opened(about: dict[str, Any], at: datetime) -> Event:
    more = {name: None for name in CaseOpened.model_fields if name not in about}
    return CaseOpened.model_validate({**more, "title": "t", "description": "d", "language": "de", "opened_at": at, **about})
