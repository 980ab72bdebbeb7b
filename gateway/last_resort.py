"""The gateway's outermost layer: nobody sees a bare 500."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit.problems import rendered


class LastResort:
    """Around everything else: whatever is raised below becomes its problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and answer for what comes back as an exception."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            if started:
                raise
            await (await rendered(error))(scope, receive, send)
