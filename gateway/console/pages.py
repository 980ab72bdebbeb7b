"""The gateway's pages: landing, problem codes, GraphiQL; and what machines ask about health."""

import asyncio
from html import escape
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from gateway.clients.all import NAMES, OWN
from gateway.edge.door import Door
from services.kit.errors import REGISTRY, Forbidden, NotFound
from services.kit.problems import problem_page, title_of

STATIC = Path(__file__).parent / "static"
PAGES = Path(__file__).parent / "html"
READY_S = 3.0
SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
IDE = {
    **SAFE,
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
}
"""Everything from this host alone. The editor sets styles on its own elements, which needs 'unsafe-inline' for styles; scripts stay in files."""
KINDS = {".js": "text/javascript", ".css": "text/css", ".txt": "text/plain", ".svg": "image/svg+xml"}


router = APIRouter()


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """Answer while the process lives."""
    return JSONResponse({"service": "gateway", "status": "alive"})


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Answer 200 when the gateway's own database and every service are ready; 503 otherwise, with who is not."""
    door: Door = request.app.state.door
    names = (OWN, *NAMES)
    found = await asyncio.gather(*(door.clients.services[name].healthy(READY_S) for name in names))
    states = {name: "ready" if good else "unavailable" for name, good in zip(names, found, strict=True)}
    return JSONResponse({"status": "ready" if all(found) else "unavailable", "services": states}, 200 if all(found) else 503)


@router.get("/")
async def landing() -> HTMLResponse:
    """Say what this is, and where everything is."""
    links = "".join(f'<li><a href="/{name}/openapi.json">{name}</a></li>' for name in (*NAMES, OWN))
    return _page("Antiphon", (PAGES / "landing.html").read_text(encoding="utf-8").replace("<!-- services -->", links))


@router.get("/problems")
async def problems() -> HTMLResponse:
    """List every problem code."""
    rows = "".join(
        f'<tr><td><a href="/problems/{code}">{code}</a></td><td>{kind.status}</td><td>{escape(title_of(kind))}</td></tr>'
        for code, kind in sorted(REGISTRY.items())
    )
    return _page("Problem codes", f"<table><tr><th>code</th><th>status</th><th>meaning</th></tr>{rows}</table>")


@router.get("/problems/{code}")
async def problem_text(code: str) -> HTMLResponse:
    """Explain one problem code."""
    text = problem_page(code)
    if text is None:
        raise NotFound("There is no such problem code.")
    kind = REGISTRY[code]
    again = "Trying again later may help." if kind.retryable else "Trying again unchanged will not help."
    return _page(code, f'<p>{escape(text)}</p><p>HTTP status {kind.status}. {again}</p><p><a href="/problems">All codes</a></p>')


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Return this process' metrics in Prometheus' text format, to a key with `gateway:admin`."""
    door: Door = request.app.state.door
    proved = await door.prove({name.lower(): value for name, value in request.headers.items()})
    if "gateway:admin" not in proved.principal.scopes:
        raise Forbidden("This needs the scope gateway:admin.")
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@router.get("/graphiql")
async def graphiql(request: Request) -> HTMLResponse:
    """Serve the GraphQL workbench, all of it from this host, where it is wanted."""
    door: Door = request.app.state.door
    if not door.settings.shows_ide:
        raise NotFound("There is nothing at this address.")
    return HTMLResponse((PAGES / "graphiql.html").read_text(encoding="utf-8"), headers=IDE)


@router.get("/console/static/{name:path}")
async def static(name: str) -> Response:
    """Serve one of the console's own files."""
    path = (STATIC / name).resolve()
    if not path.is_relative_to(STATIC) or path.suffix not in KINDS or not path.is_file():
        raise NotFound("There is nothing at this address.")
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=3600"}
    return FileResponse(path, media_type=KINDS[path.suffix], headers=headers)


def _page(title: str, content: str) -> HTMLResponse:
    frame = (PAGES / "frame.html").read_text(encoding="utf-8")
    return HTMLResponse(frame.replace("<!-- title -->", escape(title)).replace("<!-- content -->", content), headers=SAFE)
