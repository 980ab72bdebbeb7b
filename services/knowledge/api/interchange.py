"""Articles in and out of the house as files."""

import io
import zipfile
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.http import APIRouter, Read, Write, requires
from services.knowledge.contract import ImportView
from services.knowledge.domain.interchange import FIELDS, SECTIONS, Portable, as_csv, as_html, as_markdown, file_name
from services.knowledge.models import Article
from services.knowledge.repository.articles import articles_after
from services.knowledge.use_cases.import_articles import ImportArticles, import_articles

router = APIRouter(tags=["import and export"])


@router.post("/v1/imports", response_model=ImportView)
async def post_import(command: ImportArticles, write: Write, _: Annotated[Principal, requires("knowledge:write")]) -> Response:
    """Take in Markdown, HTML or a table, up to 1 MiB a call; the same file again changes only what has changed."""
    return await write(import_articles, command, view=ImportView)


@router.get("/v1/exports/articles", response_class=Response)
async def get_export(
    read: Read,
    _: Annotated[Principal, requires("knowledge:read")],
    kind: Annotated[Literal["markdown", "html", "csv"], Query(alias="format", description="markdown and html come as a zip, csv as a table")],
    after: Annotated[UUID | None, Query(description="X-Next-After of the answer before; none for the first")] = None,
    limit: Annotated[int, Query(ge=1, le=2000, description="articles in one answer")] = 1000,
) -> Response:
    """Return articles that are not archived as files that an import reads back; `X-Next-After` says where to go on, and is missing at the end."""

    async def some(tx: Tx) -> list[Article]:
        return await articles_after(tx, after=after, limit=limit + 1)

    found = await read(some)
    headers = {"X-Next-After": str(found[limit - 1].id)} if len(found) > limit else {}
    shown = [(one, _portable(one)) for one in found[:limit]]
    if kind == "csv":
        return Response(as_csv(portable for _, portable in shown), headers=headers, media_type="text/csv; charset=utf-8")
    files: dict[str, str] = {}
    for article, portable in shown:
        name = file_name(portable, set(files), ".md" if kind == "markdown" else ".html")
        files[name] = as_markdown(portable) if kind == "markdown" else as_html(portable, article.html)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, text in files.items():
            folder.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
    return Response(packed.getvalue(), headers=headers, media_type="application/zip")


def _portable(article: Article) -> Portable:
    fields = {name: getattr(article, name) for name in FIELDS if name != "title" and getattr(article, name)}
    return Portable(str(article.id), article.title, {name: getattr(article, name) for name in SECTIONS if getattr(article, name)}, fields)
