"""A caller that costs next to nothing: a request handed to the service's door as its server would, and the whole answer taken.

An HTTP client costs more than the quickest answers do, and whoever calls over a network pays for it on another machine.
"""

from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.types import ASGIApp, Message


class Caller:
    """Asks one service, with one token."""

    def __init__(self, app: ASGIApp, authorization: str) -> None:
        self._app = app
        self._headers = [(b"host", b"antiphon.test"), (b"accept", b"*/*"), (b"authorization", authorization.encode())]

    async def get(self, path: str, **params: str | int) -> bytes:
        """Return the body of the answer; raises ValueError when it is a refusal."""
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": urlencode(params).encode(),
            "root_path": "",
            "headers": self._headers,
            "server": ("antiphon.test", 80),
            "client": ("127.0.0.1", 123),
        }
        status, body = 0, b""

        async def send(message: Message) -> None:
            nonlocal status, body
            status = message.get("status", status)
            body += message.get("body", b"")

        await self._app(scope, _nothing, send)
        if status != 200:
            raise ValueError(f"{path} answered {status}: {orjson.loads(body)}")
        return body


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
