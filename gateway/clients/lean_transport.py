"""How a call reaches a service in another process, at a fifth of the cost of a general HTTP client.

HTTP/1.1, one request at a time on each kept connection. Only plain `http://`; what the edge streams through, and TLS, goes by `http_transport.py`.
"""

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit

import httptools

from gateway.clients.deadline import Deadline
from gateway.clients.http_transport import CONNECT_S, IDLE_S, HttpTransport
from gateway.clients.transport import LARGEST_ANSWER, Answer, AnswerTooLarge, Call, Headers, Receive, Scope, Send, Transport, Unreachable

FINAL = 200
"""Statuses below this one only announce the answer."""


class _Connection(asyncio.Protocol):
    """One connection; an answer that is not whole breaks it, never becomes half an answer."""

    def __init__(self) -> None:
        self.idle_since = 0.0
        self.open = True
        self._done: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def ask(self, request: bytes) -> "asyncio.Future[Answer]":
        """Send a request; the future gets the whole answer, or Unreachable or AnswerTooLarge."""
        self._done = asyncio.get_running_loop().create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._headers: dict[str, str] = {}
        self._chunks: list[bytes] = []
        self._size = 0
        self._transport.write(request)
        return self._done

    def close(self) -> None:
        """Break the connection; an answer under way is lost."""
        self.open = False
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._done is None:  # nobody asked
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserCallbackError) as error:
            self._fail(Unreachable("the service's answer is not HTTP"), error)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._size > LARGEST_ANSWER:
            self._fail(AnswerTooLarge())
        else:
            self._chunks.append(body)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        done = self._done
        if done is None or status < FINAL:
            return
        self._done = None
        if not self._parser.should_keep_alive():
            self.close()
        if not done.done():
            done.set_result(Answer(status, self._headers, b"".join(self._chunks)))

    def connection_lost(self, error: Exception | None) -> None:
        self.open = False
        self._fail(Unreachable("the service's answer broke off"), error)

    def _fail(self, failure: Exception, cause: BaseException | None = None) -> None:
        done, self._done = self._done, None
        self.close()
        if done is not None and not done.done():
            failure.__cause__ = cause
            done.set_exception(failure)


class LeanTransport:
    """Calls one service by its base address, `http://host:port`."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._prefix = parts.path.rstrip("/")
        self._named = parts.netloc
        self._idle: list[_Connection] = []
        self._streams = HttpTransport(base_url)

    async def call(self, call: Call) -> Answer:
        """Send the request and read the whole answer, within `call.seconds`."""
        request = self._request(call)
        try:
            with Deadline(call.seconds):
                connection = self._kept() or await self._connect()
                try:
                    answer = await connection.ask(request)
                except asyncio.CancelledError:
                    connection.close()
                    raise
        except Unreachable:
            raise
        except TimeoutError:
            raise
        except OSError as error:
            raise Unreachable("the service cannot be reached") from error
        if connection.open:
            connection.idle_since = time.monotonic()
            self._idle.append(connection)
        return answer

    async def forward(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        """Stream the client's request there and the answer back."""
        await self._streams.forward(scope, receive, send, headers)

    async def close(self) -> None:
        """Close the connections."""
        for connection in self._idle:
            connection.close()
        self._idle.clear()
        await self._streams.close()

    def _kept(self) -> _Connection | None:
        """Return the connection that was used last, if the service will not have closed it; the others are let go in their turn."""
        while self._idle:
            connection = self._idle.pop()
            if connection.open and time.monotonic() - connection.idle_since < IDLE_S:
                return connection
            connection.close()
        return None

    async def _connect(self) -> _Connection:
        try:
            with Deadline(CONNECT_S):
                _, connection = await asyncio.get_running_loop().create_connection(_Connection, self._host, self._port)
        except TimeoutError as error:
            raise Unreachable("the service cannot be reached") from error
        return connection

    def _request(self, call: Call) -> bytes:
        lines = [f"{call.method} {self._prefix}{call.target} HTTP/1.1\r\nhost: {self._named}"]
        lines += [f"{name}: {value}" for name, value in call.headers]
        if call.body or call.method not in {"GET", "DELETE"}:
            lines.append(f"content-length: {len(call.body)}")
        head = "\r\n".join(lines)
        if head.count("\n") != len(lines) or head.count("\r") != len(lines) or "\0" in head:
            raise ValueError("a header or the target has a line break in it")
        return head.encode("latin-1") + b"\r\n\r\n" + call.body


def transport_to(base_url: str) -> Transport:
    """Return the way to a service at this address."""
    return LeanTransport(base_url) if base_url.startswith("http://") else HttpTransport(base_url)
