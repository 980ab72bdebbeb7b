"""The demo organisation, a bank by post and phone: departments, drivers, queues, agents, surveys, articles, costs; loaded through the public doors.

Every call is a PUT under a natural key, or carries an Idempotency-Key: loading twice is the same as once.
"""

import json
from pathlib import Path
from typing import Any

import httpx

FOLDER = Path(__file__).parent


def organisation() -> dict[str, Any]:
    """Return the organisation as data."""
    found: dict[str, Any] = json.loads((FOLDER / "organisation.json").read_text())
    return found


def voices() -> dict[str, dict[str, list[str]]]:
    """Return driver → real texts: `examples` for the taxonomy, `voices` for the week."""
    found: dict[str, dict[str, list[str]]] = json.loads((FOLDER / "voices.json").read_text())
    return found


def calls() -> list[tuple[str, dict[str, Any]]]:
    """Return (path, body) of every PUT that makes the organisation, in an order in which each finds what it names."""
    org, texts = organisation(), voices()
    made: list[tuple[str, dict[str, Any]]] = []
    for key, name in org["departments"].items():
        made += [(f"/feedback/v1/departments/{key}", {"name": name}), (f"/insight/v1/departments/{key}", {"name": name})]
    for code, driver in org["drivers"].items():
        made.append((f"/feedback/v1/drivers/{code}", {**driver, "examples": texts[code]["examples"]}))
    made += [(f"/feedback/v1/follow-up-rules/{key}", rule) for key, rule in org["follow_up_rules"].items()]
    made += [(f"/routing/v1/skills/{key}", skill) for key, skill in org["skills"].items()]
    made += [(f"/routing/v1/queues/{key}", queue) for key, queue in org["queues"].items()]
    made += [(f"/routing/v1/agents/{key}", agent) for key, agent in org["agents"].items()]
    made += [(f"/survey/v1/surveys/{key}", survey) for key, survey in org["surveys"].items()]
    made += [(f"/survey/v1/programmes/{key}", programme) for key, programme in org["programmes"].items()]
    made += [(f"/insight/v1/cost-rates/{role}", rate) for role, rate in org["cost_rates"].items()]
    made += [(f"/customers/v1/offers/{key}", offer) for key, offer in org["offers"].items()]
    return made


async def load_organisation(base_url: str, key: str, transport: httpx.AsyncBaseTransport | None = None) -> int:
    """Make the organisation unless it is there already; return how many calls it took. Raises when the house refuses one.

    What a person changed since is left alone: the last thing that is loaded, the last article, says whether everything was.
    """
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=base_url, headers=headers, transport=transport, timeout=30) as api:
        if await _known(api, organisation()["articles"][-1]):
            return 0
        made = calls()
        for path, body in made:
            _accepted(await api.put(path, json=body))
        for number, article in enumerate(organisation()["articles"]):
            await _article(api, number, article)
    return len(made)


async def _article(api: httpx.AsyncClient, number: int, article: dict[str, Any]) -> None:
    """Write and publish an article once."""
    if await _known(api, article):
        return
    headers = {"Idempotency-Key": f"organisation-article-{number}"}
    made = _accepted(await api.post("/knowledge/v1/articles", json=article, headers=headers)).json()
    state = {"state": "validated", "audience": "customer"}
    url = f"/knowledge/v1/articles/{made['id']}/state"
    _accepted(await api.post(url, json=state, headers={"Idempotency-Key": f"organisation-state-{number}"}))


async def _known(api: httpx.AsyncClient, article: dict[str, Any]) -> bool:
    found = _accepted(await api.get("/knowledge/v1/search", params={"q": article["title"], "language": article["language"]})).json()
    return any(hit["title"] == article["title"] for hit in found["results"])


def _accepted(answer: httpx.Response) -> httpx.Response:
    if answer.is_error:
        message = f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:500]}"
        raise RuntimeError(message)
    return answer
