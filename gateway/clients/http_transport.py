"""How a call reaches a service in another process: HTTP/1.1 over kept connections."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import quote

import aiohttp
from yarl import URL

from gateway.clients.transport import LARGEST_ANSWER, Answer, AnswerTooLarge, Call, Headers, Receive, Scope, Send, Unreachable

CONNECT_S = 0.25
CONNECTIONS = 64
IDLE_S = 4.0
"""Shorter than uvicorn's keep-alive of 5 s, so that we, not the service, close an idle connection."""
FORWARD_S = 30.0
"""Longest silence of a service while the edge streams its answer."""
NOT_PASSED_ON = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "server", "date", "content-encoding"})
UNREACHED = (aiohttp.ClientConnectorError, aiohttp.ServerDisconnectedError, aiohttp.ConnectionTimeoutError, aiohttp.ClientOSError)


class HttpTransport:
    """Calls one service by its base address. The session opens at the first call: building a gateway opens nothing."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def call(self, call: Call) -> Answer:
        """Send the request and read the whole answer."""
        timeout = aiohttp.ClientTimeout(total=call.seconds, connect=None, sock_connect=min(CONNECT_S, call.seconds))
        try:
            async with self._open().request(
                call.method,
                URL(self._base + call.target, encoded=True),
                headers=call.headers,
                data=call.body or None,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                body = await _read(response)
                return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, body)
        except UNREACHED as error:
            raise Unreachable("the service cannot be reached") from error
        except TimeoutError:
            raise
        except aiohttp.ClientError as error:
            raise Unreachable("the service's answer broke off") from error

    async def forward(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        """Stream the client's request there and the answer back; raises Unreachable while nothing was sent back yet."""
        raw_path = scope.get("raw_path") or quote(scope["path"]).encode()
        query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=FORWARD_S)
        has_body = scope["method"] not in {"GET", "HEAD"}
        try:
            async with self._open().request(
                scope["method"],
                URL(self._base + raw_path.decode("ascii") + query, encoded=True),
                headers=headers,
                data=_chunks(receive) if has_body else None,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                await _stream(response, send)
        except (*UNREACHED, TimeoutError) as error:
            raise Unreachable("the service cannot be reached") from error

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=IDLE_S)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=True, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


async def _read(response: aiohttp.ClientResponse) -> bytes:
    chunks, size = [], 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > LARGEST_ANSWER:
            raise AnswerTooLarge
        chunks.append(chunk)
    return b"".join(chunks)


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise asyncio.CancelledError
        more = message.get("more_body", False)
        if message.get("body"):
            yield message["body"]


async def _stream(response: aiohttp.ClientResponse, send: Send) -> None:
    compressed = "content-encoding" in response.headers
    skipped = NOT_PASSED_ON | ({"content-length"} if compressed else frozenset())
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.headers.items() if name.lower() not in skipped]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    async for chunk in response.content.iter_any():
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
