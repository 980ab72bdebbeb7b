"""Take in what another help centre or a folder of files has written; the same file again changes only what has changed."""

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from services.kit.db import UnitOfWork
from services.kit.errors import Refused
from services.kit.fields import Body, Command, Language, Line, Reference
from services.knowledge.contract import ImportFault, ImportView
from services.knowledge.domain.interchange import Portable, UnreadableError, read_csv, read_html, read_markdown
from services.knowledge.domain.lifecycle import ArticleState, Audience
from services.knowledge.models import Article
from services.knowledge.repository.articles import articles_from
from services.knowledge.use_cases.keep_article import actor, keep_article
from services.knowledge.use_cases.write_article import WriteArticle, blank_article

MOST_FILES = 500
MOST_ARTICLES = 1_000
MOST_PIECES = 200
_SHOWN = 50


class ImportUnreadable(Refused):
    """A file is not what it says it is, or there are too many articles in one import."""

    code = "import_unreadable"


class ImportFile(Command):
    """One file; its path is its name for the next import."""

    path: Reference
    kind: Literal["markdown", "html", "csv"]
    content: Annotated[tuple[Body, ...], Field(min_length=1, max_length=MOST_PIECES)]
    """Its text in pieces of up to 20,000 characters, joined as they come."""

    @property
    def text(self) -> str:
        """Return the whole text."""
        return "".join(self.content)


class ImportArticles(Command):
    """Files, and what counts where a file does not say."""

    origin: Line
    """Where they come from, e.g. old-help-centre: part of each article's name for the next import."""
    files: Annotated[tuple[ImportFile, ...], Field(min_length=1, max_length=MOST_FILES)]
    language: Language
    standing: Literal["review", "as_written"] = "review"
    """review: not validated, for agents, until somebody looks; as_written: state and audience as the file says."""


async def import_articles(uow: UnitOfWork, command: ImportArticles) -> ImportView:
    """Store what is new or changed, all or nothing of what can be read; faults are told one by one. Raises ImportUnreadable."""
    found = [one for file in command.files for one in _read(file)]
    if len(found) > MOST_ARTICLES:
        raise ImportUnreadable(f"{len(found)} articles at once; send at most {MOST_ARTICLES}.", pointer="/files")
    sources = {one.source: f"{command.origin}/{one.source}"[:400] for one in found}
    known = await articles_from(uow, list(sources.values()))
    counts, faults = {"created": 0, "changed": 0, "same": 0}, []
    for one in found:
        try:
            wanted = _wanted(one, command)
        except ValidationError as reason:
            faults.append(ImportFault(source=one.source, says=str(reason.errors()[0]["msg"])[:200]))
            continue
        counts[await _keep(uow, one, wanted, command, known.get(sources[one.source]), sources[one.source])] += 1
    return ImportView(**counts, refused=len(faults), faults=faults[:_SHOWN])


def _read(file: ImportFile) -> list[Portable]:
    try:
        if file.kind == "csv":
            return read_csv(file.path, file.text)
        return [read_html(file.path, file.text) if file.kind == "html" else read_markdown(file.path, file.text)]
    except UnreadableError as reason:
        raise ImportUnreadable(f"{reason}.", pointer="/files") from None


def _wanted(one: Portable, command: ImportArticles) -> WriteArticle:
    fields = {name: one.fields[name] for name in ("product", "driver") if one.fields.get(name)}
    return WriteArticle.model_validate({"title": one.title, "language": one.fields.get("language", command.language), **fields, **one.sections})


async def _keep(uow: UnitOfWork, one: Portable, wanted: WriteArticle, command: ImportArticles, known: Article | None, source: str) -> str:
    standing = _standing(one, command, known, has_resolution=bool(wanted.resolution))
    changed = {**wanted.model_dump(), **standing}
    if known is not None and all(_same(getattr(known, name), value) for name, value in changed.items()):
        return "same"
    article = known or blank_article(uow).model_copy(update={"author": actor(uow), "source": source})
    await keep_article(uow, article.model_copy(update=changed), reason="imported", by=actor(uow), text_changed=True)
    return "changed" if known else "created"


def _standing(one: Portable, command: ImportArticles, known: Article | None, *, has_resolution: bool) -> dict[str, str]:
    usual = ArticleState.NOT_VALIDATED if has_resolution else ArticleState.WORK_IN_PROGRESS
    if command.standing == "review":
        return {} if known else {"state": usual.value, "audience": Audience.INTERNAL.value}
    state = one.fields.get("state", usual.value)
    audience = one.fields.get("audience", Audience.INTERNAL.value)
    fits = state in set(ArticleState) and (state != ArticleState.VALIDATED or has_resolution)
    return {"state": state if fits else usual.value, "audience": audience if audience in set(Audience) else Audience.INTERNAL.value}


def _same(stored: object, wanted: object) -> bool:
    return stored == wanted or (isinstance(wanted, str) and stored == " ".join(wanted.split())) or (not stored and not wanted)
