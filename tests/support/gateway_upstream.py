"""The services as a gateway bench sees them: fixed answers in the form of the contracts, in this process or over HTTP.

`python -m tests.support.gateway_upstream PORT [DELAY_MS]` serves them all on one port until it is told to stop.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from enum import Enum
from types import NoneType
from typing import Any, ClassVar, Union, get_args, get_origin
from uuid import UUID

import httptools
import orjson
from pydantic import BaseModel

from gateway.clients.transport import Answer, Call, Headers, Receive, Scope, Send
from services.customers import contract as customers
from services.feedback import contract as feedback
from services.kit.narrowing import narrowed
from services.knowledge import contract as knowledge
from services.routing import contract as routing
from services.survey import contract as survey

CUSTOMER = UUID("0192d3a0-0000-7000-8000-000000000001")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WORDS = ["my", "new", "card", "never", "arrived", "and", "nobody", "at", "the", "desk", "could", "tell", "me", "where", "it", "is", "please", "call"]
SECTIONS: dict[str, dict[str, tuple[Any, int]]] = {
    "customers": {
        "profile": (customers.CustomerView, 0),
        "mood": (customers.MoodView, 0),
        "offer": (customers.OfferView, 0),
        "cases": (customers.CaseView, 5),
        "timeline": (customers.TimelineEntryView, 21),
    },
    "routing": {"contacts": (routing.CustomerContacts, 0)},
    "survey": {"responses": (survey.ResponseView, 5)},
    "feedback": {"feedback": (feedback.ItemView, 10)},
    "knowledge": {"suggested_articles": (knowledge.CaseSuggestions, 1)},
}
"""The view contract's sections that the bench asks for, and how many things are in each (0: it is one thing)."""
MANY = {"recent": 20, "articles": 5, "keys": 3, "labels": 2, "answers": 2, "because": 3}


def example(kind: Any, index: int, name: str = "") -> Any:
    """Return JSON data of the type: different for every index and field, the same in every run."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {field: example(part.annotation, index, field) for field, part in kind.model_fields.items()}
    origin, parts = get_origin(kind), get_args(kind)
    if origin is list:
        return [example(parts[0], index * 10 + place, name) for place in range(MANY.get(name, 1))]
    if origin is dict:
        return {"word": example(parts[1], index, name)}
    if origin is not None and (origin is Union or NoneType in parts):
        inner = [part for part in parts if part is not NoneType]
        return None if index % 7 == 3 and name != "offer" else example(inner[0], index, name)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    return _leaf(kind, index, name)


def _leaf(kind: Any, index: int, name: str) -> Any:
    if name == "customer_id" or (name == "id" and index == 0):
        return str(CUSTOMER)
    if kind is UUID:
        return str(UUID(int=(0x0192D3A0 << 96) + index * 1_000 + sum(map(ord, name))))
    if kind is datetime:
        return (NOON - timedelta(minutes=index * 7 + len(name))).isoformat().replace("+00:00", "Z")
    if kind is int:
        return index + len(name)
    if kind is float:
        return round(index / 7 + 0.25, 4)
    if kind is bool:
        return index % 2 == 0
    return " ".join(WORDS[(index + place) % len(WORDS)] for place in range(3 if len(name) < 6 else 6))


class _Told(BaseModel):
    views: dict[str, dict[str, Any]]


def shown(answer: bytes, body: bytes) -> bytes:
    """Return a service's answer with the fields that the body asks for, narrowed as every service does it."""
    fields = orjson.loads(body).get("fields")
    return bytes(narrowed(_Told.model_validate_json(answer), fields).body) if fields else answer


def views_of(service: str) -> bytes:
    """Return one service's answer to the view contract."""
    made: dict[str, dict[str, Any]] = {}
    for section, (kind, many) in SECTIONS.get(service, {}).items():
        data = [example(kind, place + 1) for place in range(many)] if many else example(kind, 0)
        made[section] = {"version": 1, "as_of": NOON.isoformat().replace("+00:00", "Z"), "data": data}
    if "profile" in made:
        made["profile"]["data"] |= {"id": str(CUSTOMER), "member_ids": [str(CUSTOMER)], "erased_at": None, "segment": {}}
    return orjson.dumps({"views": {str(CUSTOMER): made}})


def view_of(service: str) -> bytes:
    """Return the same sections as the contract's door for one customer gives them."""
    return orjson.dumps({"sections": orjson.loads(views_of(service))["views"][str(CUSTOMER)]})


def page_of_timeline() -> bytes:
    """Return the public door's first page of the same timeline, for gateways that ask for it apart."""
    entries = [example(customers.TimelineEntryView, place + 1) for place in range(20)]
    return orjson.dumps({"items": entries, "next_cursor": "more"})


class FixedTransport:
    """A way to a service that answers at once, in this process."""

    def __init__(self, service: str) -> None:
        self._views = Answer(200, {}, views_of(service))
        self._timeline = Answer(200, {}, page_of_timeline())

    async def call(self, call: Call) -> Answer:
        return self._timeline if "/timeline" in call.target else self._views

    async def forward(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        """Nothing is open."""


NOT_FOUND = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"


class _Served(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as cheap as it can be: the upstream must not be what is measured."""

    answers: ClassVar[dict[bytes, bytes]] = {}
    single: ClassVar[dict[bytes, bytes]] = {}
    """Answers of the door for one customer's view."""
    delay_s: ClassVar[float] = 0.0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)
        self._path = b""

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._path = b""

    def on_url(self, url: bytes) -> None:
        self._path += url

    def on_message_complete(self) -> None:
        service = self._path.split(b"/", 2)[1]
        answer = (self.single if self._path.endswith(b"/view") else self.answers).get(service, NOT_FOUND)
        if self.delay_s:
            asyncio.get_running_loop().call_later(self.delay_s, self._write, answer)
        else:
            self._write(answer)

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


def _answer(body: bytes) -> bytes:
    return f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


async def serve(port: int, delay_ms: float) -> None:
    """Serve until cancelled."""
    for service in ("customers", "routing", "survey", "feedback", "knowledge", "insight"):
        _Served.answers[service.encode()] = _answer(views_of(service))
        _Served.single[service.encode()] = _answer(view_of(service))
    _Served.delay_s = delay_ms / 1_000
    server = await asyncio.get_running_loop().create_server(_Served, "127.0.0.1", port)
    print("ready", flush=True)  # noqa: T201  whoever started this waits for the line
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0))
