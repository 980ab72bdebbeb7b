"""The outermost layer: which of the gateway's parts a request is for."""

from collections.abc import Awaitable, Callable

from gateway.clients.transport import App, Receive, Scope, Send
from gateway.edge.door import Door
from gateway.edge.forward import forward
from gateway.edge.graphql_http import serve_graphql
from gateway.edge.graphql_ws import serve_websocket

GRAPHQL = "/graphql"
UNKNOWN_SOCKET = 4404
Handler = Callable[[Door, Scope, Receive, Send], Awaitable[None]]


class Site:
    """GraphQL and the services' doors, as one ASGI app; `door` is known once the gateway has started."""

    def __init__(self, door: Callable[[], Door]) -> None:
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to its part."""
        if scope["type"] == "http":
            handler: Handler = serve_graphql if scope["path"] == GRAPHQL else forward
            await handler(self._door(), scope, receive, send)
        elif scope["path"] == GRAPHQL:
            await serve_websocket(self._door(), scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": UNKNOWN_SOCKET})


class Lane:
    """Takes GraphQL past the routes of pages: looking through them costs more than the rest of the way in."""

    def __init__(self, app: App, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to the site, or go on."""
        straight = scope["type"] in {"http", "websocket"} and scope["path"] == GRAPHQL
        await (self._site if straight else self._app)(scope, receive, send)
