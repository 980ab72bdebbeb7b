"""What other services tell knowledge, ready made; and short words for its doors."""

from typing import Any
from uuid import UUID

import httpx

from services.customers.contract import CaseOpened, CaseWrittenUp
from tests.support.room import START

CUSTOMER = UUID("01940000-0000-7000-8000-00000000c001")
CASE = UUID("01940000-0000-7000-8000-00000000ca01")


def written_up(**changes: Any) -> CaseWrittenUp:
    """A write-up of a case about a router."""
    told: dict[str, Any] = {
        "case_id": CASE,
        "customer_id": CUSTOMER,
        "title": "My new router keeps blinking red after the delivery",
        "problem": "The customer (anna.kowalski@example.org, +49 171 2345678) sees a red light and has no internet.",
        "environment": "Firmware 2.1 on a Fiberbox 7",
        "cause": "The line was not activated at the exchange.",
        "resolution": "Activate the line in **NetDesk**, then hold *reset* for ten seconds.",
        "product": "fiberbox",
        "driver": "line_activation",
        "language": "en",
        "author": "agent-7",
    }
    return CaseWrittenUp.model_validate(told | changes)


def opened(**changes: Any) -> CaseOpened:
    """A case about a router."""
    told: dict[str, Any] = {
        "case_id": CASE,
        "customer_id": CUSTOMER,
        "title": "Red light on the router",
        "description": "Since yesterday the router blinks red. Reach me at anna@example.org.",
        "product": None,
        "driver": None,
        "language": "en",
        "owner": None,
        "opened_at": START,
    }
    return CaseOpened.model_validate(told | changes)


async def write(api: httpx.AsyncClient, title: str, resolution: str, language: str = "en", *, published: bool = False) -> dict[str, Any]:
    """Write an article; when published, customers may read it."""
    answer = await api.post("/knowledge/v1/articles", json={"title": title, "resolution": resolution, "language": language})
    assert answer.status_code == 201, answer.text
    article: dict[str, Any] = answer.json()
    if published:
        state = {"state": "validated", "audience": "customer"}
        answer = await api.post(f"/knowledge/v1/articles/{article['id']}/state", json=state)
        assert answer.status_code == 200, answer.text
        article = answer.json()
    return article


async def search(api: httpx.AsyncClient, q: str, **filters: Any) -> dict[str, Any]:
    """Search as an agent."""
    answer = await api.get("/knowledge/v1/search", params={"q": q, **filters})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def titles(found: dict[str, Any]) -> list[str]:
    """The titles of the results in order."""
    return [one["title"] for one in found["results"]]
